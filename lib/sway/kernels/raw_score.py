"""From influence, reach and posts to the raw score z, which has no unit (method 6)."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def efficiency(
    voiced_reactions: Floats,
    lasting_posts: Floats,
    *,
    m0: float,
    prior_posts: float,
    exponent: float,
    lowest: float,
    highest: float,
) -> Floats:
    """E = clip((e / m0)^exponent, lowest, highest).

    e = (voiced_reactions + prior_posts * m0) / (lasting_posts + prior_posts)

    Args:
        voiced_reactions: (n,) acts received in the horizon, each counted by its actor's voice. Undecayed, but fading
            out in the horizon's last days.
        lasting_posts: (n,) the account's own posts in the horizon, reshares left out, likewise.
        m0: voiced reactions per original post over the whole network. 0 means there is nothing to compare
            with (no posts delivered, or no voiced reactions): everybody's efficiency is 1.
        prior_posts: posts every account is granted at the network's ratio, above 0.

    Returns (n,) float64, a factor.
    """
    if m0 == 0.0:
        return np.ones(len(lasting_posts), np.float64)
    per_post = (voiced_reactions + prior_posts * m0) / (lasting_posts + prior_posts)
    return np.clip((per_post / m0) ** exponent, lowest, highest)


def reactions_per_post(voiced_reactions: float, lasting_posts: float) -> float:
    """m0 from both sums over all accounts of a network; 0 where either is 0."""
    return voiced_reactions / lasting_posts if voiced_reactions and lasting_posts else 0.0


def raw_score(influence: Floats, reach: Floats, efficiency: Floats, credit: Floats | float = 0.0) -> Floats:
    """z = 1/2 ln(influence) + 1/2 ln(reach + 1) + ln(efficiency) + credit.

    All (n,): influence and reach 0 and up, efficiency above 0, credit for breaks and titles. Pages, where nothing is
    dated, have their valid links for reach, efficiency 1 and no credit. Returns (n,) float64, -inf without influence.
    """
    with np.errstate(divide="ignore"):
        return 0.5 * np.log(influence) + 0.5 * np.log(reach + 1.0) + np.log(efficiency) + credit


def log_of(number: Floats) -> Floats:
    """ln x as a raw score; NaN where x is 0 or not known (NaN). (n,) 0 and up in, (n,) out."""
    return np.log(np.where(number > 0.0, number, np.nan))
