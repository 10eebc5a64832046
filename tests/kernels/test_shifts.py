"""Shifts between networks against their slow twin, and what holds of them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sway.kernels.shifts import connected, linked_differences, shifts

from tests.kernels import reference

NAMES = ("a", "b", "c", "d", "e")
NUMBERS = {"half_links": 1000.0, "most_points": 15.0}
rows = st.tuples(st.integers(0, 8), st.sampled_from(NAMES), st.floats(-20, 90))


def fitted(points, accounts=None, frozen=None):
    """Shifts by network, from (entity, network, points)."""
    accounts, frozen = accounts or dict.fromkeys(NAMES, 1), frozen or {}
    entity, network, value = zip(*points, strict=True) if points else ((), (), ())
    d, links = linked_differences(
        np.array(entity, np.int64),
        np.array([NAMES.index(name) for name in network], np.int64),
        np.array(value, np.float64),
        len(NAMES),
    )
    held = np.array([frozen.get(name, math.nan) for name in NAMES])
    sizes = np.array([accounts[name] for name in NAMES])
    return dict(zip(NAMES, shifts(d, links, sizes, held, **NUMBERS).tolist(), strict=True))


@given(
    st.lists(rows, max_size=40),
    st.permutations([1, 2, 3, 4, 5]),
    st.dictionaries(st.sampled_from(NAMES), st.floats(-9, 9)),
)
def test_shifts_equal_their_slow_twin(points, sizes, frozen):
    accounts = dict(zip(NAMES, sizes, strict=True))
    expected = reference.shifts(reference.linked_differences(points), accounts, frozen)

    assert fitted(points, accounts, frozen) == pytest.approx({name: expected[name] for name in NAMES}, abs=1e-9)


def people(count, **points):
    """As many people who have these points on these networks."""
    return [(entity, name, value) for entity in range(count) for name, value in points.items()]


def test_people_on_two_networks_bring_the_smaller_one_to_the_larger_as_far_as_they_are_many():
    assert fitted(people(1000, a=30.0, b=20.0), {**dict.fromkeys(NAMES, 1), "a": 9})["b"] == pytest.approx(5.0)
    assert fitted(people(9, a=30.0, b=20.0), {**dict.fromkeys(NAMES, 1), "a": 9})["b"] == pytest.approx(90 / 1009)
    assert fitted(people(1000, a=30.0, b=20.0), {**dict.fromkeys(NAMES, 1), "b": 9})["a"] == pytest.approx(-5.0)


def test_no_network_moves_by_more_than_15_points():
    assert fitted(people(99_000, a=95.0, b=5.0), {**dict.fromkeys(NAMES, 1), "a": 9})["b"] == 15.0


def test_a_network_without_linked_people_stays_where_it_is():
    assert set(fitted([]).values()) == {0.0}
    assert fitted(people(50, a=30.0, b=20.0))["c"] == 0.0


def test_each_set_of_networks_that_nobody_connects_has_a_network_that_stays():
    others = [(entity + 500, name, value) for entity, name, value in people(500, c=10.0, d=40.0)]
    apart = people(500, a=30.0, b=20.0) + others

    found = fitted(apart, {"a": 9, "b": 8, "c": 1, "d": 2, "e": 1})

    assert (found["a"], found["d"], found["e"]) == (0.0, 0.0, 0.0)
    assert (found["b"], found["c"]) == pytest.approx((10 * 500 / 1500, 30 * 500 / 1500))


def test_frozen_networks_stay_and_new_ones_are_fitted_to_them():
    found = fitted(people(1000, a=30.0, b=20.0), {**dict.fromkeys(NAMES, 1), "b": 9}, {"a": 4.0})

    assert found["a"] == 4.0
    assert found["b"] == pytest.approx(14.0 / 2)


def test_connected_sets_are_whole():
    links = np.zeros((5, 5), bool)
    links[0, 3] = links[3, 0] = links[3, 4] = links[4, 3] = True

    assert [members.tolist() for members in connected(links)] == [[0, 3, 4], [1], [2]]
