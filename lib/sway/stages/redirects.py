"""page_links as of a date -> links between pages, those onto redirects credited to the page they end at."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

MOST_STEPS = 5


def to_resolved_links(page_links: DataFrame, as_of: date) -> DataFrame:
    """network, actor_id, target_id of the links valid on `as_of` (rows of PAGE_LINKS), one row per link.

    A link onto a redirect is one to the page its chain ends at after at most MOST_STEPS steps; a longer chain, or one
    that comes back to itself, leads nowhere. A redirect links to nothing itself, links of a page to itself are none.
    Of several redirects of one page the first target counts, compared as bytes.
    """
    is_valid = (F.col("valid_from") <= F.lit(as_of)) & (F.col("valid_to").isNull() | (F.col("valid_to") > F.lit(as_of)))
    valid = page_links.where(is_valid)
    redirects = (
        valid.where(F.col("action") == "redirect")
        .groupBy("network", F.col("actor_id").alias("page"))
        .agg(F.min("target_id").alias("leads_to"))
    )
    links = valid.where(F.col("action") == "page_link").select("network", "actor_id", "target_id")
    of_pages = links.join(redirects.withColumnRenamed("page", "actor_id"), ["network", "actor_id"], how="left_anti")
    ends = _ends(redirects).withColumnRenamed("page", "target_id")
    return (
        of_pages.join(ends, ["network", "target_id"], how="left")
        .withColumn("target_id", F.when(F.col("is_redirect"), F.col("end")).otherwise(F.col("target_id")))
        .where(F.col("target_id").isNotNull() & (F.col("target_id") != F.col("actor_id")))
        .select("network", "actor_id", "target_id")
        .distinct()
    )


def _ends(redirects: DataFrame) -> DataFrame:
    """network, page, is_redirect, end: where each redirect ends, NULL where it ends at no page."""
    step = redirects.select("network", F.col("page").alias("at"), F.col("leads_to").alias("next"))
    walked = redirects.select("network", "page", F.col("leads_to").alias("at"))
    for _ in range(MOST_STEPS - 1):
        walked = walked.join(step, ["network", "at"], how="left").select(
            "network", "page", F.coalesce("next", "at").alias("at")
        )
    is_end = F.col("next").isNull()
    return walked.join(step, ["network", "at"], how="left").select(
        "network", "page", F.lit(True).alias("is_redirect"), F.when(is_end, F.col("at")).alias("end")
    )
