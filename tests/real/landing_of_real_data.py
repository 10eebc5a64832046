"""Landing zones written from the data sets of ../shared/data: the fields networks give, in place of theirs.

Everything goes under the folder the caller names (a test's tmp_path): nothing of the data sets is committed.
"""

import csv
import gzip
import io
import itertools
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from tests.real import raw_data

HIGGS_DAYS = tuple(date(2012, 7, day) for day in range(1, 8))

# Each day in other formats, and instants written in each way the open format allows: with Z, with an offset,
# with none (UTC), as a Parquet timestamp. 4 July has 356,388 of the 563,069 rows: every format at once.
HIGGS_FORMATS = {
    date(2012, 7, 1): ("csv.gz",),
    date(2012, 7, 2): ("jsonl.gz",),
    date(2012, 7, 3): ("parquet",),
    date(2012, 7, 4): ("csv.gz", "jsonl.gz", "parquet", "csv"),
    date(2012, 7, 5): ("jsonl", "parquet"),
    date(2012, 7, 6): ("csv",),
    date(2012, 7, 7): ("jsonl.gz", "parquet"),
}

OPEN_FORMAT = ("event_id", "actor_id", "target_id", "action", "occurred_at", "object_id")


def land_higgs(landing: Path, days: Iterable[date] = HIGGS_DAYS) -> None:
    """twitter/events: each UTC day's acts delivered that day, in the open format. No posts, no profiles."""
    acts = raw_data.higgs_acts()
    for day in days:
        of_day = acts[acts["event_date"] == pd.Timestamp(day)]
        formats = HIGGS_FORMATS[day]
        bounds = np.linspace(0, len(of_day), len(formats) + 1).astype(int)
        slices = (of_day.iloc[first:last] for first, last in itertools.pairwise(bounds))
        folder = delivery(landing, "twitter", "events", day)
        rows = {}
        for number, (part, suffix) in enumerate(zip(slices, formats, strict=True)):
            name = f"part-{number:03d}.{suffix}"
            WRITERS[suffix](folder / name, _open_format(part))
            rows[name] = len(part)
        write_manifest(folder, rows)


# One delivery day for six years of statuses. By week would be the API's own way, but that is 300 manifests
# and 300 commits for the same rows, and the rules about age need none of them: late rows are judged against
# `dt`, and the night of 2016-03-31 has acts inside and outside the 180 days, authors whose profile says when
# the account was opened, and 14,512 accounts without a profile whose age counts from first_seen (2,779 of
# them for less than 18 days: no voice). Only the network's first 28 days name no stranger: in spring 2010 one
# author talks to nobody. With `since` CONGRESS_SINCE that rule bites too (910 strangers), 1,069 acts are
# still beyond the horizon, and 199 event dates instead of 1,128 are ingested much faster.
CONGRESS_DAYS = (date(2016, 3, 31),)
CONGRESS_SINCE = date(2015, 9, 15)


def land_congress(
    landing: Path,
    days: Sequence[date] = CONGRESS_DAYS,
    *,
    since: date = date.min,
    statuses_per_file: int = 20_000,
) -> None:
    """twitter/statuses (of `since` and later) and twitter/users, fields as API v1.1 names them.

    A status is delivered on the first of `days` on or after its UTC day, the profiles on the first of `days`
    (they were fetched in May 2016; on no other day would the night of 31 March know them).
    """
    profiles = raw_data.congress_profiles()
    handles = {profile["id"]: profile["screen_name"] for profile in profiles}
    by_day: dict[date, list[dict[str, Any]]] = defaultdict(list)
    for line in raw_data.congress_lines(since):
        tweeted_on = raw_data.instant(line["created_at"]).date()
        by_day[min(day for day in days if day >= tweeted_on)].append(line)
    for day, lines in by_day.items():
        folder = delivery(landing, "twitter", "statuses", day)
        rows = {}
        for number, first in enumerate(range(0, len(lines), statuses_per_file)):
            part = lines[first : first + statuses_per_file]
            name = f"part-{number:03d}.jsonl" + (".gz" if number % 2 == 0 else "")
            write_json_lines(folder / name, (status_v1_1(line, handles) for line in part))
            rows[name] = len(part)
        write_manifest(folder, rows, history=True)
    folder = delivery(landing, "twitter", "users", min(days))
    write_json_lines(folder / "users.jsonl.gz", map(user_v1_1, profiles))
    write_manifest(folder, {"users.jsonl.gz": len(profiles)})


