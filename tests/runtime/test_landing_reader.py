"""Landing files as rows: nothing lost, nothing guessed, and what cannot be read is named."""

import gzip
import io
import json
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sway.contracts.frames import union
from sway.errors import InputNotReady
from sway.networks.open_format import EVENTS
from sway.runtime import landing_reader
from sway.runtime.landing import Landing
from sway.runtime.landing_reader import (
    line_left_out,
    naming_damaged_files,
    read_json_lines,
    read_open_format,
    refused_files,
)

from tests.landing import COLUMNS, csv, deliver, encoded, event, lines

DAY = date(2016, 5, 1)
AT = "2016-05-01T08:00:00Z"
ODD = 'O\'Brien, "quoted"\nsecond line; {*} \\ 😀'
ROWS = [event("e1", ODD, "like", str(2**63 - 1), AT, None), event("e2", "#ann", "like", " bob ", AT, "p")]


@pytest.fixture
def read(spark, tmp_path):
    """Rows of one delivery day of the open format: (file, the declared columns or the payload, rule)."""

    def find(files, **announced):
        deliver(tmp_path, "facebook/events", DAY, files, **announced)
        landing = Landing(str(tmp_path))
        days = [landing.day("facebook", "events", DAY)]
        found = []
        for frame in read_open_format(spark, landing, days, EVENTS, longest_line=2000):
            assert {row["delivered_on"] for row in frame.select("delivered_on").collect()} <= {DAY}
            for row in frame.collect():
                if "event_id" in frame.columns:
                    values = tuple(row[name] for name in COLUMNS)
                    found.append((row["file"], values, row["row_fault"] and row["row_fault"]["rule"]))
                else:
                    found.append((row["file"], row["payload"], None))
        return sorted(found, key=repr)

    return find


def parquet(columns, **options):
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, **options)
    return out.getvalue()


def test_csv_is_matched_by_header_and_keeps_every_character(read):
    other_order = ("object_id", "occurred_at", "action", "target_id", "actor_id", "event_id")
    without_object = COLUMNS[:-1]
    files = {
        "a.csv": csv(ROWS),
        "b.csv.gz": gzip.compress(csv(ROWS, other_order)),
        "c.csv": csv(ROWS, without_object),
        "d.csv": b"\xef\xbb\xbf" + csv(ROWS[1:]).replace(b"\n", b"\r\n"),
        "e.csv": csv([]),
        "f.csv": b"",
    }
    values = [tuple(row[name] for name in COLUMNS) for row in ROWS]
    bare = [(*value[:-1], None) for value in values]

    assert read(files) == sorted(
        [
            *(("a.csv", value, None) for value in values),
            *(("b.csv.gz", value, None) for value in values),
            *(("c.csv", value, None) for value in bare),
            ("d.csv", values[1], None),
        ],
        key=repr,
    )


def test_rows_of_csv_with_too_few_or_too_many_values_or_bytes_of_no_text_are_malformed(read):
    head = ",".join(COLUMNS).encode() + b"\n"
    body = b"e1,a,like\ne2,a,like,b,t,o,more\ne3,\xff,like,b,t,o\n\ne4,a,like,b,t,o\n"

    found = read({"a.csv": head + body.replace(b"like,b", b"b,like")}, a=4)
    assert [(values[0], rule) for _, values, rule in found] == [
        ("e1", "malformed"),
        ("e2", "malformed"),
        ("e3", "malformed"),
        ("e4", None),
    ]


QUOTED = {
    'a"': None,
    '"a': None,
    '"a"x': None,
    ' "a"': None,
    '"a" ': None,
    r"\"a": None,
    r'"\"a"': None,
    'a""b': None,
    '""a""': None,
    '"a""b"': 'a"b',
    '"""a"""': '"a"',
    '""""': '"',
    '"a, b\nc"': "a, b\nc",
    '"a"': "a",
    "a b": "a b",
    "'a'": "'a'",
    '""': None,
}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_quotes_of_csv_are_those_of_rfc_4180_or_the_row_is_malformed(read, end):
    head = ",".join(COLUMNS)
    rows = [f"e{n:02},{text},b,like,t,{text}" for n, text in enumerate(QUOTED) if text != '"a']
    found = read({"a.csv": end.join([head, *rows, ""]).encode()}, a=len(rows))
    values = {value[0]: (value[1], value[5], rule) for _, value, rule in found}

    for n, (text, value) in enumerate(QUOTED.items()):
        if value is not None or text == '""':
            assert values[f"e{n:02}"] == (value, value, None), text
        elif text != '"a':  # which is never closed
            assert values[f"e{n:02}"][2] == "malformed", text
    assert len(found) == len(rows)


