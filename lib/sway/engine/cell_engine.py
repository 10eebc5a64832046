"""The executor `spark` where workers see no common folder: the same passes, blocks travelling through Spark as cells.

    days of acts -> acts, seen -> present
    told, acts, standing -> members, voices, given -> members, voices, edges, reactions -> sweeps -> accounts

Each word is a room of cells in an RDD, kept on the workers' disks; what goes to a block's task is shuffled by block.
What a lost worker held Spark makes again from what it was made of. The driver holds vectors alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sway.engine.cells import (
    HELD,
    Cell,
    accounts_of,
    act_cells,
    edge_cells,
    inflow_of,
    land,
    member_cells,
    present_of,
    standing_cells,
    voice_cells,
)
from sway.engine.choose import EDGE_BYTES
from sway.engine.clock import Clock
from sway.engine.crew import Crew
from sway.engine.executor import DayFile, Figures
from sway.engine.files import CellReader, write_batches
from sway.engine.local import known_of, opened, swept
from sway.engine.plan import Plan
from sway.engine.slices import begins
from sway.engine.spark_crew import SparkSweeper
from sway.engine.sweeps import graph_of
from sway.engine.workers import clear_errors, guarded, scratch, ship
from sway.kernels.keys import Keys

if TYPE_CHECKING:
    from pyspark import RDD
    from pyspark.sql import SparkSession

Floats = NDArray[np.float64]
CELL = "block int, room string, number int, content binary"
ABOUT = "the graph engine on Spark"
_CELLS = pa.schema([("block", pa.int32()), ("room", pa.string()), ("number", pa.int32()), ("content", pa.binary())])


@dataclass
class CellEngine:
    """One propagation: its plan, of which folders are made where they are needed, and acts as tasks of pass 1."""

    spark: SparkSession
    plan: Plan
    threads: int
    acts: Sequence[Sequence[DayFile]]
    _kept: list[Any] = field(default_factory=list)
    _told: RDD[Cell] | None = None

    def present(self) -> Keys:
        """Keys of everybody who acts or is acted upon within the horizon, once each."""
        plan = self.plan
        seen = self._by_block(self._told_acts(), "seen")
        contents = _each_block(seen, lambda block, cells: [present_of(plan, block, cells)])
        found: Keys = _rows(contents)["account_key"].to_numpy()
        return found

    def propagate(self, members: pa.Table, standing: pa.Table | None) -> tuple[pa.Table, Figures]:
        """As Engine.propagate, with the rows of Propagated."""
        clock, plan = Clock(), self.plan
        related = [] if standing is None else [self._landed(standing, standing_cells)]
        told = self.spark.sparkContext.union(
            [self._told_acts(), self._landed(members.select(["account_key", "trust", "voice"]), member_cells), *related]
        )
        spoken = self._keep(
            _each_block(
                self._by_block(told, "told", "acts", "standing"), lambda block, cells: voice_cells(plan, block, cells)
            )
        )
        voices = self._collected(spoken, "voices")
        clock.lap("voices")
        firsts = begins([_reader(plan, cell).length("speaker") for cell in voices])
        blocks = self._keep(
            _each_block(
                self._by_block(spoken, "given", "members", "voices"),
                lambda block, cells: edge_cells(plan, block, cells, firsts),
            )
        )
        cuts = [_reader(plan, cell) for cell in self._collected(blocks, "cuts")]
        clock.lap("edges")
        accounts, figures = self._sweep(blocks, spoken, cuts, clock)
        pairs = sum(int(_reader(plan, cell).read("pairs")[0]) for cell in voices)
        return accounts, replace(figures, pairs=pairs, seconds=clock.laps, blocks=plan.blocks)

    def release(self) -> None:
        """Let Spark drop what it holds."""
        while self._kept:
            kept = self._kept.pop()
            kept.unpersist()

    def _sweep(
        self, blocks: RDD[Cell], spoken: RDD[Cell], cuts: Sequence[CellReader], clock: Clock
    ) -> tuple[pa.Table, Figures]:
        edges = self._keep(blocks.filter(lambda cell: cell[1] == "edges"))
        with TemporaryDirectory(prefix="sway-") as folder, Crew(self.threads) as crew:
            plan = replace(self.plan, folder=Path(folder))
            for room in ("members", "voices"):
                land(plan, self._collected(spoken, room))
            graph = graph_of(
                plan, [cut.read("first_target") for cut in cuts], sum(int(cut.read("edges")[0]) for cut in cuts)
            )
            sweeper = SparkSweeper(graph, crew, lambda passed: self._inflows(edges, passed))
            found = swept(sweeper, plan)
            keys = np.concatenate([opened(plan, "members", block).read("key") for block in range(plan.blocks)])
        clock.lap("sweeps")
        accounts = self._accounts(blocks, known_of(sweeper, keys, found.vector))
        clock.lap("accounts")
        block_bytes = sum(int(cut.read("edges")[0]) for cut in cuts) * EDGE_BYTES
        figures = Figures(found.sweeps, found.residual, found.error_bound, len(keys), 0, block_bytes=block_bytes)
        return accounts, figures

    def _inflows(self, edges: RDD[Cell], passed: Floats) -> list[bytes]:
        """What arrives at each block's members."""
        plan, sent = self.plan, self.spark.sparkContext.broadcast(passed)
        try:
            with clear_errors(ABOUT):
                found: list[bytes] = _each_block(
                    edges, lambda _, cells: [inflow_of(plan, cell, sent.value) for cell in cells]
                ).collect()
            return found
        finally:
            sent.destroy()

    def _accounts(self, blocks: RDD[Cell], known: dict[str, NDArray[Any]]) -> pa.Table:
        plan, sent = self.plan, self.spark.sparkContext.broadcast(known)
        contents = _each_block(
            blocks.filter(lambda cell: cell[1] in HELD),
            lambda block, cells: [accounts_of(plan, block, cells, sent.value)],
        )
        try:
            return _rows(contents)
        finally:
            sent.destroy()

    def _told_acts(self) -> RDD[Cell]:
        """Acts and seen. Not done twice: who is present is asked before influence."""
        if self._told is None:
            context, plan, acts = self.spark.sparkContext, self.plan, self.acts
            ship(context)

            def scattered(_: int, numbers: Iterable[int]) -> Iterator[Cell]:
                for number in numbers:
                    yield from act_cells(plan, number, acts[number])

            numbers = context.parallelize(range(len(acts)), max(1, len(acts)))
            self._told = self._keep(numbers.mapPartitionsWithIndex(guarded(scattered)))
        return self._told

    def _landed(self, rows: pa.Table, task: Callable[[Plan, int, Path], Iterator[Cell]]) -> RDD[Cell]:
        """A table's rows as cells: each partition into a file, from which the task takes them."""
        plan = self.plan

        def landed(number: int, batches: Iterable[pa.RecordBatch]) -> Iterator[Cell]:
            with scratch() as folder:
                path = folder / "rows.parquet"
                if write_batches(path, batches):
                    yield from task(plan, number, path)

        work = guarded(landed)

        def in_arrow(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            from pyspark import TaskContext

            at = TaskContext.get()
            assert at is not None, "runs in a task"
            for cell in work(at.partitionId(), batches):
                yield pa.RecordBatch.from_pylist([cell._asdict()], _CELLS)

        return self.spark.createDataFrame(rows).mapInArrow(in_arrow, CELL).rdd.map(_cell)

    def _by_block(self, cells: RDD[Cell], *rooms: str) -> RDD[Cell]:
        """Cells of some rooms, each in the partition of its block."""
        wanted = frozenset(rooms)
        chosen = cells.filter(lambda cell: cell[1] in wanted).keyBy(lambda cell: cell[0])
        return chosen.partitionBy(self.plan.blocks, _same).values()

    def _collected(self, cells: RDD[Cell], room: str) -> list[Cell]:
        """The cells of a room that has one for each block, in their order."""
        with clear_errors(ABOUT):
            found = cells.filter(lambda cell: cell[1] == room).collect()
        return sorted(found, key=lambda cell: cell.block)

    def _keep(self, cells: RDD[Cell]) -> RDD[Cell]:
        from pyspark import StorageLevel

        self._kept.append(cells.persist(StorageLevel.DISK_ONLY))
        return cells


def _rows(contents: RDD[bytes]) -> pa.Table:
    """The rows of Parquet files under way."""
    with clear_errors(ABOUT):
        found = contents.collect()
    return pa.concat_tables(pq.read_table(pa.BufferReader(content)) for content in found)


def _each_block(cells: RDD[Cell], task: Callable[[int, Iterable[Cell]], Iterable[Any]]) -> RDD[Any]:
    """What a task gives for each partition, which is a block."""
    return cells.mapPartitionsWithIndex(guarded(task))


def _reader(plan: Plan, cell: Cell) -> CellReader:
    return CellReader(cell.content, plan.fingerprint, f"{cell.room} of block {cell.block}")


def _cell(row: Sequence[Any]) -> Cell:
    return Cell(*row)


def _same(block: int) -> int:
    return block
