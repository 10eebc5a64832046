"""Random streams and the few array functions every part of the generator shares."""

from collections.abc import Iterator
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_GOLDEN = 0x9E3779B97F4A7C15  # 2**64 over the golden ratio: multiplying by it mixes low bits upwards


def stream(seed: int, *path: str | int) -> np.random.Generator:
    """The random stream of one purpose, e.g. `stream(7, "twitter", "posts", 12)`.

    Streams depend on their path only, so a day or a network can be made alone, and adding another
    network changes no byte of the present ones. crc32 and not hash(): hash() differs between processes.
    """
    words = [part if isinstance(part, int) else crc32(part.encode()) for part in path]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *words])))


def uniform_ranks(values: Array) -> Array:
    """Each value's mid-rank in (0, 1): turns any continuous variable into a uniform one, order kept."""
    ranks = np.empty(len(values))
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values))
    return (ranks + 0.5) / len(values)


def draw_index(rng: np.random.Generator, weights: Array, count: int) -> Array:
    """`count` indices drawn with replacement, index k with probability weights[k] over their sum."""
    cumulative = np.cumsum(weights, dtype=np.float64)
    # Never beyond the last index: the product may round up to the sum.
    drawn: Array = np.searchsorted(cumulative[:-1], rng.random(count) * cumulative[-1], side="right")
    return drawn


def distinct(values: Array) -> Array:
    """Each value once, ascending. A million integers: 20 ms, np.unique of numpy 2.4 takes 800."""
    in_order = np.sort(values)
    is_first = np.ones(len(in_order), dtype=bool)
    is_first[1:] = in_order[1:] != in_order[:-1]
    once: Array = in_order[is_first]
    return once


def mixed(ids: Array, below: int) -> Array:
    """A number in [0, below) that is a pure function of each id, spread evenly."""
    with np.errstate(over="ignore"):
        spread = ids.astype(np.uint64) * np.uint64(_GOLDEN)
    return ((spread >> np.uint64(33)) % np.uint64(below)).astype(np.int64)


def chunks(length: int, size: int) -> Iterator[slice]:
    """Consecutive slices of at most `size` that cover range(length)."""
    for first in range(0, length, size):
        yield slice(first, min(first + size, length))


def in_rows(*columns: Array) -> Iterator[tuple[Any, ...]]:
    """Columns of one length row by row, as Python's own numbers: a line is put together faster from those."""
    return zip(*(column.tolist() for column in columns), strict=True)
