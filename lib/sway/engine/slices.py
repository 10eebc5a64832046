"""Pass 3, per owner of targets: what actors give -> edges by target, in slices that fit a processor's cache.

A slice holds the edges of some neighbouring targets: ptr (h + 1,) int32 from 0, idx (e,) int32 the actor among all
speakers of all blocks, share (e,) float32; and for what is received contribution (e,) float32 and acts (e,) uint32.
A target's edges are in one slice, by rising actor. Files: `edges` (what a sweep reads) and `reactions`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sway.engine.exchange import take
from sway.engine.files import Reader, write
from sway.engine.plan import Plan
from sway.engine.voices import GIVEN
from sway.errors import InfrastructureError
from sway.kernels.keys import Dictionary, stable_order

Keys = NDArray[np.int64]
Integers = NDArray[np.int64]
SLICE_EDGES = 1 << 17  # 1 MiB of float64: half of a core's second-level cache


@dataclass(frozen=True)
class Slice:
    """One slice of a block: its first target among the block's members, its first edge, and its arrays."""

    first_target: int
    first_edge: int
    ptr: NDArray[np.int32]
    idx: NDArray[np.int32]
    share: NDArray[np.float32]

    @property
    def height(self) -> int:
        return len(self.ptr) - 1


def to_slices(
    plan: Plan,
    rooms: tuple[str, str],
    block: int,
    keys: Keys,
    firsts: Integers,
    files: Sequence[Path],
) -> None:
    """One block's edges -> rooms[0] and, in their order, what is received along them -> rooms[1].

    keys: the block's members. files: what blocks give. firsts: of each of these blocks, where its speakers begin
    among all.
    """
    rows = take(files, plan.fingerprint, block, GIVEN)
    for name in ("share", "contribution"):
        _refuse_unusable(rows[name], name, block)
    order, edges = to_edges(keys, firsts, rows)
    received = {name: rows[name].take(order) for name in ("contribution", "acts")}
    write(plan.path(rooms[1], block), plan.fingerprint, received)
    write(plan.path(rooms[0], block), plan.fingerprint, edges)


def to_edges(keys: Keys, firsts: Integers, rows: dict[str, NDArray[Any]]) -> tuple[Keys, dict[str, NDArray[Any]]]:
    """The order of rows by target, those of targets that are no members left out, and the arrays of `edges`."""
    target = Dictionary(keys).find(rows["target_key"])
    order = stable_order(target + 1)
    order = order[np.count_nonzero(target < 0) :]
    speaker = speakers(firsts, rows).take(order)
    return order, sliced(target.take(order), speaker, rows["share"].take(order), members=len(keys))


def speakers(firsts: Integers, rows: dict[str, NDArray[Any]]) -> NDArray[np.int32]:
    """Who gives each row, among all speakers; firsts: where those of each block begin."""
    found: NDArray[np.int32] = rows["speaker"] + np.repeat(firsts, np.diff(rows["source"])).astype(np.int32)
    return found


def sliced(
    target: NDArray[np.int32], speaker: NDArray[np.int32], share: NDArray[np.float32], *, members: int
) -> dict[str, NDArray[Any]]:
    """The arrays of `edges`, of edges (e,) by rising target, of 0 to members - 1."""
    ptr = np.concatenate([[0], np.cumsum(np.bincount(target, minlength=members))])
    first = cuts(ptr)
    local = [(ptr[a : b + 1] - ptr[a]).astype(np.int32) for a, b in pairwise(first)]
    return {
        "first_target": first,
        "first_edge": ptr[first],
        "ptr": np.concatenate([*local, np.empty(0, np.int32)]),
        "idx": speaker,
        "share": share,
    }


def cuts(ptr: NDArray[np.int64], most_edges: int = SLICE_EDGES) -> NDArray[np.int64]:
    """Targets at which slices begin, and at last their number: each slice about `most_edges` edges, or one target."""
    height = len(ptr) - 1
    wanted = np.arange(most_edges, ptr[-1], most_edges)
    inner = np.searchsorted(ptr, wanted)
    return np.unique(np.concatenate([[0], inner, [height]])) if height else np.zeros(1, np.int64)


def begins(lengths: Sequence[int]) -> Integers:
    """Where each of some parts begins when they stand one after another."""
    return np.cumsum([0, *lengths[:-1]])


def open_slices(reader: Reader) -> Iterator[Slice]:
    """A block's slices, mapped into memory."""
    arrays: dict[str, NDArray[Any]] = reader.mapped()
    targets, edges = arrays["first_target"], arrays["first_edge"]
    for n in range(len(targets) - 1):
        pointers = slice(targets[n] + n, targets[n + 1] + n + 1)
        held = slice(edges[n], edges[n + 1])
        yield Slice(int(targets[n]), int(edges[n]), arrays["ptr"][pointers], arrays["idx"][held], arrays["share"][held])


def _refuse_unusable(values: NDArray[np.float32], name: str, block: int) -> None:
    """A comparison with NaN is false, so that it is refused like what is negative or above 1."""
    if len(values) and not 0.0 <= values.min() <= values.max() <= 1.0 + 1e-6:
        raise InfrastructureError(
            f"block {block}: {name}: expected numbers from 0 to 1, found {values.min()} to {values.max()}"
        )
