"""What raw scores are measured against, taken once and frozen (method 6 and 7)."""

from __future__ import annotations

from math import fsum

import numpy as np
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from sway.contracts.arrays import Floats, to_floats
from sway.contracts.calibration import Calibration
from sway.contracts.method import Efficiency, Scale
from sway.errors import AuditFailed
from sway.kernels.raw_score import efficiency, raw_score, reactions_per_post

FIGURES = ("influence", "reach", "voiced_reactions", "original_posts", "trust")


def calibrate(
    propagated: DataFrame,
    members: DataFrame,
    post_counts: DataFrame,
    *,
    efficiency: Efficiency,
    scale: Scale,
    has_profiles: bool,
    has_posts: bool,
) -> Calibration | None:
    """The constants of one network as of the date of `propagated`; None if too few accounts have reach.

    Args:
        propagated: an executor's accounts. members: account_key, trust. post_counts: account_key,
            original_posts; an account it does not name has posted nothing.
        has_profiles, has_posts: whether the network has delivered such a feed; kept with the constants.

    Taken over accounts with reach > 0, suspended ones left out, as they are not scored. Percentiles lie
    linearly between neighbours. Collects five numbers per account, 40 MB for a million. The same bits in any
    order of rows: sums are exact, raw scores sorted.

    Raises AuditFailed where the high percentile is not above the median.
    """
    known = collect_figures(propagated, members, post_counts)
    m0 = to_m0(known) if has_posts else 0.0
    raw = np.sort(to_raw_scores(known, m0, efficiency))
    if len(raw) < scale.fewest_accounts:
        return None
    z50, z95 = (float(value) for value in np.percentile(raw, [50.0, scale.high_percentile]))
    if not z95 > z50:
        raise AuditFailed(
            f"calibration: expected the raw score at percentile {scale.high_percentile:g} above the median, "
            f"found {z95!r} and {z50!r} over {len(raw):,} accounts with reach; take a date with more acts"
        )
    return Calibration(accounts=len(raw), z50=z50, z95=z95, m0=m0, has_profiles=has_profiles, has_posts=has_posts)


def collect_figures(propagated: DataFrame, members: DataFrame, post_counts: DataFrame) -> dict[str, Floats]:
    """What the constants are taken from, one array entry per account."""
    joined = (
        propagated.join(members.select("account_key", "trust"), "account_key", "inner")
        .join(post_counts.select("account_key", "original_posts"), "account_key", "left")
        .select(*(F.coalesce(name, F.lit(0)).alias(name) for name in FIGURES))
        .toArrow()
    )
    return {name: to_floats(joined.column(name).combine_chunks()) for name in FIGURES}


def to_m0(known: dict[str, Floats]) -> float:
    """Voiced reactions per original post over the network. fsum is exact, so order says nothing."""
    return reactions_per_post(fsum(known["voiced_reactions"]), fsum(known["original_posts"]))


def to_raw_scores(known: dict[str, Floats], m0: float, numbers: Efficiency) -> Floats:
    """z of the accounts that have reach and are not suspended."""
    is_taken = (known["reach"] > 0.0) & (known["trust"] > 0.0)
    taken = {name: values[is_taken] for name, values in known.items()}
    factor = efficiency(
        taken["voiced_reactions"],
        taken["original_posts"],
        m0=m0,
        prior_posts=numbers.prior_posts,
        exponent=numbers.exponent,
        lowest=numbers.lowest,
        highest=numbers.highest,
    )
    return raw_score(taken["influence"], taken["reach"], factor)
