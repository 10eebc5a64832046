"""What the data sets say, read without lib/sway: raw rows, and the rows ingest should make of them.

Counting these by hand is the other half of every test here, so nothing in this module may use the adapters.
"""

import functools
import gzip
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
HIGGS = DATA / "higgs-twitter"
CONGRESS = DATA / "congress-tweets-2016"

HIGGS_ACTIONS = {"RT": "retweet", "MT": "mention", "RE": "reply"}
# Of what one status does to one account, the first of these stays (method 1).
ORDER = ("retweet", "quote", "reply", "mention")


class Interaction(NamedTuple):
    """A row that table interactions should have, less its id; `record` is the status it came from."""

    record: str
    actor: str
    target: str
    action: str
    occurred_at: datetime
    object_id: str | None


def higgs_rows() -> pd.DataFrame:
    """563,069 rows as they are: actor, target (strings), second (Unix time), code (RT, MT or RE)."""
    return pd.read_csv(
        HIGGS / "higgs-activity_time.txt.gz",
        sep=" ",
        header=None,
        names=["actor", "target", "second", "code"],
        dtype={"actor": "string", "target": "string", "second": "int64", "code": "string"},
    ).astype({"actor": object, "target": object, "code": object})


def higgs_acts() -> pd.DataFrame:
    """The rows in our words, before any rule: actor, target, action, occurred_at (UTC), event_date."""
    rows = higgs_rows()
    occurred_at = pd.to_datetime(rows["second"], unit="s", utc=True)
    return rows.assign(
        action=rows["code"].map(HIGGS_ACTIONS),
        occurred_at=occurred_at,
        event_date=occurred_at.dt.tz_localize(None).dt.normalize(),
    )


@functools.cache
def congress_lines(since: date = date.min) -> list[dict[str, Any]]:
    lines = _json_lines(CONGRESS / "tweets_until_2016-03-31.jsonl.gz")
    return [line for line in lines if instant(line["created_at"]).date() >= since]


@functools.cache
def congress_profiles() -> list[dict[str, Any]]:
    return list(_json_lines(CONGRESS / "profiles.jsonl.gz"))


@functools.cache
def instant(created_at: str) -> datetime:
    """A Twitter `created_at`, UTC."""
    return datetime.strptime(created_at, "%a %b %d %H:%M:%S %z %Y").astimezone(UTC)


def acts_of(line: dict[str, Any]) -> Iterator[Interaction]:
    """Everything a status does to others and its author, before any rule but 'a retweet only retweets'."""
    record, actor, at = str(line["id"]), str(line["user_id"]), instant(line["created_at"])
    original, quoted = line.get("retweeted_status"), line.get("quoted_status")
    if original:
        yield Interaction(record, actor, str(original["user_id"]), "retweet", at, str(original["id"]))
        return
    if quoted:
        yield Interaction(record, actor, str(quoted["user_id"]), "quote", at, str(quoted["id"]))
    if line["in_reply_to_user_id"] is not None:
        answered = line["in_reply_to_status_id"]
        target = str(line["in_reply_to_user_id"])
        yield Interaction(record, actor, target, "reply", at, None if answered is None else str(answered))
    for target_id, _ in line["user_mentions"]:
        yield Interaction(record, actor, str(target_id), "mention", at, record)


@functools.cache
def congress_interactions(since: date = date.min) -> list[Interaction]:
    """What ingest should make of the statuses: nobody acts on themselves, one act is counted once."""
    kept = []
    for line in congress_lines(since):
        of_target: dict[str, Interaction] = {}
        for act in acts_of(line):
            if act.target == act.actor:
                continue
            other = of_target.get(act.target)
            if other is None or ORDER.index(act.action) < ORDER.index(other.action):
                of_target[act.target] = act
        kept.extend(of_target.values())
    return kept


def congress_first_seen(since: date = date.min) -> dict[str, datetime]:
    """Earliest row naming each account: as author of a status, or as either side of an interaction."""
    first: dict[str, datetime] = {}
    statuses = ((str(line["user_id"]), instant(line["created_at"])) for line in congress_lines(since))
    sides = ((name, act.occurred_at) for act in congress_interactions(since) for name in (act.actor, act.target))
    for account, at in (*statuses, *sides):
        first[account] = min(at, first.get(account, at))
    return first


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
