"""Everything the generator plants is found by ingest, by rule and count, and nothing else is refused."""

import json
import re
import shutil
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sway.contracts.tables.acts import ACCOUNTS, INTERACTIONS, PAIR_DAYS, POSTS
from sway.contracts.tables.deliveries import FEED_DAYS, QUARANTINE
from sway.contracts.tables.record import RUNS
from sway.contracts.tables.states import FOLLOWS, PROFILES
from sway.runtime import config
from sway.runtime.lake import Lake
from sway.runtime.landing_writer import LandingWriter
from sway.runtime.run import Run
from sway.steps.roll_up import roll_up
from sway.worlds.fault_files import CROWD, SMALL_FILES
from sway.worlds.fault_rows import FIRST_NUMBER, LOOK_ALIKE, RIGHT_TO_LEFT
from sway.worlds.generate import generate

from tests.places import ENVIRONMENT
from tests.steps.lakes import bring_in, rows_of

# What a broken day says for each rule of the ledger.
REASONS = {
    "damaged_file": r"part-000\.\S+: (damaged, cannot be read to its end|expected a Parquet file, found)",
    "manifest_disagrees": r"part-000\.jsonl\.gz: announced with \d+ (bytes|rows), found \d+",
    "line_too_long": r"part-000\.jsonl\.gz: announced with 200 rows, found 199 of at most 1,000,000 bytes each",
    "wrong_columns": r"part-000\.parquet: (expected the columns event_id, .+; (missing|unknown): |actor_id: expected )",
    "bad_file_name": r"found a symbolic link|_manifest\.json: expected a file name, bytes and rows",
    "malformed": r"part-000\.jsonl\.gz: 100 of 200 rows refused, at most 1\.00% may be",
}
PAST_ACTOR = str(FIRST_NUMBER + 9_000)  # of the acts at odd times
SMALL = "ten thousand files of 1 kB"

# A million reactions and ten thousand files take ten minutes alone, and longer beside another test process.
EVERY_FEED = pytest.param(True, marks=[pytest.mark.slow, pytest.mark.timeout(3_600)])


@pytest.fixture(scope="module", params=[False, EVERY_FEED], ids=["faulty feeds", "every feed"])
def brought_in(request, spark, tmp_path_factory):
    """A faulty world that a night carrying every network forward has read and rolled up, and its ledger of faults.

    In a short test only feeds come in that something was planted in.
    """
    lake = tmp_path_factory.mktemp("faults") / "lake"
    generate(LandingWriter(lake), accounts=2_000, days=7, seed=9, faults=True, crowds=request.param)
    ledger = [json.loads(line) for line in (lake.with_name("lake.truth") / "faults.jsonl").read_text().splitlines()]
    faulty = {(entry["network"], entry["feed"]) for entry in ledger}
    for folder in (lake / "landing").glob("*/*"):
        if not (request.param or (folder.parent.name, folder.name) in faulty):
            shutil.rmtree(folder)
    loaded = config.load(str(ENVIRONMENT))
    carried = ["facebook", "google_plus", "linkedin", "registry", "twitter", "wikipedia"]
    readiness = replace(loaded.environment.readiness, carry_forward=carried)
    loaded = replace(loaded, environment=replace(loaded.environment, feeds={}, readiness=readiness))
    roll_up(bring_in(Run(loaded, str(lake), name="tests", spark=spark), until="2016-01-07"))
    return lake, ledger


def is_planted(number):
    """Whether an id is one of those that nothing else of a world has."""
    return number.isdecimal() and FIRST_NUMBER <= int(number) < FIRST_NUMBER + 10_000


def of_ledger(ledger, *keys, **equal):
    """Rows planted, by keys."""
    counts = Counter()
    for entry in ledger:
        if all(entry[name] == value for name, value in equal.items()):
            counts[tuple(entry[key] for key in keys)] += entry["count"]
    return counts


