"""Refused rows listed without Spark, and delivery days read again: what changes then, and what does not."""

import shutil
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from sway.cli import main
from sway.contracts.method import Action
from sway.contracts.tables import TABLES
from sway.contracts.tables.acts import INTERACTIONS, POSTS, TOMBSTONES
from sway.contracts.tables.deliveries import FEED_DAYS, QUARANTINE
from sway.contracts.tables.record import RUNS
from sway.errors import ConfigError, InputNotReady
from sway.runtime.lake import Lake
from sway.stages import acts, fates
from sway.steps import ingest, judging, write_accounts, write_acts
from sway.steps.ingest_plan import plan_ingest
from sway.steps.quarantine import listed, listed_text, plan_replay, replay
from sway.steps.readiness import look

from tests.landing import account, deliver, event, mentions, status
from tests.places import ENVIRONMENT
from tests.steps.lakes import bring_in, rows_of, run_on

# Up to where a batch is a small one.
LIMITS = {
    ingest: ("FEW_ROWS", "MANY_ROWS"),
    judging: ("FEW_ROWS",),
    write_accounts: ("FEW_ACCOUNTS",),
    write_acts: ("MOST_LOOKED_UP",),
    fates: ("FEW_TO_SEND",),
    acts: ("FEW_TO_SEND",),
}
DAYS = [date(2016, 5, 1), date(2016, 5, 2)]
POKE = event("p1", "ann", "poke", "bob", "2016-05-01T08:00:00Z")
FIRST = event("c1", "ann", "like", "bob", "2016-05-01T09:00:00Z", "one")
EVENTS = {
    "2016-05-01": [
        POKE,
        FIRST,
        event("e1", "cat", "mention", "bob", "2016-05-01T10:00:00Z"),  # absorbed by e4
        event("e2", "ann", "like", "bob", "2016-05-01T11:00:00Z", "one"),  # in conflict with the next
        event("e2", "ann", "like", "bob", "2016-05-01T11:00:00Z", "other"),
        event("e3", "dan", "like", "ann", "2016-05-01T12:00:00Z"),
    ],
    "2016-05-02": [
        {**FIRST, "object_id": "other"},
        event("e3", "dan", "like", "ann", "2016-05-01T12:00:00Z"),  # delivered the day before
        event("e4", "cat", "comment", "bob", "2016-05-01T10:00:00Z"),
        event("e5", "ann", "like", "dan", "2016-05-02T08:00:00Z"),
    ],
}
STATUSES = [
    status(1, 10, "May 01 08:00:00 +0000 2016", entities=mentions(20)),
    status(2, 20, "May 01 09:00:00 +0000 2016", entities=mentions(10)),
    status(3, 30, "May 09 09:00:00 +0000 2016"),
]
USERS = [{"id": n, "screen_name": f"name{n}", "created_at": "Tue May 01 08:00:00 +0000 2012"} for n in (10, 20)]
LABEL = {"network": "twitter", "account_id": "10", "label": "seed", "author": "us", "valid_from": "2016-01-01"}


def followed(what, day):
    at = f"Tue May {day:02} 08:00:00 +0000 2016"
    return {"event": what, "source": account(10), "target": account(20), "created_at": at}


