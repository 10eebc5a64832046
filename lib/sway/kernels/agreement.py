"""How alike two scores of the same accounts are."""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Floats = NDArray[np.float64]


def spearman(one: Floats, other: Floats) -> float:
    """Correlation of ranks, equal values sharing theirs: 1 the same order, 0 unrelated, -1 reversed. (n,) each.

    NaN for fewer than two accounts, and where all have one value.
    """
    if len(one) < 2:
        return float("nan")
    a, b = (rankdata(values) - (len(values) + 1) / 2 for values in (one, other))
    spread = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum() / spread) if spread else float("nan")


def overlap(one: Floats, other: Floats, most: int) -> float:
    """What part of the `most` highest of one is among the `most` highest of the other. (n,) each, accounts in one
    order.

    Of equal values the first accounts are taken. NaN where there are not more than `most` accounts: it would be all of
    them, in any order.
    """
    if len(one) <= most:
        return float("nan")
    top = [set(np.argsort(-values, kind="stable")[:most].tolist()) for values in (one, other)]
    return len(top[0] & top[1]) / most


def one_percent(accounts: int) -> int:
    """How many accounts are the highest 1 %, at least one."""
    return max(1, ceil(accounts / 100))
