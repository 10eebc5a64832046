"""Classical weighted personalised PageRank on the engine: edges in Parquet -> ranks in Parquet, by any crew.

edges -> edges_told (exchange); teleport -> told (exchange)
edges_told -> sources, given (exchange) -> members, voices, edges -> ranks

For comparison with other systems. The version `pagerank` does not come this way: it is the influence of any version,
with the constants of conf/scoring/pagerank.toml.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sway.engine.clock import Clock
from sway.engine.crew import Crew, Passes, clear_stops
from sway.engine.exchange import put, take
from sway.engine.executor import DayFile, Figures
from sway.engine.files import Reader, Writer, write, write_parquet
from sway.engine.plan import Place
from sway.engine.scatter import EDGES, MEMBERS, scatter_edges, scatter_members
from sway.engine.slices import begins, sliced, speakers
from sway.engine.sweeps import Sweeper, in_threads, pagerank_step
from sway.errors import ConfigError
from sway.kernels.iteration import Goal, iterate
from sway.kernels.keys import encode, once, owner, pair_order
from sway.kernels.reach import sums
from sway.kernels.strength import added_up, orderless_sums

Tasks = Sequence[Sequence[DayFile]]
GIVEN = {"target_key": "<i8", "speaker": "<i4", "share": "<f4"}


@dataclass(frozen=True)
class PageRank:
    """Ranks of everybody whom edges or the teleport vector name.

    edges: tasks of files with actor_key, target_key, weight. teleport: tasks of files with account_key, trust, voice,
    of which trust, over its sum, is where influence goes otherwise; without any it goes to everybody alike.
    """

    place: Place
    crew: Crew
    edges: Tasks
    teleport: Tasks = ()
    sweeper: Callable[[Place, Crew], Sweeper] = in_threads

    def rank(self, goal: Goal, *, damping: float) -> Figures:
        """Leaves `rank_files`. Raises NotConverged where the goal's tolerance is not met."""
        clock, place = Clock(), self.place
        passes = Passes(place.folder, self.crew)
        if not passes.is_done("edges"):
            self._scatter(passes)
            clock.lap("edges told")
            told = place.paths("edges_told", len(self.edges))
            passes.do("sources", place.blocks, lambda b: to_sources(place, b, told), partial(place.path, "sources"))
            passes.drop("edges_told")
            clock.lap("sources")
            teleport = place.paths("told", len(self.teleport))
            passes.do("edges", place.blocks, lambda b: to_vertices(place, b, teleport), partial(place.path, "edges"))
            passes.drop("given", "told")
            clock.lap("edges")
        with clear_stops(place.folder, "the pass sweeps"):
            return self._sweep(goal, damping, clock)

    def rank_files(self) -> list[Path]:
        """Parquet files: account_key, rank; ranks sum to 1."""
        return [self.place.path("ranks", block, "parquet") for block in range(self.place.blocks)]

    def _scatter(self, passes: Passes) -> None:
        place, edges, told = self.place, self.edges, self.teleport
        passes.do(
            "edges_told",
            len(edges),
            lambda n: scatter_edges(place, "edges_told", n, edges[n]),
            partial(place.path, "edges_told"),
        )
        passes.do(
            "told",
            len(told),
            lambda n: scatter_members(place, "told", n, told[n]),
            partial(place.path, "told"),
        )

    def _sweep(self, goal: Goal, damping: float, clock: Clock) -> Figures:
        place, sweeper = self.place, self.sweeper(self.place, self.crew)
        whole = sweeper.graph.trust.sum()
        if len(sweeper.graph.trust) and not whole > 0.0:
            raise ConfigError("PageRank: expected a teleport vector with a sum above 0, found 0")
        graph = sweeper.graph = replace(sweeper.graph, trust=sweeper.graph.trust / whole)
        found = iterate(pagerank_step(sweeper, damping), graph.trust, goal, contraction=damping, about="PageRank")
        clock.lap("sweeps")

        def write_ranks(block: int) -> None:
            keys = Reader(place.path("members", block), place.fingerprint).read("key")
            rank = found.vector[graph.offsets[block] : graph.offsets[block + 1]]
            write_parquet(place.path("ranks", block, "parquet"), {"account_key": keys, "rank": rank})

        self.crew.here.each(write_ranks, place.blocks)
        clock.lap("ranks")
        sizes = (len(graph.trust), graph.edges, clock.laps, place.blocks)
        return Figures(found.sweeps, found.residual, found.error_bound, *sizes)


def to_sources(place: Place, block: int, files: Sequence[Path]) -> None:
    """A block's edges -> shares of their source's weight, to the owners of targets."""
    rows = take(files, place.fingerprint, block, EDGES)
    keys, source = encode(rows.pop("self_key"))
    share = rows["weight"] / orderless_sums(source, rows["weight"], len(keys)).take(source)
    target = rows["other_key"]
    given: dict[str, NDArray[Any]] = {"target_key": target, "speaker": source, "share": share.astype(np.float32)}
    with Writer(place.path("given", block), place.fingerprint) as out:
        put(out, 0, owner(target, place.bits), given, bits=place.bits)
    write(place.path("sources", block), place.fingerprint, {"key": keys})


def to_vertices(place: Place, block: int, files: Sequence[Path]) -> None:
    """A block's vertices and the edges into them."""
    rows = take(place.paths("given", place.blocks), place.fingerprint, block, GIVEN)
    told = take(files, place.fingerprint, block, MEMBERS)
    sources = [Reader(path, place.fingerprint) for path in place.paths("sources", place.blocks)]
    own = sources[block].read("key")
    keys, places = encode(np.concatenate([own, told["key"], rows.pop("target_key")]))
    spoken, named, target = np.split(places, np.cumsum([len(own), len(told["key"])]))
    teleport = sums(named, told["trust"], len(keys)) if files else np.ones(len(keys))
    edges = to_sorted_edges(target, speakers(begins([of.length("key") for of in sources]), rows), rows["share"])
    write(place.path("voices", block), place.fingerprint, {"speaker": spoken})
    write(place.path("members", block), place.fingerprint, {"key": keys, "trust": teleport})
    write(place.path("edges", block), place.fingerprint, sliced(*edges, members=len(keys)))


def to_sorted_edges(
    target: NDArray[np.int32], speaker: NDArray[np.int32], share: NDArray[np.float32]
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:
    """Edges by rising target and, of one target, by rising speaker; repeated ones added up."""
    order, again = pair_order(target, speaker)
    share = added_up(share.take(order), again)
    order = once(order, again)
    return target.take(order), speaker.take(order), share
