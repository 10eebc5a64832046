"""Landing days into tables, on real Delta lakes: what becomes of every row, and of runs that were killed."""

import shutil
from collections import Counter
from datetime import date

import pytest
from sway.contracts.tables.acts import ACCOUNTS, INTERACTIONS, PAIR_DAYS, POSTS
from sway.contracts.tables.deliveries import FEED_DAYS, QUARANTINE
from sway.contracts.tables.record import RUNS
from sway.contracts.tables.states import LABELS, PROFILES
from sway.errors import InputNotReady
from sway.runtime.lake import Lake
from sway.steps.readiness import look
from sway.steps.roll_up import roll_up

from tests.landing import account, deliver, event, mentions, status
from tests.steps.lakes import bring_in, rows_of, run_on

LARGEST = 2**63 - 1
ODD = 'O\'Brien "quoted"\nsecond line, 😀'
HEADER = b"event_id,actor_id,target_id,action,occurred_at,object_id\n"
FATES = ("accepted", "duplicate", "tombstone", "quarantined")

# Facebook, brought by the open format. Ids, then why each row is there.
DAY_1 = {
    "like": event("e1", "ann", "like", "bob", "2016-05-01T08:00:00Z", "post-1"),
    "odd ids": event("e2", ODD, "comment", str(LARGEST), "2016-05-01T09:00:00+02:00"),
    "to be absorbed a day later": event("e3", "ann", "mention", "bob", "2016-05-01T10:00:00.123456Z"),
    "comment with a twin": event("e4", "cat", "comment", "bob", "2016-05-01T11:00:00Z"),
    "its twin, a mention": event("e5", "cat", "mention", "bob", "2016-05-01T11:00:00Z"),
    "self-act": event("e6", "ann", "like", "ann", "2016-05-01T12:00:00Z"),
}
LIKE_WITH_EMPTY_OBJECT = event("e7", "dan", "like", "bob", "2016-05-01T13:00:00Z")
CONFLICT = [
    event("e8", "ann", "like", "bob", "2016-05-01T14:00:00Z", "one"),
    event("e8", "ann", "like", "bob", "2016-05-01T14:00:00Z", "other"),
]
UNDECLARED = event("e9", "ann", "poke", "bob", "2016-05-01T15:00:00Z")
DAY_2 = {
    "repeat of a day before": DAY_1["like"],
    "repeat of a self-act": DAY_1["self-act"],
    "repeat of an absorbed act": DAY_1["its twin, a mention"],
    "change of a day before": {**DAY_1["odd ids"], "action": "like"},
    "late twin that absorbs": event("e10", "ann", "comment", "bob", "2016-05-01T10:00:00.123456Z"),
    "late twin that is absorbed": event("e11", "cat", "tag", "bob", "2016-05-01T11:00:00Z"),
    "conflict of a day before, settled": CONFLICT[0],
    "of its own day": event("e12", "bob", "share", "ann", "2016-05-02T08:00:00Z"),
}

TWEETS = [
    status(1, 10, "May 01 08:00:00 +0000 2016", entities=mentions(20, LARGEST)),
    status(2, 20, "May 01 09:00:00 +0000 2016", retweeted_status={"id": 1, "user": account(10)}),
    status(1, 10, "May 01 08:00:00 +0000 2016", entities=mentions(20, LARGEST)),
    status(3, 30, "May 09 09:00:00 +0000 2016"),
]
USERS = [
    {"id": 10, "screen_name": "ten", "followers_count": 5, "created_at": "Tue May 01 08:00:00 +0000 2012"},
    {"id": 20, "screen_name": "twenty", "followers_count": -5},
]
LABELLED = [
    {"network": "twitter", "account_id": "10", "label": "seed", "author": "us", "valid_from": "2016-01-01"},
    {"network": "twitter", "account_id": "20", "label": "evil", "author": "us", "valid_from": "2016-01-01"},
]


@pytest.fixture(scope="module")
def at_once(spark, tmp_path_factory):
    """Both days of every feed read by one run, after a run that was killed before it marked them as read."""
    lake = tmp_path_factory.mktemp("at_once") / "lake"
    first = [*DAY_1.values(), LIKE_WITH_EMPTY_OBJECT]
    deliver(lake, "facebook/events", "2016-05-01", {"a.jsonl": first, "b.jsonl": [*CONFLICT, UNDECLARED]})
    deliver(lake, "facebook/events", "2016-05-02", {"a.jsonl": list(DAY_2.values())})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Lake, "put", _killed)
        with pytest.raises(RuntimeError, match="killed"):
            bring_in(run_on(lake, spark=spark, refused_share=1.0))
    deliver(lake, "twitter/statuses", "2016-05-01", {"a.jsonl.gz": TWEETS})
    deliver(lake, "twitter/users", "2016-05-01", {"a.jsonl": USERS})
    deliver(lake, "registry/labels", "2016-05-01", {"a.jsonl": LABELLED})
    assert rows_of(lake, INTERACTIONS)
    assert rows_of(lake, FEED_DAYS) == []
    roll_up(bring_in(run_on(lake, spark=spark, refused_share=1.0)))
    return lake


