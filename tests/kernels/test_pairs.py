"""Strengths, favours and shares of pairs against their slow twins."""

import itertools
from datetime import date, timedelta
from math import fsum

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sway.kernels.favours import sincerity
from sway.kernels.reach import contributions, heard
from sway.kernels.shares import divisors, shares
from sway.kernels.strength import (
    ExactSums,
    added_up,
    decay,
    decayed,
    fade_out,
    orderless_sum,
    orderless_sums,
    saturated,
)

from tests.kernels import reference

acts = st.lists(st.lists(st.tuples(st.integers(0, 179), st.integers(1, 10**6)), min_size=1, max_size=9), max_size=9)
SOFT = {"half_life_days": 30.0, "horizon_days": 180, "fade_out_days": 60}
weights = st.lists(st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=30), max_size=9)
amounts = st.one_of(st.just(0.0), st.floats(1e-9, 1e3))


def flat(groups):
    """All rows in one list, and where groups begin."""
    lengths = np.array([len(group) for group in groups], np.int64)
    return [row for group in groups for row in group], np.cumsum(lengths) - lengths


def test_an_act_counts_half_after_one_half_life():
    left = decay(np.array([0, 30, 60]), half_life_days=30.0, horizon_days=180, fade_out_days=0)
    assert left.tolist() == [1.0, 0.5, 0.25]


def test_at_the_horizons_end_nothing_is_lost_in_one_night():
    ages = np.array([119, 120, 135, 150, 179, 180, 500])

    assert fade_out(ages, horizon_days=180, fade_out_days=60).tolist() == [1, 1, 0.75, 0.5, 1 / 60, 0, 0]
    assert fade_out(ages, horizon_days=180, fade_out_days=0).tolist() == [1, 1, 1, 1, 1, 0, 0]
    left = decay(ages, half_life_days=30.0, horizon_days=180, fade_out_days=60)
    np.testing.assert_allclose(left[3], 0.5 * 2.0**-5, rtol=1e-15)


@given(acts, st.floats(1.0, 400.0), st.sampled_from([0, 1, 60, 180]), st.randoms())
def test_strength_equals_its_slow_twin_and_has_the_same_bits_in_any_order(groups, half_life, fade_out_days, random):
    numbers = {"half_life_days": half_life, "horizon_days": 180, "fade_out_days": fade_out_days}

    found = strength(groups, numbers)

    def left(age):
        return 2.0 ** (-age / half_life) * reference.lasting(age, fade_out_days=fade_out_days)

    expected = [sum(count * left(age) for age, count in group) for group in groups]
    np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-11)
    np.testing.assert_array_equal(strength([random.sample(group, len(group)) for group in groups], numbers), found)


def strength(groups, numbers):
    rows, starts = flat(groups)
    ages, counts = (np.array([row[n] for row in rows], np.int64) for n in (0, 1))
    return decayed(counts, ages, starts, **numbers)


@given(st.lists(st.tuples(st.integers(0, 4), st.floats(0.0, 1.0), st.integers(1, 10**6)), max_size=40), st.randoms())
def test_sums_over_batches_are_exact_in_any_order(rows, random):
    def summed(batches):
        sums = ExactSums(5)
        for batch in batches:
            places, values, counts = (np.array([row[n] for row in batch]) for n in range(3))
            sums.add(places.astype(np.int64), values.astype(np.float64), counts.astype(np.int64))
        return sums.total

    found = summed([rows[::2], rows[1::2]])

    expected = [fsum(value * count for at, value, count in rows if at == place) for place in range(5)]
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-9)
    np.testing.assert_array_equal(summed([random.sample(rows, len(rows))]), found)


@given(weights)
def test_repeats_saturate(groups):
    rows, starts = flat(groups)

    found = saturated(np.array(rows), np.full(len(rows), 6.0), starts)

    np.testing.assert_allclose(found, [sum(6.0 * np.log1p(d) for d in group) for group in groups], rtol=1e-13)