def test_every_planted_row_stands_in_quarantine_under_its_rule_and_no_other_does(brought_in):
    lake, ledger = brought_in
    where = ("network", "feed", "day", "file", "rule")
    expected = of_ledger(ledger, *where, expected="quarantined")
    expected += of_ledger(ledger, *where, expected="refused", rule="malformed")
    # A row that was taken, until another content of it came, is shown beside that one.
    (other,) = [place for place in expected if place[-1] == "changed_record"]
    expected[other] += sum(of_ledger(ledger, "rule", expected="set_aside", rule="changed_record").values())

    found = rows_of(lake, QUARANTINE, "network", "feed", "delivered_on", "file", "rule")
    assert Counter((network, feed, str(day), *rest) for network, feed, day, *rest in found) == expected
    assert all(reason and payload for reason, payload in rows_of(lake, QUARANTINE, "reason", "payload"))


def test_every_file_has_as_many_refused_and_repeated_rows_as_were_planted(brought_in):
    lake, ledger = brought_in
    (record,) = Lake(str(lake)).rows(RUNS, step="ingest")
    where = ("network", "feed", "day", "file")
    expected = {
        "quarantined": of_ledger(ledger, *where, expected="quarantined")
        + of_ledger(ledger, *where, expected="refused", rule="malformed"),
        "duplicate": of_ledger(ledger, *where, expected="duplicate"),
    }
    for fate, planted in expected.items():
        found = {(f["network"], f["feed"], str(f["delivered_on"]), f["file"]): f[fate] for f in record["files"]}
        assert {place: count for place, count in found.items() if count} == planted


def test_the_days_of_planted_files_are_broken_for_their_reason_and_all_others_are_ready(brought_in):
    lake, ledger = brought_in
    refused = {(e["network"], e["feed"], e["day"]): e["rule"] for e in ledger if e["expected"] == "refused"}
    days = {
        (network, feed, str(day)): (state, reason)
        for network, feed, day, state, reason in rows_of(
            lake, FEED_DAYS, "network", "feed", "delivered_on", "state", "reason"
        )
    }

    assert {place for place, (state, _) in days.items() if state != "ready"} == set(refused)
    assert len(refused) == 15
    for place, rule in refused.items():
        state, reason = days[place]
        if rule == "no_manifest":
            assert (state, "no _manifest.json" in reason) == ("late", True)
        else:
            assert state == "broken"
            assert re.search(REASONS[rule], reason), reason
            assert "{}/{}/dt={}/".format(*place) in reason
    assert {place for place, (state, reason) in days.items() if state == "ready" and reason} == set()


def test_what_only_looks_odd_is_taken_and_nothing_of_a_broken_day(brought_in):
    lake, ledger = brought_in
    posts = [row for row in rows_of(lake, POSTS, "post_id", "set_aside") if is_planted(row[0])]
    taken = of_ledger(ledger, "feed", expected="accepted") + of_ledger(ledger, "feed", expected="set_aside")
    assert len(posts) == taken["statuses",]
    assert [why for _, why in posts if why] == ["changed_record"]
    own = [row[1:] for row in rows_of(lake, PROFILES, "account_id", "followers", "created_at") if is_planted(row[0])]
    at = [datetime(2012, 2, 29, 12), datetime(2011, 10, 30, 0, 30), datetime(2011, 10, 30, 1, 30)]
    dated = [(n, created.replace(tzinfo=UTC)) for n, created in enumerate(at, start=1)]
    assert own == [(12, None), *dated, (None, None), (None, None)]
    names = [row[1:] for row in rows_of(lake, PROFILES, "account_id", "handle", "name") if is_planted(row[0])]
    assert names == [("planted", None)] * 4 + [(name, name) for name in (RIGHT_TO_LEFT, LOOK_ALIKE)]

    acts = rows_of(lake, INTERACTIONS, "network", "feed", "delivered_on", "actor_id", "set_aside")
    planted = [row for row in acts if is_planted(row[3])]
    timed = of_ledger([entry for entry in ledger if entry["occurred_at"]], "network", "feed", "day")
    assert Counter((network, feed, str(day), why) for network, feed, day, _, why in planted) == {
        ("twitter", "events", "2016-01-01", None): 200 + timed["twitter", "events", "2016-01-01"],
        ("twitter", "events", "2016-01-02", None): 199,
        ("twitter", "statuses", "2016-01-02", "self_act"): 1,
    } | {(*place, None): count for place, count in timed.items() if place[1] == "statuses"}
    accounts = rows_of(lake, ACCOUNTS, "network", "account_id")
    assert {network for network, account in accounts if is_planted(account)} == {"twitter"}


