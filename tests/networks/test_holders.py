"""Handles as networks compare them: Spark, which looks for few among many, and DuckDB see the same ones as equal."""

from datetime import date

import pyarrow as pa
from pyspark.sql import functions as F
from sway.contracts.queries import select
from sway.networks.holders import folded, to_accounts

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


def test_letters_that_look_alike_are_different_handles(arrow_table):
    cyrillic = "\u0430dmin"
    profiles = arrow_table(f"""
        network:string | account_id:string | handle:string | valid_from:date | valid_to:date
        twitter        | 1                 | admin         | 2016-01-01      | null
        twitter        | 2                 | {cyrillic}    | 2016-01-01      | null
    """)
    written = ["@admin", f"@{cyrillic}", "@\u202eadmin", "@admin\u200b"]
    day = {"network": "twitter", "day": date(2016, 5, 1)}

    found = to_accounts(pa.Table.from_pylist([{**day, "account": one} for one in written]), profiles).to_pylist()

    assert {row["account"]: row["account_id"] for row in found} == dict(
        zip(written, ["1", "2", None, None], strict=True)
    )
