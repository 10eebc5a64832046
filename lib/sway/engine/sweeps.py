"""Sweeps over all blocks: trust and edges -> influence, or ranks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from threading import local
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sway.engine.crew import Crew
from sway.engine.files import Reader
from sway.engine.plan import Place
from sway.engine.slices import Slice, open_slices
from sway.kernels.iteration import Step
from sway.kernels.pagerank import teleported
from sway.kernels.sweep import inflow

Floats = NDArray[np.float64]
STRETCH = 1 << 16  # speakers whose x one task computes


@dataclass(frozen=True)
class Graph:
    """Members of all blocks, one block after another, by rising key in each; and how their edges are cut into slices.

    offsets: (b + 1,) where each block's members begin. speaker: (s,) places of members with pairs, one block after
    another. voice: (s,) their q. rows: of each slice, its targets' places among all members. edges: how many.
    """

    offsets: NDArray[np.int64]
    trust: Floats
    speaker: NDArray[np.int32]
    voice: Floats
    rows: Sequence[slice]
    edges: int


def open_graph(plan: Place) -> Graph:
    """The graph that passes 1 to 3 have left in the plan's folder, without its edges."""
    cuts = [Reader(path, plan.fingerprint) for path in plan.paths("edges", plan.blocks)]
    firsts = [block.read("first_target") for block in cuts]
    return graph_of(plan, firsts, sum(block.length("idx") for block in cuts))


def graph_of(plan: Place, firsts: Sequence[NDArray[np.int64]], edges: int) -> Graph:
    """A graph from the files of members and voices. firsts: of each block, the targets at which its slices begin."""
    members = [Reader(path, plan.fingerprint) for path in plan.paths("members", plan.blocks)]
    spoken = [Reader(path, plan.fingerprint).read("speaker") for path in plan.paths("voices", plan.blocks)]
    offsets = np.cumsum([0, *(block.length("key") for block in members)])
    return Graph(
        offsets=offsets,
        trust=_joined([block.read("trust") for block in members]),
        speaker=_joined([places + np.int32(first) for places, first in zip(spoken, offsets[:-1], strict=True)]),
        voice=_voices(members, spoken),
        rows=[
            slice(int(offset) + first, int(offset) + last)
            for offset, cuts in zip(offsets[:-1], firsts, strict=True)
            for first, last in pairwise(cuts.tolist())
        ],
        edges=edges,
    )


def open_edges(plan: Place) -> list[Slice]:
    """The slices of all blocks, mapped into memory."""
    readers = [Reader(path, plan.fingerprint) for path in plan.paths("edges", plan.blocks)]
    return [held for reader in readers for held in open_slices(reader)]


def _voices(members: Sequence[Reader], spoken: Sequence[NDArray[np.int32]]) -> Floats:
    """q of all speakers; 1 for everybody, held once, where members have no such column."""
    if "voice" not in members[0].names:
        return np.broadcast_to(1.0, sum(map(len, spoken)))
    return _joined([block.read("voice").take(places) for block, places in zip(members, spoken, strict=True)])


def _joined(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.empty(0)


# What follows for some neighbouring members: what arrived at them, and where they stand among all.
Combine = Callable[[Floats, slice], Floats]


class Sweeper(ABC):
    """Sweeps over a graph. The same bits with any number of threads, and whoever works out what arrives."""

    def __init__(self, graph: Graph, crew: Crew) -> None:
        self.graph, self._crew = graph, crew.here
        self.passed = np.empty(len(graph.speaker))  # x = q y of speakers
        self._spoken = np.zeros(-(-len(self.passed) // STRETCH))
        self._changes = np.zeros(len(graph.rows))

    def speak(self, y: Floats) -> float:
        """x = q y of every speaker, and its sum."""

        def stretch(number: int) -> None:
            here = slice(number * STRETCH, (number + 1) * STRETCH)
            np.multiply(self.graph.voice[here], y.take(self.graph.speaker[here]), out=self.passed[here])
            self._spoken[number] = self.passed[here].sum()

        self._crew.each(stretch, len(self._spoken))
        return float(self._spoken.sum())

    def arrive(self, y: Floats, following: Floats, combine: Combine) -> float:
        """What follows from `speak`, written into `following`, and its summed distance from y."""
        arriving = self._arriving()

        def one(number: int) -> None:
            rows = self.graph.rows[number]
            found = combine(arriving(number), rows)
            self._changes[number] = np.abs(found - y[rows]).sum()
            following[rows] = found

        self._crew.each(one, len(self.graph.rows))
        return float(self._changes.sum())

    @abstractmethod
    def _arriving(self) -> Callable[[int], Floats]:
        """What arrives at the targets of a slice by its number, after `speak`; may be overwritten."""


class ThreadSweeper(Sweeper):
    """Sweeps in threads of this process, over edges mapped into memory."""

    def __init__(self, graph: Graph, held: Sequence[Slice], crew: Crew) -> None:
        super().__init__(graph, crew)
        self._held = held
        self._widest = max((len(one.idx) for one in held), default=0)
        self._own = local()

    def _arriving(self) -> Callable[[int], Floats]:
        def of(number: int) -> Floats:
            held = self._held[number]
            return inflow(held.ptr, held.idx, held.share, self.passed, self._scratch())

        return of

    def _scratch(self) -> Floats:
        if not hasattr(self._own, "room"):
            self._own.room = np.empty(self._widest)
        room: Floats = self._own.room
        return room


def in_threads(plan: Place, crew: Crew) -> Sweeper:
    """Sweeps over what passes 1 to 3 have left in the plan's folder."""
    return ThreadSweeper(open_graph(plan), open_edges(plan), crew)


def block_inflow(reader: Reader, passed: Floats) -> Floats:
    """What arrives at all members of one block, from its file of edges."""
    held = list(open_slices(reader))
    scratch = np.empty(max((len(one.idx) for one in held), default=0))
    return _joined([inflow(one.ptr, one.idx, one.share, passed, scratch) for one in held])


def influence_step(sweeper: Sweeper, continuation: float) -> Step:
    """y -> m + continuation * C'(q y), m the members' trust."""
    trust = sweeper.graph.trust

    def combine(arriving: Floats, rows: slice) -> Floats:
        arriving *= continuation
        arriving += trust[rows]
        return arriving

    def step(y: Floats, following: Floats) -> float:
        sweeper.speak(y)
        return sweeper.arrive(y, following, combine)

    return step


def pagerank_step(sweeper: Sweeper, damping: float) -> Step:
    """One step of PageRank, the members' trust being the teleport vector."""
    teleport = sweeper.graph.trust

    def step(y: Floats, following: Floats) -> float:
        dangling = float(y.sum()) - sweeper.speak(y)
        return sweeper.arrive(
            y, following, lambda arriving, rows: teleported(arriving, teleport[rows], dangling, damping=damping)
        )

    return step
