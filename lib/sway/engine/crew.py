"""Who runs tasks on one machine: some threads of this process, and markers of what is done already."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from itertools import count
from pathlib import Path
from types import TracebackType


class Crew:
    """Threads that share out numbered tasks, whoever is free taking the next: numpy lets go of the lock."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="engine")

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pool.shutdown(cancel_futures=True)

    def each(self, task: Callable[[int], object], tasks: int) -> None:
        """task(0) to task(tasks - 1), in any order. The first error stops all and is raised."""
        numbers = count()
        has_failed = False

        def work() -> None:
            nonlocal has_failed
            try:
                while not has_failed and (number := next(numbers)) < tasks:
                    task(number)
            except BaseException:
                has_failed = True
                raise

        begun = [self._pool.submit(work) for _ in range(min(self.threads, tasks))]
        wait(begun)
        for one in begun:
            one.result()


class Passes:
    """Passes over a folder: each leaves a marker when all of its files are there, and is not done twice."""

    def __init__(self, folder: Path, crew: Crew) -> None:
        self.folder, self._crew = folder, crew

    def is_done(self, name: str) -> bool:
        return self._marker(name).exists()

    def do(self, name: str, tasks: int, task: Callable[[int], object], made: Callable[[int], Path]) -> None:
        """Do the tasks of a pass whose file `made` is not there, unless the pass is done."""
        if self.is_done(name):
            return
        (self.folder / name).mkdir(parents=True, exist_ok=True)
        left = [number for number in range(tasks) if not made(number).exists()]
        self._crew.each(lambda n: task(left[n]), len(left))
        self.mark(name, tasks=tasks)

    def mark(self, name: str, **facts: float) -> None:
        """Say that a pass is done, and what is to be remembered of it."""
        part = self._marker(name).with_suffix(f".{os.getpid()}.part")
        part.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(facts), encoding="utf-8")
        part.replace(self._marker(name))

    def facts(self, name: str) -> dict[str, float]:
        """What was remembered of a pass that is done."""
        found: dict[str, float] = json.loads(self._marker(name).read_text(encoding="utf-8"))
        return found

    def drop(self, *rooms: str) -> None:
        """Remove files that no later pass reads."""
        for room in rooms:
            shutil.rmtree(self.folder / room, ignore_errors=True)

    def _marker(self, name: str) -> Path:
        return self.folder / f"{name}.done"
