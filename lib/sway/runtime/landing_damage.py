"""Landing files as no good system drops them, and good ones with bad rows put in; worlds/faults.py says which."""

import gzip
import io
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sway.runtime.landing import MANIFEST


class Damaged:
    """The landing folder of a lake on the local file system, and the folder of notes beside it."""

    def __init__(self, landing: Path, beside: Path) -> None:
        self._landing, self._beside = landing, beside

    def read_first(self, network: str, feed: str, on: date) -> tuple[str, list[bytes]]:
        """Name and lines of a day's first file; no lines where the day delivered nothing."""
        folder = self._folder(network, feed, on)
        name = "part-000.jsonl.gz"
        if not (folder / name).exists():
            return name, []
        return name, gzip.decompress((folder / name).read_bytes()).removesuffix(b"\n").split(b"\n")

    def rewrite(self, network: str, feed: str, on: date, name: str, lines: list[bytes]) -> int:
        """Write these lines in the place of a file's, and tell the manifest; returns by how many bytes it grew."""
        folder = self._folder(network, feed, on)
        size = (folder / name).stat().st_size
        content = gzip.compress(b"".join(line + b"\n" for line in lines), compresslevel=1, mtime=0)
        (folder / name).write_bytes(content)
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        for entry in manifest["files"]:
            if entry["name"] == name:
                entry.update(bytes=len(content), rows=len(lines))
        (folder / MANIFEST).write_text(json.dumps(manifest) + "\n", "utf-8")
        return len(content) - size

    def size(self, network: str, feed: str, on: date) -> int:
        """Bytes of a day's files."""
        return sum(file.stat().st_size for file in self._folder(network, feed, on).iterdir() if file.name != MANIFEST)

    def put(
        self,
        network: str,
        feed: str,
        on: date,
        name: str,
        content: bytes,
        *,
        rows: int,
        more_bytes: int = 0,
        has_manifest: bool = True,
        is_link: bool = False,
        listed_as: str | None = None,
        is_history: bool = False,
    ) -> None:
        """Write a day of one file, announced with `rows` rows, so many bytes more than it has, or another name.

        `is_link`: the file is a link to one that lies beside the lake. `is_history`: the day is a first load.
        """
        folder = self._folder(network, feed, on)
        folder.mkdir(parents=True)
        if is_link:
            self._beside.mkdir(parents=True, exist_ok=True)
            elsewhere = self._beside / f"linked-{name}"
            elsewhere.write_bytes(content)
            (folder / name).symlink_to(elsewhere)
        else:
            (folder / name).write_bytes(content)
        if has_manifest:
            _announce(folder, {listed_as or name: (len(content) + more_bytes, rows)}, is_history=is_history)

    def put_all(self, network: str, feed: str, on: date, files: Mapping[str, tuple[bytes, int]]) -> None:
        """Write a day of many files: by name their content and rows."""
        folder = self._folder(network, feed, on)
        folder.mkdir(parents=True)
        for name, (content, _) in files.items():
            (folder / name).write_bytes(content)
        _announce(folder, {name: (len(content), rows) for name, (content, rows) in files.items()})

    def write_ledger(self, name: str, lines: list[str]) -> None:
        self._beside.mkdir(parents=True, exist_ok=True)
        (self._beside / name).write_text("".join(f"{line}\n" for line in lines), "utf-8")

    def _folder(self, network: str, feed: str, on: date) -> Path:
        return self._landing / network / feed / f"dt={on}"


def _announce(folder: Path, files: Mapping[str, tuple[int, int]], *, is_history: bool = False) -> None:
    """Write the manifest: by name the bytes and rows of files."""
    entries = [{"name": name, "bytes": size, "rows": rows} for name, (size, rows) in files.items()]
    manifest = {"files": entries, **({"history": True} if is_history else {})}
    (folder / MANIFEST).write_text(json.dumps(manifest) + "\n", "utf-8")


def in_parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd", version="2.6")
    return out.getvalue()
