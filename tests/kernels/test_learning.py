"""Weights learnt from what pairs did next."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sway.kernels.learning import Pairs, explained, fitted, is_held_out, on_scale_of, to_pairs

rows = st.tuples(st.integers(0, 3), st.integers(4, 6), st.integers(0, 1), st.integers(-7, 60), st.integers(1, 5))


@given(st.lists(rows, max_size=30))
def test_pairs_equal_their_slow_twin(acts):
    columns = [np.array([act[n] for act in acts], np.int64) for n in range(5)]
    found = to_pairs(*columns, actions=2, half_life_days=30.0, horizon_days=180, fade_out_days=60)

    faded, after = defaultdict(lambda: [0.0, 0.0]), defaultdict(int)
    for actor, target, action, age, count in acts:
        if age >= 0:
            faded[actor, target][action] += count * 2 ** (-age / 30)
        else:
            after[actor, target] += count
    known = sorted(faded)
    assert found.actor.tolist() == [actor for actor, _ in known]
    expected = [np.log1p(faded[pair]) for pair in known]
    np.testing.assert_allclose(found.features, np.reshape(expected, (-1, 2)), rtol=1e-12)
    np.testing.assert_allclose(found.followed, [np.log1p(after[pair]) for pair in known], rtol=1e-12)


def some_pairs(weights, noise):
    random = np.random.default_rng(3)
    features = random.exponential(1.0, (4000, len(weights)))
    followed = 0.7 + features @ np.array(weights) + noise * random.standard_normal(4000)
    return Pairs(random.integers(-(2**62), 2**62, 4000), features, followed)


def test_weights_that_made_the_data_are_found_again():
    assert fitted(some_pairs((2.0, 0.5, 0.0), 0.1)) == pytest.approx([2.0, 0.5, 0.0], abs=0.02)


def test_no_weight_is_negative_whatever_the_data_say():
    weights = fitted(some_pairs((1.0, -2.0), 0.1))

    assert weights[1] == 0.0
    assert weights[0] > 0.5


def test_better_weights_explain_more_and_only_their_ratios_matter():
    pairs = some_pairs((2.0, 0.5), 1.0)
    right, wrong = explained(pairs, np.array([2.0, 0.5])), explained(pairs, np.array([0.5, 2.0]))

    assert right > wrong + 0.1
    assert explained(pairs, np.array([8.0, 2.0])) == pytest.approx(right)
    assert explained(pairs, np.zeros(2)) == 0.0


def test_weights_that_predict_the_wrong_way_round_explain_nothing():
    pairs = some_pairs((2.0, 0.5), 1.0)

    assert explained(pairs._replace(followed=-pairs.followed), np.array([2.0, 0.5])) == 0.0


def test_learnt_weights_are_told_on_the_scale_of_the_configured_ones():
    pairs, configured = some_pairs((2.0, 0.5), 1.0), np.array([6.0, 1.0])
    told = on_scale_of(np.array([0.2, 0.05]), configured, pairs)

    assert told[0] / told[1] == pytest.approx(4.0)
    assert (pairs.features @ told).sum() == pytest.approx((pairs.features @ configured).sum())


def test_half_of_the_actors_are_held_out_always_the_same():
    keys = np.random.default_rng(1).integers(-(2**63), 2**63 - 1, 10_000)

    assert is_held_out(keys).mean() == pytest.approx(0.5, abs=0.03)
    np.testing.assert_array_equal(is_held_out(keys[::-1]), is_held_out(keys)[::-1])
