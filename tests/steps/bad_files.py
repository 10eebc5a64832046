"""Bad files of every kind, each a delivery day with what becomes of it."""

import gzip
import json
import os
import pickle
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
from sway.runtime.landing import MANIFEST

from tests.landing import COLUMNS, Content, csv, encoded, event
from tests.steps.spoiling import (
    ROWS,
    Harmful,
    acts,
    as_bytes,
    as_double,
    at,
    bomb,
    changed,
    column_renamed,
    csv_bomb,
    cut_manifest,
    encoded_table,
    escaped,
    every,
    folder_linked,
    linked,
    listing,
    parquet,
    pickled,
    renamed,
    statuses,
    text,
    users,
)


@dataclass(frozen=True)
class Case:
    """One delivery day of `feed`: its files, or what `make` writes into its folder, and what becomes of it.

    `refused`: what feed_days says of the day, as a pattern. Otherwise it is ready, and `rows` says which rules its
    quarantined rows broke, with a pattern of the reason.
    """

    files: Mapping[str, Content] | Callable[[str, str], Mapping[str, Content]]
    refused: str | None = None
    rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    announced: int = ROWS
    feed: str = "facebook/events"
    day: date | None = None
    mend: Callable[[Path], None] = lambda folder: None


REFUSED_ROWS = r"a\.jsonl: 200 of 200 rows refused, at most 1\.00% may be"
NO_LONGER = r"expected lines of at most 1,000,000 bytes, found a longer one"
CASES = {
    # Files that are not what they are said to be.
    "gzip cut off": Case(
        every(lambda rows: gzip.compress(text(rows))[:-200], "a.jsonl.gz"),
        r"a\.jsonl\.gz: damaged, cannot be read to its end \(Unexpected end",
    ),
    "gzip bomb": Case(bomb(200), r"announced with 200 rows, found 199 of at most 1,000,000 bytes each"),
    "gzip bomb that nobody counted": Case(bomb(200), f"a.jsonl.gz: {NO_LONGER}", announced=ROWS - 1),
    "a line too long that nobody counted": Case(
        changed(lambda _, line: line + b" " * 2_000_000), f"a.jsonl: {NO_LONGER}", announced=ROWS - 1
    ),
    "a line too long that nobody counted, packed": Case(
        changed(lambda _, line: line + b" " * 2_000_000, "a.jsonl.gz"),
        f"a.jsonl.gz: {NO_LONGER}",
        announced=ROWS - 1,
    ),
    "gzip of two members": Case(
        every(lambda rows: gzip.compress(text(rows[:9])) + gzip.compress(text(rows[9:])), "a.jsonl.gz")
    ),
    "gzip bomb in CSV": Case(
        csv_bomb(200), r"a\.csv\.gz: damaged, cannot be read to its end \(Index 1000000 out of bounds"
    ),
    "Parquet of no bytes": Case({"a.parquet": b""}, r"a\.parquet: expected a Parquet file, found .*0 bytes"),
    "Parquet of noise": Case(
        {"a.parquet": random.Random(7).randbytes(5000)}, r"a\.parquet: expected a Parquet file, found .*magic bytes"
    ),
    "Parquet cut off": Case(
        every(lambda rows: encoded("a.parquet", rows)[:-500], "a.parquet"), r"a\.parquet: expected a Parquet file"
    ),
    "JSON named Parquet": Case(every(text, "a.parquet"), r"a\.parquet: expected a Parquet file"),
    "pickle named Parquet": Case({"a.parquet": pickle.dumps(Harmful())}, r"a\.parquet: expected a Parquet file"),
    "pickle named JSON": Case(pickled, r"a\.jsonl: \d+ of \d+ rows refused|announced with 200 rows, found"),
    "CSV of an old Mac": Case(
        every(lambda rows: csv(rows).replace(b"\n", b"\r"), "a.csv"),
        r"a\.csv: expected a CSV file with a header, found new-line character",
    ),
    "Parquet with a column named in no UTF-8": Case(
        every(column_renamed, "a.parquet"), r"a\.parquet: expected columns named in UTF-8, found .*can't decode"
    ),
    "a spreadsheet": Case({"a.xlsx": b"PK"}, r"a\.xlsx: expected a file ending in \.jsonl, "),
    "UTF-16": Case(
        every(lambda rows: text(rows).decode().encode("utf-16")), r"announced with 200 rows, found 201", announced=ROWS
    ),
    "a file of NULs": Case({"a.jsonl": bytes(4096)}, r"a\.jsonl: 1 of 1 rows refused", announced=1),
    # Folders and manifests.
    "copied halfway": Case(every(text), r"a\.jsonl: announced with 9 bytes, found \d+", mend=listing(bytes=9)),
    "fewer rows than announced": Case(every(text), r"a\.jsonl: announced with 201 rows, found 200", announced=201),
    "no manifest yet": Case(
        every(text), r"no _manifest\.json, which is written last", mend=lambda folder: (folder / MANIFEST).unlink()
    ),
    "half a manifest": Case(every(text), r'_manifest\.json: expected {"files": \[', mend=cut_manifest),
    "a manifest without end": Case(
        every(text),
        r"_manifest\.json: expected .*found RecursionError",
        mend=lambda folder: (folder / MANIFEST).write_text('{"files": ' + "[" * 100_000),
    ),
    "a file that is not there": Case(
        every(text), r"a\.jsonl: announced with \d+ bytes, not there", mend=lambda folder: (folder / "a.jsonl").unlink()
    ),
    "a file too many": Case(
        every(text),
        r"a\.jsonl\.tmp: not announced by _manifest\.json",
        mend=lambda folder: (folder / "a.jsonl.tmp").touch(),
    ),
    # Names.
    "a way out of the folder": Case(
        every(text), r"expected a file name.*etc/passwd", mend=listing(name="../../../../../../../etc/passwd")
    ),
    "a whole path": Case(every(text), r"expected a file name.*'/etc/passwd'", mend=listing(name="/etc/passwd")),
    "a pattern for a name": Case(every(text), r"expected a file name.*'\*\.jsonl'", mend=renamed("*.jsonl")),
    "a name with braces": Case(every(text), r"expected a file name.*'{a,b}\.jsonl'", mend=renamed("{a,b}.jsonl")),
    "a name that lies on two lines": Case(
        every(text), r"'a\\nb\.jsonl': not announced", mend=lambda folder: (folder / "a\nb.jsonl").touch()
    ),
    "a link": Case(every(text), r"a\.jsonl: expected a file, found a symbolic link", mend=linked),
    "a link to a folder": Case(
        every(text), r"_manifest\.json: .*found facebook/events/dt=.* to be a symbolic", mend=folder_linked
    ),
    "a pipe": Case(
        every(text), r"b\.jsonl: expected a file, found a pipe", mend=lambda folder: os.mkfifo(folder / "b.jsonl")
    ),
    # Columns.
    "a new column": Case(
        every(lambda rows: csv([{**row, "weight": 1} for row in rows], (*COLUMNS, "weight")), "a.csv"),
        r"a\.csv: expected the columns event_id, .*; unknown: weight",
    ),
    "a column less": Case(
        every(lambda rows: csv(rows, COLUMNS[1:]), "a.csv"),
        r"a\.csv: expected the columns event_id, .*; missing: event_id",
    ),
    "a key less": Case(
        every(lambda rows: text([{k: v for k, v in row.items() if k != "target_id"} for row in rows])),
        REFUSED_ROWS,
        {"missing": (r"target_id is missing",) * ROWS},
    ),
    "ids as doubles": Case(parquet(as_double), r"a\.parquet: target_id: expected text or a whole number, found double"),
    "ids as objects": Case(
        every(lambda rows: text([{**row, "actor_id": {"id": row["actor_id"]}} for row in rows])),
        REFUSED_ROWS,
        {"malformed": (r"actor_id: expected text or a number, found {\"id\":\"a\d+\"}",) * ROWS},
    ),
    "half of it malformed": Case(
        every(
            lambda rows: b"".join(text([row])[: -9 if n % 2 else None] + b"\n" * (n % 2) for n, row in enumerate(rows))
        ),
        r"a\.jsonl: 100 of 200 rows refused, at most 1\.00% may be",
        {"malformed": ("expected one JSON object",) * 100},
    ),
    # Single rows.
    "one row malformed": Case(changed(lambda _, line: line[:-3]), rows={"malformed": ("expected one JSON object",)}),
    "an empty line": Case(changed(lambda *_: b"", "a.jsonl.gz"), rows={"malformed": ("expected one JSON object",)}),
    "nested 5,000 deep": Case(
        changed(lambda _, line: line[:-1] + b',"x":' + b'{"x":' * 5000 + b"1" + b"}" * 5001),
        rows={"malformed": ("expected one JSON object",)},
    ),
    "a key twice": Case(
        changed(lambda _, line: line[:-1] + b', "target_id": "of a thief"}'), rows={"malformed": ("each key once",)}
    ),
    "a space before a quote": Case(
        every(lambda rows: csv(rows).replace(b'"a7"', b' "a7"'), "a.csv"), rows={"malformed": ("quoted as RFC 4180",)}
    ),
    "a quote behind a backslash": Case(
        every(lambda rows: csv(rows).replace(b'"a7"', rb'"a\"7"'), "a.csv"), rows={"malformed": ("as RFC 4180",)}
    ),
    "Latin-1": Case(
        changed(lambda row, _: json.dumps({**row, "actor_id": "é"}, ensure_ascii=False).encode("latin-1")),
        rows={"malformed": ("expected UTF-8 text",)},
    ),
    "Parquet text that is no UTF-8": Case(
        every(lambda rows: encoded_table(as_bytes(pa.Table.from_pylist(rows))), "a.parquet"),
        rows={"malformed": ("expected UTF-8 text",)},
    ),
    "half a character": Case(escaped(rb"\ud83d"), rows={"malformed": ("half of a pair",)}),
    "halves the wrong way round": Case(escaped(rb"\uDE00\uD83D"), rows={"malformed": ("half of a pair",)}),
    "halves apart": Case(escaped(rb"\ud83d\\\ude00"), rows={"malformed": ("half of a pair",)}),
    "a character of two halves": Case(escaped(rb"\ud83d\uDE00")),
    "a backslash before what looks like a half": Case(escaped(rb"\\ud83d")),
    "a NUL": Case(changed(lambda _, line: line.replace(b"a7", b"a\0")), rows={"malformed": ("one JSON object",)}),
    "an id that lost its digits": Case(
        changed(lambda row, _: json.dumps({**row, "actor_id": 1.2345678901234568e18}).encode()),
        rows={"malformed": (r"expected an id as text or a whole number, found 1\.23456789012345\d+E18",)},
    ),
    "no target": Case(
        changed(lambda row, _: json.dumps({**row, "target_id": None}).encode()),
        rows={"missing": ("target_id is miss",)},
    ),
    "self-loops": Case(changed(lambda row, _: json.dumps({**row, "actor_id": row["target_id"]}).encode())),
    "ids as text and as numbers": Case(
        changed(lambda row, _: json.dumps({**row, "actor_id": 12, "object_id": 5, "more": [1]}).encode())
    ),
    "the same id as text": Case(
        changed(lambda row, _: json.dumps({**row, "actor_id": "12", "object_id": "5"}).encode())
    ),
    "names that look alike": Case(
        lambda name, day: {
            "a.jsonl": text(
                [
                    *acts(name, day, ROWS - 5),
                    *(
                        event(f"{name}/as {n}", actor, "mention", f"of {name}", f"{day}T12:00:00Z")
                        for n, actor in enumerate(["admin", "\u0430dmin", "\u202eadmin", "admin\u200b", "a\0dmin"])
                    ),
                ]
            )
        },
    ),
    # Times, against the day of delivery.
    "impossible times": Case(
        at("2016-03-14T00:00:00Z", "1970-01-01T00:00:00Z", "2015-02-29T12:00:00Z", "2016-03-09T23:59:59Z", "yesterday"),
        rows={
            "after_delivery": (
                "occurred_at: expected a time on or before the delivery day 2016-03-13, found 2016-03-14",
            ),
            "impossible_time": (
                "occurred_at: expected 2004-02-04 or later, found 1970-01-01",
                "occurred_at: expected a time, found none that can be read",
                "occurred_at: expected a time, found none that can be read",
            ),
            "too_late": ("expected a time at most 3 days before the delivery day 2016-03-13, found 2016-03-09",),
        },
        announced=3 * ROWS + 5,
        day=date(2016, 3, 13),
    ),
    "both sides of a clock change": Case(
        at(*(f"2016-03-27T{time}" for time in ("01:59:59+01:00", "03:00:00+02:00", "02:30:00", "02:30:00+01:00"))),
        announced=3 * ROWS + 4,
        day=date(2016, 3, 27),
    ),
    "29 February": Case(at("2016-02-29T00:00:00Z"), announced=3 * ROWS + 1, day=date(2016, 2, 29)),
    # Feeds of networks themselves.
    "counts of followers": Case(
        users,
        rows={
            "out_of_range": ("followers_count: expected a whole number of 0 or more, found -1",),
            "malformed": ("expected JSON of RFC 8259",) * 2,
        },
        announced=403,
        feed="twitter/users",
    ),
    "statuses": Case(
        statuses,
        rows={
            "impossible_time": ("created_at: expected a time, found none that can be read",) * 2,
            "malformed": ("expected an id as text or a whole number", 'user: expected an object, found "ann"'),
        },
        announced=500,
        feed="twitter/statuses",
        day=date(2016, 3, 1),
    ),
}


def places():
    """The delivery day of each case: the one it wants, or one of its feed's that no other has."""
    taken = {(case.feed, case.day) for case in CASES.values() if case.day}
    found = {}
    for name, case in CASES.items():
        day = case.day or date(2016, 4, 1)
        while not case.day and (case.feed, day) in taken:
            day += timedelta(days=1)
        taken.add((case.feed, day))
        found[name] = day
    return found


PLACES = places()