def status_v1_1(line: dict[str, Any], handles: dict[int, str]) -> dict[str, Any]:
    """A reduced line with the names and nesting of API v1.1; the text and source it lacks stay away."""
    status = {
        "created_at": line["created_at"],
        **_id("id", line["id"]),
        "user": _user(line["user_id"], handles),
        **_id("in_reply_to_status_id", line["in_reply_to_status_id"]),
        **_id("in_reply_to_user_id", line["in_reply_to_user_id"]),
        "in_reply_to_screen_name": line["in_reply_to_screen_name"],
        "is_quote_status": line["is_quote_status"],
        "retweet_count": line["retweet_count"],
        "favorite_count": line["favorite_count"],
        "lang": line["lang"],
        "entities": {
            "hashtags": [{"text": text} for text in line["hashtags"]],
            "user_mentions": [
                {**_id("id", account), "screen_name": handle} for account, handle in line["user_mentions"]
            ],
        },
    }
    if line["quoted_status_id"] is not None:
        status |= _id("quoted_status_id", line["quoted_status_id"])
    for name in ("retweeted_status", "quoted_status"):
        if name in line:
            other = line[name]
            status[name] = {
                "created_at": other["created_at"],
                **_id("id", other["id"]),
                "user": _user(other["user_id"], handles),
            }
    return status


def user_v1_1(profile: dict[str, Any]) -> dict[str, Any]:
    return profile | _id("id", profile["id"])


def delivery(landing: Path, network: str, feed: str, day: date) -> Path:
    folder = landing / network / feed / f"dt={day.isoformat()}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_manifest(folder: Path, rows: dict[str, int], *, history: bool = False) -> None:
    """Last of all: a day is ready once its manifest is there. `rows` are records, without a CSV's header.

    `history`: a first load, with rows of any age.
    """
    files = [{"name": name, "bytes": (folder / name).stat().st_size, "rows": count} for name, count in rows.items()]
    manifest = {"files": files} | ({"history": True} if history else {})
    (folder / "_manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def _open_format(acts: pd.DataFrame) -> pd.DataFrame:
    """Ids from the tuple, which is unique in the data set; there are no tweets to name as objects."""
    event_id = acts["actor"] + "-" + acts["target"] + "-" + acts["second"].astype(str) + "-" + acts["code"]
    return pd.DataFrame(
        {
            "event_id": event_id,
            "actor_id": acts["actor"],
            "target_id": acts["target"],
            "action": acts["action"],
            "occurred_at": acts["occurred_at"],
            "object_id": None,
        },
        columns=list(OPEN_FORMAT),
    )


def _instants(events: pd.DataFrame, pattern: str) -> pd.DataFrame:
    return events.assign(occurred_at=events["occurred_at"].dt.strftime(pattern))


def write_csv_rows(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([columns, *rows])
    path.write_bytes(gzip.compress(text.getvalue().encode(), compresslevel=1, mtime=0))


def _write_csv(path: Path, events: pd.DataFrame) -> None:
    _instants(events, "%Y-%m-%dT%H:%M:%SZ").to_csv(path, index=False, lineterminator="\n")


def _write_csv_gz(path: Path, events: pd.DataFrame) -> None:
    text = _instants(events, "%Y-%m-%dT%H:%M:%S").to_csv(index=False, lineterminator="\n")
    path.write_bytes(gzip.compress(text.encode(), compresslevel=1, mtime=0))


def _write_jsonl(path: Path, events: pd.DataFrame) -> None:
    rows = _instants(events, "%Y-%m-%dT%H:%M:%S+00:00").astype(object)
    write_json_lines(path, rows.where(rows.notna(), None).to_dict("records"))


def _write_parquet(path: Path, events: pd.DataFrame) -> None:
    types = [(name, pa.timestamp("us", tz="UTC") if name == "occurred_at" else pa.string()) for name in OPEN_FORMAT]
    table = pa.Table.from_pandas(events, schema=pa.schema(types), preserve_index=False)
    pq.write_table(table, path, row_group_size=50_000)


def write_json_lines(path: Path, records: Iterable[dict[str, Any]]) -> None:
    text = "".join(json.dumps(record, separators=(",", ":"), allow_nan=False) + "\n" for record in records).encode()
    path.write_bytes(gzip.compress(text, compresslevel=1, mtime=0) if path.suffix == ".gz" else text)


WRITERS: dict[str, Callable[[Path, pd.DataFrame], None]] = {
    "csv": _write_csv,
    "csv.gz": _write_csv_gz,
    "jsonl": _write_jsonl,
    "jsonl.gz": _write_jsonl,
    "parquet": _write_parquet,
}


def _id(name: str, value: int | None) -> dict[str, Any]:
    return {name: value, f"{name}_str": None if value is None else str(value)}


def _user(account: int, handles: dict[int, str]) -> dict[str, Any]:
    return {**_id("id", account), "screen_name": handles.get(account)}