@pytest.fixture(scope="module")
def lake(spark, tmp_path_factory):
    """Two days of feeds of several kinds. To be copied, not changed."""
    lake = tmp_path_factory.mktemp("quarantine") / "lake"
    deliver(lake, "facebook/events", DAYS[0], {"a.jsonl": EVENTS["2016-05-01"]})
    deliver(lake, "twitter/statuses", DAYS[0], {"a.jsonl": STATUSES})
    deliver(lake, "twitter/users", DAYS[0], {"a.jsonl": USERS})
    deliver(lake, "twitter/follows", DAYS[0], {"a.jsonl": [followed("follow", 1)]})
    deliver(lake, "registry/labels", DAYS[0], {"a.jsonl": [LABEL, {**LABEL, "label": "evil"}]})
    deliver(lake, "facebook/events", DAYS[1], {"a.jsonl": EVENTS["2016-05-02"]})
    deliver(lake, "twitter/follows", DAYS[1], {"a.jsonl": [followed("unfollow", 2)]})
    deliver(lake, "twitter/users", DAYS[1], {"a.jsonl": [{**USERS[0], "screen_name": "ten"}]})
    deliver(lake, "twitter/deletions", DAYS[1], {"a.jsonl": [{"delete": {"status": {"id": 1, "id_str": "1"}}}]})
    bring_in(run_on(lake, spark=spark, refused_share=1.0))
    return lake


def tables(lake):
    """Every row of every table but the record of runs."""
    return {contract.name: rows_of(lake, contract) for contract in TABLES if contract is not RUNS}


def test_what_was_refused_is_listed_by_rule_feed_and_day_with_an_example(lake):
    run = run_on(lake)  # without Spark
    rows = listed(run.lake)

    assert [(row["rule"], row["network"], row["feed"], str(row["delivered_on"]), row["rows"]) for row in rows] == [
        ("after_delivery", "twitter", "statuses", "2016-05-01", 1),
        ("changed_record", "facebook", "events", "2016-05-02", 2),
        ("conflicting_record", "facebook", "events", "2016-05-01", 2),
        ("out_of_range", "registry", "labels", "2016-05-01", 1),
        ("unknown_action", "facebook", "events", "2016-05-01", 1),
    ]
    poke = rows[-1]
    assert (poke["state"], poke["file"]) == ("ready", "a.jsonl")
    assert '"p1"' in poke["payload"]
    text = listed_text(rows)
    assert "unknown_action: 1 row; declare the action under [networks.<network>.actions]" in text
    assert "facebook/events/dt=2016-05-01: 1 row\n    a.jsonl: action poke is not declared" in text
    assert [row["network"] for row in listed(run.lake, network="registry")] == ["registry"]
    assert {row["rule"] for row in listed(run.lake, rule="changed_record")} == {"changed_record"}
    assert listed(run.lake, network="twitter", rule="changed_record") == []


def test_nothing_in_quarantine_is_said(tmp_path):
    assert listed_text(listed(Lake(str(tmp_path)))) == "nothing is in quarantine"


def test_a_list_of_no_such_rows_says_so_and_a_network_nobody_declares_is_refused(lake, capsys):
    def told(*words):
        code = main(["quarantine", "list", *words, "--lake", str(lake)])
        return code, "".join(capsys.readouterr())

    assert told("--network", "twitter", "--rule", "changed_record") == (0, "no such row is in quarantine\n")
    assert told("--rule", "nosuch") == (0, "no such row is in quarantine\n")
    assert told("--network", "google_plus") == (0, "no such row is in quarantine\n")
    code, sentence = told("--network", "twiter")
    assert code == 10
    assert "unknown network 'twiter': expected one of facebook" in sentence


@pytest.mark.parametrize(
    "verb",
    [
        ("ingest", "--network", "google_plus", "--date", "2016-05-02"),
        ("quarantine", "replay", "--network", "google_plus", "--from", "2016-05-01", "--to", "2016-05-02"),
    ],
    ids=lambda words: words[0],
)
def test_a_verb_with_nothing_to_do_says_so(lake, capsys, verb):
    assert main([*verb, "--lake", str(lake), "--env", str(ENVIRONMENT)]) == 0
    assert '"event": "nothing to do"' in capsys.readouterr().err


