"""What a network is to ingest: its feeds, how their raw rows become records, and the order of its acts.

A record is one row a network delivered, normalised: a post with the acts it carries, one act, a profile or a
label. `to_records` turns raw rows (delivered_on, file, payload and, in the open format, its columns) into
records of these columns:

    delivered_on date, file string, payload string
    fault        struct<rule, reason>, NULL for a good record
    record_id    string: the same for a repeated delivery of the same thing
    then those of the feed's kind: ACTS, PROFILES or LABELS below
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

from pyspark.sql import functions as F

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

Kind = Literal["acts", "profiles", "labels"]

# post: NULL where the record is an act alone. act_key: what rows of one act share, see stages/acts.py.
BODY: Mapping[Kind, tuple[str, ...]] = {
    "acts": ("post", "acts", "act_key"),
    "profiles": ("profile",),
    "labels": ("label",),
}

EARLIEST = date(1990, 1, 1)


@dataclass(frozen=True)
class Feed:
    """One stream of files a network delivers.

    `format`: json_lines (each line goes to `to_records` as `payload`) or open (columns, see open_format.py).
    """

    name: str
    kind: Kind
    format: Literal["json_lines", "open"]
    to_records: Callable[[DataFrame, Context], DataFrame]
    has_posts: bool = False


@dataclass(frozen=True)
class Network:
    """One network: feeds by name, and which of several acts of one record counts.

    `act_order`: share or quote, reply or comment, mention or tag, first one stays (method 1); actions outside
    of it, such as likes, never take part. `launched`: nothing on the network is older.
    """

    name: str
    act_order: tuple[str, ...]
    launched: date = EARLIEST
    feeds: Mapping[str, Feed] = field(default_factory=dict)


@dataclass(frozen=True)
class Context:
    """What an adapter must know besides the rows: the network, and the actions any version declares, by network."""

    network: Network
    declared: Mapping[str, frozenset[str]]

    @property
    def actions(self) -> frozenset[str]:
        """Actions that any version declares for the network."""
        return self.declared.get(self.network.name, frozenset())


def fault_when(holds: Column, rule: str, reason: Column | str) -> Column:
    """struct<rule, reason> where `holds`, else NULL."""
    sentence = F.lit(reason) if isinstance(reason, str) else reason
    return F.when(holds, F.struct(F.lit(rule).alias("rule"), sentence.alias("reason")))


def time_fault(at: Column, name: str, network: Network) -> Column:
    """The fault of an instant that cannot be: unreadable, before the network began, or after its delivery day."""
    shown = F.coalesce(at.cast("string"), F.lit("no time"))
    launched = F.lit(network.launched)
    return F.coalesce(
        fault_when(at.isNull(), "impossible_time", f"{name}: expected a time, found none that can be read"),
        fault_when(
            F.to_date(at) < launched,
            "impossible_time",
            F.concat(F.lit(f"{name}: expected {network.launched} or later, found "), shown),
        ),
        fault_when(
            F.to_date(at) > F.col("delivered_on"),
            "after_delivery",
            F.concat(
                F.lit(f"{name}: expected a time on or before the delivery day "),
                F.col("delivered_on").cast("string"),
                F.lit(", found "),
                shown,
            ),
        ),
    )


def instant_key(at: Column | str) -> Column:
    """What acts at one instant share where no source record is known."""
    return F.date_format(at, "yyyy-MM-dd'T'HH:mm:ss.SSSSSS")


def text(*names: str) -> Column:
    """The first of the columns that holds anything: an empty text is nothing."""
    return F.coalesce(*(F.nullif(F.col(name), F.lit("")) for name in names))


def from_json_lines(raw: DataFrame, schema: str) -> DataFrame:
    """`raw` with its payload parsed into `line`, and `line_fault` where it is not one such object."""
    options = {"mode": "PERMISSIVE", "columnNameOfCorruptRecord": "_corrupt"}
    # The parser stops where an object ends and would pass over what follows; inside of another it goes on.
    whole = F.concat(F.lit('{"line":'), F.col("payload"), F.lit("}"))
    parsed = raw.withColumn("parsed", F.from_json(whole, f"line struct<{schema}>, _corrupt string", options))
    is_broken = F.col("parsed.line").isNull() | F.col("parsed._corrupt").isNotNull()
    line_fault = F.coalesce(
        fault_when(~F.expr("is_valid_utf8(payload)"), "malformed", "expected UTF-8 text"),
        fault_when(is_broken, "malformed", "expected one JSON object of the feed's fields"),
    )
    return parsed.select(*raw.columns, F.col("parsed.line").alias("line"), line_fault.alias("line_fault"))
