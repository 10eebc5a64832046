"""Laws that hold in any world: of several networks, of the same day twice, of the scale, of guests."""

from dataclasses import replace

import numpy as np
import pytest
from sway.evaluation.algebra import algebra, points_of
from sway.evaluation.cases import Guest, invited, sanity
from sway.evaluation.shape import shape
from sway.evaluation.stability import shuffled, stability

from tests.evaluation.settings import ACTIONS, METHOD, setting

NOBODY = float("nan")


def verdicts(outcome):
    return {aim.wanted: aim.is_met for aim in outcome.aims}


def test_the_algebra_of_networks_holds():
    assert set(verdicts(algebra(setting())).values()) == {True}


def test_the_algebra_is_that_of_the_formula():
    linear = np.array([[20.0, NOBODY], [20.0, 20.0], [0.0, 30.0], [NOBODY, NOBODY]])

    found = points_of(linear, np.ones((4, 2)), METHOD)

    expected = [20.0, 20.0 + 10.0 * np.log(2.0 - np.exp(-2.0)), 30.0, NOBODY]
    assert found == pytest.approx(expected, nan_ok=True)


def test_a_combination_that_forgets_a_network_fails(monkeypatch):
    def weakest(linear, weight, method):
        return np.nanmin(np.where(np.isnan(linear), 100.0, linear), axis=1)

    monkeypatch.setattr("sway.evaluation.algebra.points_of", weakest)

    assert verdicts(algebra(setting()))["a further network never lowers a score"] is False


def test_the_same_day_gives_the_same_bits_in_any_order_of_rows():
    outcome = stability(setting(accounts=300, days=10))

    assert outcome.aims[0].found == "0.0"
    assert outcome.aims[0].is_met


def test_rows_are_shuffled_and_none_is_lost():
    world = setting().grown(3).on(5)
    other = shuffled(world, 1)

    assert not np.array_equal(other.acts.actor, world.acts.actor)
    order = (np.lexsort(of.acts) for of in (world, other))
    one, two = (np.stack(of.acts)[:, places] for of, places in zip((world, other), order, strict=True))
    assert np.array_equal(one, two)


def test_the_scale_has_its_median_at_20_and_its_95th_percentile_at_50():
    outcome = shape(setting(accounts=400, days=20))

    assert [aim.is_met for aim in outcome.aims[:2]] == [True, True]
    assert len(outcome.tables[0].rows) == 5
    assert {row[1] for row in outcome.tables[0].rows if row[3] is None} >= {"wikipedia"}  # 40 pages: too few
    assert any(remark.startswith("LinkedIn's shape is that without titles") for remark in outcome.remarks)


def test_a_guest_is_scored_by_who_reacts_and_changes_nobody_else():
    some = setting()
    world = some.grown(3).on(11)
    reactors = np.arange(50)
    guest = Guest("one", 2_000, 10, 10, np.array([1, 2]), [("retweet", reactors, np.ones(50, np.int64))])
    both = invited(world, [guest, replace(guest, reactions=[])], ACTIONS)
    columns = some.scored(both).columns

    assert both.accounts == world.accounts + 2
    assert columns["reactors"][-2:].tolist() == [50, 0]
    assert columns["original_posts"][-2:].tolist() == [2, 2]
    assert not np.isnan(columns["score"][-2])
    assert np.isnan(columns["score"][-1])
    assert columns["reactors"][:-2].tolist() == some.scored(world).columns["reactors"].tolist()


def test_sanity_reports_guests_in_the_order_stated_and_what_effort_gives(monkeypatch):
    monkeypatch.setattr("sway.evaluation.cases.WORLDS", 200)
    outcome = sanity(setting(accounts=1_000, days=20))

    assert outcome.aims[0].found.startswith("0 of 200 fell")
    guests, efforts = outcome.tables
    assert [row[0].split()[1] for row in guests.rows] == ["celebrity", "brand", "niche", "newcomer", "bot", "spam"]
    assert np.isnan(guests.rows[-1][4])
    assert [row[0] for row in efforts.rows] == [1, 2, 3, 5, 7, 10]
    assert efforts.rows[-1][1] > efforts.rows[0][1]