@pytest.fixture(scope="module")
def day_by_day(spark, tmp_path_factory):
    """The same two days of Facebook read by a night each, in other files, orders and formats."""
    lake = tmp_path_factory.mktemp("day_by_day") / "lake"
    first = list(DAY_1.values())
    files = {"x.parquet": first[4:], "y.csv.gz": [LIKE_WITH_EMPTY_OBJECT, *first[:4]], "z.csv": [*CONFLICT, UNDECLARED]}
    deliver(lake, "facebook/events", "2016-05-01", files)
    roll_up(bring_in(run_on(lake, spark=spark, refused_share=1.0)))
    rolled = Lake(str(lake)).log(PAIR_DAYS).paths_by_slice()
    later = list(DAY_2.values())[::-1]
    deliver(lake, "facebook/events", "2016-05-02", {"q.csv": later[:2], "r.jsonl.gz": later[2:]})
    roll_up(bring_in(run_on(lake, spark=spark, refused_share=1.0)))
    return lake, rolled


def _killed(*_: object, **__: object) -> None:
    raise RuntimeError("killed")


def test_every_act_is_kept_once_with_its_ids_as_delivered(at_once):
    kept = ("event_id", "actor_id", "target_id", "action", "object_id")
    counts = {"network": "facebook", "set_aside": None}

    assert rows_of(at_once, INTERACTIONS, *kept, where=counts) == sorted(
        [
            ("e1", "ann", "bob", "like", "post-1"),
            ("e10", "ann", "bob", "comment", None),
            ("e12", "bob", "ann", "share", None),
            ("e4", "cat", "bob", "comment", None),
            ("e7", "dan", "bob", "like", None),
            ("e8", "ann", "bob", "like", "one"),
        ],
        key=repr,
    )
    assert rows_of(at_once, INTERACTIONS, *kept, where={"network": "twitter"}) == [
        ("1/mention/20", "10", "20", "mention", "1"),
        (f"1/mention/{LARGEST}", "10", str(LARGEST), "mention", "1"),
        ("2/retweet/10", "20", "10", "retweet", "1"),
    ]


def test_what_does_not_count_is_kept_with_the_reason(at_once):
    assert rows_of(at_once, INTERACTIONS, "event_id", "record_id", "set_aside", where={"network": "facebook"})[:6] == [
        ("e1", "e1", None),
        ("e10", "e10", None),
        ("e11", "e11", "absorbed"),
        ("e12", "e12", None),
        ("e2", "e2", "changed_record"),
        ("e3", "e3", "absorbed"),
    ]


def test_an_act_counts_again_when_what_absorbed_it_does_not_come_back(spark, tmp_path, monkeypatch):
    lake = tmp_path / "lake"
    states = ("event_id", "set_aside")
    deliver(lake, "facebook/events", "2016-05-01", {"a.jsonl": [DAY_1["to be absorbed a day later"]]})
    bring_in(run_on(lake, spark=spark))
    deliver(lake, "facebook/events", "2016-05-02", {"a.jsonl": [DAY_2["late twin that absorbs"]]})
    with monkeypatch.context() as patch:
        patch.setattr(Lake, "put", _killed)
        with pytest.raises(RuntimeError, match="killed"):
            bring_in(run_on(lake, spark=spark))
    assert rows_of(lake, INTERACTIONS, *states) == [("e10", None), ("e3", "absorbed")]

    deliver(lake, "facebook/events", "2016-05-02", {"a.jsonl": [DAY_2["of its own day"]]})
    bring_in(run_on(lake, spark=spark))
    assert rows_of(lake, INTERACTIONS, *states) == [("e12", None), ("e3", None)]


