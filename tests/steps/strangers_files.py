"""Deliveries as they go wrong at other people's, made by hand after docs/operations.md, not after the code that reads
them.
"""

import gzip
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

FIRST = date(2016, 5, 2)
EVENTS, STATUSES, USERS = "facebook/events", "twitter/statuses", "twitter/users"
HEADER = "event_id,actor_id,target_id,action,occurred_at,object_id"


@dataclass(frozen=True)
class Case:
    """One delivery day of `feed`, and what the documents promise of it.

    `kept`: ids of the records, or accounts of the profiles, that count. `refused`: rows in quarantine by their rule.
    `broken`: words of the reason why the day is refused as a whole. `rows` as the manifest has them: a number for
    each file, where it is not the file's number of lines.
    """

    name: str
    feed: str
    files: Mapping[str, bytes]
    kept: tuple[str, ...] = ()
    refused: Mapping[str, int] = field(default_factory=dict)
    broken: str = ""
    repeated: int = 0
    rows: int | None = None
    manifest: str | None = None


def lines(*texts: str, end: str = "\n") -> bytes:
    return "".join(text + end for text in texts).encode()


def csv(*ids: str, at: str = "2016-05-02T08:00:00Z") -> list[str]:
    return [f"{one},a{one},b{one},like,{at},o{one}" for one in ids]


def act(one: str, **other: object) -> str:
    row = {"event_id": one, "actor_id": f"a{one}", "target_id": f"b{one}", "action": "like"}
    return json.dumps(row | {"occurred_at": "2016-05-02T08:00:00Z", "object_id": f"o{one}"} | other)


def tweet(one: str, **other: object) -> str:
    user = {"id_str": f"7{one}", "screen_name": f"u{one}"}
    return json.dumps({"id_str": one, "created_at": "Mon May 02 08:00:00 +0000 2016", "user": user} | other)


def person(one: str, **other: object) -> str:
    row = {"id_str": one, "screen_name": f"n{one}", "name": f"N {one}", "created_at": "Wed May 02 08:00:00 +0000 2012"}
    return json.dumps(row | {"followers_count": 12, "friends_count": 3} | other)


def parquet(rows: int = 2, **other: pa.Array) -> bytes:
    columns = {
        "event_id": pa.array([f"pq{n}" for n in range(rows)]),
        "actor_id": pa.array([f"apq{n}" for n in range(rows)]),
        "target_id": pa.array([f"bpq{n}" for n in range(rows)]),
        "action": pa.array(["like"] * rows),
        "occurred_at": pa.array(["2016-05-02T08:00:00Z"] * rows),
        "object_id": pa.array([f"opq{n}" for n in range(rows)]),
    }
    out = io.BytesIO()
    pq.write_table(pa.table(columns | other), out)
    return out.getvalue()


