"""What an account received, and from whom most (method 5 and 6), over edges by target."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MOST = 10  # reactors kept of an account
FLOAT_BITS = 31  # of a float32 without its sign
FLOAT_MASK = np.uint32(2**FLOAT_BITS - 1)


class Received(NamedTuple):
    """Of each target, all (h,): see `received`."""

    reach: Floats
    reach_squares: Floats
    reactions: Integers
    reactors: Integers


class Strongest(NamedTuple):
    """Edges that give their target most: (k,) places among edges, with both terms; by target, the strongest first."""

    edge: Integers
    influence_term: Floats
    reach_term: Floats


def rows_of(ptr: NDArray[np.int32]) -> Integers:
    """(e,) the target, 0 to h - 1, of every edge."""
    return np.repeat(np.arange(len(ptr) - 1), np.diff(ptr))


def heard(voice: Floats, targets: Integers, *, habit_targets: float) -> Floats:
    """q h, how loudly an actor counts as a reactor: h = k / (k + habit_targets), its habit of acting towards many.

    Args:
        voice: (n,) q of actors, 0 to 1. targets: (n,) k, distinct targets of their acts. habit_targets: the k at which
            h is 1/2, 0 and up.

    Returns (n,) float64, 0 to 1; 0 without targets.
    """
    found: Floats = voice * targets / np.maximum(targets + habit_targets, 1.0)
    return found


def contributions(heard: Floats, fresh: Floats, sincerity: Floats) -> Floats:
    """c = q h r, what each pair gives its target's reach, r = decay(age of the latest act) * sincerity.

    (p,) each: heard: q h of the pair's actor. fresh: what decay leaves of the latest act, 0 without acts. sincerity:
    what netting leaves and conversation restores (kernels/favours.py). Returns (p,) distinct reactors, 0 to 1.
    """
    return heard * fresh * sincerity


def received(rows: Integers, height: int, contribution: NDArray[np.float32], acts: NDArray[np.uint32]) -> Received:
    """Sums over each target's edges, in float64: of c (U), of c^2, of acts; how many have acts.

    Args:
        rows: (e,) the edges' targets. height: targets h. contribution: (e,) c = q h r, in distinct reactors, 0 to 1.
        acts: (e,) of the pair, undecayed; 0 for a mere standing relation.
    """
    wide = contribution.astype(np.float64)
    return Received(
        sums(rows, wide, height),
        sums(rows, wide * wide, height),
        sums(rows, acts, height).astype(np.int64),
        np.bincount(rows[acts > 0], minlength=height),
    )


def sums(rows: NDArray[np.integer], values: NDArray[Any], height: int) -> Floats:
    """(h,) float64 sums of the values (e,) of each row, term after term."""
    return np.bincount(rows, values, height).astype(np.float64, copy=False)


def strongest(
    ptr: NDArray[np.int32],
    rows: Integers,
    passed: Floats,
    contribution: NDArray[np.float32],
    influence: Floats,
    reach: Floats,
    *,
    continuation: float,
    most: int = MOST,
) -> Strongest:
    """Each target's edges with the largest 1/2 c C q y(j) / y(i) + 1/2 q h r / (U + 1): what half of ln y and of
    ln(U + 1) would lose without them, in first order.

    Args:
        ptr: (h + 1,) of the targets' edges. rows: (e,) their targets. passed: (e,) C q y(j), in trusted accounts.
        contribution: (e,) q h r. influence, reach: (h,) y and U. continuation: c.

    At most `most` a target, compared as float32, of equal ones the first; edges whose terms are both 0 are left out.
    """
    weight = np.divide(0.5 * continuation, influence, out=np.zeros(len(influence)), where=influence > 0.0)
    by_influence = passed * weight.take(rows)
    by_reach = contribution * (0.5 / (reach + 1.0)).take(rows)
    both = (by_influence + by_reach).astype(np.float32)
    edges = np.flatnonzero((both >= floors(both, ptr, most).take(rows)) & (both > 0.0))
    row = rows[edges]
    order = largest_first(row, both[edges])
    counts = np.bincount(row, minlength=len(influence))
    place = np.arange(len(edges)) - np.repeat(np.cumsum(counts) - counts, counts)
    edges = edges[order[place < most]]
    return Strongest(edges, by_influence[edges], by_reach[edges])


def largest_first(rows: Integers, values: NDArray[np.float32]) -> Integers:
    """The order of ascending rows (n,) and in each of falling values (n,), 0 and up; of equal ones the first.

    Row, value and place in one number that is sorted as a value: bits of positive floats rise as they do. Of more than
    2^33 rows times places the last bits of values are not looked at.
    """
    place_bits, row_bits = len(rows).bit_length(), int(rows.max(initial=0)).bit_length()
    value_bits = min(FLOAT_BITS, 64 - place_bits - row_bits)
    packed = rows.astype(np.uint64) << np.uint64(value_bits)
    packed |= ((~values.view(np.uint32) & FLOAT_MASK) >> np.uint32(FLOAT_BITS - value_bits)).astype(np.uint64)
    packed <<= np.uint64(place_bits)
    packed |= np.arange(len(rows), dtype=np.uint64)
    packed.sort()
    return (packed & np.uint64((1 << place_bits) - 1)).view(np.int64)


def floors(values: NDArray[np.float32], ptr: NDArray[np.int32], most: int) -> NDArray[np.float32]:
    """(h,) a bound that at least `most` values of each row reach; 0 for rows of fewer than twice as many.

    A row is cut into `most` parts: the largest values of the parts are as many values, and all reach the least of them.
    Of a row of a million some dozens are left to sort.
    """
    lengths = np.diff(ptr)
    bound = np.zeros(len(lengths), np.float32)
    long = np.flatnonzero(lengths >= 2 * most)
    if len(long):
        cuts = ptr[long, None] + (lengths[long, None] * np.arange(most + 1, dtype=np.int64)) // most
        largest = np.maximum.reduceat(np.append(values, np.float32(0.0)), cuts.ravel())
        bound[long] = largest.reshape(cuts.shape)[:, :most].min(axis=1)  # the last: from one row's end to the next row
    return bound
