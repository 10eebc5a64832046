"""What doctor finds in a lake, told from its control tables and its landing folder: no Spark at all."""

import json
import os
from datetime import date, timedelta
from pathlib import Path

import pytest
import structlog
from sway import cli
from sway.contracts.tables.acts import ACCOUNTS
from sway.contracts.tables.deliveries import FEED_DAYS, QUARANTINE
from sway.contracts.tables.identity import ENTITIES, IDENTITY_ISSUES, OPT_OUTS
from sway.errors import InputNotReady
from sway.runtime import session
from sway.runtime.lake import Lake
from sway.steps.doctor import diagnose
from sway.steps.feed_health import days_shown
from sway.steps.ingest_plan import plan_ingest
from sway.steps.readiness import look

from tests.landing import deliver
from tests.steps.lakes import environment, run_on
from tests.steps.ledger import on, read


@pytest.fixture
def lake(tmp_path):
    return tmp_path / "lake"


def findings(run, day=None):
    return [(found.topic, found.what) for found in diagnose(run, day).findings]


def test_a_lake_with_nothing_wrong_ends_with_0(lake, capsys, monkeypatch):
    monkeypatch.setattr(session, "start_spark", None)  # a call would be an error, and exit 50
    days = [read(lake, "facebook/events", day, late=1) for day in (1, 2)]
    Lake(str(lake)).put(FEED_DAYS, days)
    arguments = ["doctor", "--lake", str(lake), "--env", environment(lake.parent, facebook=["events"])]

    assert cli.main(arguments) == 0
    assert capsys.readouterr().out == (
        "as of 2016-05-02\n\n"
        "  feed             last ready  unread  missing  late  broken  rows late  quarantined\n"
        "  facebook/events  2016-05-02  -       -        -     -       10.0%      -\n\n"
        "nothing is wrong\n"
    )


def test_what_is_wrong_is_told_with_what_to_do_and_ends_with_20(lake, capsys):
    days = [read(lake, "facebook/events", day) for day in (1, 2, 5)]
    days.append(read(lake, "facebook/events", 4, state="broken", reason="a.jsonl: 9 of 10 rows refused", accepted=0))
    days.append(read(lake, "facebook/events", 7, state="broken", reason="mended since", accepted=0))
    Lake(str(lake)).put(FEED_DAYS, days)
    deliver(lake, "facebook/events", on(5), {"b.jsonl": []})  # delivered anew after it was read
    deliver(lake, "facebook/events", on(7), {"b.jsonl": []})  # delivered anew after it was refused
    (deliver(lake, "facebook/events", on(6), {"a.jsonl": []}) / "_manifest.json").unlink()
    (deliver(lake, "facebook/events", on(8), {"a.jsonl": []}) / "stray.jsonl").write_text("{}")
    arguments = ["doctor", "--lake", str(lake), "--env", environment(lake.parent, facebook=["events"])]

    assert cli.main([*arguments, "--json"]) == 20
    told = json.loads(capsys.readouterr().out)
    (feed,) = told["feeds"]

    assert told["date"] == "2016-05-08"
    assert (feed["last_ready"], feed["missing"], feed["late"]) == ("2016-05-05", ["2016-05-03"], ["2016-05-06"])
    assert feed["broken"] == {
        "2016-05-04": "a.jsonl: 9 of 10 rows refused",
        "2016-05-08": "stray.jsonl: not announced by _manifest.json",
    }
    assert (feed["unread"], feed["again"]) == (["2016-05-07"], ["2016-05-05"])
    wrong = {one["what"]: one["remedy"] for one in told["findings"] if one["is_wrong"]}
    assert list(wrong) == [
        "facebook/events: missing 2016-05-03",
        "facebook/events: late 2016-05-06: there without _manifest.json",
        "facebook/events: broken 2016-05-04: a.jsonl: 9 of 10 rows refused",
        "facebook/events: broken 2016-05-08: stray.jsonl: not announced by _manifest.json",
        "facebook/events: delivered anew after it was read: 2016-05-05",
        "facebook: waited for since 2016-05-03 (events): nights end with exit 20",
    ]
    assert wrong["facebook/events: delivered anew after it was read: 2016-05-05"] == (
        f"`sway quarantine replay --network facebook --feed events --from 2016-05-05 --to 2016-05-05 --lake {lake}`"
    )
    assert [one["what"] for one in told["findings"] if not one["is_wrong"]] == [
        "facebook: landed and not read yet: events: 2016-05-07"
    ]


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (3, "facebook: carried forward since 2016-05-03 (events): scored as of the day before"),
        (10, "facebook: not good for 8 days, since 2016-05-03 (events); carried forward 7 at most: exit 20"),
    ],
)
def test_a_network_that_is_carried_forward_is_named_with_since_when(lake, day, told):
    run = run_on(lake, facebook=["events"])
    run.config.environment.readiness.carry_forward.append("facebook")
    run.lake.put(FEED_DAYS, [read(lake, "facebook/events", n) for n in (1, 2)])

    (carried,) = [what for topic, what in findings(run, on(day)) if topic == "carried"]
    assert carried.startswith(told)


