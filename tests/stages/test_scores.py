"""Published scores: their points, when there are none, their places and flags."""

import math
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from sway.contracts.calibration import Calibration
from sway.runtime import config
from sway.stages.links import entity_ids, to_links
from sway.stages.raw_scores import with_raw_scores
from sway.stages.scores import to_flags, to_own_points, to_points

from tests.kernels import reference

METHOD = config.load().method("sway-1.0")
TWITTER, WIKIPEDIA = METHOD.networks["twitter"], METHOD.networks["wikipedia"]
FROZEN = Calibration(accounts=100, z50=0.5, z95=2.0, m0=1.5, has_profiles=True, has_posts=True, shift=3.0)
SCORED = ("score", "linear", "error", "grade", "percentile", "rank")
# influence, reach, reach_squares, voiced_reactions, reactions, lasting_posts, trust, break_days, title_bonus
ACCOUNTS = {
    "star": (3.0, 40.0, 12.0, 90.0, 120, 40, 1.0, 5.0, 0.25),
    "twin": (1.5, 2.0, 1.5, 4.0, 4, 0, 1.0, 0.0, 0.0),
    "other_twin": (1.5, 2.0, 1.5, 4.0, 4, 0, 1.0, 0.0, 0.0),
    "unheard": (1.0, 0.0, 0.0, 0.0, 7, 0, 1.0, 0.0, 0.0),
    "silent": (1.0, 0.0, 0.0, 0.0, 0, 5, 1.0, 0.0, 0.0),
    "suspended": (0.4, 9.0, 3.0, 9.0, 9, 0, 0.0, 0.0, 0.0),
    "gone": (0.0, 0.0, 0.0, 0.0, 0, 0, 0.0, 0.0, 0.0),
}
NAMES = (
    "influence", "reach", "reach_squares", "voiced_reactions", "reactions", "lasting_posts", "trust", "break_days",
    "title_bonus",
)  # fmt: skip


def scores(calibration=FROZEN, network=TWITTER, accounts=ACCOUNTS):
    """Columns by account."""
    known = {name: np.array([row[n] for row in accounts.values()]) for n, name in enumerate(NAMES)}
    m0, has_posts = (calibration.m0, calibration.has_posts) if calibration else (0.0, False)
    raw = with_raw_scores(known, METHOD, network, m0=m0, has_posts=has_posts)
    columns = raw | to_points(raw, METHOD, calibration)
    return {account: {name: column[n] for name, column in columns.items()} for n, account in enumerate(accounts)}


def is_nothing(value):
    return value is None or math.isnan(value)


def test_points_error_and_grade_equal_their_slow_twin():
    star = scores()["star"]

    factor = reference.efficiency(90.0, 40, 1.5, **reference.SWAY_1_0)
    credit = reference.break_credit(5.0, 3.0, 1.0, 40.0)
    raw = reference.raw_score(3.0, 40.0, factor, credit + 0.25)
    linear = reference.linear_score(raw, 0.5, 2.0, shift=3.0)
    assert star["efficiency"] == pytest.approx(factor, rel=1e-13)
    assert star["break_credit"] == pytest.approx(credit, rel=1e-13)
    assert star["raw_score"] == pytest.approx(raw, rel=1e-13)
    assert star["linear"] == pytest.approx(linear, rel=1e-13)
    assert star["score"] == pytest.approx(reference.soft_cap(linear), rel=1e-13)
    assert star["error"] == pytest.approx(reference.published_error(linear, 20.0, 40.0**2 / 12.0), rel=1e-13)
    assert linear > 50 > star["score"] - 20
    assert star["grade"] == "A"


@pytest.mark.parametrize("account", ["silent", "suspended", "gone"])
def test_who_got_no_reaction_or_is_suspended_has_no_score_whoever_reacts(account):
    assert all(is_nothing(scores()[account][name]) for name in SCORED)


def test_an_account_nobody_reacted_to_has_efficiency_all_the_same():
    assert scores()["silent"]["efficiency"] == pytest.approx((20 / 25) ** 0.5)


def test_reactors_all_without_voice_give_a_score_of_grade_d_without_error():
    unheard = scores()["unheard"]

    assert unheard["score"] == pytest.approx(20 - 20 * 0.5 + 3.0)
    assert is_nothing(unheard["error"])
    assert unheard["grade"] == "D"