def test_a_post_that_takes_the_same_share_of_another_feed_back_is_known_once_when_it_comes_again(spark, tmp_path):
    lake = tmp_path / "lake"
    post = {"id": "1_9", "from": {"id": "1"}, "created_time": "2016-05-01T08:00:00+0000"}
    share = {**post, "object": {"id": "2_7", "from": {"id": "2"}}}
    deliver(lake, "facebook/shares", "2016-05-01", {"a.jsonl": [share]})
    for day in ("2016-05-01", "2016-05-02"):
        deliver(lake, "facebook/posts", day, {"a.jsonl": [share]})
        bring_in(run_on(lake, spark=spark))

    assert [row[-1] for row in rows_of(lake, FEED_DAYS, "feed", "delivered_on", "state")] == ["ready"] * 3
    assert rows_of(lake, FEED_DAYS, "accepted", "duplicate", where={"delivered_on": date(2016, 5, 2)}) == [(0, 1)]
    assert rows_of(lake, INTERACTIONS, "feed", "actor_id", "action", "target_id") == [("posts", "1", "share", "2")]


def test_a_broken_day_of_a_carried_network_takes_nothing_from_the_days_it_came_with(spark, tmp_path):
    """What repeats it is no duplicate of what is in no table, nor is another content refused, in one batch or two."""

    def acts(day, target):
        return [event(f"z{n}", f"a{n}", "like", target if n else "ann", f"{day}T08:00:00Z") for n in range(25)]

    def one_by_one(lake):
        return [bring_in(run_on(lake, spark=spark, carried=["facebook"]), until=f"2016-05-0{day}") for day in (1, 2)]

    lakes = [tmp_path / name / "lake" for name in ("batch", "nights")]
    for lake in lakes:
        deliver(lake, "facebook/events", "2016-05-01", {"a.jsonl": acts("2016-05-01", "bob")}, a=26)
        deliver(lake, "facebook/events", "2016-05-02", {"a.jsonl": acts("2016-05-01", "cat")})
    bring_in(run_on(lakes[0], spark=spark, carried=["facebook"]))
    one_by_one(lakes[1])

    days = rows_of(lakes[0], FEED_DAYS, "delivered_on", "state", "accepted", "duplicate", "quarantined")
    assert days == [(date(2016, 5, 1), "broken", 25, 0, 0), (date(2016, 5, 2), "ready", 25, 0, 0)]
    assert Counter(target for (target,) in rows_of(lakes[0], INTERACTIONS, "target_id")) == {"cat": 24, "ann": 1}
    for contract in (FEED_DAYS, INTERACTIONS, QUARANTINE):
        assert rows_of(lakes[0], contract) == rows_of(lakes[1], contract), contract.name


def test_a_deletion_of_a_later_night_removes_acts_post_and_pair_and_nothing_else(spark, tmp_path):
    lake = tmp_path / "lake"
    kept, gone = (status(n, 10, "May 01 08:00:00 +0000 2016", entities=mentions(n + 20)) for n in (1, 2))
    deliver(lake, "twitter/statuses", "2016-05-01", {"a.jsonl": [kept, gone]})
    roll_up(bring_in(run_on(lake, spark=spark)))
    assert len(rows_of(lake, PAIR_DAYS)) == 2

    deliver(lake, "twitter/deletions", "2016-05-02", {"a.jsonl": [{"delete": {"status": {"id_str": "2"}}}]})
    deliver(lake, "twitter/statuses", "2016-05-02", {"a.jsonl": [gone]})  # what was taken back stays out
    roll_up(bring_in(run_on(lake, spark=spark)))

    assert rows_of(lake, INTERACTIONS, "record_id", "target_id") == [("1", "21")]
    assert rows_of(lake, POSTS, "post_id") == [("1",)]
    assert len(rows_of(lake, PAIR_DAYS)) == 1
    (counts,) = rows_of(lake, FEED_DAYS, "accepted", "duplicate", "tombstone", where={"feed": "deletions"})
    assert counts == (0, 0, 1)


def test_accounts_are_named_as_delivered_and_first_seen_at_their_earliest_row(at_once):
    found = dict(rows_of(at_once, ACCOUNTS, "account_id", "first_seen"))

    assert sorted(found) == sorted(["ann", "bob", "cat", "dan", ODD, str(LARGEST), "10", "20"])
    assert found["bob"].isoformat() == "2016-05-01T08:00:00+00:00"
    assert found[ODD].isoformat() == "2016-05-01T07:00:00+00:00"
    assert found["10"].isoformat() == "2016-05-01T08:00:00+00:00"
    assert len({key for (key,) in rows_of(at_once, ACCOUNTS, "account_key")}) == len(rows_of(at_once, ACCOUNTS))


