"""Rows of control tables as nights leave them, and acts as they stand, for lakes of May 2016."""

from datetime import UTC, date, datetime, timedelta

from sway.contracts.tables.acts import INTERACTIONS
from sway.contracts.tables.columns import FATES

from tests.landing import deliver
from tests.steps.lakes import run_on

VERSION = "sway-0.2"
START = datetime(2016, 5, 10, tzinfo=UTC)


def on(day):
    return date(2016, 5, day)


def read(lake, feed, day, *, state="ready", reason=None, accepted=10, late=0):
    """A delivery day that landed, and what feed_days says of it; the row, to be put in."""
    deliver(lake, feed, on(day), {"a.jsonl": []})
    return said(lake, feed, day, state=state, reason=reason, accepted=accepted, late=late)


def said(lake, feed, day, *, state="ready", reason=None, accepted=10, late=0):
    network, name = feed.split("/")
    there = run_on(lake).landing.day(network, name, on(day))
    counts = dict.fromkeys(("files", "rows_read", *FATES), 0)
    about = {"network": network, "feed": name, "delivered_on": on(day), "state": state, "reason": reason}
    return {**about, "manifest_hash": there.manifest_hash, **counts, "accepted": accepted, "late": late, "run_id": "r"}


def step(run_id, name, hour, *, counts=None, version=None, score_date=None):
    """A row of runs that began and ended within an hour."""
    at = START + timedelta(hours=hour)
    about = {"run_id": run_id, "step": name, "network": None, "algorithm_version": version, "score_date": score_date}
    ended = {"state": "done", "message": None, "started_at": at, "ended_at": at + timedelta(minutes=30)}
    nothing = {"input_versions": {}, "config_hash": "", "code_version": "", "files": [], "checksums": {}, "figures": {}}
    return {**about, **ended, **nothing, "counts": counts or {}}


def published(score_date, attempt):
    about = {"dataset": "scores", "algorithm_version": VERSION, "score_date": score_date, "attempt": attempt}
    return {**about, "published_at": START}


def acts(lake, network, day, count, *, set_aside=0):
    """`count` acts of a day that count, and some that do not."""
    at = datetime(2016, 5, day, 12, tzinfo=UTC)
    ids = {"actor_id": "a", "target_id": "b", "action": "like", "object_id": None, "occurred_at": at}
    origin = {"feed": "events", "delivered_on": on(day), "record_hash": 1}
    lake.add(
        INTERACTIONS,
        [
            {
                "network": network,
                "event_date": on(day),
                "event_id": f"{day}-{n}",
                "record_id": f"{day}-{n}",
                **ids,
                **origin,
                "set_aside": None if n < count else "self_act",
            }
            for n in range(count + set_aside)
        ],
    )
