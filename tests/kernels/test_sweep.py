"""Sweeps and what accounts received, against their slow twins, over any small graph."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sway.kernels.reach import floors, received, rows_of, strongest
from sway.kernels.sweep import error_bound, inflow

from tests.kernels import reference

amounts = st.one_of(st.just(0.0), st.floats(1e-6, 2))


@st.composite
def edges(draw):
    """Targets' rows: (ptr, idx, and of each edge: share, contribution, acts), and accounts' trust y and voice q."""
    size = draw(st.integers(1, 6))
    of_edge = st.tuples(st.floats(0, 0.25, width=32), st.floats(0, 1, width=32), st.integers(0, 9))
    found = draw(st.dictionaries(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), of_edge))
    pairs = sorted(found)
    ptr = np.searchsorted([target for target, _ in pairs], np.arange(size + 1)).astype(np.int32)
    idx = np.array([actor for _, actor in pairs], np.int32)
    share, contribution, acts = (np.array([found[pair][n] for pair in pairs]) for n in range(3))
    y, q = (np.array(draw(st.lists(amounts, min_size=size, max_size=size))) for _ in range(2))
    return ptr, idx, share.astype(np.float32), contribution.astype(np.float32), acts.astype(np.uint32), y, q


def as_pairs(ptr, idx, values):
    targets = rows_of(ptr).tolist()
    return {(actor, i): value for actor, i, value in zip(idx.tolist(), targets, values.tolist(), strict=True)}


@given(edges())
def test_a_sweep_equals_its_slow_twin(drawn):
    ptr, idx, share, _, _, y, q = drawn
    accounts = range(len(y))
    shares = as_pairs(ptr, idx, share)

    found = y + 0.5 * inflow(ptr, idx, share, q * y, np.empty(len(idx)))

    expected = reference.influence_swept(accounts, shares, dict(enumerate(y)), dict(enumerate(q)), sweeps=1)
    np.testing.assert_allclose(found, [expected[account] for account in accounts], rtol=1e-13)


@given(edges())
def test_what_an_account_received_equals_its_slow_twin(drawn):
    ptr, idx, _, contribution, acts, y, _ = drawn
    c, count = as_pairs(ptr, idx, contribution), as_pairs(ptr, idx, acts)

    found = received(rows_of(ptr), len(y), contribution, acts)

    reach, squares = reference.reach(c)
    for i in range(len(y)):
        of_target = {j: number for (j, target), number in count.items() if target == i}
        assert found.reach[i] == pytest.approx(reach.get(i, 0.0), rel=1e-13)
        assert found.reach_squares[i] == pytest.approx(squares.get(i, 0.0), rel=1e-13)
        assert found.reactions[i] == sum(of_target.values())
        assert found.reactors[i] == sum(number > 0 for number in of_target.values())


@given(edges(), st.integers(1, 3))
def test_the_strongest_reactors_equal_their_slow_twin(drawn, most):
    ptr, idx, share, contribution, _, y, q = drawn
    shares, c = as_pairs(ptr, idx, share), as_pairs(ptr, idx, contribution)
    reach, _ = reference.reach(c)
    reached = np.array([reach.get(i, 0.0) for i in range(len(y))])
    of = rows_of(ptr)

    found = strongest(ptr, of, share * (q * y)[idx], contribution, y, reached, continuation=0.5, most=most)

    expected = reference.strongest(shares, c, dict(enumerate(q)), dict(enumerate(y)), reach, most=most)
    for i in range(len(y)):
        mine = of[found.edge] == i
        terms = found.influence_term[mine] + found.reach_term[mine]
        terms = terms[terms > 1e-44]
        wanted = [one + other for _, one, other in expected.get(i, []) if one + other > 1e-44]
        np.testing.assert_allclose(terms, wanted, rtol=1e-6, atol=1e-44)


@given(st.lists(st.lists(st.floats(0, 1), max_size=60), min_size=1, max_size=5), st.integers(1, 3))
def test_floors_are_reached_by_as_many_as_are_kept(rows, most):
    ptr = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int32)

    found = floors(np.array([value for row in rows for value in row], np.float32), ptr, most)

    for row, floor in zip(rows, found, strict=True):
        assert sum(np.float32(value) >= floor for value in row) >= min(most, len(row))


def test_the_largest_of_a_hub_are_found():
    random = np.random.default_rng(2016)
    reach = np.zeros(2)
    contribution = random.random(100_003).astype(np.float32)
    ptr = np.array([0, 3, 100_003], np.int32)
    passed = np.zeros(100_003)

    found = strongest(ptr, rows_of(ptr), passed, contribution, np.ones(2), reach, continuation=0.5)

    assert found.edge[:3].tolist() == np.argsort(-contribution[:3]).tolist()
    assert found.edge[3:].tolist() == (np.argsort(-contribution[3:], kind="stable")[:10] + 3).tolist()


def test_the_error_bound_is_that_of_a_contraction():
    assert error_bound(1e-3, 0.5) == 1e-3
    assert error_bound(1e-3, 0.85) == pytest.approx(1e-3 * 0.85 / 0.15)