def test_a_network_whose_first_day_is_bad_is_not_said_to_be_scored(lake):
    run = run_on(lake, facebook=["posts"])
    run.config.environment.readiness.carry_forward.append("facebook")
    run.lake.put(FEED_DAYS, [read(lake, "facebook/posts", 1), read(lake, "facebook/comments", 1, state="broken")])

    (carried,) = [what for topic, what in findings(run, on(1)) if topic == "carried"]
    assert carried == "facebook: not good since 2016-05-01 (comments), and nothing of it came before: it is not scored"


def test_days_that_landed_before_a_bad_one_are_what_a_carried_network_will_be_scored_as_of(lake):
    run = run_on(lake)
    run.config.environment.readiness.carry_forward.append("facebook")
    deliver(lake, "facebook/posts", "2016-05-01", {"a.jsonl": []})
    run.lake.put(FEED_DAYS, [read(lake, "facebook/posts", 2, state="broken")])

    (carried,) = [what for topic, what in findings(run, on(2)) if topic == "carried"]
    assert carried.startswith("facebook: carried forward since 2016-05-02 (posts): scored as of the day before")


def test_a_carried_network_nothing_of_which_was_ever_read_is_left_out_however_long(lake):
    run = run_on(lake)
    run.config.environment.readiness.carry_forward.append("facebook")
    run.lake.put(FEED_DAYS, [read(lake, "facebook/posts", 1, state="broken")])

    (carried,) = [what for topic, what in findings(run, on(28)) if topic == "carried"]
    assert carried == "facebook: not good since 2016-05-01 (posts), never all read: it is not scored"


def test_a_feed_no_night_waits_for_is_named_where_its_network_is_carried_forward(lake):
    run = run_on(lake, facebook=["posts"])
    run.config.environment.readiness.carry_forward.append("facebook")
    days = [read(lake, f"facebook/{feed}", day) for feed in ("posts", "comments") for day in (1, 2)]
    days.append(read(lake, "facebook/comments", 3, state="broken", reason="halved"))
    run.lake.put(FEED_DAYS, [*days, read(lake, "facebook/posts", 3)])

    (carried,) = [what for topic, what in findings(run, on(3)) if topic == "carried"]
    assert carried.startswith("facebook: carried forward since 2016-05-03 (comments): scored as of the day before")


@pytest.mark.parametrize(
    ("feed", "days", "newest", "since"),
    [
        ("twitter/favourites", range(1, 6), 6, None),  # one day away
        ("twitter/favourites", range(1, 6), 7, 6),
        ("twitter/favourites", [1, 2, 5, 6], 10, None),  # it stayed away for two days before
        ("twitter/favourites", [1, 2, 5, 6], 11, 7),
        ("twitter/favourites", [1, 2], 20, None),  # too few to have a rhythm
        ("twitter/users", [1, 8, 15], 27, None),  # weekly
        ("twitter/users", [1, 8, 15], 28, 16),
        ("twitter/statuses", range(1, 6), 7, None),  # missing, since nights wait for it
        ("registry/labels", range(1, 6), 7, None),  # comes when somebody has something to say
        ("linkedin/events", range(1, 6), 7, 6),  # its network's only feed
    ],
)
def test_a_feed_that_no_night_waits_for_is_named_once_it_is_away_longer_than_ever(lake, feed, days, newest, since):
    run = run_on(lake, twitter=["statuses"])
    of_others = [read(lake, "facebook/posts", day) for day in range(1, newest + 1)]
    run.lake.put(FEED_DAYS, [*of_others, *(read(lake, feed, day) for day in days)])

    told = [one for one in diagnose(run, on(newest)).findings if "comes no longer" in one.what]

    expected = since and [(f"{feed}: comes no longer, since {on(since)}, and no night waits for it", True)]
    assert [(one.what, one.is_wrong) for one in told] == (expected or [])


