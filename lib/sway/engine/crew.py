"""Who runs tasks: threads of this process, or another crew that does the same; and markers of what is done already."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
from numpy.typing import NDArray

from sway.errors import InfrastructureError

Arrays = Mapping[str, NDArray[Any]]


class Crew:
    """Threads that share numbered tasks, each taking the next when free: numpy releases the interpreter's lock."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="engine")

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pool.shutdown(cancel_futures=True)

    @property
    def here(self) -> Crew:
        """Threads of this process, for what is small or in its memory."""
        return self

    def each(self, task: Callable[[int], object], tasks: int) -> None:
        """task(0) to task(tasks - 1), in any order. The first error, or an interrupt, stops all and is raised."""
        numbers = count()
        is_stopped = False

        def work() -> None:
            nonlocal is_stopped
            try:
                while not is_stopped and (number := next(numbers)) < tasks:
                    task(number)
            except BaseException:
                is_stopped = True
                raise

        try:
            begun = [self._pool.submit(work) for _ in range(min(self.threads, tasks))]
            wait(begun)
        except BaseException:  # Ctrl-C, which comes to the thread that waits
            is_stopped = True
            raise
        for one in begun:
            one.result()

    def shared(self, path: Path, fingerprint: str, arrays: Arrays) -> Callable[[], Arrays]:
        """Arrays that tasks read, in memory here; a crew on other machines would leave them in the file `path`."""
        return lambda: arrays


class Passes:
    """Passes over a folder: each leaves a marker when all of its files are there, and is not done twice."""

    def __init__(self, folder: Path, crew: Crew) -> None:
        self.folder, self._crew = folder, crew

    def is_done(self, name: str) -> bool:
        return self._marker(name).exists()

    def do(
        self, name: str, tasks: int, task: Callable[[int], object], made: Callable[[int], Path], **facts: float
    ) -> None:
        """Do the tasks of a pass whose file `made` is not there, unless the pass is done; remember `facts` of it.

        Of a task's files `made` must get its name last. Raises InfrastructureError as `clear_stops` does.
        """
        if self.is_done(name):
            return
        with clear_stops(self.folder, f"the pass {name}"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
            for unfinished in self.folder.glob("*/.*.part"):  # of a process that was killed
                unfinished.unlink()
            left = [number for number in range(tasks) if not made(number).exists()]
            self._crew.each(lambda n: task(left[n]), len(left))
            self._mark(name, facts)
            give_back_memory()

    def _mark(self, name: str, facts: Mapping[str, float]) -> None:
        part = self._marker(name).with_suffix(f".{os.getpid()}.part")
        part.write_text(json.dumps(facts), encoding="utf-8")
        part.replace(self._marker(name))

    def facts(self, name: str) -> dict[str, float]:
        """What was remembered of a pass that is done."""
        found: dict[str, float] = json.loads(self._marker(name).read_text(encoding="utf-8"))
        return found

    def drop(self, *rooms: str) -> None:
        """Remove files that no later pass reads; a pass that made them would have to be done again."""
        for room in rooms:
            self._marker(room).unlink(missing_ok=True)
            shutil.rmtree(self.folder / room, ignore_errors=True)

    def _marker(self, name: str) -> Path:
        return self.folder / f"{name}.done"


@contextmanager
def clear_stops(folder: Path, what: str) -> Iterator[None]:
    """Raise InfrastructureError naming the folder and `what` where a file cannot be written, or memory runs out."""
    try:
        yield
    except OSError as error:
        raise InfrastructureError(f"{folder}: {what} stopped: {error}") from error
    except MemoryError as error:
        raise InfrastructureError(
            f"{folder}: {what} ran out of memory: {error}; it needs less with fewer engine.threads"
            " or engine.rows_per_block in the environment file"
        ) from error


def give_back_memory() -> None:
    """Have the C library and Arrow return freed memory: they would keep it for threads that have ended."""
    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:  # glibc alone has it
        trim(0)
