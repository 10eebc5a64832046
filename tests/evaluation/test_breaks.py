"""What a break costs: who counts as a regular poster, what silence takes away, and rhythms walked day by day."""

import numpy as np
import pytest
from sway.contracts.calibration import Calibration
from sway.evaluation import breaks
from sway.evaluation.breaks import (
    EVENTS,
    REACTING,
    RHYTHMS,
    Life,
    longest_gap,
    median_gap,
    posted_before,
    silenced,
    walk,
)
from sway.worlds.parameters import LIKE

from tests.evaluation.settings import METHOD, setting

SCALE = Calibration(accounts=100, z50=0.5, z95=2.0, m0=1.0, has_profiles=True, has_posts=True)


@pytest.mark.parametrize(
    ("drawn", "gap"),
    [("#######", 0), ("#.#..#.", 2), ("...#...", 3), (".......", 7), ("#.....#", 5)],
)
def test_the_longest_gap_is_a_run_of_days_without_post(drawn, gap):
    assert longest_gap(np.array([[day == "#"] for day in drawn])).tolist() == [gap]


@pytest.mark.parametrize(
    ("drawn", "gap"),
    [("#######", 0), ("#.#..#.", 1.5), ("#.#.#...........#", 1), ("...#...", np.inf), (".......", np.inf)],
)
def test_the_median_gap_is_between_post_days(drawn, gap):
    assert median_gap(np.array([[day == "#"] for day in drawn])).tolist() == [gap]


@pytest.fixture(scope="module")
def grown():
    return setting(accounts=300, days=20).grown(3)


def test_post_days_are_those_of_anything_but_likes(grown):
    posted = posted_before(grown, 15)
    done = grown.done
    day = 15 - grown.ages(done.at_ms, 15)
    account = int(done.actor[done.kind != LIKE][0])
    own = {int(d) for d in day[(done.actor == account) & (done.kind != LIKE) & (day <= 15)]}

    assert {int(row) - 12 for row in np.flatnonzero(posted[:, account])} == own


def test_silence_takes_what_they_do_and_what_answers_nothing_posted_before(grown):
    done, group, end = grown.done, np.array([5, 9]), grown.society.world.midnight_ms(11)
    gone = silenced(grown, group, 10)

    assert not gone[done.at_ms < end].any()
    assert gone[np.isin(done.actor, group) & (done.at_ms >= end)].all()
    towards = np.isin(done.target, group) & ~np.isin(done.actor, group) & (done.at_ms >= end)
    is_late_answer = (done.parent_at_ms >= 0) & (done.parent_at_ms < end)
    assert np.array_equal(gone[towards], ~is_late_answer[towards])
    assert not gone[~np.isin(done.actor, group) & ~np.isin(done.target, group)].any()


def test_credit_is_the_difference_to_a_score_without_it():
    every_day = np.arange(-200, 40)
    away = Life("away", every_day[(every_day < 20) | (every_day >= 32)])
    scores, plain = walk([Life("daily", every_day), away], range(40), METHOD, SCALE, seed=1, reacting=12)

    credit = scores - plain
    assert scores.shape == (40, 2)
    assert not credit[:, 0].any()
    assert not credit[:22, 1].any()  # the first two days of a silence are nobody's
    assert (np.diff(credit[22:32, 1]) > 0.0).all()
    assert scores[31, 1] > plain[31, 1]


def test_every_silence_and_every_rhythm_is_reported(monkeypatch):
    monkeypatch.setattr(breaks, "WORLD_DAYS", 60)
    monkeypatch.setattr(breaks, "GROUPS", 2)
    monkeypatch.setattr(breaks, "RHYTHM_DAYS", 300)
    monkeypatch.setattr(breaks, "LIVES", 2)
    outcome = breaks.breaks(setting(accounts=400))

    assert len(outcome.aims) == 2 * 3 + 3 + 4
    silences, rhythms, events = outcome.tables
    assert {row[0] for row in silences.rows} == {7, 14, 30}
    assert [row[:2] for row in rhythms.rows] == [(f"{on} on, {off} off", n) for n in REACTING for on, off in RHYTHMS]
    assert [row[:2] for row in events.rows] == [(name, n) for name, *_ in EVENTS for n in REACTING]


def test_a_change_of_sign_counts_whole(monkeypatch):
    """As far from the day before as both changes together: 0.3 down, then 0.4 up."""
    outcome, day = breaks.Outcome("drawn"), dict(enumerate([0.0, -0.3, 0.1]))

    def drawn(some, through, *_, reacting):
        return np.array([[day.get(today - 200, 0.0)] * 2 for today in through]), None

    monkeypatch.setattr(breaks, "walk", drawn)
    breaks._events(outcome, METHOD, SCALE, seed=1)

    assert outcome.aims[0].found == "0.70, 0.70, 0.70 at most with 1, 3, 12 reactions a post"


@pytest.mark.parametrize("jump", [0.5, 1.5])
def test_an_aim_of_single_days_is_held_to_the_worst_of_the_levels(monkeypatch, jump):
    def drawn(some, through, *_, reacting):
        level = {1: jump, 3: 0.1, 12: 0.0}[reacting]
        return np.array([[level if today >= 280 else 0.0] * 2 for today in through]), None

    monkeypatch.setattr(breaks, "walk", drawn)
    outcome = breaks.Outcome("drawn")
    breaks._events(outcome, METHOD, SCALE, seed=1)

    viral = outcome.aims[-1]
    assert viral.found.startswith(f"{jump:.2f}, 0.10, 0.00 at most")
    assert viral.is_met == (jump <= 1.0)