def test_a_feed_that_is_there_or_ended_long_ago_is_not_silent_and_a_night_says_which_is(lake):
    run = run_on(lake)
    days = {feed: range(1, 6) for feed in ("comments", "events", "friends", "shares")} | {"posts": range(1, 8)}
    rows = [read(lake, f"facebook/{feed}", day) for feed, its in days.items() for day in its]
    rows.append(read(lake, "facebook/comments", 7, state="broken", reason="halved", accepted=0))
    run.lake.put(FEED_DAYS, rows)
    deliver(lake, "facebook/events", on(6), {"a.jsonl": []})  # landed, not read yet
    (deliver(lake, "facebook/friends", on(6), {"a.jsonl": []}) / "_manifest.json").unlink()

    with structlog.testing.capture_logs() as said:
        look(run, until=on(7))

    assert [(line["event"][:15], line["feed"]) for line in said] == [("comes no longer", "shares")]
    assert [feed.feed for feed in diagnose(run, on(7)).feeds if feed.silent_since] == ["shares"]
    ended = on(5) + timedelta(weeks=run.config.audits.ingest.volume.weeks)
    for newest, silent in ((ended, True), (ended + timedelta(days=1), False)):
        deliver(lake, "facebook/posts", newest, {"a.jsonl": []})
        shares = [feed for feed in diagnose(run, newest).feeds if feed.feed == "shares"]
        assert bool(shares[0].silent_since) is silent


def test_a_feed_never_read_leaves_its_network_without_score(lake):
    run = run_on(lake, facebook=["events"])
    run.config.environment.readiness.carry_forward.append("facebook")

    assert findings(run, on(3)) == [
        ("feeds", "facebook/events: missing 2016-05-03"),
        ("carried", "facebook: not good since 2016-05-03 (events), never all read: it is not scored"),
    ]


def test_an_empty_lake_is_wrong(lake):
    assert findings(run_on(lake)) == [("feeds", "nothing has landed yet")]


def test_what_is_to_be_looked_at_is_told_and_is_not_wrong(lake):
    run = run_on(lake)
    run.lake.put(FEED_DAYS, [read(lake, "facebook/events", 1)])
    refused = {"network": "facebook", "delivered_on": on(1), "file": "a.jsonl", "reason": "why", "run_id": "r"}
    rules = [("events", "malformed"), ("events", "malformed"), ("posts", "malformed"), ("events", "too_late")]
    rows = [
        {**refused, "feed": feed, "rule": rule, "payload": "{}", "payload_sha256": str(n)}
        for n, (feed, rule) in enumerate(rules)
    ]
    run.lake.add(QUARANTINE, rows)
    issue = {"rule": "unlinked", "network": "twitter", "entity_ids": None}
    run.lake.add(IDENTITY_ISSUES, [{**issue, "account": f"@{name}", "reason": "no profile"} for name in ("bob", "ann")])
    issue = {"rule": "types_differ", "network": None, "account": None, "entity_ids": ["1"], "reason": "person and bot"}
    run.lake.add(IDENTITY_ISSUES, [issue])

    found = diagnose(run)

    assert [(one.topic, one.network, one.what) for one in found.findings] == [
        ("quarantine", "facebook", "facebook: rows in quarantine, malformed: events 2"),
        ("quarantine", "facebook", "facebook: rows in quarantine, too_late: events 1"),
        ("identity", None, "identity, types_differ: 1, such as person and bot"),
        ("identity", "twitter", "twitter: identity, unlinked: 2, such as @ann: no profile"),
    ]
    assert found.findings[0].remedy == (
        f"`sway quarantine list --network facebook --rule malformed --lake {lake}` shows them; mend the lines and "
        f"deliver the day again; then `sway quarantine replay --network facebook --from DAY --to DAY --lake {lake}`"
    )
    found.check()


