"""The landing zone, read side: which days have arrived, and whether their files are what the manifest says.

landing/<network>/<feed>/dt=YYYY-MM-DD/ holds files and `_manifest.json`:
{"files": [{"name": ..., "bytes": ..., "rows": ...}]}, with "history": true where it is a first load that brings rows of
any age. Looking needs no Spark; rows are counted at ingest.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import fs

from sway.contracts.tables.columns import EARLIEST
from sway.errors import ConfigError, InfrastructureError
from sway.runtime.place import NO_TEXT, lake_root

MANIFEST = "_manifest.json"
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}")
DAY = re.compile(r"dt=([0-9]{4}-[0-9]{2}-[0-9]{2})")
Place = tuple[str, str, date]  # network, feed, delivery day
A_DAY = f"expected a folder such as dt=2016-05-03, of {EARLIEST} or later"
MOST_TOLD = 10
LONGEST_NAME = 200  # characters of a name in a sentence
LARGEST = 2**63 - 1  # what tables keep of bytes and rows


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
        self.root = f"{lake_root(root)}/landing"
        self.fs, self._path = filesystem(self.root)

    def has_lake(self) -> bool:
        """Whether there is anything of a lake beside or in this landing zone."""
        beside = self._path.removesuffix("landing") + "tables"
        return any(found.type == fs.FileType.Directory for found in self.fs.get_file_info([self._path, beside]))

    def networks(self) -> list[str]:
        return [name for name in self._folders("") if _is_meant(name)]

    def feeds(self, network: str) -> list[str]:
        return [name for name in self._folders(network) if _is_meant(name)]

    def days(self, network: str, feed: str) -> list[date]:
        """Delivery days with a folder, oldest first."""
        found = (_day(name) for name in self._folders(f"{network}/{feed}"))
        return sorted(day for day in found if day is not None)

    def misnamed(self, network: str, feed: str) -> list[str]:
        """Folders of a feed that begin with `dt=` and name no day: nobody reads them."""
        return [f"{network}/{feed}/{_shown(name)}" for name in self._folders(f"{network}/{feed}") if _is_misnamed(name)]

    def beside(self, *place: str) -> list[str]:
        """What else nobody reads of landing/, of a network's or of a feed's folder, which `place` names.

        Files and folders beside a feed's days; else files, and folders that begin with `_` or `.` or are named in no
        UTF-8: any other is taken for a network or feed.
        """

        def is_read(name: str) -> bool:
            return _day(name) is not None or _is_misnamed(name) if len(place) > 1 else _is_meant(name)

        folders = {name for name in self._folders("/".join(place)) if is_read(name)}
        return sorted(
            "/".join((*place, _shown(name))) for name in self._entries("/".join(place)) if name not in folders
        )

    def within(self, network: str, feed: str) -> list[str]:
        """Folders in a feed's days, which nobody reads either."""
        days = [f"{network}/{feed}/dt={day}" for day in self.days(network, feed)]
        return [f"{day}/{_shown(name)}" for day in days for name in self._folders(day)]

    def day(self, network: str, feed: str, delivered_on: date) -> LandingDay:
        """What the manifest of a day announces, held against the folder."""
        inner = f"{network}/{feed}/dt={delivered_on}"
        entries = self._entries(inner)
        sizes = {name: entry.size for name, entry in entries.items() if entry.type == fs.FileType.File}
        odd = [name for name, entry in entries.items() if entry.type == fs.FileType.Unknown]
        text = self._read(f"{self._path}/{inner}/{MANIFEST}") if MANIFEST in sizes else None
        files: tuple[LandingFile, ...] = ()
        faults: list[str] = []
        is_history = False
        if text is not None:
            try:
                manifest = _manifest(text)
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                faults = [f'{MANIFEST}: expected {{"files": [{{"name", "bytes", "rows"}}]}}, found {error!r:.200}']
            else:
                files, faults = self._announced(inner, manifest)
                is_history = manifest.get("history") is True
            faults += [*_disagreements(files, sizes, odd), *self._links(inner, sizes)]
        return LandingDay(
            network=network,
            feed=feed,
            delivered_on=delivered_on,
            uri=f"{self.root}/{inner}",
            manifest_hash=None if text is None else hashlib.sha256(text).hexdigest(),
            files=files,
            faults=tuple(faults),
            is_history=is_history,
        )

    def _announced(self, inner: str, manifest: Mapping[str, Any]) -> tuple[tuple[LandingFile, ...], list[str]]:
        entries = [(entry["name"], entry["bytes"], entry["rows"]) for entry in manifest["files"]]
        faults = [
            f"{MANIFEST}: expected a file name, bytes and rows as whole numbers, found {entry!r:.200}"
            for entry in entries
            if not _is_entry(*entry)
        ]
        times = Counter(name for name, _, _ in entries if isinstance(name, str))
        faults += [f"{_shown(name)}: listed twice" for name in sorted(name for name, n in times.items() if n > 1)]
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
        return sorted(name for name, e in self._entries(inner).items() if e.type == fs.FileType.Directory)

    def _entries(self, inner: str) -> dict[str, fs.FileInfo]:
        """What lies in a folder, by name. Bytes that are no UTF-8 are halves of characters, which no text has."""
        selector = fs.FileSelector(f"{self._path}/{inner}".rstrip("/"), allow_not_found=True)
        try:
            return {_name(entry): entry for entry in self.fs.get_file_info(selector)}
        except OSError as error:
            raise InfrastructureError(f"cannot list {self.root}/{inner}: {error}") from error

    def _read(self, path: str) -> bytes:
        try:
            with self.fs.open_input_stream(path, compression=None) as stream:
                return bytes(stream.read())
        except OSError as error:
            raise InfrastructureError(f"cannot read {path}: {error}") from error


