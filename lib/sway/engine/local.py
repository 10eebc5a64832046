"""The engine on one machine: the passes and sweeps over files, in threads of this process. Nothing here needs Spark.

    days of acts -> acts (exchange), seen -> present
    members, standing -> exchanges -> members, voices, given (exchange) -> edges, reactions -> influence -> accounts

Each word is a folder of work files, and each arrow a pass that is not done twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sway.engine.accounts import to_accounts
from sway.engine.clock import Clock
from sway.engine.crew import Crew, Passes
from sway.engine.executor import DayFile, Figures
from sway.engine.files import Reader, write
from sway.engine.plan import Plan
from sway.engine.scatter import (
    gather_present,
    in_tasks,
    row_counts,
    scatter_acts,
    scatter_members,
)
from sway.engine.slices import to_slices
from sway.engine.sweeps import Sweeper, influence_step, open_graph
from sway.engine.voices import gather_members, to_voices
from sway.kernels.iteration import Goal, iterate


@dataclass(frozen=True)
class Engine:
    """One propagation: its plan, who works, and the acts it starts from, as tasks of pass 1."""

    plan: Plan
    crew: Crew
    acts: Sequence[Sequence[DayFile]]

    @property
    def passes(self) -> Passes:
        return Passes(self.plan.folder, self.crew)

    @property
    def has_blocks(self) -> bool:
        """Whether passes 1 to 3 are done."""
        return self.passes.is_done("edges")

    def present(self) -> list[Path]:
        """Parquet files with account_key of everybody who acts or is acted upon within the horizon, once each."""
        if not self.passes.is_done("present"):
            self._scatter_acts()
            seen = self.plan.paths("seen", len(self.acts))
            self._gather("present", lambda block: gather_present(self.plan, "present", block, seen), suffix="parquet")
        self.passes.drop("seen")
        return [self.plan.path("present", block, "parquet") for block in range(self.plan.blocks)]

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
        self.passes.drop("acts", "seen", "told", "standing", "standing_seen", "given")
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
        rooms = ("acts", "seen")
        self._scatter("acts", self.acts, lambda n: scatter_acts(self.plan, rooms, n, self.acts[n]))

    def _to_voices(self, members: Sequence[str], standing: Sequence[str]) -> None:
        told, related = (_tasks(files) for files in (members, standing))
        rooms = ("standing", "standing_seen")
        self._scatter("told", told, lambda n: scatter_members(self.plan, "told", n, told[n]))
        self._scatter("standing", related, lambda n: scatter_acts(self.plan, rooms, n, related[n]))
        members_told = self.plan.paths("told", len(told))
        self._gather("members", lambda block: gather_members(self.plan, "members", block, members_told))
        acts = self.plan.paths("acts", len(self.acts)) + self.plan.paths("standing", len(related))
        self._gather(
            "voices", lambda block: to_voices(self.plan, ("voices", "given"), block, self._read("members", block), acts)
        )
        self.passes.drop("acts", "told", *rooms)

    def _to_edges(self) -> None:
        speakers = [self._file("voices", block).length("speaker") for block in range(self.plan.blocks)]
        given = self.plan.paths("given", self.plan.blocks)
        rooms = ("edges", "reactions")

        def task(block: int) -> None:
            to_slices(self.plan, rooms, block, self._file("members", block).read("key"), speakers, given)

        self._gather("edges", task)
        self.passes.drop("given")

    def _sweep(self, clock: Clock) -> None:
        plan, graph = self.plan, open_graph(self.plan)
        passing = plan.method.influence
        sweeper = Sweeper(graph, self.crew)
        step = influence_step(sweeper, passing.continuation)
        found = iterate(
            step, graph.trust, Goal(sweeps=passing.sweeps), contraction=passing.continuation, about="influence"
        )
        sweeper.speak(found.vector)
        clock.lap("sweeps")
        write(plan.folder / "influence.bin", plan.fingerprint, {"influence": found.vector})
        keys = np.concatenate([self._file("members", block).read("key") for block in range(plan.blocks)])
        reactors = keys.take(graph.speaker)
        known = (graph, reactors, found.vector, sweeper.passed)
        rooms = ("accounts", "strongest")
        self.passes.do(
            "accounts",
            plan.blocks,
            lambda block: to_accounts(plan, rooms, block, *known),
            lambda block: plan.path("accounts", block, "parquet"),
            sweeps=found.sweeps,
            residual=found.residual,
            error_bound=found.error_bound,
            accounts=len(keys),
            pairs=sum(int(self._file("voices", block).read("pairs")[0]) for block in range(plan.blocks)),
        )
        clock.lap("accounts")

    def _scatter(self, name: str, tasks: Sequence[Any], task: Callable[[int], object]) -> None:
        self.passes.do(name, len(tasks), task, lambda n: self.plan.path(name, n))

    def _gather(self, name: str, task: Callable[[int], object], *, suffix: str = "bin") -> None:
        self.passes.do(name, self.plan.blocks, task, lambda block: self.plan.path(name, block, suffix))

    def _file(self, room: str, block: int) -> Reader:
        return Reader(self.plan.path(room, block), self.plan.fingerprint)

    def _read(self, room: str, block: int) -> dict[str, Any]:
        reader = self._file(room, block)
        return {name: reader.read(name) for name in reader.names}


def _tasks(paths: Sequence[str]) -> list[tuple[DayFile, ...]]:
    files = [DayFile(path) for path in paths]
    return in_tasks(files, row_counts(files))