def test_what_lies_where_nobody_reads_it_is_named(lake):
    run = run_on(lake)
    run.lake.put(FEED_DAYS, [read(lake, "facebook/events", 1), read(lake, "facebook/posts", 1)])
    feed = lake / "landing/facebook/events"
    for folder in ("dt=2016-05-01/more", "2016-05-02", "old\x1b[2J", "../_temporary", "../../.Trash"):
        (feed / folder).mkdir()
    (feed / "stray.jsonl").touch()
    (lake / "landing/_SUCCESS").touch()

    assert findings(run) == [
        ("unread", "landing: never read, since it is in no network's folder: '.Trash', '_SUCCESS'"),
        ("unread", "facebook: never read, since it is in no feed's folder: facebook/'_temporary'"),
        (
            "unread",
            "facebook/events: never read, since it is in no day's folder: facebook/events/'old\\x1b[2J', "
            "facebook/events/2016-05-02, facebook/events/dt=2016-05-01/more, facebook/events/stray.jsonl",
        ),
    ]


def test_a_folder_that_names_no_day_is_named_and_stops_nobody(lake, capsys):
    days = [read(lake, "facebook/events", 1), read(lake, "twitter/statuses", 1)]
    Lake(str(lake)).put(FEED_DAYS, days)
    for folder in ("dt=2016-5-4", "dt=0217-05-04", "dt=0001-01-01"):
        (lake / "landing/facebook/events" / folder).mkdir()
    arguments = ["--lake", str(lake), "--env", environment(lake.parent, facebook=["events"], twitter=["statuses"])]

    assert cli.main(["doctor", *arguments]) == 20
    told = capsys.readouterr().out
    assert told.startswith("as of 2016-05-01")
    assert (
        "facebook/events: never read: expected a folder such as dt=2016-05-03, of 1990-01-01 or later, found "
        "facebook/events/'dt=0001-01-01', facebook/events/'dt=0217-05-04', facebook/events/'dt=2016-5-4'"
        "\n      do: rename it to its day of delivery"
    ) in told

    with structlog.testing.capture_logs() as logged:
        found = look(run_on(lake, facebook=["events"], twitter=["statuses"]), until=on(1))
    assert found.is_empty
    assert [(line["event"], line["feed"], len(line["found"])) for line in logged] == [
        ("not read: expected a folder such as dt=2016-05-03, of 1990-01-01 or later", "events", 3)
    ]


def test_names_that_are_no_utf_8_stop_nobody(lake, capsys):
    Lake(str(lake)).put(FEED_DAYS, [read(lake, "facebook/events", 1)])
    second = deliver(lake, "facebook/events", on(2), {})
    Path(os.fsdecode(os.fsencode(second) + b"/\xe9.jsonl")).touch()
    for name in (b"/dt=\xff", b"/../f\xff", b"/../../n\xff"):
        Path(os.fsdecode(os.fsencode(second.parent) + name)).mkdir()
    arguments = ["--lake", str(lake), "--env", environment(lake.parent, facebook=["events"])]

    assert cli.main(["doctor", *arguments]) == 20
    told = capsys.readouterr().out
    assert r"broken 2016-05-02: '\udce9.jsonl': not announced by _manifest.json" in told
    assert r"2016-05-03, of 1990-01-01 or later, found facebook/events/'dt=\udcff'" in told
    assert r"facebook: never read, since it is in no feed's folder: facebook/'f\udcff'" in told
    assert r"landing: never read, since it is in no network's folder: 'n\udcff'" in told

    (pending,) = look(run_on(lake, facebook=["events"]), until=on(2)).pending
    assert [day.faults for day in pending.days] == [(r"'\udce9.jsonl': not announced by _manifest.json",)]


