"""Measures of how well one number tells another, on numbers small enough to see."""

import numpy as np
import pytest
from sway.evaluation.measures import by_decile, interval, leads, r_squared, spread, top_one_percent

RISING = np.arange(200.0)


def test_a_straight_line_explains_everything_and_noise_little():
    noise = np.random.default_rng(1).standard_normal(200)

    assert r_squared(RISING, 3.0 - 2.0 * RISING) == pytest.approx(1.0)
    assert r_squared(RISING, noise) < 0.05


def test_the_top_one_percent_is_what_both_hold_highest():
    other = RISING.copy()
    other[[0, 199]] = other[[199, 0]]  # of the two highest one is now the lowest

    assert top_one_percent(RISING, RISING) == 1.0
    assert top_one_percent(RISING, other) == 0.5


def test_deciles_rise_with_the_score_in_whatever_order_rows_stand():
    order = np.random.default_rng(2).permutation(200)

    assert by_decile(RISING[order], RISING[order]).tolist() == [9.5 + 20.0 * tenth for tenth in range(10)]


def test_an_interval_holds_the_measure_and_is_the_same_again():
    def mean(rows):
        return float(RISING[rows].mean())

    low, high = interval(mean, 200, seed=5)

    assert low < RISING.mean() < high
    assert interval(mean, 200, seed=5) == (low, high)


def test_what_is_nearer_to_the_truth_leads():
    noisy = RISING + np.random.default_rng(3).normal(0.0, 80.0, 200)
    lead, low, high = leads(RISING, noisy, RISING, seed=4)

    assert 0.0 < low < lead < high
    assert leads(noisy, RISING, RISING, seed=4)[0] == pytest.approx(-lead)


def test_several_seeds_stand_as_mean_and_range():
    assert spread([0.25]) == "0.250"
    assert spread([0.2, 0.4], digits=1) == "0.3 (0.2 to 0.4)"
