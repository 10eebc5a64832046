"""What the score foresees: on a tiny world, and on numbers whose answer is known."""

import numpy as np
from sway.evaluation import foresight
from sway.evaluation.foresight import Seen, agreement, redundancy

from tests.evaluation.settings import setting

COUNT = 500


def seen(**numbers):
    truth = np.arange(1.0, COUNT + 1.0)
    random = np.random.default_rng(1)
    noise = {name: truth + random.normal(0.0, 300.0, COUNT) for name in foresight.ALGORITHMS}
    everybody = np.ones(COUNT, bool)
    return Seen(noise | numbers, truth, everybody, everybody, None, {})


def aims(one):
    outcome = foresight.Outcome("drawn")
    figures = {
        (who, name): foresight._against(one, name, getattr(one, who))
        for who in ("posts", "is_scored")
        for name in foresight.ALGORITHMS
    }
    foresight._judge(outcome, figures)
    foresight._deciles(outcome, {1: one})
    return outcome.aims


def judged(one):
    return [aim.is_met for aim in aims(one)]


def test_a_score_that_is_the_truth_meets_every_aim():
    truth = np.arange(1.0, COUNT + 1.0)

    assert judged(seen(**{foresight.VERSION: truth})) == [True, True, True, True, True]


def test_a_baseline_that_is_the_truth_makes_the_score_miss():
    truth = np.arange(1.0, COUNT + 1.0)

    assert judged(seen(followers=truth))[:4] == [False, False, False, False]


def test_all_scored_accounts_are_judged_beside_those_that_post():
    truth = np.arange(1.0, COUNT + 1.0)
    one = seen(**{foresight.VERSION: truth, "followers": np.where(truth > COUNT / 2, truth, -truth)})
    found = aims(one._replace(posts=truth > COUNT / 2))

    assert [aim.wanted.split(", over ")[1] for aim in found[:4]] == ["accounts that post", "all scored accounts"] * 2
    assert [aim.is_met for aim in found[:4]] == [False, True, True, True]
    assert found[0].found == "1.000 against 1.000 (followers): +0.000"
    assert found[3].found == "1.000 against 1.000 (followers): +0.000"


def test_a_whole_experiment_runs_on_a_tiny_world():
    some = setting(accounts=500, days=12)
    outcome = foresight.foresight(some)

    assert len(outcome.aims) == 5
    assert [row[1] for row in outcome.tables[0].rows[:5]] == list(foresight.ALGORITHMS)
    assert len(agreement(some).tables[0].rows) == 10
    assert [aim.is_met for aim in redundancy(some).aims] == [True, True]