def test_of_days_without_end_the_first_are_looked_at(lake):
    run = run_on(lake, facebook=["events"])
    run.lake.put(FEED_DAYS, [read(lake, "facebook/events", day) for day in (1, 2)])
    deliver(lake, "facebook/events", "1995-05-01", {})
    deliver(lake, "facebook/events", "9999-12-31", {})

    found = {one.what: one for one in diagnose(run).findings}
    (far,) = (one for what, one in found.items() if "ten years" in what)
    assert far.what == "facebook/events: more than ten years after the days before: 9999-12-31"
    assert far.is_wrong
    assert "facebook/events: missing 1995-05-02 to 1996-05-01 and 7,304 days more" in found

    ages = {one.what for one in diagnose(run, date(9999, 12, 31)).findings}
    assert "facebook/events: missing 1995-05-02 to 1996-05-01, 2016-05-03 to 2017-05-03 and 2,922,910 days more" in ages

    with structlog.testing.capture_logs() as logged:
        night = look(run, until=on(3))
    (said,) = (line for line in logged if "days in a row" in line["event"])
    assert (said["feed"], said["more"]) == ("events", 7304)
    assert [len(night.away), night.away[0].delivered_on, night.away[-1].delivered_on] == [
        367,
        date(1995, 5, 2),
        on(3),
    ]
    with pytest.raises(InputNotReady, match="facebook/events: 7,304 days more"):
        night.check()


def test_of_many_faults_of_a_day_the_first_are_told(lake):
    folder = deliver(lake, "facebook/events", on(1), {})
    for n in range(25):
        (folder / f"{n:02}.jsonl").touch()
    run = run_on(lake, facebook=["events"])

    (broken,) = (what for _, what in findings(run) if "broken" in what)
    assert broken.endswith("09.jsonl: not announced by _manifest.json; and 15 more")
    stops = plan_ingest(run, "facebook", on(1)).stops
    assert (len(stops), stops[-1]) == (11, "and 15 more")


def test_what_strangers_wrote_reaches_no_terminal_as_it_is(lake, capsys):
    Lake(str(lake)).put(FEED_DAYS, [read(lake, "facebook/events", 1)])
    row = {"network": "facebook", "feed": "events", "delivered_on": on(1), "file": "a.jsonl", "rule": "malformed"}
    steers = "\x1b]0;owned\x07 \x9b2J \u202etxt.exe\u2066 r\r \u200f"
    payload = {"reason": f"why {steers}", "payload": f"{{{steers} é 😀}}", "payload_sha256": "1", "run_id": "r"}
    Lake(str(lake)).add(QUARANTINE, [row | payload])
    arguments = ["--lake", str(lake), "--env", environment(lake.parent, facebook=["events"])]

    assert cli.main(["quarantine", "list", *arguments]) == 0
    told = capsys.readouterr().out

    assert not set(told) & set("\x1b\x07\x9b\r\u202e\u2066\u200f")
    assert r"why \x1b]0;owned\x07 \x9b2J \u202etxt.exe\u2066" in told
    assert "é 😀" in told


def test_days_in_a_row_are_shown_as_one_span():
    assert (
        days_shown([on(4), on(1), on(2), on(7), on(8)])
        == "2016-05-01 to 2016-05-02, 2016-05-04, 2016-05-07 to 2016-05-08"
    )


def test_an_opt_out_of_somebody_who_is_not_known_is_named(lake):
    run = run_on(lake)
    known = {"network": "twitter", "account_key": 1, "salt": 0, "first_seen": None}
    run.lake.add(ACCOUNTS, [{**known, "account_id": "10"}])
    person = {"type": "person", "first_seen": on(1), "merged_into": None, "confirmed": True}
    run.lake.add(ENTITIES, [{**person, "entity_id": "e1"}])
    wishes = [("twitter", "10"), ("twitter", "11"), ("facebook", "10"), ("twitter", "@ann"), ("entity", "e1")]
    wish = {"kind": "suppress", "since": on(1), "author": "desk", "reason": None, "delivered_on": on(1)}
    rows = [{**wish, "network": network, "account": account} for network, account in (*wishes, ("entity", "e2"))]
    run.lake.put(OPT_OUTS, [*rows, {**rows[0], "kind": "erase", "account": "12"}])

    assert [one.what for one in diagnose(run, on(1)).findings if one.topic == "identity"] == [
        "entity: 1 opt-out of an entity that is not known, such as e2",
        "facebook: 1 opt-out of an account that is not known, such as 10",
        "twitter: 1 opt-out of an account that is not known, such as 11",
    ]
