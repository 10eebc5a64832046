"""The engine over files: passes and sweeps by a crew, threads of this process if nothing else is said.

    days of acts -> acts (exchange), seen -> present
    members, standing -> exchanges -> members, voices, given (exchange) -> edges, reactions -> influence -> accounts

Each word is a folder of work files, and each arrow a pass that is not done twice. Tasks hold nothing of the engine but
its plan, so that a crew may take them elsewhere. Nothing here needs Spark.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sway.engine.accounts import to_accounts
from sway.engine.clock import Clock
from sway.engine.crew import Crew, Passes, clear_stops
from sway.engine.executor import DayFile, Figures
from sway.engine.files import Reader
from sway.engine.plan import Place, Plan
from sway.engine.scatter import (
    gather_present,
    in_tasks,
    row_counts,
    scatter_acts,
    scatter_members,
)
from sway.engine.slices import begins, to_slices
from sway.engine.sweeps import Sweeper, in_threads, influence_step
from sway.engine.voices import gather_members, to_voices
from sway.kernels.iteration import Goal, Iterated, iterate


@dataclass(frozen=True)
class Engine:
    """One propagation: its plan, who works, the acts it starts from, as tasks of pass 1, and how sweeps are made."""

    plan: Plan
    crew: Crew
    acts: Sequence[Sequence[DayFile]]
    sweeper: Callable[[Place, Crew], Sweeper] = in_threads

    @property
    def passes(self) -> Passes:
        return Passes(self.plan.folder, self.crew)

    @property
    def has_blocks(self) -> bool:
        """Whether passes 1 to 3 are done."""
        return self.passes.is_done("edges")

    def present(self) -> list[Path]:
        """Parquet files with account_key of everybody who acts or is acted upon within the horizon, once each."""
        plan = self.plan
        if not self.passes.is_done("present"):
            self._scatter_acts()
            seen = plan.paths("seen", len(self.acts))
            self._gather("present", lambda block: gather_present(plan, "present", block, seen), suffix="parquet")
        self.passes.drop("seen")
        return [plan.path("present", block, "parquet") for block in range(plan.blocks)]

    def propagate(self, members: Sequence[str], standing: Sequence[str]) -> Figures:
        """Influence and reach of members, from Parquet files: account_key, trust, voice; actor_key, target_key, action.

        Leaves accounts (see account_files) and the strongest reactors in the plan's folder.
        """
        clock = Clock()
        if not self.has_blocks:
            if not self.passes.is_done("voices"):
                self._scatter_acts()
                clock.lap("acts")
                self._to_voices(members, standing)
                clock.lap("voices")
            self._to_edges()
            clock.lap("edges")
        if not self.passes.is_done("accounts"):
            self._sweep(clock)
        self.passes.drop("acts", "seen", "told", "standing", "standing_seen", "given", "passed", "known")
        facts = self.passes.facts("accounts")
        return Figures(
            sweeps=int(facts["sweeps"]),
            residual=facts["residual"],
            error_bound=facts["error_bound"],
            accounts=int(facts["accounts"]),
            pairs=int(facts["pairs"]),
            seconds=clock.laps,
            blocks=self.plan.blocks,
            block_bytes=sum(path.stat().st_size for path in self.plan.paths("edges", self.plan.blocks)),
        )

    def account_files(self) -> list[Path]:
        """Parquet files with the columns of Propagated."""
        return [self.plan.path("accounts", block, "parquet") for block in range(self.plan.blocks)]

    def _scatter_acts(self) -> None:
        plan, acts, rooms = self.plan, self.acts, ("acts", "seen")
        self._scatter("acts", acts, lambda n: scatter_acts(plan, rooms, n, acts[n]))

    def _to_voices(self, members: Sequence[str], standing: Sequence[str]) -> None:
        plan = self.plan
        told, related = (_tasks(files) for files in (members, standing))
        rooms = ("standing", "standing_seen")
        self._scatter("told", told, lambda n: scatter_members(plan, "told", n, told[n]))
        self._scatter("standing", related, lambda n: scatter_acts(plan, rooms, n, related[n]))
        members_told = plan.paths("told", len(told))
        self._gather("members", lambda block: gather_members(plan, "members", block, members_told))
        acts = plan.paths("acts", len(self.acts)) + plan.paths("standing", len(related))
        self._gather(
            "voices", lambda block: to_voices(plan, ("voices", "given"), block, read(plan, "members", block), acts)
        )
        self.passes.drop("acts", "told", *rooms)

    def _to_edges(self) -> None:
        plan, rooms = self.plan, ("edges", "reactions")
        firsts = begins([opened(plan, "voices", block).length("speaker") for block in range(plan.blocks)])
        given = plan.paths("given", plan.blocks)
        self._gather(
            "edges",
            lambda block: to_slices(plan, rooms, block, opened(plan, "members", block).read("key"), firsts, given),
        )
        self.passes.drop("given")

    def _sweep(self, clock: Clock) -> None:
        plan = self.plan
        with clear_stops(plan.folder, "the pass sweeps"):
            sweeper = self.sweeper(plan, self.crew)
            found = swept(sweeper, plan)
            clock.lap("sweeps")
            keys = np.concatenate([opened(plan, "members", block).read("key") for block in range(plan.blocks)])
            known = self.crew.shared(plan.path("known", 0), plan.fingerprint, known_of(sweeper, keys, found.vector))
        rooms = ("accounts", "strongest")
        self.passes.do(
            "accounts",
            plan.blocks,
            lambda block: to_accounts(plan, rooms, block, known()),
            lambda block: plan.path("accounts", block, "parquet"),
            sweeps=found.sweeps,
            residual=found.residual,
            error_bound=found.error_bound,
            accounts=len(keys),
            pairs=sum(int(opened(plan, "voices", block).read("pairs")[0]) for block in range(plan.blocks)),
        )
        clock.lap("accounts")

    def _scatter(self, name: str, tasks: Sequence[Any], task: Callable[[int], object]) -> None:
        self.passes.do(name, len(tasks), task, partial(self.plan.path, name))

    def _gather(self, name: str, task: Callable[[int], object], *, suffix: str = "bin") -> None:
        self.passes.do(name, self.plan.blocks, task, partial(self.plan.path, name, suffix=suffix))


def swept(sweeper: Sweeper, plan: Plan) -> Iterated:
    """Influence after the method's sweeps; leaves what speakers pass on of it in the sweeper."""
    passing, trust = plan.method.influence, sweeper.graph.trust
    step = influence_step(sweeper, passing.continuation)
    found = iterate(step, trust, Goal(sweeps=passing.sweeps), contraction=passing.continuation, about="influence")
    sweeper.speak(found.vector)
    return found


def known_of(sweeper: Sweeper, keys: NDArray[np.int64], influence: NDArray[np.float64]) -> dict[str, NDArray[Any]]:
    """What `to_accounts` has to know of other blocks. keys: (n,) of all members."""
    graph = sweeper.graph
    return {
        "offsets": graph.offsets,
        "influence": influence,
        "reactors": keys.take(graph.speaker),
        "passed": sweeper.passed,
    }


def opened(plan: Plan, room: str, block: int) -> Reader:
    return Reader(plan.path(room, block), plan.fingerprint)


def read(plan: Plan, room: str, block: int) -> dict[str, NDArray[Any]]:
    reader = opened(plan, room, block)
    return {name: reader.read(name) for name in reader.names}


def _tasks(paths: Sequence[str]) -> list[tuple[DayFile, ...]]:
    files = [DayFile(path) for path in paths]
    return in_tasks(files, row_counts(files))
