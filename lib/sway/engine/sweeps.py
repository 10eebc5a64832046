"""Sweeps over all blocks in threads: trust and edges -> influence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import local
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sway.engine.crew import Crew
from sway.engine.files import Reader
from sway.engine.plan import Plan
from sway.engine.slices import Slice, open_slices
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
    speaker: NDArray[np.int64]
    voice: Floats
    slices: Sequence[tuple[int, Slice]]


def open_graph(plan: Plan) -> Graph:
    """The graph that passes 1 to 3 have left in the plan's folder, its edges mapped into memory."""
    members = [Reader(path, plan.fingerprint) for path in plan.paths("members", plan.blocks)]
    spoken = [Reader(path, plan.fingerprint).read("speaker") for path in plan.paths("voices", plan.blocks)]
    offsets = np.cumsum([0, *(block.length("key") for block in members)])
    edges = [Reader(path, plan.fingerprint) for path in plan.paths("edges", plan.blocks)]
    voice = [block.read("voice").take(places) for block, places in zip(members, spoken, strict=True)]
    return Graph(
        offsets=offsets,
        trust=_joined([block.read("trust") for block in members]),
        speaker=_joined([places + first for places, first in zip(spoken, offsets[:-1], strict=True)]),
        voice=_joined(voice),
        slices=[
            (int(first) + s.first_target, s) for first, b in zip(offsets, edges, strict=False) for s in open_slices(b)
        ],
    )


def _joined(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.empty(0)


class Sweeper:
    """Repeats y = m + continuation * C'(q y), in place. The same bits with any number of threads."""

    def __init__(self, graph: Graph, crew: Crew, *, continuation: float) -> None:
        self.graph, self._crew, self._continuation = graph, crew, continuation
        self.influence = graph.trust.copy()
        self.passed = np.empty(len(graph.speaker))  # x = q y of speakers
        self._changes = np.zeros(len(graph.slices))
        self._widest = max((len(held.idx) for _, held in graph.slices), default=0)
        self._own = local()

    def sweep(self) -> float:
        """One sweep; the summed change of influence."""
        self.voice()
        self._crew.each(self._slice, len(self.graph.slices))
        return float(self._changes.sum())

    def voice(self) -> None:
        """x = q y of every speaker."""
        self._crew.each(self._stretch, -(-len(self.passed) // STRETCH))

    def _stretch(self, number: int) -> None:
        here = slice(number * STRETCH, (number + 1) * STRETCH)
        np.multiply(self.graph.voice[here], self.influence.take(self.graph.speaker[here]), out=self.passed[here])

    def _slice(self, number: int) -> None:
        first, held = self.graph.slices[number]
        rows = slice(first, first + held.height)
        following = inflow(held.ptr, held.idx, held.share, self.passed, self._scratch())
        following *= self._continuation
        following += self.graph.trust[rows]
        self._changes[number] = np.abs(following - self.influence[rows]).sum()
        self.influence[rows] = following

    def _scratch(self) -> Floats:
        if not hasattr(self._own, "room"):
            self._own.room = np.empty(self._widest)
        room: Floats = self._own.room
        return room
