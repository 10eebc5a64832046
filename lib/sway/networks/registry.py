"""What belongs to no network: labels on accounts, from landing/registry/.

A label delivered again with another reason or end replaces the earlier one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from sway.contracts.tables import LABELS
from sway.networks.network import Context, Feed, Network, fault_when, from_json_lines

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

LABEL = """
    network string, account_id string, label string, author string, reason string,
    valid_from string, valid_to string
"""


def to_labels(raw: DataFrame, context: Context) -> DataFrame:
    """JSON lines as labels; days are written YYYY-MM-DD."""
    lines = from_json_lines(raw, LABEL)
    day = r"^\d{4}-\d{2}-\d{2}$"
    wrong = [
        fault_when(
            F.col(f"line.{name}").isNotNull() & F.expr(f"try_cast(line.{name} AS date)").isNull()
            | ~F.col(f"line.{name}").rlike(day),
            "impossible_time",
            f"{name}: expected a day such as 2016-05-03",
        )
        for name in ("valid_from", "valid_to")
    ]
    rows = lines.select(
        *raw.columns,
        F.coalesce("line_fault", *wrong).alias("line_fault"),
        *(f"line.{name}" for name in ("network", "account_id", "label", "author", "reason")),
        F.expr("try_cast(line.valid_from AS date)").alias("valid_from"),
        F.expr("try_cast(line.valid_to AS date)").alias("valid_to"),
    )
    return rows.select(
        *raw.columns,
        F.coalesce("line_fault", LABELS.fault(), _unknown_network(context)).alias("fault"),
        F.to_json(F.struct(*LABELS.key, "delivered_on")).alias("record_id"),
        F.struct(*LABELS.columns).alias("label"),
    )


def _unknown_network(context: Context) -> Column:
    sentence = F.concat(
        F.lit("network "),
        F.substring("network", 1, 100),
        F.lit(" is not declared: declare it under [networks.<name>.actions] of a file in conf/scoring/"),
    )
    return fault_when(~F.col("network").isin(sorted(context.declared)), "unknown_network", sentence)


REGISTRY = Network(
    name="registry",
    act_order=(),
    feeds={"labels": Feed("labels", "labels", "json_lines", to_labels)},
)
