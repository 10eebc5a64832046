"""Work files: named arrays one after another, and at the end what they are. Written whole or not at all.

    array, array, ... | JSON: fingerprint of the run, and dtype, length and offset of each array | its length | MAGIC

Little-endian, each array aligned to a cache line, so that a file can be mapped into memory as it is. The description
stands last: arrays are written as they come, and a file cut short has none.
"""

from __future__ import annotations

import io
import json
import mmap
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sway.errors import InfrastructureError

MAGIC = b"sway work file 1"
LINE = 64
TAIL = 8 + len(MAGIC)


class Writer:
    """A file in the making, under another name until it is whole. What stood there before is replaced."""

    def __init__(self, path: Path, fingerprint: str) -> None:
        self._path, self._part = path, part_of(path)
        self._about: dict[str, Any] = {"fingerprint": fingerprint, "arrays": {}}

    def __enter__(self) -> Writer:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file: BinaryIO = self._part.open("wb")
        return self

    def add(self, name: str, array: NDArray[Any]) -> None:
        """Append an array of one dimension."""
        self._about["arrays"][name] = _add(self._file, array)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            if kind is None:
                _close(self._file, self._about)
        finally:
            self._file.close()
        if kind is None:
            self._part.replace(self._path)
        else:
            self._part.unlink()


class Reader:
    """A work file of this run. Raises InfrastructureError where it is missing, cut short, or another run's."""

    def __init__(self, path: Path, fingerprint: str) -> None:
        self.path = path
        about = self._described()
        if about["fingerprint"] != fingerprint:
            raise InfrastructureError(
                f"{path}: work file of another run: expected fingerprint {fingerprint}, found {about['fingerprint']}; "
                "remove its folder and run again"
            )
        self._arrays: Mapping[str, tuple[str, int, int]] = about["arrays"]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._arrays)

    def mapped(self) -> dict[str, NDArray[Any]]:
        """Every array, mapped: read from disk when it is looked at, not to be written to."""
        whole = self._whole()
        return {
            name: np.frombuffer(whole, dtype, length, offset) for name, (dtype, length, offset) in self._arrays.items()
        }

    def _whole(self) -> mmap.mmap | bytes:
        with self.path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def length(self, name: str) -> int:
        return self._arrays[name][1]

    def read(self, name: str, first: int = 0, last: int | None = None) -> NDArray[Any]:
        """An array, or its entries from `first` up to `last`, as a copy in memory."""
        dtype, length, _ = self._arrays[name]
        found = np.empty((length if last is None else last) - first, dtype)
        self.read_into(name, first, found)
        return found

    def read_into(self, name: str, first: int, room: NDArray[Any]) -> None:
        """Fill `room` with entries from `first` on. Lets go of the interpreter's lock while it reads."""
        dtype, _, offset = self._arrays[name]
        left = room.view(np.uint8).data if len(room) else memoryview(b"")
        with self._opened(buffering=0) as file:
            file.seek(offset + first * np.dtype(dtype).itemsize)
            while left:
                got = file.readinto(left)  # type: ignore[attr-defined]
                if not got:
                    raise InfrastructureError(f"{self.path}: work file cut short in {name}; remove it and run again")
                left = left[got:]

    def _described(self) -> dict[str, Any]:
        try:
            with self._opened() as file:
                return _description(file, self.path)
        except (OSError, ValueError) as error:
            raise InfrastructureError(f"{self.path}: work file cannot be read: {error}") from error

    def _opened(self, buffering: int = -1) -> BinaryIO:
        return self.path.open("rb", buffering=buffering)


class CellReader(Reader):
    """The content of a work file, as it travels between machines. name: for errors."""

    def __init__(self, content: bytes, fingerprint: str, name: str) -> None:
        self._content = content
        super().__init__(Path(name), fingerprint)

    def _whole(self) -> bytes:
        return self._content

    def _opened(self, buffering: int = -1) -> BinaryIO:
        return io.BytesIO(self._content)


def part_of(path: Path) -> Path:
    """The name a file has until it is whole, one for each process: several may be writing the same file."""
    return path.with_name(f".{path.name}.{platform.node()}.{os.getpid()}.part")


def packed(fingerprint: str, arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The content of a whole work file."""
    file = io.BytesIO()
    _close(file, {"fingerprint": fingerprint, "arrays": {name: _add(file, array) for name, array in arrays.items()}})
    return file.getvalue()


def _add(file: BinaryIO, array: NDArray[Any]) -> tuple[str, int, int]:
    """Append an array of one dimension: its dtype, length and offset."""
    plain = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    file.write(bytes(-file.tell() % LINE))
    described = (plain.dtype.str, len(plain), file.tell())
    if len(plain):
        file.write(plain.view(np.uint8).data)
    return described


def _close(file: BinaryIO, about: Mapping[str, Any]) -> None:
    described = json.dumps(about, sort_keys=True).encode()
    file.write(described + len(described).to_bytes(8, "little") + MAGIC)


def _description(file: BinaryIO, path: Path) -> dict[str, Any]:
    file.seek(0, os.SEEK_END)
    size = file.tell()
    file.seek(max(0, size - TAIL))
    tail = file.read()
    length = int.from_bytes(tail[:8], "little")
    if size < TAIL or tail[8:] != MAGIC or length > size - TAIL:
        raise InfrastructureError(f"{path}: work file cut short at {size:,} bytes; remove it and run again")
    file.seek(size - TAIL - length)
    about: dict[str, Any] = json.loads(file.read(length))
    return about


def write(path: Path, fingerprint: str, arrays: Mapping[str, NDArray[Any]]) -> None:
    """A whole file at once."""
    with Writer(path, fingerprint) as out:
        for name, array in arrays.items():
            out.add(name, array)


def write_parquet(path: Path, columns: Mapping[str, NDArray[Any]]) -> None:
    """A Parquet file, for readers that are not the engine, whole or not at all."""
    write_table(path, pa.table(dict(columns)))


def write_table(path: Path, rows: pa.Table) -> None:
    """As write_parquet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = part_of(path)
    pq.write_table(rows, part, compression="none", use_dictionary=False)
    part.replace(path)


def read_tables(paths: Sequence[Path]) -> pa.Table:
    """Rows of the Parquet files that a pass left. Raises InfrastructureError where one is cut short or gone."""
    try:
        return pq.read_table(paths)
    except (OSError, pa.ArrowInvalid) as error:
        folder = paths[0].parent
        raise InfrastructureError(
            f"{folder}: work files cannot be read: {error}; remove {folder.parent} and run again"
        ) from error


def write_batches(path: Path, batches: Iterable[pa.RecordBatch]) -> bool:
    """A Parquet file of some batches, on a worker, and whether there were any."""
    writer = None
    for batch in batches:
        writer = writer or pq.ParquetWriter(path, batch.schema, compression="none")
        writer.write_batch(batch)
    if writer is not None:
        writer.close()
    return writer is not None
