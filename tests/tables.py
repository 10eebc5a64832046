"""Tables drawn as text: columns separated by bars, names and Spark types in the header, one row a line.

    network:string | count:bigint | last_at:timestamp
    twitter        | 3            | 2015-03-01 12:00
    facebook       | null         | 2015-03-01

`null` is NULL in every type; dates and timestamps are ISO 8601, UTC. Blank lines are nothing.
"""

from datetime import UTC, date, datetime
from typing import Any

from pyspark.sql import DataFrame, SparkSession

_READ = {
    "string": str,
    "boolean": {"true": True, "false": False}.__getitem__,
    "int": int,
    "bigint": int,
    "double": float,
    "date": date.fromisoformat,
    "timestamp": lambda text: datetime.fromisoformat(text).replace(tzinfo=UTC),
}


def drawn(spark: SparkSession, text: str) -> DataFrame:
    """The frame that `text` draws. A line with another number of cells than the header is refused."""
    header, *lines = [_cells(line) for line in text.splitlines() if line.strip()]
    fields = [cell.split(":") for cell in header]
    rows = [tuple(_read(cell, kind) for cell, (_, kind) in zip(line, fields, strict=True)) for line in lines]
    return spark.createDataFrame(rows, ", ".join(f"`{name}` {kind}" for name, kind in fields))


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")]


def _read(cell: str, kind: str) -> Any:
    return None if cell == "null" else _READ[kind](cell)