def test_an_account_among_people_and_pages_of_one_day_has_one_state_and_its_next_one_ends_it(spark, tmp_path):
    lake = tmp_path / "lake"
    deliver(lake, "facebook/profiles", "2016-05-01", {"a.jsonl": [{"id": "7", "name": "as a person"}]})
    deliver(lake, "facebook/pages", "2016-05-01", {"a.jsonl": [{"id": "7", "name": "as a page"}]})
    bring_in(run_on(lake, spark=spark))
    deliver(lake, "facebook/profiles", "2016-05-02", {"a.jsonl": [{"id": "7", "name": "a person again"}]})
    bring_in(run_on(lake, spark=spark))

    first, second = date(2016, 5, 1), date(2016, 5, 2)
    found = rows_of(lake, PROFILES, "valid_from", "valid_to", "name")
    assert found == [(first, second, "as a page"), (second, None, "a person again")]
    assert dict(rows_of(lake, FEED_DAYS, "feed", "state")) == {"pages": "ready", "profiles": "ready"}


def test_posts_profiles_and_labels_hold_the_good_rows(at_once):
    assert rows_of(at_once, POSTS, "post_id", "author_id", "kind") == [("1", "10", "original"), ("2", "20", "reshare")]
    assert rows_of(at_once, PROFILES, "account_id", "followers", "valid_from", "valid_to") == [
        ("10", 5, date(2016, 5, 1), None)
    ]
    assert rows_of(at_once, LABELS, "account_id", "label") == [("10", "seed")]


def test_every_row_of_a_file_has_one_fate_and_the_sums_hold(at_once):
    (record,) = Lake(str(at_once)).rows(RUNS, step="ingest", state="done")
    files = {(str(f["delivered_on"]), f["file"]): f for f in record["files"] if f["network"] == "facebook"}

    assert {place: tuple(f[fate] for fate in FATES) for place, f in files.items()} == {
        ("2016-05-01", "a.jsonl"): (7, 0, 0, 0),
        ("2016-05-01", "b.jsonl"): (0, 0, 0, 3),
        ("2016-05-02", "a.jsonl"): (4, 3, 0, 1),
    }
    assert all(f["rows_read"] == sum(f[fate] for fate in FATES) for f in files.values())
    days = rows_of(at_once, FEED_DAYS, "network", "feed", "delivered_on", "state", "rows_read", *FATES)
    assert [(network, feed, str(day), *rest) for network, feed, day, *rest in days] == [
        ("facebook", "events", "2016-05-01", "ready", 10, 7, 0, 0, 3),
        ("facebook", "events", "2016-05-02", "ready", 8, 4, 3, 0, 1),
        ("registry", "labels", "2016-05-01", "ready", 2, 1, 0, 0, 1),
        ("twitter", "statuses", "2016-05-01", "ready", 4, 2, 1, 0, 1),
        ("twitter", "users", "2016-05-01", "ready", 2, 1, 0, 0, 1),
    ]


def test_what_is_refused_stands_in_quarantine_with_its_reason(at_once):
    found = rows_of(at_once, QUARANTINE, "network", "file", "rule", "reason", "payload")

    assert Counter((network, rule) for network, _, rule, _, _ in found) == {
        ("facebook", "conflicting_record"): 2,
        ("facebook", "unknown_action"): 1,
        ("facebook", "changed_record"): 2,
        ("twitter", "after_delivery"): 1,
        ("twitter", "out_of_range"): 1,
        ("registry", "out_of_range"): 1,
    }
    (poke,) = [row for row in found if row[2] == "unknown_action"]
    assert poke[3] == (
        "action poke is not declared for facebook: declare it under [networks.facebook.actions] of a file in "
        "conf/scoring/"
    )
    assert '"e9"' in poke[4]


def test_what_became_of_the_acts_adds_up(at_once):
    (row,) = Lake(str(at_once)).rows(RUNS, step="ingest", state="done")
    for network in ("facebook", "twitter"):
        derived, *parts = (
            row["counts"][f"{network}.{name}"] for name in ("derived", "self_acts", "absorbed", "interactions")
        )
        assert derived == sum(parts) > 0


def test_days_read_one_by_one_in_other_files_give_the_same_tables(at_once, day_by_day):
    lake, _ = day_by_day
    facebook = {"network": "facebook"}

    for contract in (INTERACTIONS, ACCOUNTS):
        assert rows_of(lake, contract) == rows_of(at_once, contract, where=facebook)
    pairs = rows_of(lake, PAIR_DAYS)
    assert pairs == rows_of(at_once, PAIR_DAYS, where=facebook)
    assert len(pairs) == 5  # of six acts that count: ann likes bob twice on one day


