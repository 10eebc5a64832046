"""What became of each landing file's rows, and whether a file is good enough to be brought in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sway.errors import AuditFailed, InputNotReady, SwayError
from sway.stages.fates import FATES
from sway.steps.readiness import Pending

TOTALS = ("rows_read", *FATES)


@dataclass(frozen=True)
class FileCheck:
    """Every file of a feed's pending days, with its rows by fate, and why some are refused.

    `files`: rows of RUNS.files, with the rows `announced` by the manifest. `miscounted`, `spoilt`: a sentence by
    the file's place in landing/.
    """

    files: list[dict[str, Any]]
    miscounted: dict[str, str] = field(default_factory=dict)
    spoilt: dict[str, str] = field(default_factory=dict)

    @property
    def has_refused_rows(self) -> bool:
        return any(file["quarantined"] for file in self.files)

    def totals(self, day: date | None = None) -> dict[str, int]:
        """Rows by fate, of all files or of one delivery day's."""
        own = [file for file in self.files if day in (None, file["delivered_on"])]
        return {name: sum(file[name] for file in own) for name in TOTALS}

    def reason(self, day: date) -> str | None:
        """Why a delivery day is refused; None for a good one."""
        found = [f"{file}: {why}" for file, why in self._faults() if f"/dt={day}/" in file]
        return "; ".join(found) or None

    def error(self) -> SwayError | None:
        """What to raise before anything is written; None if every file is good."""
        listed = "\n  ".join(f"{file}: {why}" for file, why in self._faults())
        if self.miscounted:
            return InputNotReady(f"files refused:\n  {listed}\ndeliver file and manifest again, and run again")
        if self.spoilt:
            return AuditFailed(
                f"files refused, nothing was published:\n  {listed}\n"
                "the table quarantine says what is wrong with each row; the limit is ingest.refused_share in "
                "conf/audits.toml"
            )
        return None

    def _faults(self) -> list[tuple[str, str]]:
        return [*self.spoilt.items(), *self.miscounted.items()]


def checked(pending: Pending, counted: Iterable[Mapping[str, Any]], *, refused_share: float) -> FileCheck:
    """Hold the rows `counted` by file and fate (stages.fates.to_file_fates) against manifests and limit."""
    found = {(row["delivered_on"], row["file"]): row for row in counted}
    check = FileCheck([])
    for day in pending.days:
        for file in day.files:
            row = found.get((day.delivered_on, file.name), dict.fromkeys(TOTALS, 0))
            place = {"network": day.network, "feed": day.feed, "delivered_on": day.delivered_on, "file": file.name}
            check.files.append({**row, **place, "announced": file.rows})
            label = f"{day.network}/{day.feed}/dt={day.delivered_on}/{file.name}"
            read, refused = row["rows_read"], row["quarantined"]
            if read != file.rows:
                check.miscounted[label] = f"announced with {file.rows} rows, found {read}"
            if refused > refused_share * read:
                check.spoilt[label] = f"{refused} of {read} rows refused, at most {refused_share:.2%} may be"
    return check
