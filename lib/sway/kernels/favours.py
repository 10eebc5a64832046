"""Favours netted: what returned endorsement leaves of a reaction in reach (method 2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def sincerity(
    endorsement: Floats, returned: Floats, conversation: Floats, *, netting: float, restoring_conversation: float
) -> Floats:
    """unreturned + (1 - unreturned) * min(1, n / restoring_conversation).

    unreturned = 1 - netting * min(e, returned) / e; 1 where nothing was returned, 1 - netting where the target alone
    endorsed.

    Args:
        endorsement, returned: (p,) e of the pair and of the pair the other way round, 0 and up.
        conversation: (p,) n of the pair, 0 and up. netting: 0 to 1. restoring_conversation: above 0.

    Returns (p,) float64 from 1 - netting to 1.
    """
    given = np.where(endorsement > 0.0, endorsement, 1.0)
    netted = np.where(endorsement > 0.0, np.minimum(endorsement, returned) / given, 1.0)
    unreturned = 1.0 - netting * np.where(returned > 0.0, netted, 0.0)
    return unreturned + (1.0 - unreturned) * np.minimum(1.0, conversation / restoring_conversation)