def test_a_planted_follow_holds_from_its_day_in_utc_and_one_undone_at_its_instant_never(brought_in):
    lake, ledger = brought_in
    (entry,) = [entry for entry in ledger if entry["planted"] == "a follow on the next day where it was written"]
    follows = rows_of(lake, FOLLOWS, "actor_id", "target_id", "valid_from", "valid_to")
    standing = [row[2:] for row in follows if is_planted(row[0]) or is_planted(row[1])]
    assert standing == [(date.fromisoformat(entry["day"]), None)]


def test_an_act_stands_at_its_instant_and_on_its_day_in_utc_however_its_time_was_written(brought_in):
    lake, ledger = brought_in
    timed = [entry for entry in ledger if entry["occurred_at"]]
    columns = ("network", "feed", "record_id", "event_date", "occurred_at", "set_aside")
    acts = rows_of(lake, INTERACTIONS, *columns)
    about = [(e["network"], e["feed"], e["record_id"], datetime.fromisoformat(e["occurred_at"])) for e in timed]
    expected = [(*record, at.date(), at, None) for *record, at in about]
    assert [row for row in acts if row[2] in {entry["record_id"] for entry in timed}] == sorted(expected, key=repr)

    keys = {key for account, key in rows_of(lake, ACCOUNTS, "account_id", "account_key") if account == PAST_ACTOR}
    rolled_up = rows_of(lake, PAIR_DAYS, "actor_key", "event_date", "count", "last_at")
    assert sorted(row[1:] for row in rolled_up if row[0] in keys) == [
        (date(2008, 2, 29), 2, datetime(2008, 2, 29, 23, 30, tzinfo=UTC)),
        (date(2008, 3, 1), 1, datetime(2008, 3, 1, 4, 30, tzinfo=UTC)),
        (date(2011, 3, 27), 3, datetime(2011, 3, 27, 2, 30, tzinfo=UTC)),
        (date(2011, 10, 30), 2, datetime(2011, 10, 30, 1, 30, tzinfo=UTC)),
    ]


def test_a_crowd_comes_in_whole(brought_in, request):
    lake, ledger = brought_in
    crowds = [entry for entry in ledger if entry["planted"] in ("one account with a million reactions", SMALL)]
    assert len(crowds) == (2 if request.node.callspec.params["brought_in"] else 0)
    for entry in crowds:
        where = {name: entry[name] for name in ("network", "feed")} | {"delivered_on": date.fromisoformat(entry["day"])}
        files = SMALL_FILES if entry["planted"] == SMALL else 1
        assert rows_of(lake, FEED_DAYS, "accepted", "files", where=where) == [(entry["count"], files)]
    towards_one = [row for row in rows_of(lake, INTERACTIONS, "target_id", "set_aside") if row[0] == str(CROWD - 1)]
    assert Counter(why for _, why in towards_one) == Counter({None: sum(entry["count"] for entry in crowds)})
    keys = {key for account, key in rows_of(lake, ACCOUNTS, "account_id", "account_key") if account == str(CROWD - 1)}
    rolled_up = [count for key, count in rows_of(lake, PAIR_DAYS, "target_key", "count") if key in keys]
    assert sum(rolled_up) == len(towards_one)
