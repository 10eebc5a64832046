"""From raw scores to published points, with error, grade, place and flags, on arrays of accounts (method 7 to 9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sway.contracts.calibration import Calibration
from sway.contracts.method import Flags, Method
from sway.kernels import flags as marks
from sway.kernels import scale as scales

Floats = NDArray[np.float64]
Known = Mapping[str, NDArray[Any]]


def to_points(known: Known, method: Method, calibration: Calibration | None) -> dict[str, NDArray[Any]]:
    """score, linear, linear_error, error, grade (letters), effective_reactors, percentile and rank of every account.

    Algorithms other than sway have neither error nor grade.

    NaN, and no letter, where there is no raw score, and for everybody without calibration; error NaN, grade D, where no
    reactor has a voice. `known`: raw_score, reach, reach_squares, (n,) each. Places are among all of them.
    """
    n_eff = scales.effective_reactors(known["reach"], known["reach_squares"])
    if calibration is None:
        nothing = np.full(len(n_eff), np.nan)
        names = ("score", "linear", "linear_error", "error", "percentile", "rank")
        return {
            **dict.fromkeys(names, nothing),
            "grade": np.full(len(n_eff), None, object),
            "effective_reactors": n_eff,
        }
    ends = {"z50": calibration.z50, "z95": calibration.z95}
    points = {"median_points": method.scale.median_points, "high_points": method.scale.high_points}
    linear = scales.to_linear(known["raw_score"], **ends, **points, shift=calibration.shift)
    score = scales.soft_cap(linear, bends_from=method.scale.soft_cap_from)
    unit = scales.points_per_unit(**ends, **points)
    is_judged = ~np.isnan(linear) & (method.algorithm == "sway")
    spread = np.where(is_judged, scales.linear_error(n_eff, unit=unit), np.nan)
    return {
        "score": score,
        "linear": linear,
        "linear_error": spread,
        "error": scales.soft_cap_slope(linear, bends_from=method.scale.soft_cap_from) * spread,
        "grade": scales.grade(n_eff, is_judged, a=method.grades.a, b=method.grades.b, c=method.grades.c),
        "effective_reactors": n_eff,
        "percentile": scales.mid_rank_percentile(score),
        "rank": scales.rank(score),
    }


def to_own_points(raw_score: Floats, method: Method, calibration: Calibration) -> Floats:
    """A network's own points, neither shifted, floored nor capped."""
    return scales.to_points(
        raw_score,
        z50=calibration.z50,
        z95=calibration.z95,
        median_points=method.scale.median_points,
        high_points=method.scale.high_points,
    )


def to_flags(
    known: Known, disputing: tuple[NDArray[np.int64], ...], flags: Flags | None, *, days: int, is_stale: bool
) -> dict[str, NDArray[np.bool_]]:
    """Which accounts have each flag, by its name. `disputing`, `days`: see ActTally."""
    count = len(known["acts_given"])
    found = {"stale_network": np.full(count, is_stale)}
    if flags is not None:
        found["broadcast_only"] = marks.is_broadcast_only(
            known["original_posts"], known["acts_given"], fewest_posts=flags.broadcast_posts
        )
        found["negative_attention"] = marks.is_attacked(
            *disputing,
            days=days,
            burst_days=flags.burst_days,
            fewest_acts=flags.burst_acts,
            times_usual=flags.burst_times_usual,
            most_endorsed=flags.burst_endorsed,
        )
    return found
