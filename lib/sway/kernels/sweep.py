"""One sweep of y = m + c C'(q y) over edges by target (method 5)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse._sparsetools import csr_matvec

Floats = NDArray[np.float64]


def inflow(
    ptr: NDArray[np.int32], idx: NDArray[np.int32], data: NDArray[np.float32], x: Floats, scratch: Floats
) -> Floats:
    """What arrives at each target: the sum over its edges of data * x[idx], term after term, in float64.

    Args:
        ptr: (h + 1,) int32, edges of target t are ptr[t] to ptr[t + 1]; ptr[0] = 0. idx: (e,) int32 into x.
        data: (e,) float32, 0 and up. x: (n,) float64. scratch: float64, e or more, overwritten.

    Returns (h,) float64. SciPy's csr_matvec wants data as wide as x: they are widened into `scratch`, which stays in
    cache when e is some ten thousand. It lets go of the interpreter's lock, so threads sweep side by side.
    """
    wide = scratch[: len(data)]
    wide[:] = data
    arriving = np.zeros(len(ptr) - 1)
    csr_matvec(len(arriving), len(x), ptr, idx, wide, x, arriving)
    return arriving


def error_bound(residual: float, contraction: float) -> float:
    """residual * c / (1 - c): how far the fixed point is at most, as a summed distance, after a sweep that moved y by
    `residual`, when a sweep shrinks summed distances to c or less (Banach). Same unit as the residual.
    """
    return residual * contraction / (1.0 - contraction)
