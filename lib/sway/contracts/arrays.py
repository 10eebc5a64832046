"""Columns of Arrow tables as the arrays that kernels take."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def to_floats(column: pa.Array) -> Floats:
    """A column as a fresh float64 array, NULL as NaN.

    Fresh, aligned and contiguous: for other arrays numpy has other loops, which may round the last bit differently.
    """
    values = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return np.array(values, dtype=np.float64, order="C", copy=True)
