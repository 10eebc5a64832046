"""Which accounts are one: components of pairs, and which pairs without confirmation may join them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Integers = NDArray[np.int64]
Places = NDArray[np.intp]
# As `components`: the smallest vertex of the component that each pair lies in.
Connect = Callable[[Integers, Integers], Integers]


class Settled(NamedTuple):
    """The smallest vertex of the components that each pair's two sides end in: two, where the pair is refused."""

    left_root: Integers
    right_root: Integers


def components(left: Integers, right: Integers) -> Integers:
    """The smallest vertex of the component that each pair lies in.

    Args:
        left, right: (e,) int64, two vertices, any numbers; equal where a vertex stands alone.

    Returns (e,) int64. Order of pairs, sides of a pair and repeats make no difference.
    """
    vertices, ends = np.unique(np.concatenate([left, right]), return_inverse=True)
    return vertices[_smallest(ends[: len(left)], ends[len(left) :], len(vertices))[ends[: len(left)]]]


def settle(
    left: Integers, right: Integers, is_confirmed: NDArray[np.bool_], day: Integers, *, connect: Connect = components
) -> Settled:
    """Merge what pairs say is one, but never two confirmed components by pairs that are not confirmed.

    Confirmed pairs merge first, all of them. The others follow, the earliest day first, on one day the pair of the
    smallest vertices (the smaller of the two, then the larger); one that would join two components which both hold
    a confirmed pair is refused. So what an unconfirmed vertex is joined to depends on no order of input.

    Args:
        left, right: (e,) int64, two vertices, any numbers; equal where a vertex stands alone.
        is_confirmed: (e,) bool.
        day: (e,) int64, when each pair was asserted.
        connect: who finds components; by SciPy if nobody else.
    """
    vertices, ends = np.unique(np.concatenate([left, right]), return_inverse=True)
    a, b, n = ends[: len(left)], ends[len(left) :], len(vertices)
    whole = _connected(a, b, n, connect)
    sure = _connected(a[is_confirmed], b[is_confirmed], n, connect)
    has_confirmed = np.zeros(n, dtype=bool)  # by the smallest vertex of a component of confirmed pairs
    has_confirmed[sure[a[is_confirmed]]] = True

    confirmed_in = np.bincount(whole[has_confirmed], minlength=n)
    is_contested = confirmed_in[whole] > 1
    root = np.where(is_contested, sure, whole)
    waiting = np.flatnonzero(is_contested[a] & ~is_confirmed)
    smaller, larger = np.minimum(a, b)[waiting], np.maximum(a, b)[waiting]
    _join(root, has_confirmed, a, b, waiting[np.lexsort((larger, smaller, day[waiting]))])
    for vertex in np.flatnonzero(is_contested):
        root[vertex] = _root_of(root, int(vertex))
    return Settled(vertices[root[a]], vertices[root[b]])


def _connected(a: Places, b: Places, n: int, connect: Connect) -> Places:
    """(n,) the smallest vertex of each vertex's component by `connect`; one that no pair names is its own."""
    smallest: Places = np.arange(n)
    smallest[a] = smallest[b] = connect(a, b)
    return smallest


def _smallest(a: Places, b: Places, n: int) -> Places:
    """(n,) the smallest vertex of each vertex's component; vertices are 0..n-1."""
    graph = coo_array((np.ones(len(a)), (a, b)), shape=(n, n))
    count, label = connected_components(graph, directed=False)
    smallest: Places = np.full(count, n, dtype=np.intp)
    np.minimum.at(smallest, label, np.arange(n))
    of_each: Places = smallest[label]
    return of_each


def _join(
    root: Places,
    has_confirmed: NDArray[np.bool_],
    a: Places,
    b: Places,
    pairs: Places,
) -> None:
    """Merge the two sides of each of `pairs` in order, unless both hold a confirmed pair; changes `root`."""
    for pair in pairs:
        low, high = sorted((_root_of(root, int(a[pair])), _root_of(root, int(b[pair]))))
        if low != high and not (has_confirmed[low] and has_confirmed[high]):
            root[high] = low
            has_confirmed[low] |= has_confirmed[high]


def _root_of(root: Places, vertex: int) -> int:
    """Follow `root` to its end, halving the way for those who come after."""
    while root[vertex] != vertex:
        root[vertex] = root[root[vertex]]
        vertex = int(root[vertex])
    return vertex
