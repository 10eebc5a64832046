"""Laws of a network's scores over drawn worlds: who is elsewhere does not matter, nor in which unit ages are."""

from dataclasses import asdict, replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sway.contracts.calibration import Calibration
from sway.contracts.method import Strength
from sway.engine.in_memory import Acts
from sway.runtime import config
from sway.steps.in_arrays import World, score_arrays

from tests.engine.worlds import graphs
from tests.graphs import AS_OF, Graph

METHOD = config.load().method("sway-1.0")
NAMES = sorted(METHOD.networks["twitter"].actions)
FROZEN = Calibration(accounts=100, z50=0.4, z95=1.9, m0=0.0, has_profiles=True, has_posts=False)
AGES = st.sampled_from([0.0, 3.0, 90.0, 400.0, np.nan])  # days since creation: from hardly trusted to wholly
DRAWN = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def world_of(graph: Graph, ages: list[float], *, days: int = 1) -> World:
    """The graph's acts as rows, each `days` times as old; trust comes from the accounts' ages, which stay."""
    acts = [(a.actor, a.target, NAMES.index(a.action), days * (AS_OF - a.event_date).days, a.count) for a in graph.acts]
    follows = [(actor, target, NAMES.index("follow"), 0, 0) for actor, target in graph.follows]
    columns = np.array([*acts, *follows], np.int64).reshape(-1, 5).T
    count = len(graph.trust)
    unknown = np.full(count, np.nan)
    return World(Acts(*columns), np.resize(np.array(ages), count), unknown, unknown)


def beside(graph: Graph, other: Graph) -> Graph:
    """Both in one network, with nothing between them."""
    room = len(graph.trust)
    return Graph(
        graph.trust + other.trust,
        (*(a._replace(actor=a.actor + room, target=a.target + room) for a in other.acts), *graph.acts),
        (*((actor + room, target + room) for actor, target in other.follows), *graph.follows),
    )


def same(found: dict[str, np.ndarray], expected: dict[str, np.ndarray], accounts: int) -> bool:
    """Whether both have the same bits for the first accounts, but for their places among all."""
    return found.keys() == expected.keys() and all(
        np.array_equal(column[:accounts], expected[name][:accounts], equal_nan=column.dtype.kind == "f")
        for name, column in found.items()
        if name not in ("rank", "percentile")
    )


@given(graphs(), graphs(), st.lists(AGES, min_size=1, max_size=5))
@DRAWN
def test_accounts_elsewhere_change_no_bit_of_a_score(graph, other, ages):
    count = len(graph.trust)
    ages = np.resize(np.array(ages), count).tolist()
    alone = score_arrays(world_of(graph, ages), METHOD, "twitter", calibration=FROZEN).columns
    both = beside(graph, other)
    of_both = [*ages, *[400.0] * len(other.trust)]
    together = score_arrays(world_of(both, of_both), METHOD, "twitter", calibration=FROZEN).columns

    assert same(together, alone, count)


@given(graphs(), st.lists(AGES, min_size=1, max_size=5))
@DRAWN
def test_ages_half_life_and_horizon_doubled_change_no_bit_of_a_score(graph, ages):
    slower = replace(METHOD, strength=Strength(**{name: 2 * days for name, days in asdict(METHOD.strength).items()}))
    found = score_arrays(world_of(graph, ages), METHOD, "twitter", calibration=FROZEN).columns
    later = score_arrays(world_of(graph, ages, days=2), slower, "twitter", calibration=FROZEN).columns

    assert same(later, found, len(graph.trust))
