"""Iterations that end by number or by tolerance, plainly or mixed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sway.errors import NotConverged
from sway.kernels.iteration import Anderson, Goal, iterate
from sway.kernels.pagerank import teleported

from tests.kernels import reference

DAMPING = 0.85


def pagerank_step(weights, teleport):
    """One dense step, and the sum it moves."""
    follow = np.zeros((len(teleport), len(teleport)))
    for (source, target), weight in weights.items():
        follow[source, target] = weight
    totals = follow.sum(axis=1)
    shares = np.divide(follow, totals[:, None], where=totals[:, None] > 0, out=np.zeros_like(follow))

    def step(y, following):
        dangling = y[totals == 0].sum()
        following[:] = teleported(shares.T @ y, teleport, dangling, damping=DAMPING)
        return np.abs(following - y).sum()

    return step


@st.composite
def weighted(draw):
    size = draw(st.integers(1, 7))
    account = st.integers(0, size - 1)
    weights = draw(st.dictionaries(st.tuples(account, account), st.floats(0.01, 100)))
    teleport = draw(st.lists(st.floats(0.0, 9.0), min_size=size, max_size=size).filter(lambda drawn: sum(drawn) > 0.1))
    return weights, np.array(teleport) / sum(teleport)


@settings(deadline=None)
@given(weighted(), st.sampled_from([0, 1, 3]))
def test_pagerank_equals_a_dense_solve_within_its_error_bound(drawn, depth):
    weights, teleport = drawn
    goal = Goal(tolerance=1e-9, depth=depth)

    found = iterate(pagerank_step(weights, teleport), teleport, goal, contraction=DAMPING, about="PageRank")

    solved = reference.pagerank(weights, dict(enumerate(teleport)))
    distance = sum(abs(found.vector[n] - solved[n]) for n in range(len(teleport)))
    assert found.residual <= 1e-9
    assert distance <= found.error_bound + 1e-14
    assert found.error_bound == pytest.approx(found.residual * 0.85 / 0.15)


def communities(random, count=20, size=50):
    """Communities that hardly know each other: nothing converges more slowly."""
    weights = {}
    for n in range(count * size):
        for _ in range(6):
            home = n // size if random.random() < 0.97 else random.integers(count)
            weights[n, int(home * size + size * random.random() ** 2)] = random.random() + 0.1
    teleport = random.random(count * size) ** 6
    return weights, teleport / teleport.sum()


def test_mixing_needs_fewer_sweeps_and_comes_to_the_same():
    weights, teleport = communities(np.random.default_rng(2016))
    step = pagerank_step(weights, teleport)

    plain = iterate(step, teleport, Goal(tolerance=1e-6), contraction=DAMPING, about="PageRank")
    mixed = iterate(step, teleport, Goal(tolerance=1e-6, depth=3), contraction=DAMPING, about="PageRank")

    assert mixed.sweeps <= 0.6 * plain.sweeps
    assert np.abs(mixed.vector - plain.vector).sum() <= plain.error_bound + mixed.error_bound


def test_mixing_that_leads_astray_goes_back_to_the_best_so_far():
    mixer = Anderson(depth=1)
    best, worse = np.array([0.5, 0.5]), np.array([9.0, 9.0])

    mixer.next(np.array([1.0, 0.0]), best, 0.1)

    assert mixer.next(np.array([2.0, 2.0]), worse, 5.0) is best
    assert mixer.moved == []


@given(st.lists(st.floats(0.01, 0.85), min_size=1, max_size=9), st.integers(1, 5))
def test_mixing_always_comes_to_rest(shrinks, depth):
    factors, start = np.array(shrinks), np.ones(len(shrinks))

    def step(y, following):
        np.multiply(factors, y, out=following)
        following += 1.0
        return np.abs(following - y).sum()

    found = iterate(step, start, Goal(tolerance=1e-10, depth=depth), contraction=0.85, about="rest")

    np.testing.assert_allclose(found.vector, 1.0 / (1.0 - factors), rtol=1e-8)


def test_fixed_sweeps_are_made_whatever_the_residual():
    def halve(y, following):
        np.multiply(0.5, y, out=following)
        return np.abs(following - y).sum()

    found = iterate(halve, np.array([8.0]), Goal(sweeps=3), contraction=0.5, about="halves")

    assert (found.vector.tolist(), found.sweeps, found.residual, found.error_bound) == ([1.0], 3, 1.0, 1.0)


def test_not_converging_is_an_error_with_its_figures():
    weights, teleport = communities(np.random.default_rng(1), count=2)
    goal = Goal(tolerance=1e-12, most_sweeps=4)

    sentence = r"residual \d\.\de-\d\d after 4 sweeps, wanted 1e-12 or less \(contraction 0\.85, 100 vertices\)"
    with pytest.raises(NotConverged, match=f"^PageRank {sentence}$"):
        iterate(pagerank_step(weights, teleport), teleport, goal, contraction=DAMPING, about="PageRank")


@pytest.mark.parametrize("wanted", [{}, {"sweeps": 3, "tolerance": 1e-6}])
def test_a_goal_is_either_sweeps_or_a_tolerance(wanted):
    with pytest.raises(ValueError, match="either sweeps or a tolerance"):
        Goal(**wanted)
