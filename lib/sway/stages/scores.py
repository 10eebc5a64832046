"""From influence and reach to published scores: propagated accounts -> account scores (method 6 to 8)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from sway.contracts.arrays import Floats, with_arrays, with_arrays_at_once
from sway.contracts.calibration import Calibration
from sway.contracts.method import Efficiency, Grades, Scale
from sway.kernels import scale as scales
from sway.kernels.raw_score import efficiency as efficiency_of
from sway.kernels.raw_score import raw_score

COUNTS = ("reactions", "reactors", "acts_given", "targets", "posts", "original_posts")
FIGURES = ("influence", "reach", "reach_squares", "voiced_reactions", "original_posts", "reactions", "trust")
POINTS = {"efficiency": "double", "linear": "double", "score": "double", "error": "double", "grade": "string"}
PLACES = {"percentile": "double", "rank": "bigint"}


def to_account_scores(
    propagated: DataFrame,
    members: DataFrame,
    post_counts: DataFrame,
    hidden: DataFrame | None = None,
    *,
    calibration: Calibration | None,
    efficiency: Efficiency,
    scale: Scale,
    grades: Grades,
) -> DataFrame:
    """ACCOUNT_SCORES of one network and date, less version, date, attempt, network, as_of, flags and entity_id.

    Args:
        propagated: an executor's accounts. members: account_key, account_id, trust. post_counts: account_key,
            posts, original_posts; an account it does not name has posted nothing. hidden: account_id of
            accounts that get no row, whatever they gave to others.
        calibration: None where the network had too few accounts: influence and counts, but no scores.

    score, linear, error, grade, percentile and rank are NULL without any reaction in the horizon and for
    suspended accounts (trust 0); error is NULL, grade D, where no reactor has a voice. Places are among the
    scored rows of the frame. `propagated` is read twice, for points and places: have it computed already.
    """
    known = (
        propagated.join(members.select("account_key", "account_id", "trust"), "account_key", "inner")
        .join(post_counts, "account_key", "left")
        .fillna(0, ["posts", "original_posts"])
    )
    if hidden is not None:
        known = known.join(hidden.select("account_id"), "account_id", "left_anti")
    numbers = partial(to_points, calibration=calibration, efficiency=efficiency, scale=scale, grades=grades)
    scored = with_arrays(known, numbers, reads=FIGURES, adds=POINTS)
    placed = scored.join(to_places(scored), "account_key", "left")
    return placed.select(
        "account_id", "score", "linear", "error", "grade", "percentile", "rank",
        "influence", "reach", "efficiency", "trust", *COUNTS,
    )  # fmt: skip


def to_points(
    known: Mapping[str, Floats],
    *,
    calibration: Calibration | None,
    efficiency: Efficiency,
    scale: Scale,
    grades: Grades,
) -> Mapping[str, Any]:
    """The kernels' arithmetic on one batch of accounts; NaN, and no grade, where there is no score."""
    factor = efficiency_of(
        known["voiced_reactions"],
        known["original_posts"],
        m0=calibration.m0 if calibration and calibration.has_posts else 0.0,
        prior_posts=efficiency.prior_posts,
        exponent=efficiency.exponent,
        lowest=efficiency.lowest,
        highest=efficiency.highest,
    )
    if calibration is None:
        nothing = np.full(len(factor), np.nan)
        none = np.full(len(factor), None)
        return {"efficiency": factor, "linear": nothing, "score": nothing, "error": nothing, "grade": none}
    has_score = (known["reactions"] > 0) & (known["trust"] > 0)
    raw = np.where(has_score, raw_score(known["influence"], known["reach"], factor), np.nan)
    ends = {"z50": calibration.z50, "z95": calibration.z95}
    points = {"median_points": scale.median_points, "high_points": scale.high_points}
    linear = scales.to_linear(raw, **ends, **points)
    n_eff = scales.effective_reactors(known["reach"], known["reach_squares"])
    unit = scales.points_per_unit(**ends, **points)
    letters = scales.grade(n_eff, a=grades.a, b=grades.b, c=grades.c)
    return {
        "efficiency": factor,
        "linear": linear,
        "score": scales.soft_cap(linear, bends_from=scale.soft_cap_from),
        "error": scales.published_error(linear, n_eff, unit=unit, bends_from=scale.soft_cap_from),
        "grade": np.where(has_score, letters.astype(object), np.array(None, dtype=object)),
    }


def with_entities(scores: DataFrame, entity_links: DataFrame) -> DataFrame:
    """`scores` with entity_id: the entity an account belongs to by rows of ENTITY_LINKS; NULL where none says so.

    Of several its owner is shown, then the largest share, then the smallest id.
    """
    weakest = F.struct((F.col("role") != "owner").alias("is_other"), (-F.col("share")).alias("less"), "entity_id")
    shown = entity_links.groupBy("network", "account_id").agg(F.min(weakest)["entity_id"].alias("entity_id"))
    return scores.join(shown, ["network", "account_id"], "left")


def to_places(scored: DataFrame) -> DataFrame:
    """account_key, percentile and rank of each scored account, from all of them together: 16 bytes each."""

    def place(known: Mapping[str, Floats]) -> Mapping[str, Floats]:
        scores = known["score"]
        return {"percentile": scales.mid_rank_percentile(scores), "rank": scales.rank(scores)}

    has_score = F.col("score").isNotNull()
    entered = scored.where(has_score).select("account_key", "score")
    return with_arrays_at_once(entered, place, reads=("score",), adds=PLACES).drop("score")
