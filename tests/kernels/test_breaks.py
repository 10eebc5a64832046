"""Credit for breaks: against its slow twin, and what it promises regular posters and denies rhythms."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sway.kernels.breaks import break_credit, credited_days, days_needed

from tests.kernels import reference

RULE = {
    "horizon_days": 180,
    "half_life_days": 30.0,
    "first_day": 3,
    "last_day": 14,
    "window_days": 28,
    "fewest_post_days": 8,
    "most_days": 12,
    "per_days": 90,
}
NEEDED = days_needed(horizon_days=180, last_day=14, window_days=28)
POINT = 30.0 / math.log(5.0)  # points per unit of z in these tests: z95 - z50 is ln 5


def walked(*accounts):
    """p of each account, from the ages of its post days; t has age 0."""
    posted = np.zeros((NEEDED, len(accounts)), bool)
    for n, ages in enumerate(accounts):
        posted[[NEEDED - 1 - age for age in ages if age < NEEDED], n] = True
    return credited_days(posted, **RULE).tolist()


def rhythm(on, off, *, silent=0, days=400):
    """Ages of the post days of who posts `on` days and then none for `off`, and is silent since `silent` days."""
    return [age for age in range(silent, days) if (age - silent) % (on + off) < on]


@given(st.lists(st.sets(st.integers(0, NEEDED - 1), max_size=60), min_size=1, max_size=4))
@settings(max_examples=60)
def test_days_equal_their_slow_twin_for_any_post_days(accounts):
    assert walked(*accounts) == pytest.approx([reference.credited_days(ages) for ages in accounts], abs=1e-12)


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 20)), min_size=1, max_size=30))
@settings(max_examples=60)
def test_days_equal_their_slow_twin_for_posters_with_breaks(stretches):
    ages, age = set(), 0
    for posting, silent in stretches:
        age += silent
        ages |= set(range(age, age + posting))
        age += posting
    ages = {age for age in ages if age < NEEDED}

    assert walked(ages) == pytest.approx([reference.credited_days(ages)], abs=1e-12)


@pytest.mark.parametrize(
    ("silent", "days"),
    [(0, 0), (1, 0), (2, 0), (3, 1), (7, 5), (14, 12), (15, 12), (30, 12)],
    ids=str,
)
def test_a_daily_poster_is_credited_from_the_third_day_of_a_break_to_the_fourteenth_and_keeps_it(silent, days):
    assert walked(rhythm(1, 0, silent=silent)) == [days]


def test_who_returns_forgets_the_break_by_half_lives():
    back = [age for age in range(300) if age < 30 or age >= 40]  # ten days without, then thirty with

    assert walked(back) == pytest.approx([8 * 2.0 ** (-30 / 30)])


def test_a_pause_like_one_had_before_earns_nothing():
    assert walked(rhythm(2, 5, silent=5)) == [0.0]
    assert walked(rhythm(2, 5, silent=6))[0] == 1.0


def test_who_posts_on_fewer_than_eight_of_28_days_earns_nothing():
    assert walked([10 + 4 * n for n in range(60)]) == [0.0]
    assert walked([10 + 3 * n for n in range(60)])[0] > 0.0


def test_no_more_than_twelve_days_are_credited_in_ninety():
    twice = [age for age in range(300) if not (age < 14 or 40 <= age < 54)]

    assert walked(twice)[0] <= 12.0
    assert walked(twice) == pytest.approx([reference.credited_days(twice)])


@pytest.mark.parametrize(("on", "off", "most"), [(2, 5, 0.5), (14, 14, 0.5), (60, 14, 2.0), (1, 3, 0.5)])
def test_a_rhythm_gains_hardly_anything_by_its_pauses(on, off, most):
    """Mean over the last full cycle of what the credit adds to a score of influence 10, reach 20."""
    last, cycle = 359, on + off
    phases = [
        [today - day for day in range(today + 1) if day % cycle < on] for today in range(last - cycle + 1, last + 1)
    ]
    days = np.array(walked(*phases))
    gains = POINT * break_credit(days, *(np.full(cycle, value) for value in (10.0, 1.0, 20.0)), half_life_days=30.0)

    assert np.mean(gains) <= most


def test_credit_never_makes_silence_pay():
    """What fades in a break is at least what the credit gives back: nobody gains by silence."""
    for silent in range(40):
        (days,) = walked(rhythm(1, 0, silent=silent))
        assert days <= max(0, silent)


@given(st.floats(0, 12), st.floats(0.01, 5), st.floats(0, 50), st.floats(0, 1e5))
def test_credit_equals_its_slow_twin(days, trust, received, reach):
    influence = trust + received
    actual = break_credit(*(np.array([value]) for value in (days, influence, trust, reach)), half_life_days=30.0)

    assert actual.item() == pytest.approx(reference.break_credit(days, influence, trust, reach), rel=1e-12, abs=1e-15)


def test_without_influence_there_is_no_credit():
    assert break_credit(*(np.array([value]) for value in (9.0, 0.0, 0.0, 0.0)), half_life_days=30.0).item() == 0.0
