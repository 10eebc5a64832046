"""Events to weighted edges in Polars: `python edges_polars.py EVENTS OUT`."""

import sys

import polars as pl


def main(folder, out):
    events = pl.scan_parquet(f"{folder}/*.parquet")
    edges = events.group_by("actor_key", "target_key").agg(pl.col("weight").sum())
    edges.collect(engine="streaming").write_parquet(out, compression="uncompressed")


if __name__ == "__main__":
    main(*sys.argv[1:3])
