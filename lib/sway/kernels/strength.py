"""What one account's acts towards another are worth (method 1), over rows that stand grouped.

Rows are acts of one actor, target, action and day; groups are those of one actor, target and action; pairs are groups
of one actor and target. `starts` are the places where groups (or pairs) begin, ascending, the first 0.
"""

from __future__ import annotations

from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from sway.kernels.keys import stable_order, starts_of

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Starts = NDArray[np.int64]
Values = TypeVar("Values", bound=np.ndarray[Any, Any])

COARSE = 2.0**30
FINE = 2.0**32
EXACT = 2.0**52  # half of what float64 counts by ones: the bound is itself a sum


def decay(age_days: NDArray[np.generic], *, half_life_days: float, horizon_days: int, fade_out_days: int) -> Floats:
    """2^(-age / half_life) * fade_out(age): what is left of an act, 1 on its day. (n,) days in, (n,) out."""
    left = np.exp2(-np.asarray(age_days, np.float64) / half_life_days)
    return left * fade_out(age_days, horizon_days=horizon_days, fade_out_days=fade_out_days)


def fade_out(age_days: NDArray[np.generic], *, horizon_days: int, fade_out_days: int) -> Floats:
    """What an act or post counts besides: 1 until the horizon's last fade_out_days, then in a line to 0 at its end.

    Without it what is as old as the horizon is lost in one night. (n,) days in, (n,) out, 0 to 1.
    """
    age = np.asarray(age_days, np.float64)
    if not fade_out_days:
        return np.where(age < horizon_days, 1.0, 0.0)
    return np.clip((horizon_days - age) / fade_out_days, 0.0, 1.0)


def decayed(
    counts: Integers,
    age_days: NDArray[np.integer],
    starts: Starts,
    *,
    half_life_days: float,
    horizon_days: int,
    fade_out_days: int,
) -> Floats:
    """d = sum over a group's rows of count * decay(age), the same bits in any order of the rows.

    Args:
        counts: (n,) acts, 1 and up; all of them together below 2^31. age_days: (n,) 0 <= age < horizon_days.
        starts: (g,) where groups begin.

    Returns (g,) float64. decay is cut into whole multiples of 2^-30 and of 2^-62, both summed as int64: exact.
    """
    left = decay(
        np.arange(horizon_days), half_life_days=half_life_days, horizon_days=horizon_days, fade_out_days=fade_out_days
    )
    coarse, fine = _in_parts(left)
    whole = segment_sum(counts * coarse.take(age_days), starts)
    rest = segment_sum(counts * fine.take(age_days), starts)
    return (whole + rest / FINE) / COARSE


class ExactSums:
    """Sums of counts * values by place, from batches, the same bits in any order of the rows.

    size: places, 0 to size - 1. values: 0 to 1; counts: 0 and up, those of one place together below 2^31.
    """

    def __init__(self, size: int) -> None:
        self._whole, self._rest = np.zeros(size, np.int64), np.zeros(size, np.int64)

    def add(self, places: Integers, values: Floats, counts: Integers) -> None:
        coarse, fine = _in_parts(values)
        np.add.at(self._whole, places, counts * coarse)
        np.add.at(self._rest, places, counts * fine)

    @property
    def total(self) -> Floats:
        """(size,) float64."""
        found: Floats = (self._whole + self._rest / FINE) / COARSE
        return found


def _in_parts(values: Floats) -> tuple[Integers, Integers]:
    """Values 0 to 1 as whole multiples of 2^-30 and, of what that leaves, of 2^-62."""
    scaled = values * COARSE
    coarse = scaled.astype(np.int64)
    return coarse, ((scaled - coarse) * FINE).astype(np.int64)


def saturated(d: Floats, weights: Floats, starts: Starts) -> Floats:
    """g = sum over a pair's groups of weight * ln(1 + d): repeats saturate.

    Args:
        d: (g,) strengths of groups, in acts. weights: (g,) of their actions, 0 for those that do not take part.
        starts: (p,) where pairs begin among groups.

    Returns (p,) float64. With the weights of endorsing, or of conversing, actions alone: e, or n, of method 2.
    """
    return segment_sum(weights * np.log1p(d), starts)


def segment_sum(values: Values, starts: Starts) -> Values:
    """(s,) sums of values from each start up to the next, term after term, in the type of `values`.

    Floats by bincount: 6 ns a value where add.reduceat takes 10 to 12 for segments of one or two.
    """
    if values.dtype == np.float64:
        sums: Any = np.bincount(segments(starts, len(values)), values, len(starts))
    else:
        sums = np.add.reduceat(values, starts) if len(starts) else values[:0]
    return cast("Values", sums)


def segments(starts: Starts, length: int) -> Integers:
    """(length,) which segment each row is in."""
    ids = np.zeros(length, np.int64)
    ids[starts[1:]] = 1
    return np.cumsum(ids, out=ids)


def orderless_sum(values: Floats, starts: Starts) -> Floats:
    """As segment_sum, the same bits in any order of each segment's values.

    Whole numbers add up exactly, and two numbers to the same either way; else three and more are sorted first.
    """
    if len(starts) == len(values):
        return values
    if _add_up_exactly(values):
        return segment_sum(values, starts)
    lengths = np.diff(starts, append=len(values))
    sums, is_several = values.take(starts), lengths > 1
    several, lengths = values[np.repeat(is_several, lengths)], lengths[is_several]
    segment = np.repeat(np.arange(len(lengths)), lengths)
    rows = np.flatnonzero(np.repeat(lengths > 2, lengths))
    left = several[rows]
    several[rows] = left[np.lexsort((left, segment[rows]))]
    sums[is_several] = np.bincount(segment, several)
    return sums


def orderless_sums(groups: NDArray[np.integer], values: Floats, count: int) -> Floats:
    """(count,) sums of the values (n,) of each group, 0 to count - 1; the same bits in any order of the rows."""
    if _add_up_exactly(values):
        return cast("Floats", np.bincount(groups, values, count))
    order = stable_order(groups)
    grouped = groups.take(order)
    starts = starts_of(grouped)
    sums = np.zeros(count)
    sums[grouped.take(starts)] = orderless_sum(values.take(order), starts)
    return sums


def added_up(values: NDArray[np.floating], again: Integers) -> NDArray[np.floating]:
    """(n - r,) values (n,) in a row, those at the places `again` (r,), ascending, added to the last one that stays.

    Sums are float64, and the same bits in any order of what is added up.
    """
    if len(again) == 0:
        return values
    first = again[np.diff(again, prepend=-1) > 1] - 1
    rows = np.sort(np.concatenate([first, again]))
    values = values.copy()
    values[first] = orderless_sum(values[rows].astype(np.float64), np.searchsorted(rows, first))
    return np.delete(values, again)


def _add_up_exactly(values: Floats) -> bool:
    """Whether these are whole numbers, and all sums of them below 2^53."""
    few = values[:1000]  # where any is broken, most are
    is_whole = bool((few == np.rint(few)).all()) and bool((values == np.rint(values)).all())
    return is_whole and bool(np.abs(values).sum() < EXACT)


def segment_least(values: Values, starts: Starts) -> Values:
    """(s,) the least of the values from each start up to the next."""
    found: Any = np.minimum.reduceat(values, starts) if len(starts) else values[:0]
    return cast("Values", found)
