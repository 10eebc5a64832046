"""The whole of it in arrays against the slow twin: what evaluation calls is what a night computes."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sway.engine.in_memory import Acts, propagate, voiced_reactions
from sway.runtime import config
from sway.steps.in_arrays import Posts, World, score_arrays

from tests.engine.worlds import graphs
from tests.graphs import AS_OF, ODD_ONES, Graph, act
from tests.kernels import reference

METHOD = config.load().method("sway-1.0")
TWITTER = METHOD.networks["twitter"]
NAMES = sorted(TWITTER.actions)
FEW = replace(METHOD, scale=replace(METHOD.scale, fewest_accounts=2))


def to_acts(graph, *, fraction=0.0):
    rows = [
        (a.actor, a.target, NAMES.index(a.action), (AS_OF - a.event_date).days + fraction, a.count) for a in graph.acts
    ]
    rows += [(actor, target, NAMES.index("follow"), 0, 0) for actor, target in graph.follows]
    columns = list(zip(*rows, strict=True)) or [()] * 5
    actor, target, action, age, times = (np.array(column, np.int64) for column in columns)
    return Acts(actor, target, action, np.array(columns[3], np.float64) if fraction else age, times)


def propagated(graph, **options):
    trust = np.array(graph.trust)
    voice = np.array([reference.voice(m) for m in graph.trust])
    acts = to_acts(graph, **options)
    found = propagate(acts, trust, voice, TWITTER, METHOD)
    return found | {"voiced_reactions": voiced_reactions(acts, voice, METHOD)}


@given(graphs())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_influence_and_reach_equal_their_slow_twin(graph):
    check(graph)


@pytest.mark.parametrize("graph", ODD_ONES)
def test_influence_and_reach_equal_their_slow_twin_where_graphs_are_odd(graph):
    check(graph)


def check(graph):
    found, raw, counts = propagated(graph), graph.raw(), graph.counts()
    expected = {
        "influence": raw.influence,
        "reach": raw.reach,
        "reach_squares": raw.squares,
        "voiced_reactions": raw.reactions,
    }
    for name, by_account in expected.items():
        np.testing.assert_allclose(found[name], [by_account[n] for n in range(len(graph.trust))], rtol=1e-9, atol=1e-12)
    for n, name in enumerate(("reactions", "reactors", "acts_given", "targets")):
        assert found[name].tolist() == [counts[account][n] for account in range(len(graph.trust))]


def test_ages_may_be_fractions_of_a_day():
    graph = Graph((1.0, 1.0), (act(0, 1, "retweet", 2),))
    whole, half = propagated(graph)["reach"][1], propagated(graph, fraction=0.5)["reach"][1]

    assert half == pytest.approx(whole * 2 ** (-0.5 / 30))


WORLD_SIZE = 12


def lasting_posts(ages):
    return sum(reference.lasting(age, fade_out_days=reference.FADE_OUT_DAYS) for age in ages if age < 180)


@pytest.fixture
def world():
    random = np.random.default_rng(5)
    acts = tuple(
        act(*random.integers(0, WORLD_SIZE, 2).tolist(), str(random.choice(list(reference.TWITTER))), int(age))
        for age in random.integers(0, 200, 120)
    )
    graph = Graph((1.0,) * WORLD_SIZE, acts)
    ages = [sorted(set(random.integers(0, 200, 60).tolist())) for _ in range(WORLD_SIZE)]
    unknown = np.full(WORLD_SIZE, np.nan)
    posts = Posts(
        np.repeat(np.arange(WORLD_SIZE), [len(of) for of in ages]),
        np.concatenate(ages),
        np.ones(sum(map(len, ages)), bool),
    )
    return World(to_acts(graph), unknown, unknown, unknown, posts=posts), graph, ages


def test_scores_equal_their_slow_twin_from_acts_to_points(world):
    given, graph, ages = world
    found = score_arrays(given, FEW, "twitter")

    raw = reference.raw(
        graph.acts,
        AS_OF,
        also=tuple(range(WORLD_SIZE)),
        original_posts={n: lasting_posts(of) for n, of in enumerate(ages)},
        post_ages=dict(enumerate(ages)),
        damping=reference.SWAY_1_0,
        fade_out_days=reference.FADE_OUT_DAYS,
    )
    scale = reference.calibrated(raw, has_posts=True, fewest_accounts=2)
    assert (found.calibration.z50, found.calibration.z95) == pytest.approx((scale.z50, scale.z95), rel=1e-9)
    for account, expected in reference.scored(raw, scale).items():
        for name in ("score", "linear", "error"):
            wanted = getattr(expected, name)
            actual = found.columns[name][account]
            assert np.isnan(actual) if wanted is None else actual == pytest.approx(wanted, rel=1e-9)
        assert found.columns["grade"][account] == expected.grade


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.sampled_from(sorted(reference.TWITTER)),
                       st.sampled_from([0, 1, 5, 40, 170]), st.sampled_from([1, 3, 50])), max_size=30),
    st.tuples(st.integers(1, 6), st.sampled_from(sorted(reference.TWITTER)), st.sampled_from([0, 1, 40]),
              st.sampled_from([1, 9])),
    st.lists(st.sampled_from([0.05, 0.15, 0.3, 1.0, 5.0]), min_size=7, max_size=7),
)  # fmt: skip
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_further_reaction_never_lowers_its_target(acts, further, trust):
    """Trust fixed, whoever reacts and whatever went between them before."""
    before = tuple(act(actor, target, action, age, count) for actor, target, action, age, count in acts)
    actor, action, age, count = further
    graphs = Graph(tuple(trust), before), Graph(tuple(trust), (*before, act(actor, 0, action, age, count)))
    calibration = reference.Scale(z50=0.5, z95=2.0, m0=1.0)

    linear = []
    for graph in graphs:
        found = propagated(graph)
        factor = reference.efficiency(found["voiced_reactions"][0], 7, calibration.m0, **reference.SWAY_1_0)
        credit = reference.break_credit(6.0, found["influence"][0], trust[0], found["reach"][0])
        z = reference.raw_score(found["influence"][0], found["reach"][0], factor, credit)
        linear.append(reference.linear_score(z, calibration.z50, calibration.z95))
    assert linear[1] >= linear[0] - 1e-9


def test_a_world_without_posts_has_neither_efficiency_nor_breaks(world):
    found = score_arrays(replace(world[0], posts=None), FEW, "twitter").columns

    assert set(found["efficiency"]) == {1.0}
    assert set(found["break_credit"]) == {0.0}


def test_what_is_older_than_the_horizon_does_not_count():
    old = Graph((1.0, 1.0), (act(0, 1, "retweet", 180), act(0, 1, "retweet", -1)))

    assert propagated(old)["reactions"].tolist() == [0, 0]
    assert (AS_OF - timedelta(days=180)) == old.acts[0].event_date
