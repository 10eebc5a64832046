"""Write docs/data-dictionary.md from the contracts: every table, column, type, unit and range."""

from __future__ import annotations

from pathlib import Path

from sway.contracts.contract import Contract, Field
from sway.contracts.tables import TABLES
from sway.runtime.views import VIEWS, view_sql

PAGE = Path(__file__).resolve().parents[1] / "docs" / "data-dictionary.md"
INTRODUCTION = """# Data dictionary

Made by `make docs` from `lib/sway/contracts/tables/`; a test holds it equal to the code. Tables stand in flow
order. Readers of scores use the views at the end: a row of `account_scores` or `entity_scores` counts only once it is
published.
"""


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join([INTRODUCTION, *(_table(contract) for contract in TABLES), "## Views\n", *map(_view, VIEWS)])


def _table(contract: Contract) -> str:
    rows = "\n".join(_row(field) for field in contract.fields)
    parted = f" Partitioned by {', '.join(contract.partitions)}." if contract.partitions else ""
    return (
        f"## {contract.name}\n\nOne row: {contract.grain}. Key: {', '.join(contract.key)}.{parted}\n\n"
        f"| column | type | meaning | rule |\n| --- | --- | --- | --- |\n{rows}\n"
    )


def _row(field: Field) -> str:
    kind = f"`{field.type}`" + (", may be NULL" if field.optional else "")
    return f"| {field.name} | {kind} | {field.meaning} | {f'`{field.rule}`' if field.rule else ''} |"


def _view(name: str) -> str:
    meaning = view_sql(name).splitlines()[0].removeprefix("-- ")
    return f"- `{name}`: {meaning}"


if __name__ == "__main__":
    PAGE.write_text(page() + "\n", encoding="utf-8")
    print(f"wrote {PAGE.name}")
