"""Published scores: their points, when there are none, and their places."""

from dataclasses import replace
from functools import cache

import pytest
from sway.contracts.calibration import Calibration
from sway.contracts.tables.scores import ACCOUNT_SCORES
from sway.stages.scores import to_account_scores, with_entities

from tests.graphs import METHOD
from tests.kernels import reference
from tests.tables import drawn

FROZEN = Calibration(accounts=100, z50=0.5, z95=2.0, m0=1.5, has_profiles=True, has_posts=True)
SCORED = ("score", "linear", "error", "grade", "percentile", "rank")
PROPAGATED = """
    account_key:bigint | influence:double | reach:double | reach_squares:double | voiced_reactions:double
    1                  | 3.0              | 40.0         | 12.0                 | 90.0
    2                  | 1.5              | 2.0          | 1.5                  | 4.0
    3                  | 1.5              | 2.0          | 1.5                  | 4.0
    4                  | 1.0              | 0.0          | 0.0                  | 0.0
    5                  | 1.0              | 0.0          | 0.0                  | 0.0
    6                  | 0.4              | 9.0          | 3.0                  | 9.0
    7                  | 0.0              | 0.0          | 0.0                  | 0.0
"""
COUNTED = """
    account_key:bigint | reactions:bigint | reactors:bigint | acts_given:bigint | targets:bigint
    1                  | 120              | 80               | 4                 | 2
    2                  | 4                | 3                | 0                 | 0
    3                  | 4                | 3                | 0                 | 0
    4                  | 7                | 5                | 0                 | 0
    5                  | 0                | 0                | 9                 | 3
    6                  | 9                | 9                | 0                 | 0
    7                  | 0                | 0                | 9                 | 3
"""
MEMBERS = """
    account_key:bigint | account_id:string | trust:double | voice:double
    1                  | star              | 1.0          | 1.0
    2                  | twin              | 1.0          | 1.0
    3                  | other_twin        | 1.0          | 1.0
    4                  | unheard           | 1.0          | 1.0
    5                  | silent            | 1.0          | 1.0
    6                  | suspended         | 0.0          | 0.0
    7                  | gone              | 0.0          | 0.0
"""
POST_COUNTS = """
    account_key:bigint | posts:bigint | original_posts:bigint
    1                  | 50           | 40
    5                  | 5            | 5
"""


@pytest.fixture(scope="module")
def scores(spark):
    """Rows by account, made once for each calibration."""

    @cache
    def make(calibration=FROZEN):
        frame = to_account_scores(
            drawn(spark, PROPAGATED).join(drawn(spark, COUNTED), "account_key"),
            drawn(spark, MEMBERS),
            drawn(spark, POST_COUNTS),
            calibration=calibration,
            efficiency=METHOD.efficiency,
            scale=METHOD.scale,
            grades=METHOD.grades,
        )
        assert tuple(frame.columns) == ACCOUNT_SCORES.columns[4:-3]
        declared = {field.name: field.type for field in ACCOUNT_SCORES.fields}
        assert dict(frame.dtypes) == {name: declared[name] for name in frame.columns}
        return {row.account_id: row for row in frame.collect()}

    return make


def test_points_error_and_grade_equal_their_slow_twin(scores):
    star = scores()["star"]

    factor = reference.efficiency(90.0, 40, 1.5)
    linear = reference.linear_score(reference.raw_score(3.0, 40.0, factor), 0.5, 2.0)
    assert star.efficiency == pytest.approx(factor, rel=1e-13)
    assert star.linear == pytest.approx(linear, rel=1e-13)
    assert star.score == pytest.approx(reference.soft_cap(linear), rel=1e-13)
    assert star.error == pytest.approx(reference.published_error(linear, 20.0, 40.0**2 / 12.0), rel=1e-13)
    assert linear > 50 > star.score - 20
    assert star.grade == "A"
    assert (star.reactions, star.reactors, star.acts_given, star.targets) == (120, 80, 4, 2)
    assert (star.posts, star.original_posts) == (50, 40)


def test_an_account_nobody_reacted_to_has_influence_but_no_score(scores):
    silent = scores()["silent"]

    assert [silent[name] for name in SCORED] == [None] * 6
    assert (silent.influence, silent.reach, silent.posts) == (1.0, 0.0, 5)
    assert silent.efficiency == pytest.approx((20 / 25) ** 0.25)


@pytest.mark.parametrize("account", ["suspended", "gone"])
def test_a_suspended_account_has_no_score_whoever_reacts(scores, account):
    assert [scores()[account][name] for name in SCORED] == [None] * 6


def test_reactors_all_without_voice_give_a_score_of_grade_d_without_error(scores):
    unheard = scores()["unheard"]

    assert unheard.score == pytest.approx(20 - 20 * 0.5)
    assert (unheard.error, unheard.grade) == (None, "D")


def test_equal_scores_share_their_place_and_who_has_no_score_has_none(scores):
    rows = scores()
    places = {account: (row.rank, row.percentile) for account, row in rows.items() if row.rank}

    assert places == {
        "star": (1, 87.5),
        "twin": (2, 50.0),
        "other_twin": (2, 50.0),
        "unheard": (4, 12.5),
    }
    assert (rows["twin"].posts, rows["twin"].original_posts) == (0, 0)


def test_without_calibration_there_is_influence_and_no_score(scores):
    rows = scores(None)

    assert all(row[name] is None for row in rows.values() for name in SCORED)
    assert rows["star"].influence == 3.0
    assert {row.efficiency for row in rows.values()} == {1.0}


@pytest.mark.parametrize("frozen", [{"m0": 0.0}, {"has_posts": False}])
def test_efficiency_is_1_where_posts_say_nothing(scores, frozen):
    assert {row.efficiency for row in scores(replace(FROZEN, **frozen)).values()} == {1.0}


def test_an_account_shows_its_owner_then_the_largest_share_then_the_smallest_id(table):
    scores = table("""
        network:string | account_id:string
        twitter        | ann
        twitter        | shop
        twitter        | duo
        twitter        | nobody
        facebook       | ann
    """)
    links = table("""
        entity_id:string | network:string | account_id:string | role:string | share:double
        e9               | twitter        | ann               | owner       | 0.2
        e1               | twitter        | ann               | employer    | 0.8
        e5               | twitter        | shop              | owner       | 0.3
        e6               | twitter        | shop              | owner       | 0.7
        e4               | twitter        | duo               | managed     | 0.5
        e3               | twitter        | duo               | employer    | 0.5
        e2               | twitter        | absent            | owner       | 1
    """)

    shown = {(row.network, row.account_id): row.entity_id for row in with_entities(scores, links).collect()}

    assert shown == {
        ("twitter", "ann"): "e9",
        ("twitter", "shop"): "e6",
        ("twitter", "duo"): "e3",
        ("twitter", "nobody"): None,
        ("facebook", "ann"): None,
    }