@given(amounts, amounts, amounts, st.floats(0.0, 1.0))
def test_sincerity_equals_its_slow_twin(given_back, returned, conversation, netting):
    pair = {("j", "i"): given_back, ("i", "j"): returned}
    unreturned = reference.favour(pair, "j", "i", netting=netting)
    expected = unreturned + (1 - unreturned) * min(1.0, conversation / 7.0)

    (found,) = sincerity(
        *(np.array([amount]) for amount in (given_back, returned, conversation)),
        netting=netting,
        restoring_conversation=7.0,
    )

    assert found == pytest.approx(expected, rel=1e-13)
    assert 1.0 - netting - 1e-15 <= found <= 1.0


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.4, 1.0]), st.lists(st.integers(0, 179), max_size=9)), max_size=5))
def test_contributions_equal_their_slow_twin(actors):
    """Of actors with a voice and the age of the one retweet each of their targets got."""
    today, (rows, _) = date(2016, 5, 1), flat([ages for _, ages in actors])
    voices, targets = np.array([voice for voice, _ in actors]), np.array([len(ages) for _, ages in actors], np.int64)
    pairs = [(j, f"{j}/{n}") for j, (_, ages) in enumerate(actors) for n in range(len(ages))]
    acts = [reference.Act(*pair, "retweet", today - timedelta(days=age)) for pair, age in zip(pairs, rows, strict=True)]

    loud = heard(voices, targets, habit_targets=5.0)
    found = contributions(np.repeat(loud, targets), decay(np.array(rows), **SOFT), np.ones(len(rows)))

    expected = reference.contributions(acts, today, dict(enumerate(voices.tolist())), fade_out_days=60)
    np.testing.assert_allclose(found, [expected[pair] for pair in pairs], rtol=1e-13)
    assert (loud[targets == 0] == 0).all()


@given(weights, st.sampled_from([0.2, 0.1, 0.3, 0.5, 0.9, 1 / 3]))
def test_divisors_equal_bisection_and_nobody_gets_more_than_the_cap(actors, cap):
    rows, starts = flat(actors)

    found = divisors(np.array(rows), starts, cap=cap, reserve=3.0)

    expected = [reference.voice_total(actor, cap=cap, reserve=3.0) for actor in actors]
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    of_pairs = shares(np.array(rows), np.repeat(found, [len(actor) for actor in actors]), cap=cap)
    assert of_pairs.max(initial=0.0) <= cap
    spoken = np.add.reduceat(of_pairs, starts) if rows else np.empty(0)
    np.testing.assert_allclose(spoken, 1.0 - 3.0 / found, atol=1e-12)


def test_weight_beyond_the_cap_changes_nothing():
    found = divisors(np.array([100.0, 1.0, 9000.0, 1.0]), np.array([0, 2]), cap=0.2, reserve=3.0)

    assert found.tolist() == [4.0 / 0.8] * 2


@given(weights, st.randoms())
def test_a_sum_without_order_has_the_same_bits_in_any_order(groups, random):
    rows, starts = flat(groups)
    shuffled, _ = flat([random.sample(group, len(group)) for group in groups])

    found = orderless_sum(np.array(rows), starts)

    np.testing.assert_allclose(found, [sum(group) for group in groups], rtol=1e-13)
    np.testing.assert_array_equal(orderless_sum(np.array(shuffled), starts), found)


@given(st.lists(st.lists(st.integers(-9, 9).map(float), min_size=1, max_size=6), min_size=1), st.randoms())
def test_whole_numbers_add_up_exactly_in_any_order(groups, random):
    rows, starts = flat(groups)
    shuffled, _ = flat([random.sample(group, len(group)) for group in groups])

    assert orderless_sum(np.array(rows), starts).tolist() == [sum(group) for group in groups]
    assert orderless_sum(np.array(shuffled), starts).tolist() == [sum(group) for group in groups]


@given(weights, st.randoms())
def test_rows_that_come_again_are_added_to_the_first(groups, random):
    rows, starts = flat(groups)
    again = np.setdiff1d(np.arange(len(rows)), starts)
    shuffled, _ = flat([random.sample(group, len(group)) for group in groups])

    found = added_up(np.array(rows, np.float64), again)

    np.testing.assert_allclose(found, [sum(group) for group in groups], rtol=1e-13)
    np.testing.assert_array_equal(added_up(np.array(shuffled, np.float64), again), found)


@given(weights, st.randoms())
def test_rows_that_do_not_stand_together_add_up_in_any_order(groups, random):
    rows = [(n, weight) for n, group in enumerate(groups) for weight in group]
    shuffled = random.sample(rows, len(rows))

    def added(those):
        group, weight = zip(*those, strict=True) if those else ((), ())
        return orderless_sums(np.array(group, np.int64), np.array(weight, np.float64), len(groups) + 1)

    np.testing.assert_allclose(added(rows), [*map(sum, groups), 0.0], rtol=1e-13)
    np.testing.assert_array_equal(added(shuffled), added(rows))
    assert orderless_sums(np.array([2, 0, 2]), np.array([1.0, 5.0, 3.0]), 3).tolist() == [5.0, 0.0, 4.0]


@pytest.mark.parametrize("rows", [[2.0**53, 1.0, 1.0], [0.1, 0.2, 0.3], [0.5, 1e16, -1e16]])
def test_what_does_not_add_up_exactly_is_brought_into_an_order(rows):
    found = {orderless_sum(np.array(order), np.array([0])).item() for order in itertools.permutations(rows)}

    assert len({sum(order) for order in itertools.permutations(rows)}) > 1
    assert len(found) == 1
