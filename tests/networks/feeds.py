"""Raw lines of several feeds through an adapter at once, and what comes out as text to compare with drawn tables."""

import json
from collections.abc import Mapping
from datetime import date
from functools import reduce
from typing import Any

from pyspark.sql import DataFrame, Row, SparkSession
from sway.networks.network import Context, Network

from tests.records import held

DELIVERED_ON = date(2016, 5, 4)
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


def as_drawn(text: str) -> list[DrawnRow]:
    """Rows of a drawn table, its header left out, ordered; an empty cell is nothing."""
    _, *rows = [tuple(cell.strip() for cell in line.split("|")) for line in text.splitlines() if line.strip()]
    return sorted(rows)


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
