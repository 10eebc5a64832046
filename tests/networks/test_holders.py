"""Handles as networks compare them: Spark, which looks for few among many, and DuckDB see the same ones as equal."""

import pyarrow as pa
from pyspark.sql import functions as F
from sway.contracts.queries import select
from sway.networks.holders import folded

NETWORKS = ("twitter", "facebook", "google_plus", "linkedin", "wikipedia", "forum")
WRITTEN = (
    "@Ann.B", "@+Ann B", "++ann", "@@ann", "Ångström", "ΝΙΚΟΣ", "Σίσυφος", "İstanbul", "I", "Ж_ж", "@", "",
    "a\\.b", "straße", "日本 語", "#!/x", "ǅ",
)  # fmt: skip


def test_handles_fold_alike_in_spark_and_in_duckdb(spark):
    handles = pa.table({"handle": [one for one in WRITTEN for _ in NETWORKS], "network": [*NETWORKS] * len(WRITTEN)})
    sql = folded("network", "handle")

    in_duckdb = select(f"SELECT network, handle, {sql} AS folded FROM handles", handles=handles)
    in_spark = spark.createDataFrame(handles).select("network", "handle", F.expr(sql).alias("folded"))

    assert sorted(in_duckdb.to_pylist(), key=str) == sorted((row.asDict() for row in in_spark.collect()), key=str)
    folds = {(row["network"], row["handle"]): row["folded"] for row in in_duckdb.to_pylist()}
    assert folds["facebook", "@Ann.B"] == folds["facebook", "@Ann.B"].lower() == "annb"
    assert folds["google_plus", "@+Ann B"] == "ann b"
    assert folds["twitter", "ΝΙΚΟΣ"] == folds["linkedin", "ΝΙΚΟΣ"] == "νικοσ"
    assert folds["wikipedia", "日本 語"] == "日本_語"
    assert folds["forum", "@Ann.B"] == "Ann.B"
