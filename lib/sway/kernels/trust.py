"""How far an account itself is believed, and how loudly it may speak (method 4)."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def trust(
    age_days: Floats,
    followers: Floats,
    following: Floats,
    label_factor: Floats,
    is_seed: NDArray[np.bool_],
    is_suspended: NDArray[np.bool_],
    *,
    floor: float,
    full_age_days: float,
    followers_grace: float,
    lowest_follow_ratio: float,
    seed_trust: float,
) -> Floats:
    """m = max(floor, age * ratio * label); seed_trust for seeds; 0 for suspended, over everything.

        age   = min(1, age_days / full_age_days)
        ratio = clip((1 + max(followers, followers_grace)) / (1 + following), lowest_follow_ratio, 1)

    Args:
        age_days: (n,) days since the account was opened, 0 and up; NaN where age says nothing, factor 1.
        followers, following: (n,) accounts, 0 and up; NaN in either where it is not known, ratio 1.
        label_factor: (n,) the lowest factor of the account's valid labels, 0 to 1; 1 without label.
        is_seed, is_suspended: (n,) bool, accounts with such a label valid.
        floor: lowest trust of an account that is not suspended.

    Returns (n,) float64, 1 = an ordinary account: 0 if suspended, seed_trust for a seed, else floor to 1.
    """
    age = np.where(np.isnan(age_days), 1.0, np.minimum(1.0, age_days / full_age_days))
    ratio = follow_ratio(followers, following, grace=followers_grace, lowest=lowest_follow_ratio)
    believed = np.maximum(floor, age * ratio * label_factor)
    believed = np.where(is_seed, seed_trust, believed)
    return np.where(is_suspended, 0.0, believed)


def follow_ratio(followers: Floats, following: Floats, *, grace: float, lowest: float) -> Floats:
    """clip((1 + max(followers, grace)) / (1 + following), lowest, 1); 1 where either number is NaN."""
    ratio = (1.0 + np.maximum(followers, grace)) / (1.0 + following)
    return np.where(np.isnan(ratio), 1.0, np.clip(ratio, lowest, 1.0))


def voice(trust: Floats, *, silent_at: float, full_voice_after: float) -> Floats:
    """q = clip((m - silent_at) / full_voice_after, 0, 1): none at trust silent_at, whole from their sum on.

    `trust` is (n,), 0 and up; returns (n,) float64 in [0, 1]. Everybody's quality as a reactor is 1 here.
    """
    return np.clip((trust - silent_at) / full_voice_after, 0.0, 1.0)
