"""Sweeps over all blocks in threads: trust and edges -> influence, or ranks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
    """All blocks: members one block after another, by rising key in each, and their edges.

    offsets: (b + 1,) where each block's members begin. speaker: (s,) places of members with pairs, one block after
    another. voice: (s,) their q. slices: with the place of their first target among all members.
    """

    offsets: NDArray[np.int64]
    trust: Floats
    speaker: NDArray[np.int32]
    voice: Floats
    slices: Sequence[tuple[int, Slice]]


def open_graph(plan: Place) -> Graph:
    """The graph that passes 1 to 3 have left in the plan's folder, its edges mapped into memory."""
    members = [Reader(path, plan.fingerprint) for path in plan.paths("members", plan.blocks)]
    spoken = [Reader(path, plan.fingerprint).read("speaker") for path in plan.paths("voices", plan.blocks)]
    offsets = np.cumsum([0, *(block.length("key") for block in members)])
    edges = [Reader(path, plan.fingerprint) for path in plan.paths("edges", plan.blocks)]
    return Graph(
        offsets=offsets,
        trust=_joined([block.read("trust") for block in members]),
        speaker=_joined([places + np.int32(first) for places, first in zip(spoken, offsets[:-1], strict=True)]),
        voice=_voices(members, spoken),
        slices=[
            (int(first) + s.first_target, s) for first, b in zip(offsets, edges, strict=False) for s in open_slices(b)
        ],
    )


def _voices(members: Sequence[Reader], spoken: Sequence[NDArray[np.int32]]) -> Floats:
    """q of all speakers; 1 for everybody, held once, where members have no such column."""
    if "voice" not in members[0].names:
        return np.broadcast_to(1.0, sum(map(len, spoken)))
    return _joined([block.read("voice").take(places) for block, places in zip(members, spoken, strict=True)])


def _joined(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.empty(0)


# What follows for some neighbouring members: what arrived at them, and where they stand among all.
Combine = Callable[[Floats, slice], Floats]


class Sweeper:
    """Sweeps over a graph in threads. The same bits with any number of them."""

    def __init__(self, graph: Graph, crew: Crew) -> None:
        self.graph, self._crew = graph, crew
        self.passed = np.empty(len(graph.speaker))  # x = q y of speakers
        self._spoken = np.zeros(-(-len(self.passed) // STRETCH))
        self._changes = np.zeros(len(graph.slices))
        self._widest = max((len(held.idx) for _, held in graph.slices), default=0)
        self._own = local()

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

        def one(number: int) -> None:
            first, held = self.graph.slices[number]
            rows = slice(first, first + held.height)
            found = combine(inflow(held.ptr, held.idx, held.share, self.passed, self._scratch()), rows)
            self._changes[number] = np.abs(found - y[rows]).sum()
            following[rows] = found

        self._crew.each(one, len(self.graph.slices))
        return float(self._changes.sum())

    def _scratch(self) -> Floats:
        if not hasattr(self._own, "room"):
            self._own.room = np.empty(self._widest)
        room: Floats = self._own.room
        return room


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
