"""The landing zone, read side: which days have arrived, and whether their files are what the manifest says.

landing/<network>/<feed>/dt=YYYY-MM-DD/ holds files and `_manifest.json`:
{"files": [{"name": ..., "bytes": ..., "rows": ...}]}, with "history": true where it is a first load that brings rows of
any age. Looking needs no Spark; rows are counted at ingest.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pyarrow import fs

from sway.errors import InfrastructureError, InputNotReady

MANIFEST = "_manifest.json"
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
DAY = re.compile(r"dt=([0-9]{4}-[0-9]{2}-[0-9]{2})")
Place = tuple[str, str, date]  # network, feed, delivery day


@dataclass(frozen=True)
class LandingFile:
    """One file as its manifest announces it."""

    name: str
    uri: str
    path: str
    bytes: int
    rows: int


@dataclass(frozen=True)
class LandingDay:
    """One delivery day of one feed. `faults` holds a sentence for each disagreement with the manifest."""

    network: str
    feed: str
    delivered_on: date
    uri: str
    manifest_hash: str | None
    files: tuple[LandingFile, ...]
    faults: tuple[str, ...]
    is_history: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether the manifest, which is written last, is there."""
        return self.manifest_hash is not None


class Landing:
    """The landing zone of one lake."""

    def __init__(self, root: str) -> None:
        root = root if "://" in root else str(Path(root).absolute())
        self.root = f"{root.rstrip('/')}/landing"
        self.fs, self._path = filesystem(self.root)

    def has_lake(self) -> bool:
        """Whether there is anything of a lake beside or in this landing zone."""
        beside = self._path.removesuffix("landing") + "tables"
        return any(found.type == fs.FileType.Directory for found in self.fs.get_file_info([self._path, beside]))

    def networks(self) -> list[str]:
        return self._folders("")

    def feeds(self, network: str) -> list[str]:
        return self._folders(network)

    def days(self, network: str, feed: str) -> list[date]:
        """Delivery days with a folder, oldest first. Raises InputNotReady naming a `dt=` that is no day."""
        inner = f"{network}/{feed}"
        found = (name for name in self._folders(inner) if name.startswith("dt="))
        return sorted(_day(f"{self.root}/{inner}", name) for name in found)

    def passed_over(self, network: str, feed: str) -> list[str]:
        """What lies in a feed's folder and nobody reads: files and folders beside its days, and folders in them."""
        inner = f"{network}/{feed}"
        there = {entry.base_name: entry.type for entry in self._entries(inner)}
        is_day = {name: kind == fs.FileType.Directory and name.startswith("dt=") for name, kind in there.items()}
        beside = [f"{inner}/{_shown(name)}" for name in there if not is_day[name]]
        inside = [
            f"{inner}/{day}/{_shown(name)}" for day in there if is_day[day] for name in self._folders(f"{inner}/{day}")
        ]
        return sorted(beside + inside)

    def day(self, network: str, feed: str, delivered_on: date) -> LandingDay:
        """What the manifest of a day announces, held against the folder."""
        inner = f"{network}/{feed}/dt={delivered_on}"
        sizes = {entry.base_name: entry.size for entry in self._entries(inner) if entry.type == fs.FileType.File}
        text = self._read(f"{self._path}/{inner}/{MANIFEST}") if MANIFEST in sizes else None
        files: tuple[LandingFile, ...] = ()
        faults: list[str] = []
        if text is not None:
            files, faults = self._announced(inner, text)
            faults += [*_disagreements(files, sizes), *self._links(inner, sizes)]
        return LandingDay(
            network=network,
            feed=feed,
            delivered_on=delivered_on,
            uri=f"{self.root}/{inner}",
            manifest_hash=None if text is None else hashlib.sha256(text).hexdigest(),
            files=files,
            faults=tuple(faults),
            is_history=text is not None and _is_history(text),
        )

    def _announced(self, inner: str, text: bytes) -> tuple[tuple[LandingFile, ...], list[str]]:
        try:
            entries = [(entry["name"], entry["bytes"], entry["rows"]) for entry in json.loads(text)["files"]]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            return (), [f'{MANIFEST}: expected {{"files": [{{"name", "bytes", "rows"}}]}}, found {error!r}']
        faults = [
            f"{MANIFEST}: expected a file name, bytes and rows as whole numbers, found {entry!r:.200}"
            for entry in entries
            if not _is_entry(*entry)
        ]
        names = [name for name, _, _ in entries if isinstance(name, str)]
        faults += [f"{_shown(name)}: listed twice" for name in sorted({n for n in names if names.count(n) > 1})]
        files = tuple(
            LandingFile(name, f"{self.root}/{inner}/{name}", f"{self._path}/{inner}/{name}", size, rows)
            for name, size, rows in sorted(entry for entry in entries if _is_entry(*entry))
        )
        return files, faults

    def _links(self, inner: str, names: Collection[str]) -> Iterator[str]:
        """A fault for each symbolic link: it would let whoever delivers files have any other one read."""
        if isinstance(self.fs, fs.LocalFileSystem):
            folder = Path(self._path, inner)
            for above in (folder, folder.parent, folder.parent.parent):
                if above.is_symlink():
                    link = above.relative_to(self._path)
                    yield f"{MANIFEST}: expected in a folder of its own, found {link} to be a symbolic link"
            for name in sorted(names):
                if (folder / name).is_symlink():
                    yield f"{_shown(name)}: expected a file, found a symbolic link"

    def _folders(self, inner: str) -> list[str]:
        return sorted(e.base_name for e in self._entries(inner) if e.type == fs.FileType.Directory)

    def _entries(self, inner: str) -> list[fs.FileInfo]:
        selector = fs.FileSelector(f"{self._path}/{inner}".rstrip("/"), allow_not_found=True)
        try:
            return list(self.fs.get_file_info(selector))
        except OSError as error:
            raise InfrastructureError(f"cannot list {self.root}/{inner}: {error}") from error

    def _read(self, path: str) -> bytes:
        try:
            with self.fs.open_input_stream(path, compression=None) as stream:
                return bytes(stream.read())
        except OSError as error:
            raise InfrastructureError(f"cannot read {path}: {error}") from error


