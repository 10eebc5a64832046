"""Efficiency and raw score against their slow twin."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sway.kernels.raw_score import efficiency, raw_score, reactions_per_post

from tests.kernels import reference

NUMBERS = {"prior_posts": 20.0, **reference.DESIGN}
amounts = st.floats(0, 1e6)


@given(amounts, st.integers(0, 10**5), st.floats(1e-6, 1e4), st.sampled_from([reference.DESIGN, reference.SWAY_1_0]))
def test_efficiency_equals_its_slow_twin_and_stays_in_bounds(reactions, posts, m0, damping):
    actual = efficiency(np.array([reactions]), np.array([float(posts)]), m0=m0, **NUMBERS | damping).item()

    assert actual == pytest.approx(reference.efficiency(reactions, posts, m0, **damping), rel=1e-14)
    assert damping["lowest"] <= actual <= damping["highest"]


def test_efficiency_is_1_for_who_neither_posted_nor_was_reacted_to():
    assert efficiency(np.array([0.0]), np.array([0.0]), m0=3.7, **NUMBERS).item() == 1.0


def test_efficiency_is_1_where_the_network_has_nothing_to_compare_with():
    np.testing.assert_array_equal(efficiency(np.array([0.0, 9.0]), np.array([7.0, 0.0]), m0=0.0, **NUMBERS), 1.0)


@pytest.mark.parametrize(
    ("reactions", "posts", "m0"), [(6.0, 4.0, 1.5), (0.0, 4.0, 0.0), (6.0, 0.0, 0.0), (0.0, 0.0, 0.0)]
)
def test_m0_is_reactions_per_post_and_0_if_either_is(reactions, posts, m0):
    assert reactions_per_post(reactions, posts) == m0


@given(st.floats(1e-6, 1e9), st.floats(0, 1e9), st.floats(0.667, 1.5))
def test_raw_score_equals_its_slow_twin(influence, reach, factor):
    actual = raw_score(np.array([influence]), np.array([reach]), np.array([factor])).item()

    assert actual == pytest.approx(reference.raw_score(influence, reach, factor), rel=1e-13, abs=1e-14)


def test_raw_score_is_0_for_a_trusted_account_nobody_reacts_to():
    assert raw_score(np.array([1.0]), np.array([0.0]), np.array([1.0])).item() == 0.0


def test_raw_score_without_influence_is_lower_than_any_and_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert raw_score(np.array([0.0]), np.array([3.0]), np.array([1.0])).item() == -math.inf
