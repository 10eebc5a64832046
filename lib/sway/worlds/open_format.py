"""The open format, as Parquet, JSON lines and CSV: the file format changes from day to day."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from sway.worlds.acts import Acts
from sway.worlds.arrays import Array, chunks
from sway.worlds.parameters import LIKE, MENTION, REPLY, RESHARE, TAG
from sway.worlds.people import Accounts

ACTION_NAMES = {LIKE: "like", REPLY: "comment", RESHARE: "share", MENTION: "mention", TAG: "tag"}
FIELDS = ("event_id", "actor_id", "target_id", "action", "occurred_at", "object_id")
CSV_HEADER = ",".join(FIELDS)
INSTANT = pa.timestamp("us", tz="UTC")
SCHEMA = pa.schema([(name, INSTANT if name == "occurred_at" else pa.string()) for name in FIELDS])
SUFFIXES = (".parquet", ".jsonl.gz", ".csv.gz")  # by day, in turn
ROWS_PER_BATCH = 50_000


def suffix_on(day: int) -> str:
    return SUFFIXES[day % len(SUFFIXES)]


def tables(acts: Acts, accounts: Accounts) -> Iterator[pa.Table]:
    """The events among `acts`, i.e. acts towards another account, in batches.

    `object_id` is the post that was liked, commented or shared; the post itself where it names somebody.
    """
    events = acts.take(np.flatnonzero(acts.is_towards_another))
    names = np.array([ACTION_NAMES.get(kind, "") for kind in range(max(ACTION_NAMES) + 1)])
    for rows in chunks(len(events), ROWS_PER_BATCH):
        part = events.take(rows)
        about = np.where(part.parent_id >= 0, part.parent_id, part.act_id)
        yield pa.table(
            {
                "event_id": _text(part.act_id),
                "actor_id": _text(accounts.account_id[part.actor]),
                "target_id": _text(accounts.account_id[part.target]),
                "action": pa.array(names[part.kind], pa.string()),
                "occurred_at": pa.array(part.at_ms * 1000, INSTANT),
                "object_id": _text(about),
            }
        )


def together(batches: Iterator[pa.Table]) -> pa.Table:
    """The batches as one table, also where there are none."""
    return pa.concat_tables([SCHEMA.empty_table(), *batches])


def json_lines(table: pa.Table) -> list[str]:
    """Events as JSON lines, occurred_at to the millisecond with Z."""
    return [
        f'{{"event_id":"{event}","actor_id":"{actor}","target_id":"{target}","action":"{action}",'
        f'"occurred_at":"{at}Z","object_id":"{about}"}}'
        for event, actor, target, action, at, about in _rows(table)
    ]


def csv_lines(table: pa.Table) -> list[str]:
    """Events as CSV, occurred_at to the millisecond without offset: UTC."""
    return [
        f"{event},{actor},{target},{action},{at},{about}" for event, actor, target, action, at, about in _rows(table)
    ]


def _rows(table: pa.Table) -> Iterator[tuple[str, ...]]:
    at_ms = table["occurred_at"].cast(pa.int64()).to_numpy() // 1000
    instants = np.datetime_as_string(at_ms.astype("datetime64[ms]")).tolist()
    columns = [instants if name == "occurred_at" else table[name].to_pylist() for name in FIELDS]
    return zip(*columns, strict=True)


def _text(ids: Array) -> pa.Array:
    return pa.array(ids, pa.int64()).cast(pa.string())
