"""The executor `local`: tables go in and come out as Parquet files; between is engine/local.py. Nothing needs Spark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Lock

import pyarrow as pa

from sway.contracts.method import Method, Network
from sway.engine.crew import Crew, clear_stops
from sway.engine.executor import PairDays, Propagated
from sway.engine.files import read_tables, write_table
from sway.engine.local import Engine
from sway.engine.plan import MOST_ROWS, Place, Plan, block_bits
from sway.engine.scatter import in_tasks, is_in_horizon, row_counts
from sway.engine.sweeps import Sweeper, in_threads
from sway.engine.work import hold, refuse_if_full, release
from sway.kernels.keys import Keys

# Networks come side by side; their sweeps would share the same cores and double the memory.
one_network_at_a_time = Lock()


@dataclass(frozen=True)
class LocalExecutor:
    """Executor by a pool of threads of this process, over files.

    folder: where it works; another one for every fingerprint. fingerprint: of everything the result depends on.
    most_rows: of a block on average.
    """

    folder: Path
    fingerprint: str
    threads: int
    most_rows: int = MOST_ROWS

    def present(self, pair_days: PairDays, *, network: Network, method: Method, as_of: date) -> Keys:
        """As Executor.present."""
        with self._engine(pair_days, network, method, as_of) as engine:
            found: Keys = read_tables(engine.present())["account_key"].to_numpy()
        return found

    def propagate(
        self,
        pair_days: PairDays,
        members: pa.Table,
        standing: pa.Table | None = None,
        *,
        network: Network,
        method: Method,
        as_of: date,
    ) -> Propagated:
        """As Executor.propagate."""
        hold(self.folder)
        believed = self._land(members.select(["account_key", "trust", "voice"]), "members.parquet")
        related = [] if standing is None else self._land(standing, "standing.parquet")
        with self._engine(pair_days, network, method, as_of) as engine:
            figures = engine.propagate(believed, related)
            return Propagated(read_tables(engine.account_files()), figures)

    def release(self) -> None:
        """As Executor.release. The folder may be tidied from here on."""
        release(self.folder)

    def _crew(self) -> Crew:
        return Crew(self.threads)

    @property
    def _sweeper(self) -> Callable[[Place, Crew], Sweeper]:
        return in_threads

    @contextmanager
    def _engine(self, pair_days: PairDays, network: Network, method: Method, as_of: date) -> Iterator[Engine]:
        hold(self.folder)
        plan = Plan(self.folder, self.fingerprint, 0, as_of, network.actions, method)
        files = [file for file in pair_days.files if is_in_horizon(plan, file)]
        counts = row_counts(files)
        rows = sum(map(sum, counts)) + pair_days.relations
        plan = plan.over(block_bits(rows, pair_days.accounts, most_rows=self.most_rows))
        with one_network_at_a_time, self._crew() as crew:
            engine = Engine(plan, crew, in_tasks(files, counts), self._sweeper)
            if not engine.has_blocks:
                refuse_if_full(self.folder, rows=rows, accounts=pair_days.accounts)
            yield engine

    def _land(self, rows: pa.Table, name: str) -> list[str]:
        """The Parquet file of a table, written unless it is there or its rows are in blocks already.

        Not written again: tasks done before a kill and after it must take up the same rows in the same order.
        """
        path = self.folder / name
        if (self.folder / "edges.done").exists():
            return []
        if not path.exists():
            with clear_stops(self.folder, f"writing {name}"):
                write_table(path, rows)
        return [str(path)]
