"""Raw lines of several feeds through an adapter at once, and what comes out as text to compare with drawn tables."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import reduce
from typing import Any

from pyspark.sql import DataFrame, Row, SparkSession
from sway.networks.network import Context, Network

from tests.records import held

DELIVERED_ON = date(2016, 5, 4)
# What adapters say of a time or count that is none.
NO_TIME = "expected a time, found none that can be read"
TOO_LATE = f"expected a time on or before the delivery day {DELIVERED_ON}, found"
NO_COUNT = "expected a whole number of 0 or more, found"
RAW = "delivered_on date, file string, payload string"
Line = Mapping[str, Any] | str
DrawnRow = tuple[str, ...]


def records_of(spark: SparkSession, network: Network, lines: Mapping[str, Mapping[str, Line]]) -> dict[str, Row]:
    """Records of lines by feed and name, as `feed: name`; the feeds must be of one kind, so that one job reads all."""
    frames: list[DataFrame] = []
    for feed, named in lines.items():
        rows = [
            (DELIVERED_ON, f"{feed}: {name}", line if isinstance(line, str) else json.dumps(line, ensure_ascii=False))
            for name, line in named.items()
        ]
        frames.append(network.feeds[feed].to_records(spark.createDataFrame(rows, RAW), Context(network, {})))
    found = reduce(DataFrame.unionByName, frames).drop("payload").collect()
    assert len(found) == sum(map(len, lines.values())), "one record a line"
    return {row["file"]: row for row in found}


def in_order(
    spark: SparkSession, network: Network, convert: Callable[[DataFrame, Context], DataFrame], lines: Iterable[Line]
) -> list[Row]:
    """Records of one feed's lines, in order."""
    payloads = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    rows = [(DELIVERED_ON, f"{n:03}", payload) for n, payload in enumerate(payloads)]
    return convert(spark.createDataFrame(rows, RAW), Context(network, {})).orderBy("file").collect()


def as_drawn(text: str) -> list[DrawnRow]:
    """Rows of a drawn table, its header left out, ordered; an empty cell is nothing.

    A header that begins with `[feed]` begins a table of that feed, which is put before the names of its lines.
    """
    rows, feed = [], ""
    for line in filter(str.strip, text.splitlines()[1:]):
        name, *cells = (cell.strip() for cell in line.split("|"))
        if name.startswith("["):
            feed = f"{name[1:-1]}: "
        else:
            rows.append((feed + name, *cells))
    return sorted(rows if feed else rows[1:])


def said(records: Mapping[str, Row]) -> list[DrawnRow]:
    """line, record id, what it holds (see tests/records.py) of the good records."""
    return sorted(
        (name, row["record_id"], held(row.asDict(recursive=True)))
        for name, row in records.items()
        if row["fault"] is None
    )


def faults(records: Mapping[str, Row]) -> list[DrawnRow]:
    """line, rule, reason of the bad records."""
    return sorted((name, row["fault"]["rule"], row["fault"]["reason"]) for name, row in records.items() if row["fault"])
