"""Components and what unconfirmed pairs may join, against a slow twin, and what no order may change."""

from collections import defaultdict
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sway.kernels.components import components, settle


class Pair(NamedTuple):
    left: int
    right: int
    is_confirmed: bool = True
    day: int = 0


def settled(pairs):
    """Root of each vertex, and the pairs refused, as the kernel says."""
    columns = [np.array(column, dtype=np.int64) for column in zip(*pairs, strict=True)]
    left_root, right_root = settle(columns[0], columns[1], columns[2].astype(bool), columns[3])
    root = {}
    for pair, left, right in zip(pairs, left_root.tolist(), right_root.tolist(), strict=True):
        assert root.setdefault(pair.left, left) == left
        assert root.setdefault(pair.right, right) == right
    return root, {pair for pair in pairs if root[pair.left] != root[pair.right]}


def slowly(pairs):
    """The same, group by group, as one would with scissors and glue."""
    group = {vertex: {vertex} for pair in pairs for vertex in pair[:2]}

    def merge(pair):
        whole = group[pair.left] | group[pair.right]
        for vertex in whole:
            group[vertex] = whole

    confirmed = set()
    for pair in pairs:
        if pair.is_confirmed:
            merge(pair)
            confirmed |= {pair.left, pair.right}
    refused = set()
    unconfirmed = (pair for pair in pairs if not pair.is_confirmed)
    for pair in sorted(unconfirmed, key=lambda pair: (pair.day, sorted(pair[:2]))):
        left, right = group[pair.left], group[pair.right]
        if left is not right and left & confirmed and right & confirmed:
            refused.add(pair)
        else:
            merge(pair)
    return {vertex: min(members) for vertex, members in group.items()}, refused


vertices = st.integers(0, 12).map(lambda number: number * 10**12 - 3)
pairs = st.builds(Pair, vertices, vertices, st.booleans(), st.integers(0, 3))
many = st.lists(pairs, min_size=1, max_size=30)


@given(many)
def test_what_is_settled_equals_the_slow_twin(pairs):
    assert settled(pairs) == slowly(pairs)


@given(many, st.randoms(use_true_random=False))
def test_order_sides_and_repeats_make_no_difference(pairs, random):
    again = [pair._replace(left=pair.right, right=pair.left) if random.random() < 0.5 else pair for pair in pairs]
    again += random.choices(again, k=5)
    random.shuffle(again)
    root, refused = settled(pairs)
    root_again, refused_again = settled(again)

    def unordered(found):
        return {(frozenset(pair[:2]), pair.is_confirmed, pair.day) for pair in found}

    assert root_again == root
    assert unordered(refused_again) == unordered(refused)


@given(many)
def test_no_two_confirmed_components_are_one_afterwards(pairs):
    root, refused = settled(pairs)
    sure, _ = slowly([pair for pair in pairs if pair.is_confirmed])

    assert not any(pair.is_confirmed for pair in refused)
    held = defaultdict(set)
    for vertex, component in sure.items():
        held[root[vertex]].add(component)
    assert all(len(several) == 1 for several in held.values())


@given(many, pairs)
def test_a_merge_keeps_the_older_root_and_a_split_leaves_it_with_its_vertex(pairs, one_more):
    """One confirmed pair more or less: roots are accounts by age, so the smaller root stands for the older id."""
    confirmed = [pair._replace(is_confirmed=True) for pair in pairs]
    before, _ = settled(confirmed)
    after, _ = settled([*confirmed, one_more._replace(is_confirmed=True)])

    joined = {before.get(one_more.left, one_more.left), before.get(one_more.right, one_more.right)}
    for vertex, root in before.items():
        assert after[vertex] == (min(joined) if root in joined else root)
        assert after[root] == root or root in joined
        assert before[root] == root  # whichever part is left after a split, its root is one of its own


@given(many)
def test_components_are_what_is_settled_if_all_is_confirmed(pairs):
    left, right = (np.array(side, dtype=np.int64) for side in list(zip(*pairs, strict=True))[:2])
    root, _ = slowly([pair._replace(is_confirmed=True) for pair in pairs])

    assert components(left, right).tolist() == [root[pair.left] for pair in pairs]


CASES = {
    "nothing confirmed: all is one": ([Pair(1, 2, False), Pair(2, 3, False)], {1: 1, 2: 1, 3: 1}, 0),
    "an unconfirmed pair joins a confirmed one and a stranger": (
        [Pair(1, 2), Pair(2, 3, False)],
        {1: 1, 2: 1, 3: 1},
        0,
    ),
    "two confirmed ones stay apart": (
        [Pair(1, 2), Pair(3, 4), Pair(2, 3, False)],
        {1: 1, 2: 1, 3: 3, 4: 3},
        1,
    ),
    "also by way of a stranger, who goes with the earlier claim": (
        [Pair(1, 1), Pair(9, 9), Pair(5, 9, False, 1), Pair(1, 5, False, 2)],
        {1: 1, 5: 5, 9: 5},
        1,
    ),
    "on one day the smaller vertex comes first": (
        [Pair(1, 1), Pair(9, 9), Pair(5, 9, False, 1), Pair(5, 1, False, 1)],
        {1: 1, 5: 1, 9: 9},
        1,
    ),
    "confirmed later, they are one": (
        [Pair(1, 2), Pair(3, 4), Pair(2, 3, False), Pair(4, 1)],
        dict.fromkeys(range(1, 5), 1),
        0,
    ),
}


@pytest.mark.parametrize(("pairs", "roots", "refused"), CASES.values(), ids=CASES)
def test_unconfirmed_pairs_join_what_is_not_confirmed_twice(pairs, roots, refused):
    found, turned_down = settled(pairs)

    assert (found, len(turned_down)) == (roots, refused)


def test_a_pair_said_a_thousand_times_is_one_pair_and_nothing_is_nothing():
    said = np.full(1024, 7), np.full(1024, 3)
    nothing = np.array([], dtype=np.int64)

    assert set(components(*said).tolist()) == {3}
    assert components(nothing, nothing).tolist() == []
    assert settle(nothing, nothing, nothing.astype(bool), nothing).left_root.tolist() == []


def test_a_chain_of_unconfirmed_pairs_between_two_confirmed_vertices_breaks_once():
    """As long as a list of claims may be: the time must not grow with its square."""
    length = 100_000
    left = np.concatenate([[0, length], np.arange(length)])
    right = np.concatenate([[0, length], np.arange(1, length + 1)])
    is_confirmed = np.arange(len(left)) < 2

    found = settle(left, right, is_confirmed, np.zeros(len(left), dtype=np.int64))

    assert np.flatnonzero(found.left_root != found.right_root).tolist() == [length + 1]
