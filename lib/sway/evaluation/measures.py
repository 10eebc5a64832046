"""How well one number of an account tells another: correlations, recall, means by decile, and their uncertainty."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from sway.kernels.agreement import one_percent, overlap, spearman

Floats = NDArray[np.float64]

RESAMPLES = 1000


def top_one_percent(one: Floats, other: Floats) -> float:
    """What part of the highest 1 % by `other` is among the highest 1 % by `one`."""
    return overlap(one, other, one_percent(len(one)))


def r_squared(x: Floats, y: Floats) -> float:
    """Part of the variance of y that a straight line of x explains, 0 to 1."""
    return float(np.corrcoef(x, y)[0, 1] ** 2)


def by_decile(score: Floats, value: Floats) -> Floats:
    """(10,) means of `value` over accounts by rising tenth of `score`."""
    tenths = np.array_split(np.argsort(score, kind="stable"), 10)
    return np.array([value[tenth].mean() for tenth in tenths])


def interval(measure: Callable[[NDArray[np.int64]], float], count: int, *, seed: int) -> tuple[float, float]:
    """Bootstrap: the 2.5th and 97.5th percentile of a measure over resampled rows of 0 to count - 1."""
    random = np.random.default_rng(seed)
    found = [measure(random.integers(0, count, count)) for _ in range(RESAMPLES)]
    low, high = np.nanpercentile(found, [2.5, 97.5])
    return float(low), float(high)


def leads(one: Floats, other: Floats, truth: Floats, *, seed: int) -> tuple[float, float, float]:
    """By how much `one` is nearer to `truth` in Spearman than `other` is, with the interval's ends."""

    def lead(rows: NDArray[np.int64]) -> float:
        return spearman(one[rows], truth[rows]) - spearman(other[rows], truth[rows])

    return (lead(np.arange(len(truth))), *interval(lead, len(truth), seed=seed))


def spread(values: Sequence[float], digits: int = 3) -> str:
    """A figure of one seed, or of several: mean (least to largest)."""
    if len(values) == 1:
        return f"{values[0]:.{digits}f}"
    return f"{np.mean(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"
