"""Tasks on Spark's Python workers: our code travels with them, versions must be the driver's, errors keep their kind.

Nothing here needs numpy, so that a worker without it can say so.
"""

from __future__ import annotations

import gc
import os
import pickle
import platform
import re
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import TYPE_CHECKING, Any
from zipimport import zipimporter

from sway import errors
from sway.contracts.libraries import LIBRARIES
from sway.errors import InfrastructureError, SwayError

if TYPE_CHECKING:
    from pyspark import SparkContext

LOOKS = 4  # tasks for each core that look at where they are, so that every worker gets some
RELAYED = re.compile(r"\[sway (\w+)\] (.*?) \[/sway\]", re.DOTALL)
SAID = re.compile(r"^(?:[\w.]+(?:Error|Exception|Interrupted)\b|Caused by|Job aborted).*", re.MULTILINE)
# A task: the number of its partition, and what is in it -> what it gives.
Task = Callable[[int, Iterable[Any]], Iterable[Any]]


def versions() -> dict[str, str]:
    """Of Python and of LIBRARIES as they are here; `none` for what is missing, and why where it cannot be used.

    Besides them the instruction set that numpy makes use of.
    """
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = str(import_module(name).__version__)
        except ImportError:
            found[name] = "none"
        except Exception as error:  # a package of another version than what it needs raises anything
            found[name] = f"one that does not load ({error})"
    return found | {"numpy's instructions": _instructions()}


def _instructions() -> str:
    """The instruction set numpy computes powers with, as others give other last bits; `none` where it has none."""
    if "numpy" not in sys.modules:  # `versions` could not load it
        return "none"
    try:
        found = import_module("numpy.lib.introspect").opt_func_info(func_name="^exp2$", signature="float64")
    except ImportError:  # a version before 2.1
        return "none"
    # Where the processor has one set alone, none is listed.
    return str(found["exp2"]["dd"]["current"] if "exp2" in found else "none")


@dataclass(frozen=True)
class Guarded:
    """A pickled task, which runs only where versions are those of the driver."""

    task: bytes
    expected: dict[str, str]

    def __call__(self, number: int, items: Iterable[Any]) -> Iterator[Any]:
        forget_archives()
        spare_collector()
        try:
            refuse_others(platform.node(), versions(), self.expected)
            yield from pickle.loads(self.task)(number, items)
        except SwayError as error:
            raise RuntimeError(f"[sway {type(error).__name__}] {error} [/sway]") from error


def forget_archives() -> None:
    """Drop finders of modules in archives; those of modules still to be imported are made anew.

    Before each task Spark has all finders look again, and each reads the whole list of pyspark.zip, 16 of them:
    0.19 s of CPU a task, 0.015 without (measured).
    """
    for path, finder in list(sys.path_importer_cache.items()):
        if isinstance(finder, zipimporter):
            del sys.path_importer_cache[path]


def spare_collector() -> None:
    """Hide what earlier tasks left behind, modules above all, from the garbage collector.

    After each task Spark has a worker collect garbage: 20 ms of CPU with numpy, scipy and pyarrow loaded, next to none
    without them (measured). What is here before a task is unpickled is no garbage, and nothing of the task is kept
    alive by this.
    """
    gc.freeze()


def guarded(task: Task) -> Guarded:
    """The task as it travels."""
    from pyspark import cloudpickle

    return Guarded(cloudpickle.dumps(task), versions())  # type: ignore[no-untyped-call]


def refuse_others(host: str, found: dict[str, str], expected: dict[str, str]) -> None:
    """Raise InfrastructureError where a worker's versions are not the driver's: its bits might be others."""
    other = [name for name in expected if found[name] != expected[name]]
    if other:
        pairs = "; ".join(f"{name}: expected {expected[name]} as the driver has, found {found[name]}" for name in other)
        raise InfrastructureError(f"Spark's Python worker on {host}: {pairs}; install the same there (conf/locks)")


@dataclass(frozen=True)
class Whereabouts:
    """Where a worker is: its versions, which of some paths it sees, and the disk of its scratch folder."""

    host: str
    versions: dict[str, str]
    sees: bool
    disk: int
    free: int


def look(context: SparkContext, path: Path | None) -> list[Whereabouts]:
    """Where Spark's workers are, each disk once. path: a file they should see.

    Raises InfrastructureError where one has other versions than the driver, or does not see the path.
    """
    wanted = None if path is None else str(path)

    def places(_number: int, items: Iterable[int]) -> Iterator[Whereabouts]:
        return (here(wanted) for _ in items)  # a worker that leaves any is not used again

    ship(context)
    looks = LOOKS * context.defaultParallelism
    with clear_errors("Spark's workers cannot be looked at"):
        found: list[Whereabouts] = context.parallelize(range(looks), looks).mapPartitionsWithIndex(places).collect()
    for place in found:
        refuse_others(place.host, place.versions, versions())
        if not place.sees and path is not None:
            raise InfrastructureError(
                f"{path.parent}: Spark's worker on {place.host} does not see this folder of the driver's; mount it"
                ' there under the same path, or set exchange = "cells" under [engine] in the environment file'
            )
    return list({(place.host, place.disk): place for place in found}.values())


def here(path: str | None) -> Whereabouts:
    """Where this process is."""
    scratch = scratch_folder()
    room = os.statvfs(scratch)
    sees = path is None or Path(path).exists()
    return Whereabouts(platform.node(), versions(), sees, Path(scratch).stat().st_dev, room.f_bavail * room.f_frsize)


def scratch_folder() -> str:
    """The first of the folders that Spark gives its workers, and removes with them."""
    return os.environ.get("SPARK_LOCAL_DIRS", gettempdir()).split(",")[0]


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder of this worker's own, gone at the end."""
    with TemporaryDirectory(prefix="sway-", dir=scratch_folder()) as folder:
        yield Path(folder)


@contextmanager
def clear_errors(about: str) -> Iterator[None]:
    """Turn what Spark says of a failed task into the error the task raised, or into InfrastructureError."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (Py4JError, PySparkException) as error:
        text = str(error)
        if relayed := RELAYED.search(text):
            raise getattr(errors, relayed[1], InfrastructureError)(relayed[2]) from error
        said = list(dict.fromkeys(SAID.findall(text)))
        raise InfrastructureError(f"{about}: {' | '.join(said[-3:]) or text[:500]}") from error


def ship(context: SparkContext) -> None:
    """Send our own code to workers, once; those of a local session have it."""
    if str(context.master).startswith("local") or hasattr(context, "_sway_shipped"):
        return
    root = Path(errors.__file__).parent
    folder = TemporaryDirectory(prefix="sway-")  # until this process ends: workers that come later ask for it
    path = Path(folder.name, "sway.zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(root.rglob("*.py")):
            archive.write(file, Path(root.name, file.relative_to(root)))
    context.addPyFile(str(path))
    context._sway_shipped = folder  # type: ignore[attr-defined]
