"""Marks beside a score, by a stated formula each (docs/method.md)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Booleans = NDArray[np.bool_]
Integers = NDArray[np.int64]


def is_broadcast_only(original_posts: Integers, acts_given: Integers, *, fewest_posts: int) -> Booleans:
    """Who posts, at least fewest_posts in the horizon, and never acts towards anybody. (n,) each."""
    found: Booleans = (original_posts >= fewest_posts) & (acts_given == 0)
    return found


def is_attacked(
    disputing: Integers,
    disputing_lately: Integers,
    endorsing_lately: Integers,
    *,
    days: int,
    burst_days: int,
    fewest_acts: int,
    times_usual: float,
    most_endorsed: float,
) -> Booleans:
    """A burst of replies and quotes without shares or likes: negative attention is suspected.

    At least fewest_acts replies and quotes in the last burst_days; at least times_usual as many as in as many of the
    days before on average; and at most most_endorsed shares and likes for each of them. Where there are no days before,
    nothing is usual and no burst is one.

    Args:
        disputing: (n,) replies and quotes received in the horizon; disputing_lately: (n,) those of the last burst_days.
        endorsing_lately: (n,) shares and likes received in those days.
        days: of the horizon since the network's first act in it, the last burst_days included.
    """
    if days <= burst_days:
        return np.zeros(len(disputing), bool)
    usual = (disputing - disputing_lately) * (burst_days / (days - burst_days))
    return (
        (disputing_lately >= fewest_acts)
        & (disputing_lately >= times_usual * usual)
        & (endorsing_lately <= most_endorsed * disputing_lately)
    )
