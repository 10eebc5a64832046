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


def judged(one):
    outcome = foresight.Outcome("drawn")
    figures = {("posts", name): foresight._against(one, name, one.posts) for name in foresight.ALGORITHMS}
    foresight._judge(outcome, figures)
    foresight._deciles(outcome, {1: one})
    return [aim.is_met for aim in outcome.aims]


def test_a_score_that_is_the_truth_meets_every_aim():
    truth = np.arange(1.0, COUNT + 1.0)

    assert judged(seen(**{foresight.VERSION: truth})) == [True, True, True]


def test_a_baseline_that_is_the_truth_makes_the_score_miss():
    truth = np.arange(1.0, COUNT + 1.0)

    assert judged(seen(followers=truth))[:2] == [False, False]


def test_a_whole_experiment_runs_on_a_tiny_world():
    some = setting(accounts=500, days=12)
    outcome = foresight.foresight(some)

    assert len(outcome.aims) == 3
    assert [row[1] for row in outcome.tables[0].rows[:5]] == list(foresight.ALGORITHMS)
    assert len(agreement(some).tables[0].rows) == 10
    assert [aim.is_met for aim in redundancy(some).aims] == [True, True]
