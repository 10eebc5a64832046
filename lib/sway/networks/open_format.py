"""The open format: acts of any network in one canonical schema, as Parquet, JSON lines or CSV, plain or gzip.

Every network takes the feed `events`. Times are ISO 8601, UTC where no offset is given; ids are compared exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from sway.contracts.contract import Contract, Field
from sway.networks.network import (
    NO_VALUES,
    ORIGIN,
    Context,
    Feed,
    fault_when,
    from_json_lines,
    instant_key,
    iso_time,
    time_fault,
    to_record,
    unknown_action,
)

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


def to_events(raw: DataFrame, context: Context) -> DataFrame:
    """Rows of the open format as records of one act each.

    `raw` holds either the columns of EVENTS and `row_fault`, or JSON lines in `payload` alone.
    """
    if "event_id" in raw.columns:
        rows = raw.withColumn("line_fault", F.col("row_fault"))
    else:
        rows = from_json_lines(raw, EVENTS.ddl).select(*ORIGIN, "line_fault", "line.*")
    at = F.col("at")
    about = F.nullif(F.col("object_id"), F.lit("")).alias("object_id")
    act = F.struct("event_id", "actor_id", "target_id", "action", at.alias("occurred_at"), about)
    return to_record(
        rows.withColumn("at", iso_time("occurred_at")),  # of its own, so that it is read once
        "acts",
        fault=F.coalesce(
            "line_fault",
            EVENTS.fault(),
            _no_value("event_id"),
            unknown_action(F.col("action"), context),
            time_fault(at, "occurred_at", context.network),
        ),
        record_id=F.col("event_id"),
        acts=F.array(act),
        # No source record is known here: acts of one actor towards one target at one instant are one act.
        act_key=instant_key(at),
    )


def _no_value(column: str) -> Column:
    sentence = F.concat(F.lit(f"{column} is missing: found "), column, F.lit(", which programs write for no value"))
    return fault_when(F.col(column).isin(*NO_VALUES), "missing", sentence)


EVENTS_FEED = Feed("events", "acts", "open", to_events)
