"""What an experiment finds: tables, aims met or missed, pictures, and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sway.runtime.pictures import Panel

Cell = str | int | float | None


@dataclass(frozen=True)
class Table:
    """Rows as they are to be read. Numbers are shown with `digits` behind the point, None as a dash."""

    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    title: str = ""
    digits: int = 3


@dataclass(frozen=True)
class Aim:
    """What was wanted, what was found, and whether that is enough; None where there was too little data to tell."""

    wanted: str
    found: str
    is_met: bool | None


@dataclass(frozen=True)
class Picture:
    """Panels side by side in one image file, named after its experiment."""

    name: str
    caption: str
    panels: Sequence[Panel]


@dataclass
class Outcome:
    """One experiment's findings, in the order they are read. data: what they rest on, in words."""

    data: str
    tables: list[Table] = field(default_factory=list)
    aims: list[Aim] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def aim(self, wanted: str, found: str, is_met: bool | None) -> None:
        self.aims.append(Aim(wanted, found, None if is_met is None else bool(is_met)))


class Absent(Exception):
    """A data set is not where it was looked for; the sentence says which, and what to do."""
