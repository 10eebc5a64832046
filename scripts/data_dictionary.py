"""Write docs/data-dictionary.md from the contracts: every table, column, type, unit and range."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from sway.contracts.contract import Contract, Field
from sway.contracts.tables import TABLES
from sway.contracts.tables.record import PROMOTIONS
from sway.runtime.views import VIEWS, view_sql

PAGE = Path(__file__).resolve().parents[1] / "docs" / "data-dictionary.md"
INTRODUCTION = """# Data dictionary

Made by `make docs` from `lib/sway/contracts/tables/`; a test holds it equal to the code. Tables stand in flow
order. Readers of scores use the views at the end: a row of `account_scores` or `entity_scores` counts only once it is
published.
"""
DECISION = ("algorithm_version", "sequence", "decided_at", "who", "why")
CHANGES = tuple(
    Field(
        f"change_{days}_day{'s' if days > 1 else ''}",
        "double",
        f"points by which score is above that of {days} day{'s' if days > 1 else ''} before, -100 to 100, by the same "
        "version; NULL where either date is not published or has no score",
        optional=True,
    )
    for days in (1, 7, 30)
)


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join([INTRODUCTION, *(_table(contract) for contract in TABLES), "## Views\n", *_views()])


def columns_of(view: str) -> list[str]:
    """The names of a view's columns."""
    if view == "current_version":
        return list(DECISION)
    (base,) = (contract for contract in TABLES if contract.name == _base(view))
    return [*base.columns, *(field.name for field in _changes(view))]


def _table(contract: Contract) -> str:
    parted = f" Partitioned by {', '.join(contract.partitions)}." if contract.partitions else ""
    return (
        f"## {contract.name}\n\nOne row: {contract.grain}. Key: {', '.join(contract.key)}.{parted}\n\n"
        f"{_fields(contract.fields)}\n"
    )


def _fields(fields: Iterable[Field]) -> str:
    rows = "\n".join(_row(field) for field in fields)
    return f"| column | type | meaning | rule |\n| --- | --- | --- | --- |\n{rows}"


def _row(field: Field) -> str:
    kind = f"`{field.type}`" + (", may be NULL" if field.optional else "")
    return f"| {field.name} | {kind} | {field.meaning} | {f'`{field.rule}`' if field.rule else ''} |"


def _views() -> Iterator[str]:
    """Each view with its columns, and those that no table has."""
    yield "| view | rows | columns |\n| --- | --- | --- |"
    for view in VIEWS:
        meaning = view_sql(view).splitlines()[0].removeprefix("-- ")
        yield f"| `{view}` | {meaning} | {_told_columns(view)} |"
    yield f"\nColumns that views add:\n\n{_fields(CHANGES)}"


def _told_columns(view: str) -> str:
    if view == "current_version":
        return f"{', '.join(DECISION)}, as in {PROMOTIONS.name}"
    return ", ".join([f"those of {_base(view)}", *(field.name for field in _changes(view))])


def _base(view: str) -> str:
    """The table whose rows a view of scores shows: account_scores_history shows those of account_scores."""
    return view.rpartition("_")[0]


def _changes(view: str) -> tuple[Field, ...]:
    return () if view.endswith("_published") else CHANGES


if __name__ == "__main__":
    PAGE.write_text(page() + "\n", encoding="utf-8")
    print(f"wrote {PAGE.name}")
