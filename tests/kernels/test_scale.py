"""Points, errors, grades and places against their slow twin, and what the scale promises."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sway.kernels.scale import (
    effective_reactors,
    grade,
    linear_error,
    mid_rank_percentile,
    points_per_unit,
    rank,
    soft_cap,
    soft_cap_slope,
    to_linear,
)

from tests.kernels import reference

NAN = math.nan
ENDS = {"z50": 0.5, "z95": 2.0}
POINTS = {"median_points": 20.0, "high_points": 50.0}
points = st.floats(0, 2000)
scores = st.lists(st.one_of(st.just(NAN), st.integers(0, 5).map(float), st.floats(0, 100)), max_size=30)


def array(*values):
    return np.array(values, dtype=np.float64)


def test_the_median_has_20_points_and_the_95th_percentile_50():
    linear = to_linear(array(0.5, 2.0, 1.25, -9.0, -math.inf, NAN), **ENDS, **POINTS)

    np.testing.assert_allclose(linear, [20, 50, 35, 0, 0, NAN])


@given(st.floats(-20, 20), st.floats(-5, 5), st.floats(0.01, 5))
def test_linear_points_equal_their_slow_twin(raw, z50, spread):
    ends = {"z50": z50, "z95": z50 + spread}

    actual = to_linear(array(raw), **ends, **POINTS).item()

    assert actual == pytest.approx(reference.linear_score(raw, **ends), rel=1e-12, abs=1e-12)


@given(points, points)
def test_soft_cap_keeps_order_and_equals_its_slow_twin(one, other):
    low, high = soft_cap(array(*sorted([one, other])), bends_from=50.0)

    assert 0.0 <= low <= high <= 100.0
    assert low == pytest.approx(reference.soft_cap(min(one, other)), rel=1e-14)


@given(points)
def test_slope_of_the_soft_cap_is_its_derivative(linear):
    around = soft_cap(array(linear - 1e-4, linear + 1e-4), bends_from=50.0)
    slope = soft_cap_slope(array(linear), bends_from=50.0).item()

    assert slope == pytest.approx((around[1] - around[0]) / 2e-4, abs=1e-5)
    assert slope == pytest.approx(reference.soft_cap_slope(linear), rel=1e-14)


def test_up_to_the_bend_points_are_left_alone():
    linear = array(0.0, 20.0, 49.999, 50.0)

    np.testing.assert_array_equal(soft_cap(linear, bends_from=50.0), linear)


@given(st.lists(st.floats(1e-6, 1.0), min_size=1, max_size=50))
def test_effective_reactors_lie_between_1_and_their_number(contributions):
    sums = array(math.fsum(contributions)), array(math.fsum(c * c for c in contributions))

    n_eff = effective_reactors(*sums).item()

    assert n_eff == pytest.approx(reference.effective_reactors(sums[0].item(), sums[1].item()), rel=1e-12)
    assert 1.0 <= n_eff <= len(contributions) * (1 + 1e-12)


def test_nobody_reacting_is_no_reactor_and_one_too_small_to_square_is_one():
    np.testing.assert_array_equal(effective_reactors(array(0.0, 1e-15), array(0.0, 0.0)), [0.0, 1.0])


@given(points, st.floats(1.0, 1e6), st.floats(0.1, 100))
def test_error_equals_its_slow_twin(linear, n_eff, unit):
    slope = soft_cap_slope(array(linear), bends_from=50.0)
    actual = slope * linear_error(array(n_eff), unit=unit)

    assert actual.item() == pytest.approx(reference.published_error(linear, unit, n_eff), rel=1e-12)


def test_no_error_without_reactors_and_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        errors = linear_error(array(0.0, 4.0), unit=10.0)
    np.testing.assert_array_equal(errors, [NAN, 2.5])


def test_unit_is_points_over_raw_scores():
    assert points_per_unit(**ENDS, **POINTS) == 20.0


def test_grades_begin_at_their_number_of_effective_reactors_and_go_with_a_score():
    n_eff = array(0, 9.99, 10, 29.99, 30, 99.99, 100, 1e9, 1e9)

    letters = grade(n_eff, np.arange(9) < 8, a=100.0, b=30.0, c=10.0)

    assert letters.tolist() == [*"DDCCBBAA", None]


@given(scores)
def test_places_equal_their_slow_twin(values):
    known = {place: None if math.isnan(value) else value for place, value in enumerate(values)}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ranks, percentiles = rank(array(*values)), mid_rank_percentile(array(*values))

    expected = [NAN if found is None else found for found in reference.ranks(known).values()]
    np.testing.assert_array_equal(ranks, expected)
    shares = [NAN if found is None else found for found in reference.mid_rank_percentiles(known).values()]
    np.testing.assert_allclose(percentiles, shares, rtol=1e-13)
