"""How much each account posted within the horizon: posts -> post counts."""

from __future__ import annotations

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def to_post_counts(posts: DataFrame, accounts: DataFrame, *, as_of: date, horizon_days: int) -> DataFrame:
    """One row per account that posted: account_key, posts, original_posts (reshares left out).

    Both frames hold one network's rows. A post of the date itself counts; one `horizon_days` old does not.
    """
    age_days = F.datediff(F.lit(as_of), "event_date")
    is_in_horizon = (age_days >= 0) & (age_days < horizon_days)
    return (
        posts.where(is_in_horizon)
        .groupBy(F.col("author_id").alias("account_id"))
        .agg(
            F.count("*").alias("posts"),
            F.count(F.when(F.col("kind") == "original", 1)).alias("original_posts"),
        )
        .join(accounts.select("account_id", "account_key"), "account_id", "inner")
        .select("account_key", "posts", "original_posts")
    )