def filesystem(root: str) -> tuple[fs.FileSystem, str]:
    """The Arrow file system of a folder or a URI, and the path inside it.

    Raises ConfigError for an unknown scheme, InfrastructureError where the store or what it needs here does not answer.
    """
    if "://" in root:
        try:
            found, path = fs.FileSystem.from_uri(root)
        except pa.ArrowInvalid as error:
            raise ConfigError(f"{root}: expected a folder or a URI that Arrow knows: {error}") from error
        except OSError as error:
            raise InfrastructureError(f"{root}: cannot be opened: {error}") from error
        return found, path
    return fs.LocalFileSystem(), root


def told(sentences: Sequence[str]) -> list[str]:
    """The first of many sentences, and how many more there are: of 40,000 files each may have its fault."""
    more = len(sentences) - MOST_TOLD
    return [*sentences[:MOST_TOLD], *([f"and {more:,} more"] if more > 0 else [])]


def _day(folder: str) -> date | None:
    """The day a folder is named for; None for any other name."""
    match = DAY.fullmatch(folder)
    try:
        day = date.fromisoformat(match[1] if match else "")
    except ValueError:
        return None
    return day if day >= EARLIEST else None


def _is_misnamed(folder: str) -> bool:
    return folder.startswith("dt=") and _day(folder) is None


def _is_meant(folder: str) -> bool:
    """Whether a folder is taken for a network or a feed: not what Hadoop, Spark and desktops hide."""
    return not folder.startswith(("_", ".")) and NO_TEXT.search(folder) is None


def _name(entry: fs.FileInfo) -> str:
    try:
        return str(entry.base_name)
    except UnicodeDecodeError as error:
        return error.object.decode("utf-8", "surrogateescape")


def _manifest(text: bytes) -> dict[str, Any]:
    """A manifest's content. Raises ValueError, KeyError or TypeError where it has not the form of one."""
    found: dict[str, Any] = json.loads(text, object_pairs_hook=_each_key_once)
    if not isinstance(found["files"], list):
        raise TypeError(f"files: expected a list, found {found['files']!r:.100}")
    for entry in found["files"]:
        if not isinstance(entry, dict) or not entry.keys() >= {"name", "bytes", "rows"}:
            raise TypeError(f"{entry!r:.100}")
    if not isinstance(found.get("history", False), bool):
        raise TypeError(f"history: expected true or false, found {found['history']!r:.100}")
    return found


def _each_key_once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = [key for key, times in Counter(key for key, _ in pairs).items() if times > 1]
        raise ValueError(f"{twice[0]!r:.100}: a key twice")
    return found


def _is_entry(name: object, size: object, rows: object) -> bool:
    is_name = isinstance(name, str) and FILE_NAME.fullmatch(name) is not None and name != MANIFEST
    return is_name and all(type(n) is int and 0 <= n <= LARGEST for n in (size, rows))


def _disagreements(files: tuple[LandingFile, ...], sizes: Mapping[str, int], odd: Collection[str]) -> Iterator[str]:
    """A sentence for each file that is not as announced, and for each of `odd`: pipes, sockets and devices."""
    for name in sorted(odd):
        yield f"{_shown(name)}: expected a file, found a pipe, a socket or a device"
    for file in files:
        if file.name in odd:
            continue
        if file.name not in sizes:
            yield f"{file.name}: announced with {file.bytes} bytes, not there"
        elif sizes[file.name] != file.bytes:
            yield f"{file.name}: announced with {file.bytes} bytes, found {sizes[file.name]}"
    announced = {file.name for file in files} | {MANIFEST}
    for name in sorted(set(sizes) - announced):
        yield f"{_shown(name)}: not announced by {MANIFEST}"


def _shown(name: str) -> str:
    """A name as logs can bear it: cut, line ends and letters that run from right to left as their escapes."""
    cut = name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}..."
    return cut if FILE_NAME.fullmatch(cut) else ascii(cut)