def test_a_replay_with_nothing_changed_changes_no_row(lake, spark, tmp_path):
    copy = shutil.copytree(lake, tmp_path / "lake")
    fates = ("network", "feed", "delivered_on", "state", "accepted", "tombstone")

    for network in ("facebook", "twitter"):
        run = run_on(copy, spark=spark, refused_share=1.0)
        replay(run, plan_replay(run, network, None, DAYS[0], DAYS[0]))

    before, after = tables(lake), tables(copy)
    assert {**after, "feed_days": before["feed_days"]} == before
    # A status that was deleted the day after does not come in again: only its fate is another.
    assert set(rows_of(copy, FEED_DAYS, *fates)) ^ set(rows_of(lake, FEED_DAYS, *fates)) == {
        ("twitter", "statuses", DAYS[0], "ready", 2, 0),
        ("twitter", "statuses", DAYS[0], "ready", 1, 1),
    }
    assert look(run_on(copy), until=DAYS[1]).is_empty


def read_again(copy, spark, *feeds):
    for feed in feeds:
        run = run_on(copy, spark=spark, refused_share=1.0)
        replay(run, plan_replay(run, "twitter", feed, *DAYS))


def test_a_deletion_that_is_no_longer_delivered_gives_its_record_back(lake, spark, tmp_path):
    copy = shutil.copytree(lake, tmp_path / "lake")
    of_status = {"network": "twitter", "record_id": "1"}
    assert rows_of(copy, INTERACTIONS, "event_id", where=of_status) == []
    deliver(copy, "twitter/deletions", DAYS[1], {"a.jsonl": [{"delete": {"status": {"id": 9, "id_str": "9"}}}]})

    read_again(copy, spark, "deletions", "statuses")

    assert rows_of(copy, TOMBSTONES, "of_record_id") == [("9",)]
    assert rows_of(copy, INTERACTIONS, "event_id", where=of_status) == [("1/mention/20",)]


def test_a_day_mended_to_hold_no_file_takes_back_what_it_brought(lake, spark, tmp_path):
    copy = shutil.copytree(lake, tmp_path / "lake")
    deliver(copy, "twitter/deletions", DAYS[1], {})
    read_again(copy, spark, "deletions")
    assert rows_of(copy, TOMBSTONES) == []

    deliver(copy, "twitter/statuses", DAYS[0], {})
    read_again(copy, spark, "statuses")
    for contract in (INTERACTIONS, POSTS):
        assert rows_of(copy, contract, where={"network": "twitter"}) == []


@pytest.mark.parametrize("limit", ["few are sent", "none are few"])
def test_how_rows_are_brought_together_changes_no_row(lake, spark, tmp_path, monkeypatch, limit):
    """Night by night as all at once, with small batches taken for large ones and the other way round."""
    at = 0 if limit == "none are few" else 1_000_000
    for module, names in LIMITS.items():
        for name in names:
            monkeypatch.setattr(module, name, at)
    copy = tmp_path / "lake"
    shutil.copytree(lake / "landing", copy / "landing")

    for day in DAYS:
        bring_in(run_on(copy, spark=spark, refused_share=1.0), until=str(day))

    assert by_content(copy) == by_content(lake)


def by_content(lake):
    """Rows of the tables that do not say how days were grouped."""
    found = tables(lake)
    return {name: found[name] for name in ("interactions", "posts", "accounts", "follows", "profiles", "labels")}


def test_days_that_contradict_each_other_are_read_together(lake):
    run = run_on(lake)

    for day in DAYS:
        todo = plan_replay(run, "facebook", "events", day, day)
        assert [one.delivered_on for one in todo.days] == DAYS
        assert [one.delivered_on for one in todo.besides] == [other for other in DAYS if other != day]
    assert todo.quarantined == {"changed_record": 2, "conflicting_record": 2, "unknown_action": 1}
    assert "read again   events/dt=2016-05-01: 6 rows; shares records with them" in todo.text()
    assert [one.feed for one in plan_replay(run, "twitter", "users", *DAYS).days] == ["users", "users"]
    assert plan_replay(run, "facebook", None, date(2016, 6, 1), date(2016, 6, 2)).days == ()


