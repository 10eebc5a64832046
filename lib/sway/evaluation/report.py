"""The report: what every experiment found, as one Markdown page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import isnan
from textwrap import wrap

from sway.evaluation.outcome import Aim, Cell, Outcome, Table

HEAD = "# How good the score is\n"
INTRODUCTION = """Written by `{command}` on {on}; figures depend on data and seeds alone, never on the day. An aim is
what the score was to beat or to meet before it was measured; a missed one says by how much, and the text beneath says
why. The command of an experiment measures that one alone and writes build/evaluation.md."""
WIDTH = 120
MET = {True: "met", False: "missed", None: "cannot be told"}


@dataclass(frozen=True)
class Section:
    """One experiment of the report; without an outcome it was skipped, for the reason given."""

    key: str
    title: str
    command: str
    outcome: Outcome | None
    reason: str = ""


def page(sections: Sequence[Section], *, command: str, on: date, pictures: str) -> str:
    """The whole page. `pictures`: the folder of the pictures, as links from the page name it."""
    parts = [HEAD, _wrapped(INTRODUCTION.format(command=command, on=on)), "", _overview(sections)]
    parts += [_section(section, pictures) for section in sections]
    return "\n".join(parts)


def _overview(sections: Sequence[Section]) -> str:
    rows: list[tuple[Cell, ...]] = []
    for section in sections:
        if section.outcome is None:
            rows.append((section.key, "", "", f"skipped: {section.reason}"))
            continue
        rows += [(section.key, aim.wanted, aim.found, MET[aim.is_met]) for aim in section.outcome.aims]
        if not section.outcome.aims:
            rows.append((section.key, "", "", "reported, without aim"))
    return "\n".join(_table(Table(("", "aim", "found", ""), rows)))


def _section(section: Section, pictures: str) -> str:
    return "\n".join(_lines(section, pictures)) + "\n"


def _lines(section: Section, pictures: str) -> Iterator[str]:
    yield f"\n## {section.key}. {section.title}\n"
    if section.outcome is None:
        yield f"Skipped: {section.reason}."
        return
    outcome = section.outcome
    yield _wrapped(f"Data: {outcome.data}.")
    yield f"Again: `{section.command}`.\n"
    yield from map(_aim, outcome.aims)
    for table in outcome.tables:
        yield f"\n**{table.title}**\n" if table.title else ""
        yield from _table(table)
    for picture in outcome.pictures:
        yield f"\n![{picture.caption}]({pictures}/{picture.name}.svg)"
    for remark in outcome.remarks:
        yield f"\n{_wrapped(remark)}"


def _aim(aim: Aim) -> str:
    return _wrapped(f"- Aim: {aim.wanted}. Found: {aim.found}. **{MET[aim.is_met].capitalize()}.**", indent="  ")


def _wrapped(text: str, indent: str = "") -> str:
    """Lines of at most WIDTH; after a break no line begins with what would make it a list, a quote or a heading."""
    bound = re.sub(r" (?=[-+*<>=#])", "\N{NO-BREAK SPACE}", text)
    lines = wrap(bound, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines).replace("\N{NO-BREAK SPACE}", " ")


def _table(table: Table) -> Iterator[str]:
    yield _row(table.head)
    yield _row(["---"] * len(table.head))
    for row in table.rows:
        yield _row([_told(cell, table.digits) for cell in row])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _told(cell: Cell, digits: int) -> str:
    if cell is None or (isinstance(cell, float) and isnan(cell)):
        return "-"
    if isinstance(cell, str):
        return cell.replace("|", "\\|")
    return f"{cell:,}" if isinstance(cell, int) else f"{cell:.{digits}f}"
