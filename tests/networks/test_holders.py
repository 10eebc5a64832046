"""Handles as networks compare them: Spark, which looks for few among many, and DuckDB see the same ones as equal."""

from datetime import date

import pyarrow as pa
import pytest
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


@pytest.mark.parametrize(
    ("day", "on_the_day", "or_later"),
    [
        ("2016-04-20", [], ["1"]),  # nobody yet: who has it first
        ("2016-05-02", ["1"], ["1"]),
        ("2016-05-04", [], ["2", "3"]),  # two begin with it on one day
        ("2016-05-09", ["4"], ["4"]),
        ("2016-05-10", [], []),  # who had it before is somebody else by now
    ],
)
def test_a_handle_that_nobody_had_on_the_day_is_whose_it_is_first_where_that_is_asked(
    arrow_table, day, on_the_day, or_later
):
    profiles = arrow_table("""
        network:string | account_id:string | handle:string | valid_from:date | valid_to:date
        twitter        | 4                 | Ann           | 2016-05-08      | 2016-05-10
        twitter        | 2                 | ann           | 2016-05-06      | 2016-05-07
        twitter        | 3                 | ann           | 2016-05-06      | 2016-05-08
        twitter        | 1                 | ann           | 2016-05-01      | 2016-05-03
        twitter        | 1                 | ann           | 2016-05-03      | 2016-05-04
        facebook       | 9                 | ann           | 2016-01-01      | null
    """)
    references = pa.table({"network": ["twitter"], "account": ["@ann"], "day": [date.fromisoformat(day)]})

    found = [to_accounts(references, profiles, or_later=later)["holders"].to_pylist() for later in (False, True)]

    assert found == [[on_the_day], [or_later]]


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
