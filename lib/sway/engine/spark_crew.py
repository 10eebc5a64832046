"""The executor `spark` where workers see the work folder: a crew that runs the same tasks as Spark jobs, over files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from sway.engine.crew import Arrays, Crew, clear_stops, give_back_memory
from sway.engine.files import Reader, write
from sway.engine.plan import Place
from sway.engine.sweeps import Graph, Sweeper, block_inflow, open_graph
from sway.engine.workers import clear_errors, guarded, look, ship

if TYPE_CHECKING:
    from pyspark import SparkContext

SHARES = 8  # of a job for each core, at most: what a task of Spark costs is saved, and the last one is not waited for
T = TypeVar("T")
Floats = NDArray[np.float64]


class SparkCrew(Crew):
    """Python workers of a Spark session; a job for each pass. threads: of this process, for what stays in it.

    A task that fails is tried again by Spark, elsewhere if a worker is lost: tasks rename their files on close, and
    whoever does one again writes the same bits.
    """

    def __init__(self, context: SparkContext, threads: int) -> None:
        super().__init__(threads)
        self._context, self._here = context, Crew(threads)
        ship(context)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        super().__exit__(kind, error, at)
        self._here.__exit__(kind, error, at)

    @property
    def here(self) -> Crew:
        """As Crew.here."""
        return self._here

    def each(self, task: Callable[[int], object], tasks: int) -> None:
        """As Crew.each, the first error after Spark's repeats."""

        def quietly(number: int) -> None:
            task(number)
            give_back_memory()

        self.gather(quietly, tasks)

    def gather(self, task: Callable[[int], T], tasks: int) -> list[T]:
        """What task(0) to task(tasks - 1) give, in their order."""
        if not tasks:
            return []

        def numbered(_number: int, numbers: Iterable[int]) -> Iterator[T]:
            return map(task, numbers)

        with clear_errors("the graph engine on Spark"):
            numbers = self._context.parallelize(range(tasks), min(tasks, SHARES * self._context.defaultParallelism))
            found: list[T] = numbers.mapPartitionsWithIndex(guarded(numbered)).collect()
        return found

    def shared(self, path: Path, fingerprint: str, arrays: Arrays) -> Callable[[], Arrays]:
        """As Crew.shared: through a file, which all workers of one machine map into the same memory."""
        write(path, fingerprint, arrays)
        return lambda: Reader(path, fingerprint).mapped()

    def refuse_blind(self, folder: Path) -> None:
        """Raise InfrastructureError where a worker does not see the folder, or has other versions than this process."""
        mark = folder / f".{uuid4()}"  # a folder of the same name elsewhere does not have it
        with clear_stops(folder, "writing a mark for workers"):
            folder.mkdir(parents=True, exist_ok=True)
            mark.touch()
        try:
            look(self._context, mark)
        finally:
            mark.unlink()


class SparkSweeper(Sweeper):
    """Sweeps by a job each: what speakers pass on goes out, what arrives comes back, block by block."""

    def __init__(self, graph: Graph, crew: Crew, inflows: Callable[[Floats], Sequence[bytes]]) -> None:
        super().__init__(graph, crew)
        self._inflows = inflows

    def _arriving(self) -> Callable[[int], Floats]:
        whole = np.empty(len(self.graph.trust))
        offsets = self.graph.offsets.tolist()
        for block, content in enumerate(self._inflows(self.passed)):
            whole[offsets[block] : offsets[block + 1]] = np.frombuffer(content)
        return lambda number: whole[self.graph.rows[number]]


def by_spark(place: Place, crew: Crew) -> Sweeper:
    """Sweeps over blocks in files that workers see."""
    assert isinstance(crew, SparkCrew), "sweeps on Spark need its workers"

    def inflows(passed: Floats) -> Sequence[bytes]:
        path = place.folder / "passed" / f"{uuid4()}.bin"  # a late attempt must not read the next sweep's
        shared: Callable[[], dict[str, Any]] = crew.shared(path, place.fingerprint, {"passed": passed})  # type: ignore[assignment]
        try:
            return crew.gather(lambda block: inflow_of(place, block, shared()["passed"]), place.blocks)
        finally:
            path.unlink(missing_ok=True)

    return SparkSweeper(open_graph(place), crew, inflows)


def inflow_of(place: Place, block: int, passed: Floats) -> bytes:
    """What arrives at one block's members, as it travels."""
    return block_inflow(Reader(place.path("edges", block), place.fingerprint), passed).tobytes()
