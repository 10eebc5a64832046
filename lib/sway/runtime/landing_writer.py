"""Writes landing files the way other systems drop them: files first, the manifest last and at once."""

import fcntl
import gzip
import io
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sway.errors import ConfigError, InfrastructureError, LeaseHeld
from sway.runtime.landing import FILE_NAME, MANIFEST
from sway.runtime.place import lake_root

LOCK = ".lock"  # in the folder of notes, held by the process that writes
ROWS_PER_FILE = 250_000  # gzip cannot be split: a file is the unit a reader works on


class LandingWriter:
    """The landing folder of a lake on the local file system, and the folder of notes beside the lake."""

    def __init__(self, lake: Path) -> None:
        self.lake = lake.resolve()
        self.landing = self.lake / "landing"
        self.beside = self.lake.with_name(self.lake.name + ".truth")

    @classmethod
    def of(cls, lake: str) -> "LandingWriter":
        """That of the lake that `--lake` names. Raises ConfigError where it is no folder."""
        if "://" in lake:
            raise ConfigError(f"a world is written to a local folder, found {lake!r}")
        return cls(Path(lake_root(lake)))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Write here while no other process does. Raises LeaseHeld where one does, and where files cannot be written
        ConfigError (the lake's path is no folder) or InfrastructureError.
        """
        try:
            self.landing.mkdir(parents=True, exist_ok=True)
            self.beside.mkdir(exist_ok=True)
            with _held(self.beside / LOCK):
                yield
        except (NotADirectoryError, FileExistsError) as error:
            raise ConfigError(f"lake {self.lake}: expected a folder: {error}") from error
        except OSError as error:
            raise InfrastructureError(f"{self.lake}: the world could not be written: {error}; run again") from error

    def is_empty(self) -> bool:
        return not self.landing.exists() or not any(self.landing.iterdir())

    def day(self, network: str, feed: str, delivered: date) -> "DeliveryDay":
        """Open a day for writing. A day already delivered is refused; an unfinished one is begun again."""
        folder = self.landing / _checked(network) / _checked(feed) / f"dt={delivered.isoformat()}"
        return DeliveryDay(folder)

    def remove(self, network: str, feed: str) -> None:
        """Remove a whole feed, delivered or not."""
        shutil.rmtree(self.landing / _checked(network) / _checked(feed), ignore_errors=True)
        parent = self.landing / network
        if parent.exists() and not any(parent.iterdir()):
            parent.rmdir()

    def read_note(self, name: str) -> dict[str, Any] | None:
        """A note from beside the lake; None where there is none."""
        path = self.beside / name
        return json.loads(path.read_text("utf-8")) if path.exists() else None

    def write_note(self, name: str, note: dict[str, Any]) -> None:
        self.beside.mkdir(parents=True, exist_ok=True)
        _write_at_once(self.beside / name, json.dumps(note, indent=2, sort_keys=True) + "\n")

    def remove_note(self, name: str) -> None:
        (self.beside / name).unlink(missing_ok=True)

    def write_table_beside(self, name: str, table: pa.Table) -> None:
        self.beside.mkdir(parents=True, exist_ok=True)
        _write_parquet(self.beside / name, table)


class DeliveryDay:
    """One network's feed on one day. Leaving the `with` block without an error writes the manifest."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows = 0
        self.bytes = 0
        self._files: list[dict[str, Any]] = []

    def __enter__(self) -> "DeliveryDay":
        if (self.folder / MANIFEST).exists():
            raise ConfigError(f"{self.folder}: already delivered; remove the day to write it again")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is None:
            _write_at_once(self.folder / MANIFEST, json.dumps({"files": self._files}) + "\n")

    def write_lines(self, batches: Iterable[list[str]], suffix: str) -> None:
        """Write lines, given without line ends, into as many files as they need; gzip if the suffix says so.

        No lines: one file without rows.
        """
        more = iter(batches)
        batch: list[str] | None = next(more, [])
        while batch is not None:
            batch = self._write_file(self._next_name(suffix), batch, more)

    def write_table(self, table: pa.Table) -> None:
        """Write one Parquet file."""
        name = self._next_name(".parquet")
        _write_parquet(self.folder / name, table)
        self._record(name, table.num_rows)

    def _write_file(self, name: str, batch: list[str] | None, more: Iterator[list[str]]) -> list[str] | None:
        """Write batches until the file is full; returns the first batch of the next file, if there is one."""
        rows = 0
        with _open(self.folder / name) as out:
            while batch is not None and rows < ROWS_PER_FILE:
                out.write(_block(batch))
                rows += len(batch)
                batch = next(more, None)
        self._record(name, rows)
        return batch

    def _next_name(self, suffix: str) -> str:
        return _checked(f"part-{len(self._files):03}{suffix}")

    def _record(self, name: str, rows: int) -> None:
        size = (self.folder / name).stat().st_size
        self._files.append({"name": name, "bytes": size, "rows": rows})
        self.rows += rows
        self.bytes += size


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """A file that one process at a time holds, gone afterwards."""
    held = LeaseHeld(f"{path}: another process writes this world; wait for it, or stop it")
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise held from error
        # Whoever held it may have removed it since it was opened here, and the next one made another.
        if not path.exists() or not os.path.samestat(os.fstat(lock.fileno()), path.stat()):
            raise held
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def _open(path: Path) -> io.BufferedIOBase:
    """A file to write, or a gzip stream without name and time: the same lines are the same bytes."""
    if path.suffix != ".gz":
        return path.open("wb")
    return _Gzip(path)


class _Gzip(gzip.GzipFile):
    """Closes the file below as well, which GzipFile leaves open."""

    def __init__(self, path: Path) -> None:
        self._below = path.open("wb")
        super().__init__(filename="", mode="wb", compresslevel=1, fileobj=self._below, mtime=0)

    def close(self) -> None:
        super().close()
        self._below.close()


def _block(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode() if lines else b""


def _write_parquet(path: Path, table: pa.Table) -> None:
    pq.write_table(table, path, compression="zstd", version="2.6", row_group_size=128 * 1024)


def _write_at_once(path: Path, text: str) -> None:
    """Readers see the whole file or none."""
    unfinished = path.with_name(path.name + ".unfinished")
    with unfinished.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    unfinished.replace(path)


def _checked(name: str) -> str:
    if not FILE_NAME.fullmatch(name):
        raise ConfigError(f"landing: expected a name of letters, digits, '.', '_' and '-', found {name!r}")
    return name
