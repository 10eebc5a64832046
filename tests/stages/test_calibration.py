"""What is frozen, and when nothing is."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from sway.contracts.calibration import Calibration
from sway.errors import AuditFailed
from sway.runtime import config
from sway.stages.calibration import to_ends, to_m0, to_shifts
from sway.stages.raw_scores import with_raw_scores

from tests.graphs import METHOD, some_graphs
from tests.kernels import reference

FEW = replace(METHOD.scale, fewest_accounts=3)
EQUATING = config.load().method("sway-1.0").equating


def calibrated(rows, posts=(), *, scale=FEW, has_posts=True, is_linked=None):
    """`rows`: influence, reach, voiced reactions, trust of each account; `posts`: of some, original posts by place."""
    names = ("influence", "reach", "voiced_reactions", "trust")
    columns = np.array(rows, np.float64).reshape(-1, 4).T
    known = dict(zip(names, map(np.ascontiguousarray, columns), strict=True))
    count = len(rows)
    known |= {"reactions": np.ones(count, np.int64), "lasting_posts": np.zeros(count)}
    known |= {"break_days": np.zeros(count), "title_bonus": np.zeros(count)}
    for place, original in posts:
        known["lasting_posts"][place] = original
    m0 = to_m0(known) if has_posts else 0.0
    raw = with_raw_scores(known, METHOD, METHOD.networks["twitter"], m0=m0, has_posts=has_posts)
    ends = to_ends(raw["raw_score"], raw["is_counted"], is_linked, scale)
    return None if ends is None else SimpleNamespace(**ends._asdict(), m0=m0)


ROWS = [(1.0, 0.5, 1.0, 1.0), (2.0, 3.0, 6.0, 1.0), (9.0, 80.0, 99.0, 1.0), (1.0, 0.0, 0.0, 1.0)]


def test_constants_are_those_of_accounts_with_reach():
    frozen = calibrated(ROWS, [(0, 4), (3, 20)])

    m0 = 106.0 / 24
    raw = [
        reference.raw_score(y, u, reference.efficiency(e, posts, m0))
        for (y, u, e, _), posts in zip(ROWS[:3], [4, 0, 0], strict=True)
    ]
    assert frozen.m0 == pytest.approx(m0, rel=1e-15)
    assert frozen.accounts == 3
    assert frozen.z50 == pytest.approx(sorted(raw)[1], rel=1e-14)
    assert frozen.z95 == pytest.approx(reference.quantile(raw, 0.95), rel=1e-14)


def test_suspended_accounts_are_left_out_of_the_percentiles_and_kept_in_m0():
    frozen = calibrated([*ROWS, (0.5, 7.0, 14.0, 0.0)], [(0, 4), (3, 20)])

    assert frozen.accounts == 3
    assert frozen.m0 == pytest.approx(120.0 / 24)


def test_without_posts_m0_is_0():
    assert calibrated(ROWS, [(0, 4)], has_posts=False).m0 == 0.0
    assert calibrated(ROWS, [(3, 0)]).m0 == 0.0
    assert calibrated([(y, u, 0.0, m) for y, u, _, m in ROWS], [(0, 4)]).m0 == 0.0


def test_too_few_accounts_with_reach_freeze_nothing():
    assert calibrated(ROWS, scale=replace(FEW, fewest_accounts=4)) is None
    assert calibrated([]) is None


def test_pages_are_measured_over_those_linked_to_entities_unless_they_are_too_few():
    rows = [(float(n + 1), float(n + 1), 0.0, 1.0) for n in range(8)]
    is_linked = np.arange(8) < 4

    assert calibrated(rows, is_linked=is_linked).accounts == 4
    assert calibrated(rows, is_linked=is_linked) != calibrated(rows)
    assert calibrated(rows, is_linked=np.arange(8) < 2).accounts == 8


def test_raw_scores_that_do_not_differ_are_refused_with_their_values():
    with pytest.raises(AuditFailed, match=r"percentile 95 above the median, found 0\.549.* over 3 accounts"):
        calibrated([(1.0, 2.0, 0.0, 1.0)] * 3)


def test_constants_have_the_same_bits_in_any_order_of_accounts():
    random = np.random.default_rng(7)
    rows = [tuple(row) for row in np.column_stack([random.random((300, 3)) * 9, np.ones(300)]).tolist()]
    posts = [(key, key % 7) for key in range(300)]
    order = random.permutation(300).tolist()
    moved = {key: place for place, key in enumerate(order)}

    frozen = calibrated(rows, posts)

    assert calibrated([rows[key] for key in order], [(moved[key], count) for key, count in posts]) == frozen


def test_constants_equal_their_slow_twin_over_a_random_graph():
    graph = max(some_graphs(40, seed=3, most_accounts=30), key=lambda graph: len(graph.acts))
    raw = graph.raw()
    posts = {account: account % 5 for account in raw.trust}
    expected = reference.calibrated(replace(raw, original_posts=posts), has_posts=True, fewest_accounts=3)

    frozen = calibrated(
        [(raw.influence[a], raw.reach[a], raw.reactions[a], raw.trust[a]) for a in raw.trust], posts.items()
    )

    assert (frozen.z50, frozen.z95, frozen.m0) == pytest.approx((expected.z50, expected.z95, expected.m0), rel=1e-12)


def test_people_on_two_networks_shift_the_smaller_one_and_frozen_ones_stay():
    people = np.arange(1000)
    linked = [(people, np.full(1000, 30.0)), (people, np.full(1000, 20.0)), (np.empty(0, np.int64), np.empty(0))]
    held = Calibration(accounts=9, z50=0.0, z95=1.0, m0=0.0, has_profiles=True, has_posts=True, shift=4.0)

    assert [shift.points for shift in to_shifts(linked, [9, 5, 7], [None] * 3, EQUATING)] == [0.0, 5.0, 0.0]
    assert [shift.points for shift in to_shifts(linked, [9, 5, 7], [held, None, None], EQUATING)] == [4.0, 7.0, 0.0]
    assert [shift.links for shift in to_shifts(linked, [9, 5, 7], [None] * 3, EQUATING)] == [1000, 1000, 0]
