"""Learnt weights beside configured ones, from pair_days alone: without Spark, and nothing is changed."""

from datetime import date, timedelta

import numpy as np
import pytest
from sway.contracts.tables.acts import PAIR_DAYS
from sway.errors import ConfigError, InputNotReady
from sway.steps import learn_weights as step
from sway.steps.learn_weights import learn_weights, text

from tests.steps.lakes import run_on

ON = date(2016, 5, 1)
VERSION = "sway-1.0"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Repliers come back the next week, who favours does not."""
    made = run_on(tmp_path_factory.mktemp("learn") / "lake")
    random, rows = np.random.default_rng(9), []
    for actor in random.integers(-(2**62), 2**62, 1500).tolist():
        target, action = int(random.integers(10**6)), str(random.choice(["reply", "favourite"]))
        about = {"network": "twitter", "actor_key": actor, "target_key": target, "last_at": None, "action": action}
        ago = int(random.integers(7, 60))
        rows.append({**about, "event_date": ON - timedelta(days=ago), "count": int(random.integers(1, 6))})
        if random.random() < (0.8 if action == "reply" else 0.1):
            rows.append({**about, "event_date": ON - timedelta(days=int(random.integers(7))), "count": 2})
    rows.append({**rows[0], "event_date": ON + timedelta(days=1)})  # not yet past
    noon = {"last_at": np.datetime64("2016-05-01T12:00").item()}
    made.lake.add(PAIR_DAYS, [row | noon for row in rows])
    return made


def test_what_brings_people_back_weighs_more_than_configured_and_explains_more_of_others(run):
    (found,) = learn_weights(run, VERSION, ON)

    assert found.network == "twitter"
    assert found.learnt["reply"] > found.configured["reply"]
    assert found.learnt["favourite"] < 0.3 * found.configured["favourite"] + 0.3
    assert found.gain > 0.02
    assert 600 < found.pairs < 900
    assert found.pairs + found.held_out_pairs == 1500
    assert "follow" not in found.learnt


def test_the_table_stands_beside_the_configured_one_and_says_nothing_was_changed(run):
    before = run.lake.version(PAIR_DAYS)
    said = text(learn_weights(run, VERSION, ON))

    assert "action            configured      learnt" in said
    assert "gain +" in said
    assert said.endswith("nothing was changed: a version's weights stand in its file in conf/scoring/")
    assert run.lake.version(PAIR_DAYS) == before


def test_of_a_large_lake_some_actors_are_drawn(run, monkeypatch):
    monkeypatch.setattr(step, "MOST_ROWS", 1200)
    (found,) = learn_weights(run, VERSION, ON)

    assert 500 < found.pairs + found.held_out_pairs < 1200


def test_a_network_nobody_declares_is_refused(run):
    with pytest.raises(ConfigError, match=r"unknown network 'myspace': expected one of facebook, .*sway-1\.0"):
        learn_weights(run, VERSION, ON, "myspace")


def test_too_few_acts_are_refused_with_what_is_missing(run):
    with pytest.raises(InputNotReady, match=r"expected 100 pairs that acted again in the 7 days up to 2015-01-01"):
        learn_weights(run, VERSION, date(2015, 1, 1))


def test_a_network_whose_actions_all_stand_is_refused_with_why(run):
    with pytest.raises(ConfigError, match=r"wikipedia.*sway-1\.0.*standing relations alone"):
        learn_weights(run, VERSION, ON, "wikipedia")


def test_acts_of_other_days_make_no_fewer_actors_drawn(run, tmp_path, monkeypatch):
    """Of the days just before and just after those that are read, and of some long ago."""
    made = run_on(tmp_path / "lake")
    rows = list(run.lake.rows(PAIR_DAYS))
    made.lake.add(PAIR_DAYS, rows)
    others = [
        row | {"event_date": day}
        for row in rows[:1000]
        for day in (ON - timedelta(days=400), ON - timedelta(days=187), ON + timedelta(days=1))
    ]
    made.lake.add(PAIR_DAYS, others)
    monkeypatch.setattr(step, "MOST_ROWS", len(rows))

    (found,) = learn_weights(made, VERSION, ON)

    assert found.pairs + found.held_out_pairs == 1500