def filesystem(root: str) -> tuple[fs.FileSystem, str]:
    """The Arrow file system of a folder or a URI, and the path inside it."""
    if "://" in root:
        found, path = fs.FileSystem.from_uri(root)
        return found, path
    return fs.LocalFileSystem(), root


def _day(where: str, folder: str) -> date:
    match = DAY.fullmatch(folder)
    try:
        return date.fromisoformat(match[1] if match else "")
    except ValueError as error:
        raise InputNotReady(
            f"{where}/{folder}: expected a folder such as dt=2016-05-03; rename it or move it"
        ) from error


def _is_history(manifest: bytes) -> bool:
    try:
        return json.loads(manifest).get("history") is True
    except (ValueError, AttributeError, RecursionError):
        return False


def _is_entry(name: object, size: object, rows: object) -> bool:
    is_name = isinstance(name, str) and FILE_NAME.fullmatch(name) is not None and name != MANIFEST
    return is_name and all(type(n) is int and n >= 0 for n in (size, rows))


def _disagreements(files: tuple[LandingFile, ...], sizes: dict[str, int]) -> Iterator[str]:
    for file in files:
        if file.name not in sizes:
            yield f"{file.name}: announced with {file.bytes} bytes, not there"
        elif sizes[file.name] != file.bytes:
            yield f"{file.name}: announced with {file.bytes} bytes, found {sizes[file.name]}"
    announced = {file.name for file in files} | {MANIFEST}
    for name in sorted(set(sizes) - announced):
        yield f"{_shown(name)}: not announced by {MANIFEST}"


def _shown(name: str) -> str:
    """A file's name as logs can bear it: line ends and letters that run from right to left as their escapes."""
    return name if FILE_NAME.fullmatch(name) else ascii(name)
