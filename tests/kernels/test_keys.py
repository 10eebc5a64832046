"""Owners, dictionaries and grouping of keys."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sway.kernels import keys as kernel
from sway.kernels.keys import Dictionary, encode, group_order, mix, once, owner, pair_order, stable_order, starts_of

EDGES = (-(2**63), -1, 0, 1, 2**63 - 1)
any_key = st.one_of(st.sampled_from(EDGES), st.integers(-(2**63), 2**63 - 1), st.integers(0, 9))
rows = st.lists(st.tuples(st.integers(0, 5), any_key, st.integers(0, 3)), max_size=60)


def as_keys(values):
    return np.array(values, np.int64)


@given(st.lists(any_key, unique=True))
def test_mix_is_one_to_one(values):
    assert len(np.unique(mix(as_keys(values)))) == len(values)


@given(st.lists(any_key), st.integers(1, 16))
def test_half_as_many_owners_merge_neighbours(values, bits):
    np.testing.assert_array_equal(owner(as_keys(values), bits) >> 1, owner(as_keys(values), bits - 1))


@pytest.mark.parametrize("values", [np.arange(64_000), np.arange(64_000) * 1000, np.arange(64_000) << 32])
def test_owners_get_about_as_many_keys_each(values):
    held = np.bincount(owner(values, 5), minlength=32)

    assert held.max() < 1.3 * held.mean()


@pytest.fixture(params=[64, 2, 0], ids=["hashes", "four hashes", "all keys share a hash"])
def clashing(request, monkeypatch):
    bits = request.param
    if bits < 64:
        as_few = np.uint64((1 << bits) - 1)
        monkeypatch.setattr(kernel, "mix", lambda keys: (keys.view(np.uint64) & as_few) << np.uint64(62))


@pytest.mark.usefixtures("clashing")
def test_a_dictionary_finds_what_it_holds_and_nothing_else():
    @given(st.lists(any_key, unique=True), st.lists(any_key))
    def holds(held, wanted):
        ordered = sorted(held)
        places = Dictionary(as_keys(ordered)).find(as_keys(wanted + held))
        assert places.tolist() == [ordered.index(key) if key in held else -1 for key in wanted + held]

    holds()


def test_a_dictionary_of_many_keys_finds_each_and_no_other():
    """So many that keys share places in the tables of tables."""
    keys = np.unique(np.random.default_rng(3).integers(-(2**63), 2**63 - 1, 300_000))
    held, absent = keys[::2], keys[1::2]

    np.testing.assert_array_equal(Dictionary(held).find(held), np.arange(len(held)))
    assert set(Dictionary(held).find(absent).tolist()) == {-1}


@given(st.lists(st.integers(0, 70_000)))
def test_stable_order_is_that_of_a_stable_sort(codes):
    expected = np.argsort(np.array(codes, np.int64), kind="stable")

    np.testing.assert_array_equal(stable_order(np.array(codes, np.int64)), expected)


@pytest.mark.usefixtures("clashing")
def test_grouped_rows_stand_together_whatever_their_order():
    @given(rows, st.randoms())
    def holds(drawn, random):
        shuffled = random.sample(drawn, len(drawn))
        grouped, other = in_groups(drawn), in_groups(shuffled)
        assert grouped == other
        assert sorted(grouped) == sorted(drawn)
        pairs = [row[:2] for row in grouped]
        assert len(starts_of(*(as_keys([pair[n] for pair in pairs]) for n in (0, 1)))) == len(set(pairs))
        assert all(a[2] <= b[2] for a, b in pairwise(grouped) if a[:2] == b[:2])
        assert [row[0] for row in grouped] == sorted(row[0] for row in drawn)

    holds()


def in_groups(drawn):
    major, key, minor = (as_keys([row[n] for row in drawn]) for n in range(3))
    order = group_order(major, key, minor, minors=4)
    return list(zip(major[order].tolist(), key[order].tolist(), minor[order].tolist(), strict=True))


def test_equal_rows_stay_in_the_order_of_the_input():
    nothing = np.zeros(9, np.int64)

    np.testing.assert_array_equal(group_order(nothing, nothing, nothing, minors=1), np.arange(9))
    assert len(group_order(nothing[:0], nothing[:0], nothing[:0], minors=1)) == 0


@pytest.mark.usefixtures("clashing")
def test_encoded_keys_are_each_once_and_each_row_knows_its_place():
    @given(st.lists(any_key, max_size=60))
    def holds(drawn):
        keys, places = encode(as_keys(drawn))
        assert keys.tolist() == sorted(set(drawn))
        assert keys.take(places).tolist() == drawn

    holds()


sides = st.one_of(st.integers(0, 3), st.integers(0, 2**31 - 1))


@given(st.lists(st.tuples(sides, sides), max_size=60))
def test_pairs_stand_by_both_sides_and_equal_ones_as_they_came(drawn):
    major, minor = (np.array([pair[n] for pair in drawn], np.int32) for n in range(2))
    order, again = pair_order(major, minor)

    assert order.tolist() == sorted(range(len(drawn)), key=lambda n: (drawn[n], n))
    assert [drawn[n] for n in once(order, again)] == sorted(set(drawn))
