"""How each feed stands: what came in, and which of its days are missing, late, broken or not read yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sway.contracts.tables.deliveries import FEED_DAYS
from sway.runtime.landing import LandingDay, told
from sway.runtime.run import Run
from sway.steps.readiness import pauses, survey

HEAD = ("feed", "last ready", "unread", "missing", "late", "broken", "rows late", "quarantined")


@dataclass(frozen=True)
class FeedHealth:
    """One feed up to a date. `broken`: reason by day. Rows: accepted over all its days, of them late; refused by rule.

    `more_missing`: days beyond the MOST_ABSENT in a row that `missing` holds. `unread`: complete days that no ingest
    has read; `again`: days delivered anew after they were read. `silent_since`: first day without the feed, where no
    night waits for it and it came until lately.
    """

    network: str
    feed: str
    is_waited_for: bool
    last_ready: date | None
    missing: tuple[date, ...]
    more_missing: int
    late: tuple[date, ...]
    broken: Mapping[date, str]
    unread: tuple[date, ...]
    again: tuple[date, ...]
    silent_since: date | None
    accepted: int
    late_rows: int
    quarantined: Mapping[str, int]

    @property
    def name(self) -> str:
        return f"{self.network}/{self.feed}"

    @property
    def late_share(self) -> float | None:
        """Share of the accepted rows that came after their own day; None where there are none."""
        return self.late_rows / self.accepted if self.accepted else None

    @property
    def trouble(self) -> list[date]:
        """Days on which the feed is not good."""
        return sorted({*self.missing, *self.late, *self.broken})

    @property
    def cells(self) -> tuple[str, ...]:
        """A row of the table HEAD is the head of."""
        counts = (len(self.unread), len(self.missing) + self.more_missing, len(self.late), len(self.broken))
        late = "-" if self.late_share is None else f"{self.late_share:.1%}"
        name = self.name + ("" if self.is_waited_for else " (not waited for)")
        last = "never" if self.last_ready is None else str(self.last_ready)
        refused = sum(self.quarantined.values())
        return name, last, *(str(count or "-") for count in counts), late, str(refused or "-")


def feed_health(run: Run, until: date, refused: Mapping[tuple[str, str], Mapping[str, int]]) -> tuple[FeedHealth, ...]:
    """Every feed that is known, waited for or there, up to a date. `refused`: rows in quarantine by feed and rule."""
    found = survey(run, until=until)
    waited = {(network, feed) for network, names in run.config.environment.feeds.items() for feed in names}
    known: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    rows = run.lake.rows(FEED_DAYS)
    away_lately = pauses(run, rows, found, until=until)
    silent = {(one.network, one.feed): one.days[0] for one in away_lately if one.state == "going_on"}
    for row in rows:
        if row["delivered_on"] <= until:
            known[row["network"], row["feed"]].append(row)
    away: dict[tuple[str, str, str], list[date]] = defaultdict(list)
    for one in found.away:
        away[one.network, one.feed, one.state].append(one.delivered_on)
    pending = {(one.network, one.feed): one.days for one in found.pending}
    names = {*known, *pending, *waited, *((one.network, one.feed) for one in found.away)}
    health = []
    for name in sorted(names):
        ready = [row for row in known[name] if row["state"] == "ready"]
        broken = _broken(known[name], pending.get(name, ()))
        health.append(
            FeedHealth(
                network=name[0],
                feed=name[1],
                is_waited_for=name in waited,
                last_ready=max((row["delivered_on"] for row in ready), default=None),
                missing=tuple(sorted(away[*name, "absent"])),
                more_missing=found.more_absent.get(name, 0),
                late=tuple(sorted(away[*name, "late"])),
                broken=broken,
                unread=tuple(day.delivered_on for day in pending.get(name, ()) if day.delivered_on not in broken),
                again=tuple(day.delivered_on for day in found.again if (day.network, day.feed) == name),
                silent_since=silent.get(name),
                accepted=sum(row["accepted"] for row in ready),
                late_rows=sum(row["late"] for row in ready),
                quarantined=refused.get(name, {}),
            )
        )
    return tuple(health)


def _broken(known: Iterable[Mapping[str, Any]], pending: Iterable[LandingDay]) -> dict[date, str]:
    """Days that were refused and not delivered anew, and those whose folder is not what its manifest says."""
    hashes = {day.delivered_on: day.manifest_hash for day in pending}
    refused = (row for row in known if row["state"] == "broken")
    found = {
        row["delivered_on"]: str(row["reason"])
        for row in refused
        if hashes.get(row["delivered_on"], row["manifest_hash"]) == row["manifest_hash"]
    }
    return dict(
        sorted((found | {day.delivered_on: "; ".join(told(day.faults)) for day in pending if day.faults}).items())
    )


def days_shown(days: Iterable[date]) -> str:
    """Days in order, those in a row as one span."""
    spans: list[list[date]] = []
    for day in sorted(days):
        if spans and day - spans[-1][-1] == timedelta(days=1):
            spans[-1].append(day)
        else:
            spans.append([day])
    return ", ".join(str(span[0]) if len(span) == 1 else f"{span[0]} to {span[-1]}" for span in spans)
