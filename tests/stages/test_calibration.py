"""What is frozen, and when nothing is."""

from dataclasses import replace

import numpy as np
import pytest
from sway.errors import AuditFailed
from sway.stages.calibration import calibrate

from tests.graphs import METHOD, some_graphs
from tests.kernels import reference

PROPAGATED = "account_key bigint, influence double, reach double, voiced_reactions double"
FEW = replace(METHOD.scale, fewest_accounts=3)


@pytest.fixture
def calibrated(spark):
    def make(rows, posts=(), *, scale=FEW, has_posts=True):
        """`rows`: influence, reach, voiced reactions, trust by account."""
        keyed = [(key, *row) for key, row in enumerate(rows)]
        return calibrate(
            spark.createDataFrame([row[:4] for row in keyed], PROPAGATED),
            spark.createDataFrame([(row[0], row[4]) for row in keyed], "account_key bigint, trust double"),
            spark.createDataFrame(list(posts), "account_key bigint, original_posts bigint"),
            efficiency=METHOD.efficiency,
            scale=scale,
            has_profiles=False,
            has_posts=has_posts,
        )

    return make


ROWS = [(1.0, 0.5, 1.0, 1.0), (2.0, 3.0, 6.0, 1.0), (9.0, 80.0, 99.0, 1.0), (1.0, 0.0, 0.0, 1.0)]


def test_constants_are_those_of_accounts_with_reach(calibrated):
    frozen = calibrated(ROWS, [(0, 4), (3, 20)])

    m0 = 106.0 / 24
    raw = [
        reference.raw_score(y, u, reference.efficiency(e, posts, m0))
        for (y, u, e, _), posts in zip(ROWS[:3], [4, 0, 0], strict=True)
    ]
    assert frozen.m0 == pytest.approx(m0, rel=1e-15)
    assert (frozen.accounts, frozen.has_profiles, frozen.has_posts) == (3, False, True)
    assert frozen.z50 == pytest.approx(sorted(raw)[1], rel=1e-14)
    assert frozen.z95 == pytest.approx(reference.quantile(raw, 0.95), rel=1e-14)


def test_suspended_accounts_are_left_out_of_the_percentiles_and_kept_in_m0(calibrated):
    frozen = calibrated([*ROWS, (0.5, 7.0, 14.0, 0.0)], [(0, 4), (3, 20)])

    assert frozen.accounts == 3
    assert frozen.m0 == pytest.approx(120.0 / 24)


def test_without_posts_m0_is_0(calibrated):
    assert calibrated(ROWS, [(0, 4)], has_posts=False).m0 == 0.0
    assert calibrated(ROWS, [(3, 0)]).m0 == 0.0
    assert calibrated([(y, u, 0.0, m) for y, u, _, m in ROWS], [(0, 4)]).m0 == 0.0


def test_too_few_accounts_with_reach_freeze_nothing(calibrated):
    assert calibrated(ROWS, scale=replace(FEW, fewest_accounts=4)) is None
    assert calibrated([]) is None


def test_raw_scores_that_do_not_differ_are_refused_with_their_values(calibrated):
    with pytest.raises(AuditFailed, match=r"percentile 95 above the median, found 0\.549.* over 3 accounts"):
        calibrated([(1.0, 2.0, 0.0, 1.0)] * 3)


def test_constants_have_the_same_bits_in_any_order_of_accounts(calibrated):
    random = np.random.default_rng(7)
    rows = [tuple(row) for row in np.column_stack([random.random((300, 3)) * 9, np.ones(300)]).tolist()]
    posts = [(key, key % 7) for key in range(300)]
    order = random.permutation(300).tolist()
    moved = {key: place for place, key in enumerate(order)}

    frozen = calibrated(rows, posts)

    assert calibrated([rows[key] for key in order], [(moved[key], count) for key, count in posts]) == frozen


def test_constants_equal_their_slow_twin_over_a_random_graph(calibrated):
    graph = max(some_graphs(40, seed=3, most_accounts=30), key=lambda graph: len(graph.acts))
    raw = graph.raw()
    posts = {account: account % 5 for account in raw.trust}
    expected = reference.calibrated(replace(raw, original_posts=posts), has_posts=True, fewest_accounts=3)

    frozen = calibrated(
        [(raw.influence[a], raw.reach[a], raw.reactions[a], raw.trust[a]) for a in raw.trust], posts.items()
    )

    assert (frozen.z50, frozen.z95, frozen.m0) == pytest.approx((expected.z50, expected.z95, expected.m0), rel=1e-12)
