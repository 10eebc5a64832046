"""Frames put together."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def union(frames: Iterable[DataFrame]) -> DataFrame:
    """All rows of frames with the same columns, of one frame at least."""
    return reduce(lambda one, other: one.unionByName(other), frames)
