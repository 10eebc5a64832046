"""PageRank in Polars by a join and a grouped sum for each sweep: `python rank_polarsjoins.py EDGES OUT`."""

import sys

import polars as pl
from edges import DAMPING, SWEEPS


def main(folder, out):
    raw = pl.read_parquet(f"{folder}/*.parquet")
    edges = (
        raw.lazy()
        .select(
            target=pl.col("target_key"),
            source=pl.col("actor_key"),
            share=pl.col("weight") / pl.col("weight").sum().over("actor_key"),
        )
        .collect()
    )
    named = pl.concat([raw["actor_key"], raw["target_key"].alias("actor_key")]).unique().alias("account_key")
    n = len(named)
    acting = edges.lazy().select(account_key="source", acts=True).unique()
    ranks = named.to_frame().lazy().join(acting, on="account_key", how="left").with_columns(rank=1.0 / n).collect()
    for _ in range(SWEEPS):
        lost = ranks.filter(pl.col("acts").is_null())["rank"].sum()
        arriving = (
            edges.lazy()
            .join(ranks.lazy().select("account_key", "rank"), left_on="source", right_on="account_key")
            .group_by("target")
            .agg(arriving=(pl.col("share") * pl.col("rank")).sum())
        )
        ranks = (
            ranks.lazy()
            .join(arriving, left_on="account_key", right_on="target", how="left")
            .select(
                "account_key",
                "acts",
                rank=DAMPING * (pl.col("arriving").fill_null(0.0) + lost / n) + (1.0 - DAMPING) / n,
            )
            .collect()
        )
    ranks.select("account_key", "rank").write_parquet(out, compression="uncompressed")


if __name__ == "__main__":
    main(*sys.argv[1:3])
