"""The executor `spark`: the tasks of `local` as jobs of the session, over files that all workers see, or cells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from sway.contracts.method import Method, Network
from sway.engine.cell_engine import CellEngine
from sway.engine.choose import shown
from sway.engine.crew import Crew
from sway.engine.executor import PairDays, Propagated
from sway.engine.local_executor import LocalExecutor, one_network_at_a_time
from sway.engine.plan import MOST_ROWS, Place, Plan, block_bits
from sway.engine.scatter import in_tasks, is_in_horizon, row_counts
from sway.engine.spark_crew import SparkCrew, by_spark
from sway.engine.sweeps import Sweeper
from sway.engine.work import disk_need
from sway.engine.workers import look
from sway.errors import InfrastructureError
from sway.kernels.keys import Keys

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

CELL_DISK = 2  # what travels stands on the sender's disk, and on the receiver's


@dataclass(frozen=True)
class SparkFilesExecutor(LocalExecutor):
    """Executor by Spark's Python workers, over a folder that all of them see. Bits, files and restarts are `local`'s.

    spark: makes the session. threads: of this process, for the vectors that stay in it.
    """

    spark: Callable[[], SparkSession] = field(kw_only=True)

    def _crew(self) -> Crew:
        crew = SparkCrew(self.spark().sparkContext, self.threads)
        crew.refuse_blind(self.folder)
        return crew

    @property
    def _sweeper(self) -> Callable[[Place, Crew], Sweeper]:
        return by_spark


@dataclass
class SparkCellsExecutor:
    """Executor by Spark's Python workers, each in a folder of its own: blocks travel through Spark as cells.

    Bits are those of `local`. Nothing is left for a run that starts again.
    """

    fingerprint: str
    threads: int
    most_rows: int = MOST_ROWS
    spark: Callable[[], SparkSession] = field(kw_only=True)
    _engine: CellEngine | None = field(default=None, repr=False)

    def present(self, pair_days: PairDays, *, network: Network, method: Method, as_of: date) -> Keys:
        """As Executor.present. Spark sees keys of accounts alone, no row of acts."""
        with one_network_at_a_time:
            return self._at_work(pair_days, network, method, as_of).present()

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
        with one_network_at_a_time:
            return Propagated(*self._at_work(pair_days, network, method, as_of).propagate(members, standing))

    def release(self) -> None:
        """As Executor.release."""
        if self._engine is not None:
            self._engine.release()
            self._engine = None

    def _at_work(self, pair_days: PairDays, network: Network, method: Method, as_of: date) -> CellEngine:
        if self._engine is None:
            plan = Plan(Path(), self.fingerprint, 0, as_of, network.actions, method)
            files = [file for file in pair_days.files if is_in_horizon(plan, file)]
            counts = row_counts(files)
            rows = sum(map(sum, counts)) + pair_days.relations
            spark = self.spark()
            refuse_if_workers_are_full(spark, rows=rows, accounts=pair_days.accounts)
            plan = plan.over(block_bits(rows, pair_days.accounts, most_rows=self.most_rows))
            self._engine = CellEngine(spark, plan, self.threads, in_tasks(files, counts))
        return self._engine


def refuse_if_workers_are_full(spark: SparkSession, *, rows: int, accounts: int) -> None:
    """Raise InfrastructureError where workers' disks together have less room than a propagation may take."""
    places = look(spark.sparkContext, None)
    wanted, free = CELL_DISK * disk_need(rows=rows, accounts=accounts), sum(place.free for place in places)
    if wanted > free:
        hosts = ", ".join(sorted({place.host for place in places}))
        raise InfrastructureError(
            f"{rows:,} rows of acts and relations between {accounts:,} accounts may take {shown(wanted)} of scratch"
            f" disk on Spark's workers ({hosts}), and {shown(free)} are free in their spark.local.dir; nothing was"
            " started"
        )
