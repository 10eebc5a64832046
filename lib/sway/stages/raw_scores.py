"""From influence, reach, posts and titles to raw scores, on arrays of one network's accounts (method 6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sway.contracts.method import Method, Network
from sway.kernels.breaks import break_credit
from sway.kernels.raw_score import efficiency, log_of, raw_score

Floats = NDArray[np.float64]
Known = dict[str, NDArray[Any]]


def with_raw_scores(
    known: Mapping[str, NDArray[Any]], method: Method, network: Network, *, m0: float, has_posts: bool
) -> Known:
    """`known` with efficiency, break_credit and raw_score of every account; NaN where there is no score.

    Besides `is_counted`: accounts the scale, shifts and entities rest on, scored ones whose reach is above 0.

    Args:
        known: (n,) influence, reach, voiced_reactions, lasting_posts, reactions, trust, break_days, title_bonus.
        m0: voiced reactions per original post. has_posts: whether the network delivers posts; where not, and for pages,
            efficiency is 1 and breaks earn nothing.

    Of other algorithms the raw score is ln x; there is none where x is 0 or not known, and all scored accounts count.
    A score needs a reaction within the horizon, of a page a link that holds; who is suspended (trust 0) has none.
    """
    has_posts = has_posts and network.form == "acts"
    if not has_posts or method.algorithm != "sway":
        known = {**known, "break_days": np.zeros(len(known["trust"]))}
    if method.algorithm != "sway":
        return _with_logarithms(known, NUMBERS[method.algorithm](known))
    is_reached = known["reach"] > 0.0 if network.form == "links" else known["reactions"] > 0
    has_score = is_reached & (known["trust"] > 0.0)
    factor = to_efficiency(known, method, m0=m0 if has_posts else 0.0)
    credit = to_break_credit(known, method)
    raw = raw_score(known["influence"], known["reach"], factor, credit + known["title_bonus"])
    return {
        **known,
        "efficiency": factor,
        "break_credit": credit,
        "raw_score": np.where(has_score, raw, np.nan),
        "is_counted": has_score & (known["reach"] > 0.0),
    }


# Of each algorithm but sway itself the number x of every account, 0 and up, NaN where it is not known.
NUMBERS: dict[str, Callable[[Mapping[str, NDArray[Any]]], Floats]] = {
    "pagerank": lambda known: known["influence"],  # PageRank up to a factor, by the version's constants: method 10
    "reactions": lambda known: known["reactions"].astype(np.float64),
    "reactors": lambda known: known["reactors"].astype(np.float64),
    "followers": lambda known: known["followers"],
}


def _with_logarithms(known: Mapping[str, NDArray[Any]], x: Floats) -> Known:
    raw = log_of(np.where(known["trust"] > 0.0, x, np.nan))
    nothing, one = np.zeros(len(raw)), np.ones(len(raw))
    is_scored = ~np.isnan(raw)
    return {
        **known,
        "efficiency": one,
        "break_credit": nothing,
        "title_bonus": nothing,
        "raw_score": raw,
        "is_counted": is_scored,
    }


def to_efficiency(known: Mapping[str, NDArray[Any]], method: Method, *, m0: float) -> Floats:
    """E of every account."""
    numbers = method.efficiency
    return efficiency(
        known["voiced_reactions"],
        known["lasting_posts"],
        m0=m0,
        prior_posts=numbers.prior_posts,
        exponent=numbers.exponent,
        lowest=numbers.lowest,
        highest=numbers.highest,
    )


def to_break_credit(known: Mapping[str, NDArray[Any]], method: Method) -> Floats:
    """K of every account."""
    return break_credit(
        known["break_days"],
        known["influence"],
        known["trust"],
        known["reach"],
        half_life_days=method.strength.half_life_days,
    )
