"""Bad files of the open format, each for a delivery day of its own."""

import gzip
import io
import pickle
from collections.abc import Callable
from datetime import date
from typing import Any

import pyarrow as pa

from sway.runtime.landing_damage import Damaged, in_parquet
from sway.worlds.fault_rows import FIRST_NUMBER, Entry, as_json

EVENTS = "events"
EVENTS_PER_FILE = 200
LONG_LINE_BYTES = 200_000_000
MILLION = 1_000_000
CROWD = FIRST_NUMBER + 1_000_000  # ids from here on act in crowds, upon the one before
SMALL_FILES, ROWS_OF_SMALL = 10_000, 6  # of about 160 bytes each


def files_to_plant() -> list[tuple[str, str, str, int, Callable[..., str]]]:
    """What is planted, what is expected, its rule, how many rows or files, and who puts it there (the file's name)."""
    refused = "refused"
    return [
        ("an action nobody declared", "quarantined", "unknown_action", 1, _unknown_action),
        ("gzip broken off", refused, "damaged_file", 1, _truncated),
        ("Parquet without a byte", refused, "damaged_file", 1, _empty_parquet),
        ("Parquet of garbage", refused, "damaged_file", 1, _garbage_parquet),
        ("a pickle named .parquet", refused, "damaged_file", 1, _pickle),
        ("a folder half written", refused, "no_manifest", 1, _half_written),
        ("a manifest with other bytes", refused, "manifest_disagrees", 1, _other_bytes),
        ("a manifest with other rows", refused, "manifest_disagrees", 1, _other_rows),
        ("a line of 200 MB in 200 kB of gzip", refused, "line_too_long", 1, _long_line),
        ("a new column", refused, "wrong_columns", 1, _new_column),
        ("a required column that is missing", refused, "wrong_columns", 1, _missing_column),
        ("a column of another type", refused, "wrong_columns", 1, _other_type),
        ("a symbolic link", refused, "bad_file_name", 1, _symbolic_link),
        ("a name with *", refused, "bad_file_name", 1, _glob_name),
        ("a name that leads elsewhere", refused, "bad_file_name", 1, _path_name),
        ("half of all rows malformed", refused, "malformed", EVENTS_PER_FILE // 2, _half_malformed),
    ]


def crowds_to_plant() -> list[tuple[str, int, Callable[..., None]]]:
    """What is good and bad by its number alone: what is planted, how many rows, and who puts them there."""
    return [
        ("one account with a million reactions", MILLION, _million),
        ("ten thousand files of 1 kB", SMALL_FILES * ROWS_OF_SMALL, _small_files),
    ]


def events_of(day: str) -> list[Entry]:
    """Good rows of the open format, between accounts that no network of the world has."""
    return [
        {
            "event_id": f"planted-{day}-{n}",
            "actor_id": str(FIRST_NUMBER + 7_000 + n),
            "target_id": str(FIRST_NUMBER + 8_000 + n),
            "action": "mention",
            "occurred_at": f"{day}T12:00:00Z",
            "object_id": None,
        }
        for n in range(EVENTS_PER_FILE)
    ]


def as_lines(rows: list[Entry]) -> bytes:
    return b"".join(as_json(row) + b"\n" for row in rows)


def in_gzip(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def _table(rows: list[Entry]) -> pa.Table:
    return pa.Table.from_pylist(rows)


def _put(
    landing: Damaged, network: str, on: date, name: str, content: bytes, rows: int = EVENTS_PER_FILE, **how: Any
) -> str:
    landing.put(network, EVENTS, on, name, content, rows=rows, **how)
    return name


def _unknown_action(landing: Damaged, network: str, on: date, good: list[Entry]) -> str:
    rows = [*good[1:], {**good[0], "action": "poke"}]
    return _put(landing, network, on, "part-000.jsonl.gz", in_gzip(as_lines(rows)))


def _truncated(landing: Damaged, network: str, on: date, good: list[Entry]) -> str:
    content = in_gzip(as_lines(good))
    return _put(landing, network, on, "part-000.jsonl.gz", content[: len(content) // 2])


def _empty_parquet(landing: Damaged, network: str, on: date, _: list[Entry]) -> str:
    return _put(landing, network, on, "part-000.parquet", b"")


def _garbage_parquet(landing: Damaged, network: str, on: date, _: list[Entry]) -> str:
    return _put(landing, network, on, "part-000.parquet", bytes(n * 7 % 251 for n in range(4_096)))


def _pickle(landing: Damaged, network: str, on: date, good: list[Entry]) -> str:
    return _put(landing, network, on, "part-000.parquet", pickle.dumps(good, protocol=4))


def _half_written(landing: Damaged, network: str, on: date, good: list[Entry]) -> str:
    return _put(landing, network, on, "part-000.jsonl.gz", in_gzip(as_lines(good)), has_manifest=False)


def _other_bytes(landing: Damaged, network: str, on: date, good: list[Entry]) -> str:
    return _put(landing, network, on, "part-000.jsonl.gz", in_gzip(as_lines(good)), more_bytes=7)


def _other_rows(landing: Damaged, network: str, on: date, good: list[Entry]) -> str:
    return _put(landing, network, on, "part-000.jsonl.gz", in_gzip(as_lines(good)), rows=EVENTS_PER_FILE + 3)


def _long_line(landing: Damaged, network: str, on: date, good: list[Entry]) -> str:
    """The line is made and packed in pieces, so that it is never in memory as a whole."""
    packed = io.BytesIO()
    before, after = as_json({**good[0], "object_id": "@"}).split(b"@")
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as out:
        out.write(as_lines(good[1:]) + before)
        for _ in range(LONG_LINE_BYTES // 1_000_000):
            out.write(b"a" * 1_000_000)
        out.write(after + b"\n")
    return _put(landing, network, on, "part-000.jsonl.gz", packed.getvalue())


def _new_column(landing: Damaged, network: str, on: date, good: list[Entry]) -> str:
    return _put(landing, network, on, "part-000.parquet", in_parquet(_table([{**row, "weight": 1.0} for row in good])))


def _missing_column(landing: Damaged, network: str, on: date, good: list[Entry]) -> str:
    return _put(landing, network, on, "part-000.parquet", in_parquet(_table(good).drop_columns(["target_id"])))


def _other_type(landing: Damaged, network: str, on: date, good: list[Entry]) -> str:
    rows = [{**row, "actor_id": float(row["actor_id"])} for row in good]
    return _put(landing, network, on, "part-000.parquet", in_parquet(_table(rows)))


def _symbolic_link(landing: Damaged, network: str, on: date, good: list[Entry]) -> str:
    return _put(landing, network, on, "part-000.jsonl.gz", in_gzip(as_lines(good)), is_link=True)


def _glob_name(landing: Damaged, network: str, on: date, good: list[Entry]) -> str:
    return _put(landing, network, on, "part-*.jsonl.gz", in_gzip(as_lines(good)))


def _path_name(landing: Damaged, network: str, on: date, good: list[Entry]) -> str:
    content = in_gzip(as_lines(good))
    return _put(landing, network, on, "part-000.jsonl.gz", content, listed_as=f"../dt={on}/part-000.jsonl.gz")


def _half_malformed(landing: Damaged, network: str, on: date, good: list[Entry]) -> str:
    rows = [as_json(row)[: -10 if n % 2 else None] for n, row in enumerate(good)]
    return _put(landing, network, on, "part-000.jsonl.gz", in_gzip(b"".join(row + b"\n" for row in rows)))


def _million(landing: Damaged, network: str, on: date) -> None:
    """Reactions of a hundred thousand accounts to one, packed as they are made."""
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0, compresslevel=1) as out:
        for begin in range(0, MILLION, 10_000):
            out.write(as_lines([_crowd_event(on, n, actor=n % 99_991) for n in range(begin, begin + 10_000)]))
    landing.put_all(network, EVENTS, on, {"part-000.jsonl.gz": (packed.getvalue(), MILLION)})


def _small_files(landing: Damaged, network: str, on: date) -> None:
    each = (range(begin, begin + ROWS_OF_SMALL) for begin in range(0, SMALL_FILES * ROWS_OF_SMALL, ROWS_OF_SMALL))
    files = {
        f"part-{number:05}.jsonl": (as_lines([_crowd_event(on, n, actor=n) for n in numbers]), ROWS_OF_SMALL)
        for number, numbers in enumerate(each)
    }
    landing.put_all(network, EVENTS, on, files)


def _crowd_event(on: date, number: int, *, actor: int) -> Entry:
    return {
        "event_id": f"crowd-{on}-{number}",
        "actor_id": str(CROWD + actor),
        "target_id": str(CROWD - 1),
        "action": "like",
        "occurred_at": f"{on}T{number // 60 % 24:02}:{number % 60:02}:00Z",
        "object_id": None,
    }
