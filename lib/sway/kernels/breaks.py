"""What regular posters are credited for a break, so that a few days off cost about a point (method 6)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

NEVER = 2**20  # days, more than any walk has


def days_needed(*, horizon_days: int, last_day: int, window_days: int) -> int:
    """How many days up to the score date a walk looks at: those walked, the longest gap before, its window."""
    return horizon_days + last_day + window_days - 1


def credited_days(
    posted: Booleans,
    *,
    horizon_days: int,
    half_life_days: float,
    first_day: int,
    last_day: int,
    window_days: int,
    fewest_post_days: int,
    most_days: int,
    per_days: int,
) -> Floats:
    """p, the days of silence an account is forgiven on the score date, walked day by day from p = 0.

    Let a be the last day with a post, k = 1, 2, ... the days since, W the window_days up to a, L the longest run of
    days without post in W. If W has fewest_post_days or more, days k = max(first_day, L + 1) ... last_day credit 1 each
    while fewer than most_days were credited in the per_days ending there. Each day p <- min(most_days, p f + credit):
    f = 1 from a gap's first credited day until the next post, else 2^(-1 / half_life_days). Credits before the walk
    are none.

    Args:
        posted: (d, n) bool, d = days_needed(...), the last row the score date: whether each account posted that day.

    Returns (n,) float64 days, 0 to most_days. A longer gap than the poster's own habit is what counts as a break:
    without that rule rhythms are paid for (measured: 5 points).
    """
    accounts = posted.shape[1]
    forgotten = 2.0 ** (-1.0 / half_life_days)
    days = np.zeros(accounts)
    gap = np.full(accounts, NEVER, np.int32)
    from_day = np.full(accounts, NEVER, np.int32)
    is_held = np.zeros(accounts, bool)
    recent = np.zeros(accounts, np.int32)
    granted = np.zeros((horizon_days, accounts), bool)
    before = len(posted) - horizon_days
    for day, now in enumerate(posted):
        gap += 1
        gap[now] = 0
        from_day[now] = NEVER
        judged = np.flatnonzero(gap == first_day)
        if len(judged) and day >= first_day + window_days - 1:
            window = posted[day - first_day - window_days + 1 : day - first_day + 1].take(judged, axis=1)
            from_day[judged] = _first_credited(window, first_day=first_day, fewest_post_days=fewest_post_days)
        if day < before:
            continue
        walked = day - before
        if walked >= per_days:
            recent -= granted[walked - per_days]
        is_credited = (gap >= from_day) & (gap <= last_day) & (recent < most_days)
        is_held = (is_held & ~now) | is_credited
        days = np.minimum(most_days, days * np.where(is_held, 1.0, forgotten) + is_credited)
        recent += is_credited
        granted[walked] = is_credited
    return days


def _first_credited(window: Booleans, *, first_day: int, fewest_post_days: int) -> NDArray[np.int32]:
    """(m,) the first day of a gap that is credited, by the window (w, m) before it; NEVER for who seldom posts."""
    places = np.arange(1, len(window) + 1, dtype=np.int32)[:, None]
    last_post = np.maximum.accumulate(np.where(window, places, 0), axis=0)
    longest = (places - last_post).max(axis=0)
    is_regular = window.sum(axis=0) >= fewest_post_days
    return np.where(is_regular, np.maximum(first_day, longest + 1), NEVER).astype(np.int32)


def break_credit(days: Floats, influence: Floats, trust: Floats, reach: Floats, *, half_life_days: float) -> Floats:
    """K = (ln 2 / half_life_days) p eps, eps = 1/2 (y - m) / y + 1/2 U / (U + 1): what the days would have faded.

    eps is the part of z that fades with silence. (n,) each; days p, influence y, trust m, reach U. Returns (n,) in the
    unit of z, 0 without influence.
    """
    received = np.divide(influence - trust, influence, out=np.zeros(len(influence)), where=influence > 0.0)
    fading = 0.5 * received + 0.5 * reach / (reach + 1.0)
    credit: Floats = np.log(2.0) / half_life_days * days * fading
    return credit
