"""When a feed has stayed away longer than it does."""

from datetime import date, timedelta

import pytest
from sway.runtime import config
from sway.steps.pauses import Pause, to_pauses

FEED = ("facebook", "shares")
FIRST = date(2016, 5, 1)


def pauses(came, newest):
    """Days of each pause, counted from the first, and its state, of a feed that came on some days."""
    limits = config.load().audits.ingest.volume
    found = to_pauses({FEED: {FIRST + timedelta(days=n) for n in came}}, FIRST + timedelta(days=newest), limits)
    assert found == [Pause(*FEED, one.days, one.state) for one in found]
    return [([(day - FIRST).days for day in one.days], one.state) for one in found]


DAILY, WEEKLY = [*range(7)], [0, 7, 14, 21]


@pytest.mark.parametrize(
    ("came", "newest", "found"),
    [
        (DAILY, 6, []),
        (DAILY, 7, []),  # today's may still come
        (DAILY, 8, [([7, 8], "going_on")]),
        ([*DAILY, 8], 8, [([7], "over")]),
        ([*DAILY, 8, 11], 11, [([7], "over")]),  # two days are no longer than twice what it was away before
        ([*DAILY, 8, 12], 12, [([7], "over"), ([9, 10, 11], "over")]),
        ([0, 1], 9, []),  # too few days to have a rhythm
        (WEEKLY, 33, []),
        (WEEKLY, 34, [([*range(22, 35)], "going_on")]),
        (DAILY, 48, [([*range(7, 49)], "going_on")]),
        (DAILY, 49, [([*range(7, 49)], "for_good")]),
        ([*DAILY, 90], 90, [([*range(7, 49)], "over")]),
    ],
)
def test_a_pause_is_more_than_twice_as_long_as_any_in_the_weeks_before(came, newest, found):
    assert pauses(came, newest) == found


def test_a_pause_is_the_same_whether_it_is_looked_at_each_day_or_once_at_the_end():
    came = [*range(20), 23, *range(31, 40), 42]
    daily = {
        day
        for newest in range(45)
        for days, _ in pauses([day for day in came if day <= newest], newest)
        for day in days
    }

    assert daily == {day for days, _ in pauses(came, 44) for day in days} == {20, 21, 22, *range(24, 31)}