def zipped(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("part.jsonl", content)
    return out.getvalue()


LOGIN = lines(
    "<!DOCTYPE html>",
    '<html lang="en"><head><title>Sign in</title></head>',
    '<body><form action="/login" method="post">',
    '<input name="user"><input name="password" type="password">',
    "</form></body></html>",
)
GATEWAY = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502</h1><hr>nginx/1.9.15</body></html>\n"
YESTERDAY = lines(act("y1"), act("y2"))
MANY = gzip.compress(lines(*(act(f"g{n}") for n in range(400))), mtime=0)
TWICE = gzip.compress(lines(*(act(f"t{n}") for n in range(9))), mtime=0)
COPY = lines(act("d1"), act("d2"))
UNLISTED = json.dumps({"files": [{"name": "part-0501.jsonl", "bytes": 320, "rows": 2}]})


def lonely(name: str, size: object, rows: object) -> str:
    return json.dumps({"files": [{"name": name, "bytes": size, "rows": rows}]})


CASES = (
    # Files of the open format that no longer are what somebody wrote.
    Case("a CSV that a full disk cut before its last column", EVENTS,
         {"a.csv": lines(HEADER, *csv("f1", "f2")) + b"f3,af3,bf3,like,2016-05-02T08:00:00Z"},
         kept=("f1", "f2"), refused={"malformed": 1}, rows=3),
    Case("a gzip that a full disk cut, beside a zip named .gz", EVENTS,
         {"a.jsonl.gz": MANY[:-200], "b.jsonl.gz": zipped(MANY)}, broken=".jsonl.gz: damaged", rows=400),
    Case("JSON lines whose last one a full disk cut", EVENTS, {"a.jsonl": lines(act("k1"), act("k2"))[:-40]},
         kept=("k1",), refused={"malformed": 1}, rows=2),
    Case("JSON lines that end in zero bytes after a power cut", EVENTS,
         {"a.jsonl": lines(act("z1")) + act("z2").encode()[:50] + bytes(64)},
         kept=("z1",), refused={"malformed": 1}, rows=2),
    Case("a gzip of nothing where two rows were promised", EVENTS, {"a.jsonl.gz": gzip.compress(b"")},
         broken="a.jsonl.gz", rows=2),
    Case("a Parquet file of no bytes", EVENTS, {"a.parquet": b""}, broken="a.parquet", rows=0),
    Case("lines packed twice", EVENTS, {"a.jsonl.gz": gzip.compress(TWICE)}, broken="a.jsonl.gz", rows=9),
    Case("a Parquet file that is a CSV", EVENTS, {"a.parquet": lines(HEADER, *csv("nopq"))}, broken="a.parquet",
         rows=1),
    # What spreadsheets make of a CSV.
    Case("a CSV of Excel with semicolons", EVENTS,
         {"a.csv": lines(HEADER.replace(",", ";"), csv("s1")[0].replace(",", ";"))}, broken="a.csv"),
    Case("a CSV with tabs for commas", EVENTS,
         {"a.csv": lines(HEADER.replace(",", "\t"), csv("t1")[0].replace(",", "\t"))}, broken="a.csv"),
    Case("a CSV in UTF-16", EVENTS, {"a.csv": "\r\n".join([HEADER, *csv("u1", "")]).encode("utf-16")},
         broken="a.csv", rows=1),
    Case("a CSV without its header", EVENTS, {"a.csv": lines(*csv("h1", "h2"))}, broken="a.csv"),
    Case("a CSV in Latin-1", EVENTS,
         {"a.csv": lines(HEADER, *csv("l1")) + "l2,josé,bl2,like,2016-05-02T08:00:00Z,ol2\n".encode("latin-1")},
         kept=("l1",), refused={"malformed": 1}),
    Case("a CSV with Windows line ends", EVENTS, {"a.csv": lines(HEADER, *csv("w1", "w2"), end="\r\n")},
         kept=("w1", "w2")),
    Case("a CSV with its header again in the middle, a total and a count at its end", EVENTS,
         {"a.csv": lines(HEADER, *csv("m1"), HEADER, *csv("m2"), "Total,,,,,2", "(2 rows)")},
         kept=("m1", "m2"), refused={"unknown_action": 1, "missing": 1, "malformed": 1}),
    Case("a CSV with its columns in another order", EVENTS,
         {"a.csv": lines("object_id,occurred_at,action,target_id,actor_id,event_id",
                         "oc1,2016-05-02T08:00:00Z,like,bc1,ac1,c1")}, kept=("c1",)),
    Case("a CSV with one column more", EVENTS, {"a.csv": lines(f"{HEADER},note", f"{csv('c2')[0]},hello")},
         broken="a.csv"),
    Case("a CSV in which a quotation mark was never closed", EVENTS,
         {"a.csv": lines(HEADER, *csv("q1"), 'q2,aq2,bq2,like,2016-05-02T08:00:00Z,"oq2', *csv("q3", "q4"))},
         broken="a.csv"),
    Case("ids that a spreadsheet wrote as numbers", EVENTS,
         {"a.csv": lines(HEADER, *csv("n1"), "n2,7.27220E+17,bn2,like,2016-05-02T08:00:00Z,on2",
                         'n3,"1,234,567",bn3,like,2016-05-02T08:00:00Z,on3',
                         "n4,an4,12345.0,like,2016-05-02T08:00:00Z,on4")},
         kept=("n1",), refused={"malformed": 3}),
    Case("what programs write where there is no id", EVENTS,
         {"a.csv": lines(HEADER, *csv("x1"), *(f"x-{n},{none},bx,like,2016-05-02T08:0{n}:00Z,ox" for n, none in
                         enumerate(("", "NULL", "null", "None", "nan", "NaN", r"\N", "#N/A", "undefined"))))},
         kept=("x1",), refused={"missing": 9}),
    Case("times that are none", EVENTS,
         {"a.csv": lines(HEADER, *csv("i1"), *(csv(f"i-{n}", at=at)[0] for n, at in enumerate((
             "02/05/2016 08:00", "02.05.2016 08:00:00", "5/2/2016", "1462176000000", "1462176000", "42492.33",
             "08:00:00", "00:01.0", "0000-00-00 00:00:00", "1970-01-01T00:00:00Z", "2016-02-30T08:00:00Z",
             "Mon May 02 08:00:00 +0000 2016", "2016", "now", "T08:00"))))},
         kept=("i1",), refused={"impossible_time": 15}),
    Case("a month and a day in each other's place", EVENTS,
         {"a.csv": lines(HEADER, *csv("j1"), *csv("j2", at="2016-12-05T08:00:00Z"))},
         kept=("j1",), refused={"after_delivery": 1}),
    # Columns of Parquet.
    Case("a Parquet file whose ids became floating-point", EVENTS,
         {"a.parquet": parquet(actor_id=pa.array([1.0, 2.5e17]))}, broken="a.parquet", rows=2),
    Case("a Parquet file with the actions in its column of times", EVENTS,
         {"a.parquet": parquet(occurred_at=pa.array(["like", "like"]))}, refused={"impossible_time": 2}, rows=2),
    Case("a Parquet file with times in milliseconds", EVENTS,
         {"a.parquet": parquet(occurred_at=pa.array([1462176000000] * 2))}, broken="a.parquet", rows=2),
    Case("a Parquet file with lists of ids", EVENTS,
         {"a.parquet": parquet(target_id=pa.array([["b1", "b2"], ["b3"]]))}, broken="a.parquet", rows=2),
    # JSON that is nearly right.
    Case("JSON as one array over several lines", EVENTS, {"a.jsonl": lines("[", f"{act('r1')},", act("r2"), "]")},
         kept=("r2",), refused={"malformed": 3}),
    Case("JSON as one array on a line", EVENTS, {"a.jsonl": lines(f"[{act('r3')}, {act('r4')}]")},
         refused={"malformed": 1}),
    Case("JSON lines glued together", EVENTS, {"a.jsonl": lines(act("v1") + act("v2"), act("v3") + "," + act("v4"))},
         refused={"malformed": 2}),
    Case("JSON lines glued together, of which the manifest counts each", EVENTS,
         {"a.jsonl": lines(act("v5") + act("v6"))}, broken="a.jsonl", rows=2),
    Case("JSON as people and other languages write it", EVENTS,
         {"a.jsonl": lines(act("p1"), "// exported on Monday", act("p2")[:-1] + ",}", act("p3")[:-1] + "/* sic */}",
                           str(json.loads(act("p4"))), act("p5").replace('"ap5"', "NaN"), json.dumps(act("p6")),
                           act("p7").replace('"actor_id"', "actor_id"), ")]}'", f"08:00 INFO {act('p8')}",
                           act("p9") + " trailing words")},
         kept=("p1",), refused={"malformed": 10}),
    Case("values where records should be", EVENTS, {"a.jsonl": lines("null", "true", "42", "[]", '"x"', act("o1"))},
         kept=("o1",), refused={"malformed": 5}),
    Case("lists and objects where ids should be", EVENTS,
         {"a.jsonl": lines(act("b1"), act("b2", actor_id=["ab2"]), act("b3", actor_id={"id": "ab3"}),
                           act("b4", actor_id=None))},
         kept=("b1",), refused={"malformed": 2, "missing": 1}),
    Case("JSON lines with a byte order mark", EVENTS, {"a.jsonl": b"\xef\xbb\xbf" + lines(act("e1"), act("e2"))},
         kept=("e1", "e2")),
    Case("a CSV of Excel with a byte order mark", EVENTS, {"a.csv": b"\xef\xbb\xbf" + lines(HEADER, *csv("e4"))},
         kept=("e4",)),
    Case("JSON lines in UTF-16", EVENTS, {"a.jsonl": f"{act('e3')}\n".encode("utf-16")},
         broken="a.jsonl", rows=1),
    # Deliveries of other days, and manifests.
    Case("a day", EVENTS, {"a.jsonl": YESTERDAY}, kept=("y1", "y2")),
    Case("the file of the day before again", EVENTS, {"a.jsonl": YESTERDAY}, repeated=2),
    Case("one file under two names", EVENTS, {"a.jsonl": COPY, "a_1.jsonl": COPY}, kept=("d1", "d2"), repeated=2),
    Case("a manifest of the day before", EVENTS, {"part-0502.jsonl": lines(act("mf1"))}, manifest=UNLISTED,
         broken="part-0501.jsonl"),
    Case("a manifest that counts one row too many", EVENTS, {"a.jsonl": lines(act("mf2"))}, rows=2, broken="a.jsonl"),
    Case("a manifest that counts one row too few", EVENTS, {"a.jsonl": lines(act("mf3"), act("mf4"))}, rows=1,
         broken="a.jsonl"),
    Case("a manifest with numbers as text", EVENTS, {"a.jsonl": lines(act("mf5"))},
         manifest=lonely("a.jsonl", "157", "1"), broken="_manifest.json"),
    Case("a manifest with a path for a name", EVENTS, {"a.jsonl": lines(act("mf6"))},
         manifest=lonely("/landing/a.jsonl", 157, 1), broken="/landing/a.jsonl"),
    Case("a manifest that is an error page", EVENTS, {"a.jsonl": lines(act("mf7"))}, manifest=GATEWAY.decode(),
         broken="_manifest.json"),
    # Twitter.
    Case("a login page for statuses", STATUSES, {"a.jsonl": LOGIN}, refused={"malformed": 5}),
    Case("an error page for statuses", STATUSES, {"a.jsonl": GATEWAY}, refused={"malformed": 1}),
    Case("answers of an API that had enough", STATUSES,
         {"a.jsonl": lines(tweet("11"), '{"errors": [{"code": 88, "message": "Rate limit exceeded"}]}',
                           '{"request": "/1.1/statuses", "error": "Not authorized."}', "{}")},
         kept=("11",), refused={"missing": 3}),
    Case("users for statuses", STATUSES, {"a.jsonl": lines(person("12"), person("13"))}, refused={"missing": 2}),
    Case("statuses whose author is a list, null, a name or nobody", STATUSES,
         {"a.jsonl": lines(tweet("21"), tweet("22", user=[{"id_str": "722"}]), tweet("23", user=None),
                           tweet("24", user="ann"), tweet("25", user={"id_str": None}), tweet("26", user={}))},
         kept=("21",), refused={"malformed": 2, "missing": 3}),
    Case("statuses whose ids went through floating-point", STATUSES,
         {"a.jsonl": lines(tweet("31"), tweet("32", id_str=None, id=7.27220123456789e17),
                           tweet("34", user={"id": 7.5e17}),
                           tweet("35", in_reply_to_user_id=12345.0))},
         kept=("31",), refused={"malformed": 3}),
    Case("statuses with times of other systems", STATUSES,
         {"a.jsonl": lines(tweet("41"), tweet("42", created_at="2016-05-02T08:00:00Z"),
                           tweet("43", created_at=1462176000000), tweet("44", created_at=None))},
         kept=("41",), refused={"impossible_time": 3}),
    Case("statuses for users", USERS, {"a.jsonl": lines(tweet("51"), tweet("52"))}, refused={"malformed": 2}),
    Case("users in Latin-1", USERS, {"a.jsonl": lines(person("61")) + lines(person("62")).replace(b"N 62", b"Jos\xe9")},
         kept=("61",), refused={"malformed": 1}),
    Case("users with counts that are none", USERS,
         {"a.jsonl": lines(person("71"), person("72", followers_count=-5), person("73", followers_count="1.2K"),
                           person("74", followers_count="1,200"), person("75", followers_count=float("nan")),
                           person("76", followers_count=12.5), person("77", followers_count="many"),
                           person("78", followers_count=10**30), person("79", friends_count=[3]))},
         kept=("71",), refused={"out_of_range": 6, "malformed": 2}),
)  # fmt: skip
DAYS = {case.name: FIRST + timedelta(days=n) for n, case in enumerate(CASES)}


def land(lake: Path, case: Case) -> None:
    """One case as the delivery of a day of its own; a first load, so that one day of acts serves them all."""
    folder = lake / "landing" / case.feed / f"dt={DAYS[case.name]}"
    folder.mkdir(parents=True)
    listed = []
    for name, content in case.files.items():
        (folder / name).write_bytes(content)
        rows = content.count(b"\n") - name.endswith(".csv") if case.rows is None else case.rows
        listed.append({"name": name, "bytes": len(content), "rows": rows})
    (folder / "_manifest.json").write_text(case.manifest or json.dumps({"files": listed, "history": True}))
