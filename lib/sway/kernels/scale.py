"""From raw scores to published points, with their error, grade and place (method 7 and 8)."""

import numpy as np
from numpy.typing import NDArray

from sway.kernels.keys import starts_of

Floats = NDArray[np.float64]
TOP = 100.0


def points_per_unit(*, z50: float, z95: float, median_points: float, high_points: float) -> float:
    """B = (high_points - median_points) / (z95 - z50): points that one unit of raw score is worth."""
    return (high_points - median_points) / (z95 - z50)


def to_points(raw: Floats, *, z50: float, z95: float, median_points: float, high_points: float) -> Floats:
    """median_points + B (z - z50): a network's own scale, neither floored nor capped. (n,) in and out."""
    unit = points_per_unit(z50=z50, z95=z95, median_points=median_points, high_points=high_points)
    return median_points + unit * (raw - z50)


def to_linear(
    raw: Floats, *, z50: float, z95: float, median_points: float, high_points: float, shift: float = 0.0
) -> Floats:
    """linear = max(0, median_points + B (z - z50) + shift), in points, not yet capped.

    `raw` is (n,), -inf where there is no influence (0 points) and NaN where there is no score (stays NaN). `shift`
    brings networks onto one scale.
    """
    own = to_points(raw, z50=z50, z95=z95, median_points=median_points, high_points=high_points)
    return np.maximum(0.0, own + shift)


def soft_cap(linear: Floats, *, bends_from: float) -> Floats:
    """x up to bends_from; above, 100 - (100 - bends_from) exp(-(x - bends_from) / (100 - bends_from)).

    Smooth, with slope 1 where it bends; never above 100. (n,) points in, (n,) points out, NaN stays NaN.
    """
    room = TOP - bends_from
    beyond = np.maximum(linear - bends_from, 0.0)
    return np.where(linear > bends_from, TOP - room * np.exp(-beyond / room), linear)


def soft_cap_slope(linear: Floats, *, bends_from: float) -> Floats:
    """Derivative of soft_cap: 1 up to bends_from, exp(-(x - bends_from) / (100 - bends_from)) above."""
    return np.exp(-np.maximum(linear - bends_from, 0.0) / (TOP - bends_from))


def effective_reactors(reach: Floats, reach_squares: Floats) -> Floats:
    """n_eff = (sum of c)^2 / sum of c^2 over contributions c to reach: as many equal ones weigh the same.

    (n,) sums in, (n,) float64 out: 0 without reach, else at least 1 (also where c^2 is too small to be held).
    """
    squares = np.where(reach_squares > 0.0, reach_squares, 1.0)
    return np.where(reach > 0.0, np.maximum(1.0, reach * reach / squares), 0.0)


def linear_error(n_eff: Floats, *, unit: float) -> Floats:
    """se = B / (2 sqrt(n_eff)), in points before the cap; NaN where n_eff is 0: nothing to judge by. (n,) in and out.

    `unit` is B, points per unit of raw score. After the cap it is soft_cap_slope times as large.
    """
    return 0.5 * unit / np.sqrt(np.where(n_eff > 0.0, n_eff, np.nan))


def grade(n_eff: Floats, has_score: NDArray[np.bool_], *, a: float, b: float, c: float) -> NDArray[np.object_]:
    """Evidence: A from `a` effective reactors, B from `b`, C from `c`, D below; None without a score."""
    letters = np.select([n_eff >= a, n_eff >= b, n_eff >= c], ["A", "B", "C"], "D")
    return np.where(has_score, letters.astype(object), np.array(None, dtype=object))


def rank(scores: Floats) -> Floats:
    """1 + how many scores are strictly higher. (n,) float64; NaN scores have no rank and count for nobody."""
    _, up_to, count = _counted(scores)
    return 1.0 + count - up_to


def mid_rank_percentile(scores: Floats) -> Floats:
    """100 (scores below + half the equal ones, itself included) / all. (n,) float64, NaN for NaN scores."""
    below, up_to, count = _counted(scores)
    return 50.0 * (below + up_to) / max(1, count)


def _counted(scores: Floats) -> tuple[Floats, Floats, int]:
    """How many scores are lower than each, and how many are not higher, NaN for NaN scores; and how many there are.

    One sort: among 4 million scores a search for each takes three times as long.
    """
    count = int(np.count_nonzero(~np.isnan(scores)))
    order = np.argsort(scores)[:count]  # NaN comes last
    starts = starts_of(scores[order])
    sizes = np.diff(starts, append=count)
    below, up_to = np.full(len(scores), np.nan), np.full(len(scores), np.nan)
    below[order], up_to[order] = np.repeat(starts, sizes), np.repeat(starts + sizes, sizes)
    return below, up_to, count


def percentile_within(scores: Floats, group: NDArray[np.integer]) -> Floats:
    """mid_rank_percentile among those of the same group. (n,) scores and groups, 0 and up; NaN for NaN scores."""
    found = np.full(len(scores), np.nan)
    for one in np.unique(group):
        is_one = group == one
        found[is_one] = mid_rank_percentile(scores[is_one])
    return found
