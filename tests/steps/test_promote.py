"""Which version is current: promotions and rollbacks, each one commit. None of it needs Spark."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import structlog
from sway.contracts.tables.deliveries import FEED_DAYS
from sway.contracts.tables.record import PROMOTIONS, PUBLISHED
from sway.errors import ConfigError, InputNotReady, LeaseHeld
from sway.runtime import config
from sway.runtime import lake as lake_module
from sway.runtime.run import Run
from sway.steps import publish as publish_step
from sway.steps.doctor import diagnose
from sway.steps.promote import current, promote, rollback

from tests.places import ENVIRONMENT
from tests.steps.ledger import read

FIRST, LAST = date(2016, 5, 1), date(2016, 5, 2)


@pytest.fixture
def new_run(tmp_path):
    """Makes runs on one lake, without Spark, that know the versions one, two and three."""
    loaded = config.load(str(ENVIRONMENT))
    methods = dict.fromkeys(("one", "two", "three"), loaded.method("sway-0.1"))
    return lambda: Run(replace(loaded, methods=methods), str(tmp_path / "lake"), name="tests")


@pytest.fixture
def run(new_run):
    """A lake where version one is current and all three are published for both days."""
    made = new_run()
    publish_step.decide(made, "one", sequence=1, parent=None, why="first publication")
    for version in ("one", "two", "three"):
        published(made, version, FIRST, LAST)
    return made


def published(run, version, *days):
    at = datetime(2016, 6, 1, tzinfo=UTC)
    rows = [{"dataset": "scores", "algorithm_version": version, "score_date": day} for day in days]
    run.lake.put(PUBLISHED, [{**row, "attempt": "a", "published_at": at} for row in rows])


def decisions(run):
    rows = sorted(run.lake.rows(PROMOTIONS), key=lambda row: row["sequence"])
    return [(row["sequence"], row["algorithm_version"], row["parent"]) for row in rows]


def test_a_promotion_names_the_decision_it_replaces(run):
    promote(run, "two", why="better")

    assert decisions(run) == [(1, "one", None), (2, "two", 1)]
    assert current(run)["algorithm_version"] == "two"
    assert current(run)["why"] == "better"


def test_promoting_the_current_version_changes_nothing(run):
    promote(run, "one")

    assert decisions(run) == [(1, "one", None)]


def test_a_rollback_returns_to_the_version_before(run):
    promote(run, "two")

    assert rollback(run) == "one"
    assert decisions(run) == [(1, "one", None), (2, "two", 1), (3, "one", None)]


def test_rollbacks_go_back_step_by_step_until_there_is_nothing_before(run):
    promote(run, "two")
    promote(run, "three")

    assert (rollback(run), rollback(run)) == ("two", "one")
    assert decisions(run)[3:] == [(4, "two", 1), (5, "one", None)]
    with pytest.raises(ConfigError, match="nothing to roll back to"):
        rollback(run)


def test_a_rollback_after_rollback_and_promotion_undoes_the_promotion(run):
    promote(run, "two")
    rollback(run)
    promote(run, "three")

    assert rollback(run) == "one"
    promote(run, "two")
    assert rollback(run) == "one"
    assert [version for _, version, _ in decisions(run)] == ["one", "two", "one", "three", "one", "two", "one"]


def test_there_is_nothing_to_roll_back_to_in_a_new_lake(new_run):
    with pytest.raises(ConfigError, match="nothing to roll back to"):
        rollback(new_run())


def test_a_version_without_scores_cannot_be_promoted(new_run):
    run = new_run()
    with pytest.raises(InputNotReady) as caught:
        promote(run, "two")

    assert str(caught.value) == (
        "two has no published date in this lake; run "
        f"`sway backfill --version two --from DAY --to DAY --lake {run.lake.root}` first"
    )
    assert decisions(run) == []


def test_a_version_that_lacks_the_newest_date_must_be_backfilled_first(run):
    published(run, "one", date(2016, 5, 3))

    with pytest.raises(InputNotReady) as caught:
        promote(run, "two")

    assert "two has no scores for 2016-05-03, the newest date of one" in str(caught.value)
    again = f"`sway backfill --version two --from 2016-05-03 --to 2016-05-03 --lake {run.lake.root}`"
    assert again in str(caught.value)
    assert decisions(run) == [(1, "one", None)]


def test_an_unknown_version_cannot_be_promoted(run):
    with pytest.raises(ConfigError, match="unknown version 'four'"):
        promote(run, "four")


@pytest.mark.parametrize("moment", ["before its commit begins", "within its commit"])
@pytest.mark.parametrize("decision", [lambda run: promote(run, "two"), rollback], ids=["promotion", "rollback"])
def test_of_two_decisions_at_one_moment_one_wins(run, new_run, monkeypatch, moment, decision):
    promote(run, "three")
    module, name = {
        "before its commit begins": (publish_step, "_who"),
        "within its commit": (lake_module, "to_table"),
    }[moment]
    real = getattr(module, name)

    def meanwhile(*arguments):
        monkeypatch.setattr(module, name, real)
        promote(new_run(), "one")
        return real(*arguments)

    monkeypatch.setattr(module, name, meanwhile)
    with pytest.raises(LeaseHeld, match="promotions was changed by another run meanwhile; run again") as caught:
        decision(run)

    assert caught.value.exit_code == 40
    assert decisions(run) == [(1, "one", None), (2, "three", 1), (3, "one", 2)]


def test_a_decision_needs_no_entry_in_the_password_file(run, monkeypatch):
    def unknown():
        raise KeyError("getpwuid(): uid not found: 1000730000")

    monkeypatch.setattr(publish_step.getpass, "getuser", unknown)
    promote(run, "two")

    assert current(run)["who"].startswith("uid ")


def test_who_promotes_what_no_night_scores_is_told_what_readers_miss(run):
    with structlog.testing.capture_logs() as logged:
        promote(run, "two")

    (said,) = [line["event"] for line in logged if line["log_level"] == "warning"]
    assert said.startswith("two is current, and nights score sway-1.0 alone")
    assert said.endswith("readers see no date after 2016-05-02")


def test_who_promotes_what_nights_score_is_told_nothing(run):
    run.config.environment.nightly.append("two")
    with structlog.testing.capture_logs() as logged:
        promote(run, "two")

    assert logged == []


def test_doctor_names_a_current_version_that_no_night_scores(run):
    run.lake.put(FEED_DAYS, [read(Path(run.lake.root), "twitter/statuses", 2)])

    (found,) = [found for found in diagnose(run).findings if found.topic == "current"]
    assert (found.is_wrong, found.what) == (
        False,
        "one is current, and nights score sway-1.0 alone (`nightly` of the environment file): readers see no date "
        "after 2016-05-02",
    )
    run.config.environment.nightly.append("one")
    assert [found for found in diagnose(run).findings if found.topic == "current"] == []


def test_who_rolls_back_to_a_version_without_the_newest_date_is_told(run):
    run.config.environment.nightly.append("one")
    promote(run, "two")
    published(run, "two", date(2016, 5, 3))

    with structlog.testing.capture_logs() as logged:
        assert rollback(run) == "one"
    (said,) = [line["event"] for line in logged]
    assert "one has no scores for 2016-05-03, the newest date of two" in said
    assert "`sway backfill --version one --from 2016-05-03 --to 2016-05-03 --lake" in said
