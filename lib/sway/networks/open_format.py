"""The open format: acts of any network in one canonical schema, as Parquet, JSON lines or CSV, plain or gzip.

Every network takes the feed `events`. Times are ISO 8601, UTC where no offset is given; ids are compared exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from sway.contracts.contract import Contract, Field
from sway.networks.network import Context, Feed, fault_when, from_json_lines, instant_key, time_fault

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

EVENTS = Contract(
    name="events",
    grain="one act of one account towards another, as somebody's own system recorded it",
    key=("event_id",),
    fields=(
        Field("event_id", "string", "id of the act, unique on its network", "event_id <> ''"),
        Field("actor_id", "string", "account that acted", "actor_id <> ''"),
        Field("target_id", "string", "account acted upon", "target_id <> ''"),
        Field("action", "string", "which act it was", "action <> ''"),
        Field("occurred_at", "string", "instant of the act, ISO 8601"),
        Field("object_id", "string", "post or page the act is about", optional=True),
    ),
)

ISO_TIME = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?$"


def to_events(raw: DataFrame, context: Context) -> DataFrame:
    """Rows of the open format as records of one act each.

    `raw` holds either the columns of EVENTS and `row_fault`, or JSON lines in `payload` alone.
    """
    origin = ("delivered_on", "file", "payload")
    if "event_id" in raw.columns:
        rows = raw.withColumn("line_fault", F.col("row_fault"))
    else:
        rows = from_json_lines(raw, EVENTS.ddl).select(*origin, "line_fault", "line.*")
    # Microseconds are what a table keeps; the parser refuses a ninth digit, and an offset after minutes.
    iso = F.regexp_replace("occurred_at", r"(\.\d{6})\d+", "$1")
    iso = F.regexp_replace(iso, r"([T ]\d{2}:\d{2})(Z|[+-])", "$1:00$2")
    at = F.when(F.col("occurred_at").rlike(ISO_TIME), F.try_to_timestamp(iso))
    about = F.nullif(F.col("object_id"), F.lit("")).alias("object_id")
    act = F.struct("event_id", "actor_id", "target_id", "action", at.alias("occurred_at"), about)
    return rows.select(
        *origin,
        F.coalesce(
            "line_fault",
            EVENTS.fault(),
            _unknown_action(context),
            time_fault(at, "occurred_at", context.network),
        ).alias("fault"),
        F.col("event_id").alias("record_id"),
        F.lit(None)
        .cast(
            "struct<post_id:string,author_id:string,created_at:timestamp,kind:string,client:string,hashtags:array<string>>"
        )
        .alias("post"),
        F.array(act).alias("acts"),
        # No source record is known here: acts of one actor towards one target at one instant are one act.
        instant_key(at).alias("act_key"),
    )


def _unknown_action(context: Context) -> Column:
    name = context.network.name
    where = f" is not declared for {name}: declare it under [networks.{name}.actions] of a file in conf/scoring/"
    sentence = F.concat(F.lit("action "), F.substring("action", 1, 100), F.lit(where))
    return fault_when(~F.col("action").isin(sorted(context.actions)), "unknown_action", sentence)


EVENTS_FEED = Feed("events", "acts", "open", to_events)