def test_equal_scores_share_their_place_and_who_has_no_score_has_none():
    places = {account: (row["rank"], row["percentile"]) for account, row in scores().items()}

    assert {account: place for account, place in places.items() if not is_nothing(place[0])} == {
        "star": (1, 87.5),
        "twin": (2, 50.0),
        "other_twin": (2, 50.0),
        "unheard": (4, 12.5),
    }


def test_without_calibration_there_is_influence_and_no_score():
    rows = scores(None)

    assert all(is_nothing(row[name]) for row in rows.values() for name in SCORED)
    assert rows["star"]["influence"] == 3.0
    assert {row["efficiency"] for row in rows.values()} == {1.0}


def test_efficiency_is_1_where_m0_is_0_and_where_posts_say_nothing_breaks_earn_nothing_either():
    assert {row["efficiency"] for row in scores(replace(FROZEN, m0=0.0)).values()} == {1.0}

    rows = scores(replace(FROZEN, has_posts=False)).values()
    assert {(row["efficiency"], row["break_days"], row["break_credit"]) for row in rows} == {(1.0, 0.0, 0.0)}


def test_a_page_is_scored_by_its_links_although_nothing_is_dated():
    pages = {"linked": (2.0, 9.0, 9.0, 0.0, 0, 7, 1.0, 5.0, 0.0), "alone": (1.0, 0.0, 0.0, 0.0, 0, 0, 1.0, 0.0, 0.0)}
    found = scores(FROZEN, WIKIPEDIA, pages)

    assert found["linked"]["raw_score"] == pytest.approx(0.5 * math.log(2.0) + 0.5 * math.log(10.0))
    assert found["linked"]["effective_reactors"] == 9.0
    assert found["linked"]["error"] == pytest.approx(20.0 * 0.5 / 3.0)
    assert {row["efficiency"] for row in found.values()} == {1.0}, "whatever its network says of posts"
    assert is_nothing(found["alone"]["score"])


def test_own_points_are_neither_shifted_nor_floored():
    assert to_own_points(np.array([0.5, -9.0]), METHOD, FROZEN).tolist() == [20.0, -170.0]


def test_flags_stand_where_their_formula_holds():
    known = {"original_posts": np.array([10, 10, 0]), "acts_given": np.array([0, 3, 0])}
    disputing = (np.array([60, 60, 0]), np.array([0, 60, 0]), np.array([0, 0, 0]))

    found = to_flags(known, disputing, METHOD.flags, days=180, is_stale=True)

    assert {name: has.tolist() for name, has in found.items()} == {
        "stale_network": [True, True, True],
        "broadcast_only": [True, False, False],
        "negative_attention": [False, True, False],
    }
    assert set(to_flags(known, disputing, None, days=180, is_stale=False)) == {"stale_network"}


LINKS = pa.Table.from_pylist(
    [
        dict(zip(("entity_id", "network", "account_id", "role", "share", "confirmed"), row, strict=True))
        for row in (
            ("e9", "twitter", "ann", "owner", 0.2, False),
            ("e1", "twitter", "ann", "employer", 0.8, True),
            ("e5", "twitter", "shop", "owner", 0.3, False),
            ("e6", "twitter", "shop", "owner", 0.7, False),
            ("e4", "twitter", "duo", "managed", 0.5, True),
            ("e3", "twitter", "duo", "employer", 0.5, True),
            ("e2", "twitter", "absent", "owner", 1.0, True),
            ("e7", "facebook", "nobody", "owner", 1.0, True),
        )
    ]
)


def test_an_account_shows_its_owner_then_the_largest_share_then_the_smallest_id():
    ids = ["ann", "shop", "duo", "nobody"]
    entities = entity_ids(LINKS)
    links = to_links(LINKS, "twitter", entities, pa.array(ids))

    hidden = np.zeros(len(entities), bool)
    shown = [None if n < 0 else entities[n].as_py() for n in links.shown(4, hidden).tolist()]

    assert dict(zip(ids, shown, strict=True)) == {"ann": "e9", "shop": "e6", "duo": "e3", "nobody": None}
    assert links.shown(4, ~hidden).tolist() == [-1] * 4, "who is hidden is shown with no account"
    assert links.confirmed(4).tolist() == [True, False, True, False]
    assert entities.to_pylist() == sorted(set(LINKS["entity_id"].to_pylist()))