def test_a_long_value_of_csv_with_many_quotes_is_read(read):
    long = 'x"' * 900  # of at most 2,000 characters
    assert [
        (values[1], rule) for _, values, rule in read({"a.csv": csv([event("e", long, "like", "b", AT)])}, a=1)
    ] == [(long, None)]


def test_a_quote_that_is_never_closed_swallows_rows_so_that_the_file_disagrees(read):
    head = ",".join(COLUMNS).encode() + b"\n"

    assert len(read({"a.csv": head + b'"e1,a,b,like,t,o\ne2,a,b,like,t,o\ne3,a,b,like,t,o\n'}, a=3)) == 1


def test_json_lines_are_payloads_as_they_stand(read):
    texts = [json.dumps(row, ensure_ascii=False) for row in ROWS] + ["", "{broken", '{"a": 1} {"b": 2}']
    plain = lines(texts)

    found = read({"a.jsonl": plain, "b.jsonl.gz": gzip.compress(plain), "c.jsonl": plain[:-1]}, a=5, b=5, c=5)
    for name in ("a.jsonl", "b.jsonl.gz", "c.jsonl"):
        assert sorted(payload for file, payload, _ in found if file == name) == sorted(texts)


def test_a_line_longer_than_allowed_is_left_out_so_that_the_file_disagrees(read):
    found = read({"a.jsonl": lines(["x" * 2000, "y" * 2001, "z"]), "b.jsonl": b""}, a=3)

    assert [payload[0] for _, payload, _ in found] == ["x", "z"]


GOOD_LINES, LONG = [b"x" * 2000 + b"\n", b"z\n"], b"y" * 2001 + b"\n"
LEFT_OUT = {
    "none": ("a.jsonl", b"".join(GOOD_LINES), False),
    "one": ("a.jsonl", GOOD_LINES[0] + LONG + GOOD_LINES[1], True),
    "one before a line without end": ("a.json", LONG + b"".join(GOOD_LINES)[:-1], True),
    "none, packed": ("a.jsonl.gz", gzip.compress(b"".join(GOOD_LINES)), False),
    "none, packed, with a mark and without an end": (
        "a.jsonl.gz", gzip.compress(b"\xef\xbb\xbf" + b"".join(GOOD_LINES)[:-1]), False,
    ),
    "none, packed, without an end": ("a.jsonl.gz", gzip.compress(b"".join(GOOD_LINES)[:-1]), False),
    "one, packed": ("a.json.gz", gzip.compress(LONG + b"".join(GOOD_LINES)), True),
    "none, in members": ("a.jsonl.gz", b"".join(map(gzip.compress, GOOD_LINES)), False),
    "one, in members": ("a.jsonl.gz", b"".join(map(gzip.compress, [GOOD_LINES[0], LONG, GOOD_LINES[1]])), True),
    "one of several members": (
        "a.jsonl.gz", gzip.compress(GOOD_LINES[0] + LONG[:900]) + gzip.compress(LONG[900:] + GOOD_LINES[1]), True,
    ),
    "rows of CSV": ("a.csv", b"x" * 9000, False),
}  # fmt: skip


