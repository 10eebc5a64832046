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

    assert judged(seen(**{foresight.VERSION: truth})) == [True, True, True]


def test_a_baseline_that_is_the_truth_makes_the_score_miss():
    truth = np.arange(1.0, COUNT + 1.0)

    assert judged(seen(followers=truth))[:2] == [False, False]


def test_what_was_found_says_how_all_scored_accounts_stand_whoever_is_judged():
    truth = np.arange(1.0, COUNT + 1.0)
    one = seen(**{foresight.VERSION: truth, "followers": np.where(truth > COUNT / 2, truth, -truth)})
    spearman, recall, _ = (aim.found for aim in aims(one._replace(posts=truth > COUNT / 2)))

    assert spearman.startswith("1.000 against 1.000 (followers): +0.000; over all scored accounts 1.000 against 0.")
    assert recall == "1.000 against 1.000 (followers): +0.000; over all scored accounts 1.000 against 1.000 (followers)"


def test_a_whole_experiment_runs_on_a_tiny_world():
    some = setting(accounts=500, days=12)
    outcome = foresight.foresight(some)

    assert len(outcome.aims) == 3
    assert [row[1] for row in outcome.tables[0].rows[:5]] == list(foresight.ALGORITHMS)
    assert len(agreement(some).tables[0].rows) == 10
    assert [aim.is_met for aim in redundancy(some).aims] == [True, True]
