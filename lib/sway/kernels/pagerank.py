"""Classical weighted personalised PageRank, for comparison with other systems."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def teleported(arriving: Floats, teleport: Floats, dangling: float, *, damping: float) -> Floats:
    """damping * (arriving + dangling * teleport) + (1 - damping) * teleport.

    Args:
        arriving: (h,) sum over in-edges of share * rank of the source, a source's shares summing to 1.
        teleport: (h,) where influence goes otherwise, summing to 1 over all vertices.
        dangling: the rank that sits on vertices without out-edges. damping: probability of following an edge.

    Returns (h,) float64. Source: Page et al. 1999; dangling vertices as in Langville and Meyer 2006, chapter 4.
    """
    return damping * arriving + (damping * dangling + (1.0 - damping)) * teleport