@pytest.mark.parametrize("piece", [7, 1_000_000])
@pytest.mark.parametrize(("name", "content", "is_found"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_a_line_left_out_is_found_by_the_size_of_its_file(tmp_path, monkeypatch, name, content, is_found, piece):
    monkeypatch.setattr(landing_reader, "PIECE", piece)
    deliver(tmp_path, "facebook/events", DAY, {name: content}, a=2)
    landing = Landing(str(tmp_path))
    (file,) = landing.day("facebook", "events", DAY).files
    sentence = f"{name}: expected lines of at most 2,000 bytes, found a longer one"

    found = line_left_out(landing, file, bytes_read=sum(map(len, GOOD_LINES)), longest_line=2000)
    assert found == (sentence if is_found else None)


def test_a_file_of_which_nothing_was_read_is_looked_at_too(tmp_path):
    deliver(tmp_path, "facebook/events", DAY, {"a.jsonl": LONG, "b.jsonl.gz": gzip.compress(LONG), "c.jsonl.gz": b""})
    landing = Landing(str(tmp_path))

    found = [
        line_left_out(landing, file, bytes_read=0, longest_line=2000)
        for file in landing.day("facebook", "events", DAY).files
    ]
    assert [one is not None for one in found] == [True, True, False]


INSTANT = datetime(2016, 5, 3, 15, 1, 9, 16, UTC)
NANOSECONDS = 1462287669000016000  # divided as a double it is a microsecond less
TIMES = {
    "us": pa.array([INSTANT], pa.timestamp("us", "UTC")),
    "us-elsewhere": pa.array([INSTANT], pa.timestamp("us", "Europe/Berlin")),
    "us-bare": pa.array([INSTANT.replace(tzinfo=None)], pa.timestamp("us")),
    "ns": pa.array([NANOSECONDS], pa.timestamp("ns", "UTC")),
    "ns-bare": pa.array([NANOSECONDS], pa.timestamp("ns")),
    "ms": pa.array([INSTANT.replace(microsecond=0)], pa.timestamp("ms", "UTC")),
    "text": pa.array(["2016-05-03T15:01:09.000016"]),
    "int96": pa.array([NANOSECONDS], pa.timestamp("ns")),
}


def test_parquet_times_of_every_kind_are_one_instant(read):
    files = {
        f"{kind}.parquet": parquet(
            {
                "event_id": pa.array([1], pa.int64()),
                "occurred_at": times,
                "actor_id": ["a"],
                "target_id": ["b"],
                "action": ["like"],
            },
            use_deprecated_int96_timestamps=kind == "int96",
        )
        for kind, times in TIMES.items()
    }
    found = {file.removesuffix(".parquet"): values for file, values, _ in read(files, **dict.fromkeys(TIMES, 1))}

    assert {kind: values[4] for kind, values in found.items()} == {
        kind: "2016-05-03T15:01:09.000000" if kind == "ms" else "2016-05-03T15:01:09.000016" for kind in TIMES
    }
    assert {values[0] for values in found.values()} == {"1"}


def test_parquet_ids_may_be_numbers_text_or_categories(read):
    same = {"event_id": ["e"], "action": ["like"], "occurred_at": [AT]}
    files = {
        "numbers.parquet": parquet(
            {**same, "actor_id": pa.array([2**63 - 1], pa.int64()), "target_id": pa.array([2**64 - 1], pa.uint64())}
        ),
        "text.parquet": parquet({**same, "actor_id": [ODD], "target_id": pa.array(["b"], pa.large_string())}),
        "categories.parquet": parquet(
            {**same, "actor_id": pa.array(["a"]).dictionary_encode(), "target_id": ["b"], "object_id": pa.nulls(1)}
        ),
        "none.parquet": parquet({**same, "actor_id": ["a"], "target_id": ["b"]})[:0]
        or parquet({name: pa.array([], pa.string()) for name in COLUMNS}),
    }
    found = {file: values[1:3] for file, values, _ in read(files)}

    assert found == {
        "numbers.parquet": (str(2**63 - 1), str(2**64 - 1)),
        "text.parquet": (ODD, "b"),
        "categories.parquet": ("a", "b"),
    }


@pytest.fixture
def refused(tmp_path):
    """What is wrong with the files of a day, looked at without Spark."""

    def look(files, columns=EVENTS, **announced):
        deliver(tmp_path, "facebook/events", DAY, files, **announced)
        landing = Landing(str(tmp_path))
        return refused_files(landing, landing.day("facebook", "events", DAY), columns)

    return look


GOOD = {name: [AT] for name in COLUMNS}
EXPECTED = f"expected the columns {', '.join(COLUMNS)}; "
REFUSED = {
    "CSV with the line ends of old Macs": (
        "a.csv",
        csv(ROWS).replace(b"\n", b"\r"),
        "expected a CSV file with a header, found new-line character seen in unquoted field",
    ),
    "a column named in no UTF-8": (
        "a.parquet",
        parquet(GOOD).replace(b"object_id", b"object\xff\xfe\xfd"),
        "expected columns named in UTF-8, found 'utf-8' codec can't decode byte 0xff",
    ),
    "double ids": (
        "a.parquet",
        parquet({**GOOD, "actor_id": [1.0]}),
        "actor_id: expected text or a whole number, found double",
    ),
    "a day for an instant": (
        "a.parquet",
        parquet({**GOOD, "occurred_at": [DAY]}),
        "occurred_at: expected text or an instant, found date32",
    ),
    "a number for an instant": (
        "a.parquet",
        parquet({**GOOD, "occurred_at": [7]}),
        "occurred_at: expected text or an instant, found int64",
    ),
    "missing column": (
        "a.parquet",
        parquet({name: values for name, values in GOOD.items() if name != "actor_id"}),
        f"{EXPECTED}missing: actor_id",
    ),
    "unknown column": ("a.parquet", parquet({**GOOD, "weight": [1]}), f"{EXPECTED}unknown: weight"),
    "another name of a column": (
        "a.csv",
        csv(ROWS).replace(b"actor_id", b"user_id"),
        f"{EXPECTED}missing: actor_id; unknown: user_id",
    ),
    "no bytes": ("a.parquet", b"", "expected a Parquet file"),
    "no Parquet": ("a.parquet", b"PAR1 but not really PAR1", "expected a Parquet file"),
    "broken-off Parquet": ("a.parquet", encoded("a.parquet", ROWS)[:-7], "expected a Parquet file"),
    "CSV without header": (
        "a.csv",
        b"e1,a,b,like,t,o\n",
        f"{EXPECTED}missing: event_id, actor_id, target_id, action, occurred_at; unknown: e1, a, b, like, t, o",
    ),
    "CSV with a column twice": (
        "a.csv",
        b"event_id,event_id,actor_id,target_id,action,occurred_at\n",
        f"{EXPECTED}twice: event_id",
    ),
    "CSV with an unknown column twice": (
        "a.csv",
        b"event_id,actor_id,target_id,action,occurred_at,x,x\n",
        f"{EXPECTED}unknown: x; twice: x",
    ),
    "CSV in Latin": ("a.csv", b"\xe9vent_id\n", "expected a CSV file with a header"),
    "CSV with many columns": (
        "a.csv",
        ",".join(f"c{n}" for n in range(99)).encode(),
        "unknown: c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, and 89 more",
    ),
    "CSV of no bytes that should have rows": ("a.csv", b"", f"{EXPECTED}missing: event_id, actor_id"),
    "gzip broken off in its header": ("a.csv.gz", gzip.compress(csv(ROWS))[:15], "expected a CSV file with a header"),
    "no gzip": ("a.csv.gz", csv(ROWS), "expected a CSV file with a header"),
    "another kind": ("a.xlsx", b"", "expected a file ending in .jsonl"),
}


@pytest.mark.parametrize(("name", "content", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_named(refused, name, content, sentence):
    (fault,) = refused({name: content}, a=1)

    assert fault.startswith(f"{name}: ")
    assert sentence in fault


def test_all_files_with_other_columns_are_named_together(refused):
    faults = refused({"a.csv": b"x\n1\n", "b.csv": b"y\n1\n", "c.csv": csv(ROWS)}, a=1, b=1)

    assert [fault.split(":")[0] for fault in faults] == ["a.csv", "b.csv"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl.gz", b"no gzip at all\n"),
        ("a.csv", ",".join(COLUMNS).encode() + b'\n"' + b"x" * 3000 + b"\n"),
        ("a.parquet", encoded("a.parquet", ROWS * 500).replace(b"O'Brien", b"\xff\xff\xff\xff\xff\xff\xff")),
    ],
)
def test_a_file_that_turns_out_damaged_while_it_is_read_is_named(read, name, content):
    if name.endswith(".parquet"):
        content = content[:4] + b"\xff" * 60 + content[64:]

    with pytest.raises(InputNotReady, match=rf"dt=2016-05-01/{name}: damaged"), naming_damaged_files():
        read({name: content}, a=2)


def test_a_feed_of_json_lines_takes_nothing_else(refused):
    (fault,) = refused({"a.csv": b"", "b.jsonl": b""}, columns=None)

    assert fault.startswith("a.csv: expected a file ending in .jsonl")


def test_days_without_files_are_no_rows(spark, tmp_path, read):
    deliver(tmp_path, "twitter/users", DAY, {})
    days = [Landing(str(tmp_path)).day("twitter", "users", DAY)]

    assert read_json_lines(spark, days, longest_line=2000).collect() == []
    assert read({}) == []
    frames = read_open_format(spark, Landing(str(tmp_path)), days, EVENTS, longest_line=2000)
    assert union(frames).collect() == []
