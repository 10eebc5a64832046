"""What becomes of a record, by what is known of its id: records -> fates."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import functions as F
from sway.stages.fates import LONGEST_PAYLOAD, to_fates, to_file_fates, to_held_against, to_quarantine, with_content

ORIGIN = (
    "network string, feed string, delivered_on date, file string, payload string, "
    "fault struct<rule:string,reason:string>, record_id string"
)
RECORDS = f"n int, {ORIGIN}, body struct<a:string,b:string>"
FEED = ("twitter", "statuses")
BODY = ("post", "acts", "takes_back")
TAKEN_BACK = "network string, feed string, record_id string"
KNOWN = "network string, feed string, record_id string, record_hash bigint"


@pytest.fixture
def fates(spark):
    """The fates of records (delivered_on, record_id, (a, b)), in order, with what other days brought before."""

    def find(*records, known=(), gone=(), body=("body",), across_days=True):
        rows = [
            (n, *FEED, date(2016, 5, day), f"file-{n % 2}", f"row {n}", None, record_id, content)
            for n, (day, record_id, content) in enumerate(records)
        ]
        before = [(*FEED, record_id, hashes(spark, content)) for record_id, content in known]
        frame = judged(
            spark.createDataFrame(rows, RECORDS), spark.createDataFrame(before, KNOWN), gone, body, across_days
        )
        return {row["n"]: (row["fate"], row["fault"] and row["fault"]["rule"]) for row in frame.collect()}

    return find


def hashes(spark, content):
    """The hash that a record of that content gets."""
    rows = [(0, *FEED, date(2016, 5, 1), "f", "p", None, "x", content)]
    return judged(spark.createDataFrame(rows, RECORDS)).first()["record_hash"]


def judged(records, known=None, gone=(), body=("body",), across_days=True):
    """The fates of records by what is known, nothing unless given, and by the ids taken back."""
    spark = records.sparkSession
    taken_back = spark.createDataFrame([(*FEED, record_id) for record_id in gone], TAKEN_BACK)
    known = known or spark.createDataFrame([], KNOWN)
    frame = with_content(records, body=body, across_days=across_days)
    return to_fates(frame, known, taken_back, body=body, across_days=across_days)


ONE, OTHER = ("x", None), ("y", None)
CASES = {
    "a repeat in the same file or another is a duplicate, whichever of the two": (
        [(1, "r", ONE), (1, "r", ONE), (1, "r", ONE)],
        [("accepted", None), ("duplicate", None), ("duplicate", None)],
    ),
    "two contents within a day: nothing tells who is right": (
        [(1, "r", ONE), (1, "r", OTHER), (1, "s", ONE)],
        [("accepted", None), ("quarantined", "conflicting_record"), ("quarantined", "conflicting_record")],
    ),
    "another content on a later day: the later one is refused": (
        [(1, "r", ONE), (2, "r", OTHER), (3, "r", ONE)],
        [("accepted", None), ("duplicate", None), ("quarantined", "changed_record")],
    ),
    "a day that contradicts itself decides nothing, the next one does": (
        [(1, "r", ONE), (1, "r", OTHER), (2, "r", OTHER), (3, "r", ONE)],
        [
            ("accepted", None),
            ("quarantined", "changed_record"),
            ("quarantined", "conflicting_record"),
            ("quarantined", "conflicting_record"),
        ],
    ),
}


def test_a_record_has_one_fate(fates):
    """All cases in one frame, each with record ids of its own."""
    rows, cases = [], []
    for name, (records, _) in CASES.items():
        rows += [(day, f"{name}/{record_id}", content) for day, record_id, content in records]
        cases += [name] * len(records)
    found = fates(*rows)

    for name, (_, expected) in CASES.items():
        assert sorted((found[n] for n, case in enumerate(cases) if case == name), key=str) == expected, name


def test_what_a_later_day_may_say_anew_is_compared_within_its_day_alone(fates):
    found = fates(
        (1, "r", ONE), (1, "r", ONE), (2, "r", OTHER), (3, "r", ONE), (4, "r", ONE), (4, "r", OTHER), across_days=False
    )  # fmt: skip

    assert sorted(found[n] for n in (0, 1)) == [("accepted", None), ("duplicate", None)]
    assert found[2] == found[3] == ("accepted", None)
    assert found[4] == found[5] == ("quarantined", "conflicting_record")


def test_what_earlier_nights_brought_is_known(fates):
    found = fates((2, "r", ONE), (2, "s", OTHER), (2, "t", ONE), known=[("r", ONE), ("s", ONE)])

    assert found == {0: ("duplicate", None), 1: ("quarantined", "changed_record"), 2: ("accepted", None)}


def test_what_was_taken_back_stays_out_whenever_it_comes(fates):
    assert fates((2, "r", ONE), (2, "r", ONE), (2, "s", ONE), gone=["r"]) == {
        0: ("tombstone", None),
        1: ("tombstone", None),
        2: ("accepted", None),
    }


@pytest.mark.parametrize(
    ("acts", "fate"),
    [("array()", "tombstone"), ("NULL", "tombstone"), ("array('an act of its own')", "accepted")],
)
def test_a_row_that_does_nothing_but_take_another_back_is_a_tombstone(spark, acts, fate):
    records = spark.sql(f"""
        SELECT 'twitter' network, 'deletions' feed, DATE'2016-05-01' delivered_on, 'f' file, 'p' payload,
            CAST(NULL AS struct<rule:string,reason:string>) fault, 'r' record_id, CAST(NULL AS string) post,
            {acts} acts, named_struct('feed', 'statuses', 'record_id', '1') takes_back
    """)

    assert judged(records, body=BODY).first()["fate"] == fate


UNDONE = {
    "done, taken back and done again on three days": (
        [(1, "r", ONE), (2, "r", None), (3, "r", OTHER)],
        ["accepted", "tombstone", "tombstone"],
    ),
    "the same within a day": ([(1, "r", ONE), (1, "r", None), (1, "r", OTHER)], ["tombstone"] * 3),
    "taken back and done again on the day after": (
        [(1, "r", ONE), (2, "r", None), (2, "r", OTHER)],
        ["accepted", "tombstone", "tombstone"],
    ),
    "taken back before it came": ([(1, "r", None), (2, "r", ONE)], ["tombstone", "tombstone"]),
    "taken back on its own day": ([(1, "r", ONE), (1, "r", None)], ["accepted", "tombstone"]),
    "two contents, and taken back later": (
        [(1, "r", ONE), (1, "r", OTHER), (2, "r", None)],
        ["quarantined", "quarantined", "tombstone"],
    ),
}


@pytest.mark.parametrize(("records", "expected"), UNDONE.values(), ids=UNDONE)
def test_what_is_taken_back_on_its_way_in_is_judged_as_by_one_night_a_day(spark, records, expected):
    """Records (day, id, content); without content, a record that takes that id back."""

    def find(wanted, known=(), gone=()):
        rows = [
            (
                n, *FEED, date(2016, 5, day), "f", "p", None, f"not {of}" if content is None else of,
                content and content[0], [], None if content else (FEED[1], of),
            )
            for n, (day, of, content) in enumerate(wanted)
        ]  # fmt: skip
        body = "post string, acts array<string>, takes_back struct<feed:string,record_id:string>"
        frame = with_content(spark.createDataFrame(rows, f"n int, {ORIGIN}, {body}"), body=BODY).localCheckpoint()
        before = spark.createDataFrame([(*FEED, *record) for record in known], KNOWN)
        taken = spark.createDataFrame([(*FEED, of) for of in gone], TAKEN_BACK)
        found = to_fates(frame, before, taken, body=BODY).collect()
        return {row["n"]: (row["fate"], row["record_hash"]) for row in found}

    together = find(records)
    assert [together[n][0] for n in range(len(records))] == expected
    known, gone, one_by_one = {}, set(), []
    for day in (1, 2, 3):
        of_day = [record for record in records if record[0] == day]
        found = find(of_day, known.items(), gone) if of_day else {}
        known |= {of_day[n][1]: hashed for n, (fate, hashed) in found.items() if fate == "accepted"}
        gone |= {of for _, of, content in of_day if content is None}
        known = {of: hashed for of, hashed in known.items() if of not in gone}
        one_by_one += [found[n][0] for n in range(len(of_day))]
    assert one_by_one == expected


def test_a_record_that_is_refused_takes_nothing_back(spark):
    takes = (FEED[1], "r")
    rows = [
        (0, *FEED, date(2016, 5, 1), "f", "p", None, "s", "x", ["an act"], takes),
        (1, *FEED, date(2016, 5, 1), "f", "p", None, "s", "another", ["an act"], takes),
        (2, *FEED, date(2016, 5, 2), "f", "p", None, "r", "y", ["an act"], None),
    ]
    body = "post string, acts array<string>, takes_back struct<feed:string,record_id:string>"

    found = judged(spark.createDataFrame(rows, f"n int, {ORIGIN}, {body}"), body=BODY).orderBy("n").collect()

    assert [row["fate"] for row in found] == ["quarantined", "quarantined", "accepted"]


def test_records_of_an_id_that_others_have_or_take_back_are_held_against_those(spark):
    def told(*rows):
        """Records (record_id, the one it takes back)."""
        listed = [
            (*FEED, date(2016, 5, 1), "f", "p", None, of, "x", [], None if taken is None else (FEED[1], taken))
            for of, taken in rows
        ]
        body = "post string, acts array<string>, takes_back struct<feed:string,record_id:string>"
        return with_content(spark.createDataFrame(listed, f"{ORIGIN}, {body}"), body=BODY)

    others = told(("1", None), ("2", None), ("3", "9"))

    def held(*apart):
        return {row["record_id"] for row in to_held_against(others, told(*apart), body=BODY).collect()}

    assert held(("1", None), ("7", None)) == {"1"}
    assert held(("7", "2")) == {"2"}
    assert held(("7", None), ("9", None)) == set()


def test_contents_that_differ_only_in_where_nothing_stands_are_two_contents(fates):
    pairs = [
        (("x", None), (None, "x")),
        (("x", None), ("x", "")),
        ((None, None), ("", None)),
        (("xy", "z"), ("x", "yz")),
    ]
    found = fates(*((day, str(n), content) for n, pair in enumerate(pairs) for day, content in enumerate(pair, 1)))

    assert list(dict(sorted(found.items())).values()) == [("accepted", None), ("quarantined", "changed_record")] * 4


def test_contents_that_differ_by_a_microsecond_are_two_contents(spark):
    texts = ["2016-05-01 08:00:00.000001", "2016-05-01 08:00:00.000002"]
    rows = [(*FEED, date(2016, 5, n + 1), "f", "p", None, "r", text) for n, text in enumerate(texts)]
    records = spark.createDataFrame(rows, f"{ORIGIN}, at string").withColumn("at", F.col("at").cast("timestamp"))

    found = judged(records, body=("at",)).orderBy("delivered_on").collect()
    assert [row["fate"] for row in found] == ["accepted", "quarantined"]


def test_a_faulty_row_is_refused_and_says_nothing_about_its_id(spark):
    rows = [
        (0, *FEED, date(2016, 5, 1), "a", "bad", ("missing", "why"), "r", OTHER),
        (1, *FEED, date(2016, 5, 1), "a", "bad", ("missing", "why"), None, OTHER),
        (2, *FEED, date(2016, 5, 1), "a", "good", None, "r", ONE),
    ]
    found = judged(spark.createDataFrame(rows, RECORDS))

    assert {row["n"]: row["fate"] for row in found.collect()} == {0: "quarantined", 1: "quarantined", 2: "accepted"}
    assert {row["fate"]: row["rows"] for row in to_file_fates(found).collect()} == {"accepted": 1, "quarantined": 2}
    (refused,) = to_quarantine(found).collect()  # the same row twice, for the same reason
    assert (refused["rule"], refused["reason"], refused["payload"]) == ("missing", "why", "bad")


def test_quarantine_keeps_the_beginning_of_a_row_as_text_and_the_hash_of_all_of_it(spark):
    rows = spark.createDataFrame([("é" * 2000,), ("é" * 2001,)], "payload string")
    torn = spark.sql("SELECT CAST(unhex('FF41') AS STRING) AS payload")
    fates = rows.union(torn).select(
        F.lit("twitter").alias("network"),
        F.lit("statuses").alias("feed"),
        F.lit(date(2016, 5, 1)).alias("delivered_on"),
        F.lit("a").alias("file"),
        "payload",
        F.struct(F.lit("malformed").alias("rule"), F.lit("why").alias("reason")).alias("fault"),
        F.lit("quarantined").alias("fate"),
    )

    found = to_quarantine(fates).collect()
    assert sorted(row["payload"] for row in found) == sorted(["é" * LONGEST_PAYLOAD, "é" * LONGEST_PAYLOAD, "\ufffdA"])
    assert len({row["payload_sha256"] for row in found}) == 3


drawn_records = st.lists(
    st.tuples(st.integers(1, 3), st.sampled_from("rs"), st.sampled_from([ONE, OTHER])), min_size=4, max_size=8
)


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn_records)
def test_days_read_together_decide_as_days_read_one_by_one(fates, records):
    together = fates(*records)
    known, one_by_one = [], []
    for day in (1, 2, 3):
        of_day = [record for record in records if record[0] == day]
        found = fates(*of_day, known=known) if of_day else {}
        known += [of_day[n][1:] for n, (fate, _) in found.items() if fate == "accepted"]
        one_by_one += [(of_day[n], fate) for n, fate in found.items()]

    assert sorted(((records[n], fate) for n, fate in together.items()), key=str) == sorted(one_by_one, key=str)
