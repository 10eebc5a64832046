"""PageRank in Polars: a gather and a grouped sum for each sweep. `python rank_polars.py EDGES OUT`."""

import sys

import polars as pl
from edges import DAMPING, SWEEPS


def main(folder, out):
    raw = pl.read_parquet(f"{folder}/*.parquet")
    keys = pl.concat([raw["actor_key"], raw["target_key"].alias("actor_key")]).unique().alias("key").to_frame()
    keys = keys.with_columns(account=pl.int_range(pl.len(), dtype=pl.UInt32))
    edges = (
        raw.lazy()
        .join(keys.lazy().rename({"key": "actor_key", "account": "source"}), on="actor_key")
        .join(keys.lazy().rename({"key": "target_key", "account": "target"}), on="target_key")
        .select("target", "source", share=pl.col("weight") / pl.col("weight").sum().over("source"))
        .sort("target")
        .collect()
    )
    n = len(keys)
    is_dangling = ~keys["account"].is_in(edges["source"].unique().implode())
    rank = pl.repeat(1.0 / n, n, eager=True)
    for _ in range(SWEEPS):
        arriving = (
            edges.lazy()
            .select("target", passed=pl.col("share") * rank.gather(edges["source"]))
            .group_by("target")
            .agg(pl.col("passed").sum())
            .collect()
        )
        came = keys.select("account").join(arriving, left_on="account", right_on="target", how="left")
        came = came.sort("account")["passed"].fill_null(0.0)
        rank = DAMPING * (came + rank.filter(is_dangling).sum() / n) + (1.0 - DAMPING) / n
    keys.select(pl.col("key").alias("account_key"), rank=rank).write_parquet(out, compression="uncompressed")


if __name__ == "__main__":
    main(*sys.argv[1:3])
