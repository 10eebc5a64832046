"""Deliveries as they go wrong at other people's: what is wrong is named, what is good beside it counts, once.

Everything here is read with the most lenient limits there are, as an operator's `--accept` has them: what is refused,
no limit let in.
"""

import re
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sway import cli
from sway.contracts.tables.acts import INTERACTIONS, POSTS
from sway.contracts.tables.deliveries import FEED_DAYS, QUARANTINE
from sway.contracts.tables.states import PROFILES
from sway.runtime.run import Run
from sway.steps.ingest import ingest
from sway.steps.readiness import look

from tests.places import ENVIRONMENT
from tests.steps.lakes import rows_of, run_on
from tests.steps.strangers_files import CASES, DAYS, land


@pytest.fixture(scope="module")
def lake(spark, tmp_path_factory):
    """Every case brought in at once, as accepted by an operator, a day of each; broken days make no other wait."""
    lake = tmp_path_factory.mktemp("strangers") / "lake"
    for case in CASES:
        land(lake, case)
    made = run_on(lake, spark=spark)
    networks = sorted({case.feed.split("/")[0] for case in CASES})
    readiness = replace(made.config.environment.readiness, carry_forward=networks)
    config = replace(made.config, environment=replace(made.config.environment, readiness=readiness))
    run = Run(config, str(lake), name="tests", spark=spark)
    ingest(run, look(run, until=date(2016, 12, 31)), is_accepted=True)
    return lake


@pytest.fixture(scope="module")
def days(lake):
    """Rows of feed_days by feed and day."""
    names = ("network", "feed", "delivered_on", "state", "reason", "accepted", "duplicate", "quarantined", "rows_read")
    return {(f"{row[0]}/{row[1]}", row[2]): dict(zip(names[3:], row[3:], strict=True))
            for row in rows_of(lake, FEED_DAYS, *names)}  # fmt: skip


@pytest.fixture(scope="module")
def refused(lake):
    """Rows in quarantine by feed and day: file, rule and reason."""
    found = defaultdict(list)
    for network, feed, *row in rows_of(lake, QUARANTINE, "network", "feed", "delivered_on", "file", "rule", "reason"):
        found[f"{network}/{feed}", row[0]].append(tuple(row[1:]))
    return found


@pytest.fixture(scope="module")
def kept(lake):
    """What came into the tables by feed and day: ids of acts, of posts and of profiles."""
    found = defaultdict(set)
    for network, feed, day, one in [
        *rows_of(lake, INTERACTIONS, "network", "feed", "delivered_on", "record_id"),
        *rows_of(lake, POSTS, "network", "feed", "delivered_on", "post_id"),
        *((network, "users", *row) for network, *row in rows_of(lake, PROFILES, "network", "valid_from", "account_id")),
    ]:
        found[f"{network}/{feed}", day].add(one)
    return found


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_what_is_wrong_is_named_and_what_is_good_beside_it_counts(case, days, refused, kept):
    place = (case.feed, DAYS[case.name])
    day, rows = days[place], refused[place]
    assert kept[place] == set(case.kept)
    if case.broken:
        assert day["state"] == "broken"
        assert re.search(f"{case.feed}/dt={place[1]}/.*{re.escape(case.broken)}", day["reason"]), day["reason"]
        assert re.search("expected|announced|damaged", day["reason"]), day["reason"]
        return
    assert (day["state"], day["reason"]) == ("ready", None)
    assert Counter(rule for _, rule, _ in rows) == Counter(case.refused), rows
    assert (day["accepted"], day["duplicate"]) == (len(case.kept), case.repeated), "rows are not lost in silence"
    assert day["rows_read"] == len(case.kept) + case.repeated + len(rows), "each row has its fate"
    assert {file for file, _, _ in rows} <= set(case.files)
    unclear = [reason for _, _, reason in rows if not re.search("expected|missing|declare", reason)]
    assert unclear == []


def test_acts_of_good_rows_are_what_the_rows_said(lake):
    columns = ("record_id", "actor_id", "target_id", "object_id", "action", "occurred_at")
    for one, *said, at in rows_of(lake, INTERACTIONS, *columns, where={"feed": "events"}):
        assert said == [f"a{one}", f"b{one}", f"o{one}", "like"], one
        assert at == datetime(2016, 5, 2, 8, tzinfo=UTC)


def test_broken_manifests_end_an_ingest_before_it_begins_and_each_is_named(lake, capsys):
    whole = ["--network", "facebook", "--date", "2016-12-31", "--lake", str(lake)]
    assert cli.main(["ingest", *whole, "--env", str(ENVIRONMENT), "--dry-run"]) == 20
    said = "".join(capsys.readouterr())
    for case in CASES:
        if case.name.startswith("a manifest") and "counts" not in case.name:
            assert f"facebook/events/dt={DAYS[case.name]}/" in said, case.name