def test_a_late_day_rolls_up_the_past_days_it_touches_and_no_other(day_by_day):
    lake, before = day_by_day
    after = Lake(str(lake)).log(PAIR_DAYS).paths_by_slice()

    assert set(before) == {("facebook", "2016-05-01")}
    assert set(after) == {("facebook", "2016-05-01"), ("facebook", "2016-05-02")}
    assert after["facebook", "2016-05-01"] != before["facebook", "2016-05-01"]


def test_a_second_run_does_nothing(at_once):
    run = run_on(at_once)  # without Spark: that would be an error
    versions = [run.lake.version(contract) for contract in (INTERACTIONS, ACCOUNTS, QUARANTINE, FEED_DAYS, RUNS)]

    assert look(run, until=date(2016, 12, 31)).is_empty
    roll_up(run)
    assert [run.lake.version(c) for c in (INTERACTIONS, ACCOUNTS, QUARANTINE, FEED_DAYS, RUNS)] == versions


def test_a_day_refused_for_its_rows_leaves_quarantine_alone_and_comes_in_once_mended(spark, tmp_path):
    lake = tmp_path / "lake"
    good = [event(f"g{n}", "ann", "like", "bob", "2016-05-01T08:00:00Z") for n in range(98)]
    bad = [b"\xff\xfe{}", b'{"event_id": "x"', b'{"event_id": "y"} {"event_id": "z"}']
    deliver(lake, "facebook/events", "2016-05-01", {"a.jsonl": good[:1], "b.jsonl": b"\n".join(bad) + b"\n"}, b=3)
    run = run_on(lake, spark=spark)

    with pytest.raises(InputNotReady, match=r"dt=2016-05-01/b\.jsonl: 3 of 3 rows refused, at most 1\.00%") as caught:
        bring_in(run)

    assert caught.value.exit_code == 20
    assert rows_of(lake, INTERACTIONS) == rows_of(lake, ACCOUNTS) == []
    assert Counter(rule for (rule,) in rows_of(lake, QUARANTINE, "rule")) == {"malformed": 3}
    assert rows_of(lake, FEED_DAYS, "state") == [("broken",)]
    assert [row["state"] for row in run.lake.rows(RUNS)] == ["failed"]

    deliver(lake, "facebook/events", "2016-05-01", {"a.jsonl": good})
    bring_in(run_on(lake, spark=spark))
    assert len(rows_of(lake, INTERACTIONS)) == 98
    assert rows_of(lake, QUARANTINE) == []
    assert rows_of(lake, FEED_DAYS, "state", "reason", "rows_read") == [("ready", None, 98)]


def test_a_file_with_other_rows_than_announced_is_named_and_nothing_comes_in(spark, tmp_path):
    lake = tmp_path / "lake"
    row = event("e1", "ann", "like", "bob", "2016-05-01T08:00:00Z")
    files = {
        "lie.jsonl": [row],
        "long.jsonl": [{**row, "object_id": "x" * 1_100_000}],
        "open.csv": HEADER + b'"e2,a,b,like,2016-05-01T08:00:00Z,\ne3,a,b,like,2016-05-01T08:00:00Z,\n',
        "none.csv": HEADER + b"e4,a,b,like,2016-05-01T08:00:00Z,\n",
        "good.jsonl": [row],
    }
    deliver(lake, "facebook/events", "2016-05-01", files, lie=2, open=2)

    with pytest.raises(InputNotReady) as caught:
        bring_in(run_on(lake, spark=spark))

    for sentence in (
        "lie.jsonl: announced with 2 rows, found 1",
        "long.jsonl: announced with 1 rows, found 0",
        "open.csv: announced with 2 rows, found 1",
        "none.csv: announced with 0 rows, found 1",
    ):
        assert sentence in str(caught.value)
    assert "good.jsonl" not in str(caught.value)
    assert caught.value.exit_code == 20
    assert rows_of(lake, INTERACTIONS) == []


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.csv.gz"])
def test_a_file_that_breaks_off_is_named(spark, tmp_path, name):
    lake = tmp_path / "lake"
    whole = deliver(
        lake,
        "facebook/events",
        "2016-05-01",
        {name: [event(f"{n * 7919 % 10007}", n, "like", -n, "2016-05-01T08:00:00Z") for n in range(3000)]},
    )
    half = (whole / name).read_bytes()[:-2000]
    shutil.rmtree(whole)
    deliver(lake, "facebook/events", "2016-05-01", {name: half}, a=3000)

    with pytest.raises(InputNotReady, match=rf"dt=2016-05-01/{name}: damaged, cannot be read to its end"):
        bring_in(run_on(lake, spark=spark))
