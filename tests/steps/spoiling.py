"""Ways to spoil a delivery: its rows, its files, its folder, its manifest."""

import gzip
import json
import os
import pickle

import pyarrow as pa
import pyarrow.compute
from sway.runtime.landing import MANIFEST

from tests.landing import csv, encoded, event, status

ROWS = 200


def acts(name, day, count=ROWS):
    """Good acts towards an account that no other case names."""
    return [event(f"{name}/{n}", f"a{n}", "mention", f"of {name}", f"{day}T12:00:00Z") for n in range(count)]


def text(rows):
    return encoded("a.jsonl", rows)


def changed(change, file="a.jsonl", which=7):
    """Good acts but for one, which `change` turns into a line."""

    def make(name, day):
        rows = acts(name, day)
        lines = [json.dumps(row, ensure_ascii=False).encode() for row in rows]
        lines[which] = change(rows[which], lines[which])
        plain = b"".join(line + b"\n" for line in lines)
        return {file: gzip.compress(plain) if file.endswith(".gz") else plain}

    return make


def every(change, file="a.jsonl"):
    """Good acts of which `change` makes the file's content."""
    return lambda name, day: {file: change(acts(name, day))}


def at(*times):
    """Good acts, then one at each of these times."""

    def make(name, day):
        odd = [event(f"{name}/{t}", "a", "mention", f"of {name}", t) for t in times]
        return {"a.jsonl": text([*acts(name, day, 3 * ROWS), *odd])}

    return make


def bomb(megabytes):
    """A line of so many megabytes among good ones, in a thousandth of them: one member of gzip, again and again."""

    def make(name, day):
        *most, last = acts(name, day)
        before, after = json.dumps({**last, "object_id": "@"}).encode().split(b"@")
        member = gzip.compress(b"a" * 1_000_000)
        return {"a.jsonl.gz": gzip.compress(text(most) + before) + member * megabytes + gzip.compress(after + b"\n")}

    return make


def csv_bomb(megabytes):
    """The same in one quoted value of a CSV file."""

    def make(name, day):
        *most, last = acts(name, day)
        before, after = csv([*most, {**last, "object_id": "@"}]).split(b"@")
        return {"a.csv.gz": gzip.compress(before) + gzip.compress(b"a" * 1_000_000) * megabytes + gzip.compress(after)}

    return make


class Harmful:
    """Makes a folder in the working directory of whoever unpickles it."""

    def __reduce__(self):
        return os.mkdir, ("unpickled",)


def pickled(name, day):
    return {"a.jsonl": pickle.dumps([Harmful(), "\n".join(map(str, acts(name, day)))])}


def linked(folder):
    """Puts a link to a good file elsewhere in the place of the file."""
    elsewhere = folder.parents[3] / "elsewhere.jsonl"
    (folder / "a.jsonl").rename(elsewhere)
    (folder / "a.jsonl").symlink_to(elsewhere)


def folder_linked(folder):
    elsewhere = folder.parents[3] / "elsewhere"
    folder.rename(elsewhere)
    folder.symlink_to(elsewhere, target_is_directory=True)


def listing(**changes):
    """Lets the manifest say something else of its file."""

    def mend(folder):
        manifest = json.loads((folder / MANIFEST).read_text())
        manifest["files"][0] |= changes
        (folder / MANIFEST).write_text(json.dumps(manifest))

    return mend


def cut_manifest(folder):
    (folder / MANIFEST).write_text((folder / MANIFEST).read_text()[:20])


def renamed(to):
    def mend(folder):
        (folder / "a.jsonl").rename(folder / to)
        listing(name=to)(folder)

    return mend


def users(name, day):
    rows = [{"id": n, "screen_name": f"of {name}", "followers_count": n} for n in range(1000, 1400)]
    rows[0]["followers_count"], rows[1]["followers_count"] = "12", None
    odd = [{"id": n, "followers_count": count} for n, count in enumerate((-1, float("nan"), float("inf")), 2000)]
    return {"a.jsonl": text([*rows, *odd])}


def statuses(name, day):
    noon = "Mar 01 12:00:00 +0000 2016"
    rows = [status(n, 10**6, noon) for n in range(9 * 10**6, 9 * 10**6 + 500)]
    rows[0] |= {"id": "9000000", "id_str": 9000000, "user": {"id": "1000000", "screen_name": 1000000}}
    rows[1] |= {"text": "a new field", "edit_history": [1, 2]}
    rows[2] |= {"created_at": "Tue Mar 01 12:00:00 2016"}
    rows[3] |= {"created_at": 1456833600}
    rows[4] |= {"user": "ann"}
    rows[5] |= {"user": {"id": 1.2345678901234568e18}}
    return {"a.jsonl": text(rows)}


def parquet(change):
    """Good acts as Parquet after `change` of their table."""
    return every(lambda rows: encoded_table(change(pa.Table.from_pylist(rows))), "a.parquet")


def encoded_table(table):
    out = pa.BufferOutputStream()
    pa.parquet.write_table(table, out)
    return out.getvalue().to_pybytes()


def as_double(table):
    at = table.schema.get_field_index("target_id")
    return table.set_column(at, "target_id", pa.array([1e18] * table.num_rows))


def as_bytes(table):
    """One actor in bytes that are no UTF-8, which Parquet's own text type does not look at."""
    raw = pa.array([b"a\xff\xfe" if n == 7 else b"a%d" % n for n in range(table.num_rows)])
    text = raw.cast(options=pa.compute.CastOptions(pa.string(), allow_invalid_utf8=True))
    return table.set_column(table.schema.get_field_index("actor_id"), "actor_id", text)


def column_renamed(rows):
    """The name of a column in bytes that are no UTF-8."""
    return encoded("a.parquet", rows).replace(b"object_id", b"object\xff\xfe\xfd")


def escaped(escape):
    return changed(lambda row, line: line.replace(b'"a7"', b'"a7' + escape + b'"'))