def test_after_a_fix_the_rows_come_in_and_leave_quarantine(lake, spark, tmp_path):
    copy = shutil.copytree(lake, tmp_path / "lake")
    deliver(copy, "facebook/events", DAYS[1], {"a.jsonl": [FIRST, *EVENTS["2016-05-02"][1:]]})
    run = run_on(copy, spark=spark, refused_share=1.0)
    method = run.config.method("sway-0.2")
    facebook = replace(method.networks["facebook"], actions={"poke": Action(weight=1.0)})
    actions = replace(method, networks={**method.networks, "facebook": facebook})
    run.config = replace(run.config, methods={**run.config.methods, "sway-0.3": actions})
    (again,) = plan_ingest(run, "facebook", DAYS[1]).days
    assert (again.outcome, again.delivered_on) == ("again", DAYS[1])

    replay(run, plan_replay(run, "facebook", None, DAYS[1], DAYS[1]))

    counted = {"network": "facebook", "set_aside": None}
    assert rows_of(copy, INTERACTIONS, "event_id", "action", where=counted) == [
        ("c1", "like"),
        ("e3", "like"),
        ("e4", "comment"),
        ("e5", "like"),
        ("p1", "poke"),
    ]
    assert Counter(rows_of(copy, QUARANTINE, "rule", where={"network": "facebook"})) == {("conflicting_record",): 2}
    others = {name: [row for row in rows if "facebook" not in row] for name, rows in tables(copy).items()}
    assert others == {name: [row for row in rows if "facebook" not in row] for name, rows in tables(lake).items()}
    assert plan_ingest(run, "facebook", DAYS[1]).days == ()
    newest = max(run.lake.rows(RUNS, step="ingest"), key=lambda row: row["ended_at"])
    acts = {name: count for name, count in newest["counts"].items() if name.startswith("acts.")}
    assert acts == {"acts.facebook.2016-05-01": 4, "acts.facebook.2016-05-02": 1}


def test_a_replay_that_is_refused_leaves_what_the_day_brought_and_says_so(lake, spark, tmp_path):
    copy = shutil.copytree(lake, tmp_path / "lake")
    run = run_on(copy, spark=spark)  # takes 1 % of refused rows, not all

    with pytest.raises(InputNotReady, match=r"registry/labels/dt=2016-05-01/a\.jsonl: 1 of 2 rows refused"):
        replay(run, plan_replay(run, "registry", None, *DAYS))

    assert rows_of(copy, FEED_DAYS, "state", where={"network": "registry"}) == [("broken",)]
    before, after = tables(lake), tables(copy)
    assert {**after, "feed_days": before["feed_days"]} == before


def test_a_day_that_is_no_longer_in_landing_is_not_read_again(lake, tmp_path):
    copy = shutil.copytree(lake, tmp_path / "lake")
    shutil.rmtree(copy / "landing" / "twitter" / "users" / "dt=2016-05-01")
    (copy / "landing" / "twitter" / "users" / "dt=2016-05-02" / "a.jsonl").unlink()

    with pytest.raises(InputNotReady) as caught:
        plan_replay(run_on(copy), "twitter", "users", *DAYS)

    assert "twitter/users/dt=2016-05-01: no _manifest.json in landing" in str(caught.value)
    assert "twitter/users/dt=2016-05-02/a.jsonl: announced with" in str(caught.value)
    assert tables(copy) == tables(lake)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (("myspace", None, *DAYS), "unknown network 'myspace': expected one of facebook"),
        (("twitter", "posts", *DAYS), "unknown feed twitter/posts: expected one of deletions, events, favourites"),
        (("twitter", None, *DAYS[::-1]), "expected --from on or before --to, found 2016-05-02 and 2016-05-01"),
    ],
)
def test_what_cannot_be_read_again_is_said(lake, asked, sentence):
    with pytest.raises(ConfigError, match=sentence):
        plan_replay(run_on(lake), *asked)
