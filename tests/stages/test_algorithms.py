"""Versions that put another number on the same scale."""

import math
from random import Random

import numpy as np
import pytest
from sway.contracts.calibration import Calibration
from sway.runtime import config
from sway.stages.raw_scores import NUMBERS, with_raw_scores
from sway.stages.scores import to_points
from sway.steps.in_arrays import World, score_arrays

from tests.graphs import AS_OF, Graph, act
from tests.kernels import reference
from tests.steps.test_in_arrays import to_acts

METHODS = config.load().methods
FROZEN = Calibration(accounts=100, z50=0.0, z95=1.5, m0=1.5, has_profiles=True, has_posts=True)
KNOWN = {
    "influence": np.array([2.0, 0.5, 3.0]),
    "reach": np.array([5.0, 0.0, 9.0]),
    "reach_squares": np.array([1.0, 0.0, 1.0]),
    "reactions": np.array([7, 0, 5]),
    "reactors": np.array([3, 0, 5]),
    "followers": np.array([900.0, math.nan, 10.0]),
    "trust": np.array([1.0, 1.0, 0.0]),
    "break_days": np.array([4.0, 0.0, 0.0]),
    "title_bonus": np.zeros(3),
}


@pytest.mark.parametrize(
    ("version", "numbers"),
    [("reactions", [7.0, None]), ("reactors", [3.0, None]), ("followers", [900.0, None]), ("pagerank", [2.0, 0.5])],
)
def test_the_raw_score_is_the_logarithm_of_the_number_where_it_is_known_and_above_0(version, numbers):
    method = METHODS[version]
    raw = with_raw_scores(KNOWN, method, method.networks["twitter"], m0=1.5, has_posts=True)
    points = to_points(raw, method, FROZEN)

    expected = [math.nan if x is None else math.log(x) for x in [*numbers, None]]  # the third is suspended
    np.testing.assert_allclose(raw["raw_score"], expected)
    np.testing.assert_array_equal(raw["is_counted"], ~np.isnan(expected))
    linear = [math.nan if math.isnan(z) else max(0.0, 20 + 20 * z) for z in expected]
    np.testing.assert_allclose(points["linear"], linear)
    assert np.isnan(points["error"]).all()
    assert points["grade"].tolist() == [None] * 3
    assert set(raw["efficiency"]) == {1.0}
    assert set(raw["break_credit"]) == set(raw["break_days"]) == {0.0}


def test_every_algorithm_has_a_version_and_every_version_an_algorithm():
    assert {method.algorithm for method in METHODS.values()} == {"sway", *NUMBERS}
    assert all(METHODS[name].algorithm == name for name in NUMBERS)


def test_a_version_that_starts_from_another_differs_in_what_it_names_alone():
    sway, pagerank = METHODS["sway-1.0"], METHODS["pagerank"]

    assert pagerank.networks == sway.networks
    assert pagerank.trust.labels == sway.trust.labels
    assert (pagerank.influence.continuation, sway.influence.continuation) == (0.85, 0.5)


def test_pagerank_is_classical_weighted_and_personalised():
    """Trust is the teleport vector, where dangling accounts go too; so PageRank is influence over its sum."""
    random, size = Random(4), 30
    acts = tuple(
        act(
            random.randrange(size),
            random.randrange(size // 2),
            random.choice(list(reference.TWITTER)),
            random.randrange(90),
        )
        for _ in range(150)
    )  # half of them never act: dangling
    graph = Graph((1.0,) * size, acts, ((0, 1), (2, 29)))
    ages = np.array([random.choice([30.0, 90.0, 400.0]) for _ in range(size)])
    unknown = np.full(size, np.nan)
    found = score_arrays(World(to_acts(graph), ages, unknown, unknown), METHODS["pagerank"], "twitter").columns

    strengths = reference.strengths(
        reference.decayed_counts(graph.acts, AS_OF), standing=[(a, b, 1.0) for a, b in graph.follows]
    )
    trust = {n: min(1.0, age / 180) for n, age in enumerate(ages.tolist())}
    rank = reference.pagerank(strengths, trust)
    whole = found["influence"].sum()
    np.testing.assert_allclose(found["influence"] / whole, [rank[n] for n in range(size)], rtol=5e-6)
