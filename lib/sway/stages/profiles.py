"""accepted records -> profiles with validity: each state holds until the account's next one begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

from sway.contracts.queries import last_of_each
from sway.contracts.tables.states import LABELS

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame


def to_profiles(accepted: DataFrame, known: DataFrame) -> DataFrame:
    """New states, and of known ones those that now end on another day, as rows of PROFILES with `is_new`.

    A state ends on the day its account's next one begins. Known states that stay as they are do not come: the rest of
    a history is as long as the lake is old. Days may arrive in any order. A state delivered again on the same day
    replaces the earlier one. Where two feeds describe one account on one day (a page among the people), the feed that
    comes first by its name holds.
    """
    key = ["network", "account_id", "valid_from"]
    new = accepted.select(
        "network", F.col("delivered_on").alias("valid_from"), "profile.*", F.struct("feed", "record_hash").alias("by")
    )
    first = Window.partitionBy(*key).orderBy("by")
    new = new.withColumn("nth", F.row_number().over(first)).where("nth = 1").drop("nth", "by")
    others = known.join(new.select("network", "account_id").distinct(), ["network", "account_id"], how="left_semi")
    others = others.withColumnRenamed("valid_to", "ended").join(new.select(*key), key, how="left_anti")
    none = F.lit(None).cast("date").alias("ended")
    told = new.select("*", none, F.lit(True).alias("is_new")).unionByName(others.withColumn("is_new", F.lit(False)))
    history = Window.partitionBy("network", "account_id").orderBy("valid_from")
    states = told.withColumn("valid_to", F.lead("valid_from").over(history))
    return states.where(F.col("is_new") | ~F.col("valid_to").eqNullSafe(F.col("ended"))).drop("ended")


def to_labels(told: pa.Table) -> pa.Table:
    """Rows of LABELS of all that was told; of several deliveries of one label the last one holds."""
    return last_of_each(LABELS, told)
