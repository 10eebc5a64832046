"""Landing days as tests need them, damaged ones included: see `deliver`."""

import gzip
import io
import itertools
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sway.runtime.landing import MANIFEST

COLUMNS = ("event_id", "actor_id", "target_id", "action", "occurred_at", "object_id")
Content = bytes | Sequence[Mapping[str, Any]]


def deliver(lake: Path, feed: str, day: str | date, files: Mapping[str, Content], **announced: int) -> Path:
    """Write one delivery day of `feed`, such as `twitter/statuses`, manifest last, in the place of an earlier one.

    A file is bytes as they are, or rows, which its name's ending says how to write. `announced` gives the rows of
    files by their name up to the first dot, where the manifest cannot know or shall lie.
    """
    folder = lake / "landing" / feed / f"dt={day}"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    entries = []
    for name, content in files.items():
        written = content if isinstance(content, bytes) else encoded(name, content)
        (folder / name).write_bytes(written)
        rows = announced.get(name.split(".")[0], 0 if isinstance(content, bytes) else len(content))
        entries.append({"name": name, "bytes": len(written), "rows": rows})
    (folder / MANIFEST).write_text(json.dumps({"files": entries}))
    return folder


def encoded(name: str, rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows as the file's ending says: .jsonl, .csv, either with .gz, or .parquet."""
    if name.endswith(".parquet"):
        out = io.BytesIO()
        pq.write_table(pa.Table.from_pylist([dict(row) for row in rows]), out)
        return out.getvalue()
    plain = csv(rows) if ".csv" in name else lines(json.dumps(row, ensure_ascii=False) for row in rows)
    return gzip.compress(plain, mtime=0) if name.endswith(".gz") else plain


def lines(texts: Iterable[str]) -> bytes:
    return "".join(f"{text}\n" for text in texts).encode()


def csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str] = COLUMNS) -> bytes:
    """A header and rows, every value quoted as RFC 4180 says; None is nothing between two commas."""

    def cell(value: object) -> str:
        return "" if value is None else '"' + str(value).replace('"', '""') + '"'

    body = (",".join(cell(row.get(column)) for column in columns) for row in rows)
    return lines([",".join(columns), *body])


def event(
    event_id: str, actor: object, action: str, target: object, at: str, about: str | None = None
) -> dict[str, Any]:
    """A row of the open format."""
    values = (event_id, actor, target, action, at, about)
    return dict(zip(COLUMNS, values, strict=True))


def status(number: object, author: object, at: str, **more: Any) -> dict[str, Any]:
    """A status of Twitter's API v1.1; `at` such as `May 03 15:01:09 +0000 2016`."""
    return {"id": number, "id_str": str(number), "created_at": f"Tue {at}", "user": account(author), **more}


def account(number: object) -> dict[str, Any]:
    return {"id": number, "id_str": str(number), "screen_name": f"name{number}"}


def mentions(*numbers: object) -> dict[str, Any]:
    return {"user_mentions": [account(number) for number in numbers], "hashtags": []}


def rearranged(landing: Path, lake: Path, seed: int) -> None:
    """The same lines on the same days of every feed: in another order, in one to three files, with gzip or without."""
    drawn = random.Random(seed)
    for folder in sorted(landing.glob("*/*/dt=*")):
        parts = [gzip.decompress(file.read_bytes()) for file in sorted(folder.glob("part-*.gz"))]
        lines = b"".join(parts).splitlines(keepends=True)
        assert len(lines) == sum(file["rows"] for file in json.loads((folder / MANIFEST).read_text())["files"])
        drawn.shuffle(lines)
        cuts = [0, *sorted(drawn.choices(range(len(lines) + 1), k=drawn.randrange(3))), len(lines)]
        files, rows = {}, {}
        for n, (first, last) in enumerate(itertools.pairwise(cuts)):
            content, name = b"".join(lines[first:last]), f"{drawn.choice('abc')}{n}"
            is_packed = drawn.random() < 0.5
            files[f"{name}.jsonl{'.gz' * is_packed}"] = gzip.compress(content) if is_packed else content
            rows[name] = last - first
        network, feed = folder.parts[-3:-1]
        deliver(lake, f"{network}/{feed}", folder.name.removeprefix("dt="), files, **rows)
