"""Rows that share a key, set apart from the many whose key occurs once: only the former have to be brought together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from sway.contracts.frames import union

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

MOST_SHARED = 1_000_000  # keys of which every process holds a copy, some 40 MB
FEW_TO_SEND = 50_000  # rows: up to here all are sent, in fewer jobs than it takes to count their keys


def apart(rows: DataFrame, key: str, *others: DataFrame) -> tuple[DataFrame, DataFrame | None]:
    """Rows whose key no other row has, here or in `others`, and all others; None where there are none.

    key: a column of whole numbers, such as a hash; NULL where a row stands alone whatever the others are. `others`:
    frames of this one column. `rows` is computed three times: it should be cheap, or cut off from its plan.

    A window over all rows would send and sort each of them whole; here one number of each is sent. Where more keys than
    MOST_SHARED come twice, such as in a day delivered again, `keyed` says what the second frame holds.
    """
    every = union([rows.select(key), *others])
    counted = every.where(F.col(key).isNotNull()).groupBy(key).agg(F.count("*").alias("rows"))
    shared = counted.where(F.col("rows") > 1).select(key).localCheckpoint()
    count = shared.count()
    if not count:
        return rows, None
    if count > MOST_SHARED:
        return keyed(rows, key)
    keys = F.broadcast(shared)
    once, often = (rows.join(keys, key, how).select(*rows.columns) for how in ("left_anti", "left_semi"))
    return once, often


def keyed(rows: DataFrame, key: str) -> tuple[DataFrame, DataFrame]:
    """Rows without a key, and those with one: what stands in for `apart` where looking for shared keys does not pay."""
    return rows.where(F.col(key).isNull()), rows.where(F.col(key).isNotNull())
