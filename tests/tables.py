"""Tables drawn as text: columns separated by bars, names and Spark types in the header, one row a line.

    network:string | count:bigint | last_at:timestamp
    twitter        | 3            | 2015-03-01 12:00
    facebook       | null         | 2015-03-01

`null` is NULL in every type; dates and timestamps are ISO 8601, UTC. Blank lines are nothing.
"""

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from sway.contracts.contract import arrow_type

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
    fields, rows = _rows(text)
    return spark.createDataFrame(rows, ", ".join(f"`{name}` {kind}" for name, kind in fields))


def drawn_in_arrow(text: str) -> pa.Table:
    """The same as an Arrow table, without Spark."""
    fields, rows = _rows(text)
    columns = list(zip(*rows, strict=True)) or [()] * len(fields)
    typed = ((name, pa.array(column, arrow_type(kind))) for (name, kind), column in zip(fields, columns, strict=True))
    return pa.table(dict(typed))


def _rows(text: str) -> tuple[list[list[str]], list[tuple[Any, ...]]]:
    """(name, type) of each column, and the rows."""
    header, *lines = [_cells(line) for line in text.splitlines() if line.strip()]
    fields = [cell.split(":") for cell in header]
    return fields, [tuple(_read(cell, kind) for cell, (_, kind) in zip(line, fields, strict=True)) for line in lines]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")]


def _read(cell: str, kind: str) -> Any:
    return None if cell == "null" else _READ[kind](cell)
