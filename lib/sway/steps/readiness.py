"""What has landed and is not in yet: looked at before anything starts, so that a run never begins on half its input."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Literal

from sway.contracts.actions import REGISTRY_NAME
from sway.contracts.tables.columns import FATES
from sway.contracts.tables.deliveries import FEED_DAYS
from sway.errors import ConfigError, InputNotReady
from sway.networks.catalog import feed_named, network_named
from sway.runtime import logs
from sway.runtime.config import Volume
from sway.runtime.landing import LandingDay, Place
from sway.runtime.run import Run


@dataclass(frozen=True)
class Pending:
    """Delivery days of one feed that are complete and not in the tables yet, oldest first."""

    network: str
    feed: str
    days: tuple[LandingDay, ...]


@dataclass(frozen=True)
class Away:
    """A delivery day that is absent although a night waits for it, or late: there without its manifest."""

    network: str
    feed: str
    delivered_on: date
    state: Literal["absent", "late"]

    def row(self, run_id: str) -> dict[str, Any]:
        """The day as a row of FEED_DAYS."""
        counts = dict.fromkeys(("files", "rows_read", *FATES, "late"), 0)
        return {**asdict(self), "reason": self.reason, "manifest_hash": None, **counts, "run_id": run_id}

    @property
    def reason(self) -> str:
        why = "no _manifest.json, which is written last" if self.state == "late" else "nothing has landed"
        return f"{self.network}/{self.feed}/dt={self.delivered_on}: {why}"


@dataclass(frozen=True)
class Landed:
    """What a look at the landing zone found: days to bring in, and days away.

    `away` holds what feed_days does not say yet. `again`: days that are in, and were delivered anew since.
    `waited_for`: days away of the feeds the environment waits for, of networks it does not carry forward; nothing is
    read before they have come.
    """

    root: str
    pending: tuple[Pending, ...]
    away: tuple[Away, ...] = ()
    again: tuple[LandingDay, ...] = ()
    waited_for: tuple[Away, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.pending or self.away or self.waited_for)

    def check(self) -> None:
        """Raise InputNotReady naming every day that is waited for."""
        if self.waited_for:
            raise InputNotReady(
                f"not everything has landed in {self.root}; missing:\n  "
                + "\n  ".join(one.reason for one in self.waited_for)
                + "\ndeliver it and run again; feeds a night waits for stand under [feeds] of the environment file, "
                "networks that are carried forward instead under [readiness]"
            )


def look(run: Run, *, until: date, network: str | None = None) -> Landed:
    """Every landing day up to and including `until` that is not in yet, of all networks or of one.

    `away` reaches from the first delivery to the day after the newest.
    Raises ConfigError for networks and feeds nobody declared.
    """
    found = survey(run, until=until, network=network)
    for day in found.again:
        logs.get(network=day.network).warning("delivered again after it was read; not read again", day=day.uri)
    rows = run.lake.rows(FEED_DAYS)
    for (name, feed), since in fallen_silent(run, rows, found, until=until).items():
        if network in (None, name):
            logs.get(network=name).warning("comes no longer, and no night waits for it", feed=feed, since=str(since))
    said = {(row["network"], row["feed"], row["delivered_on"]): row["state"] for row in rows}
    # Of other days nothing is kept: a mistyped date would stay in the tables.
    came = [day for (_, _, day), state in said.items() if state != "absent"]
    came += [day.delivered_on for one in found.pending for day in one.days]
    came += [one.delivered_on for one in found.away if one.state == "late"]
    new = [one for one in found.away if said.get((one.network, one.feed, one.delivered_on)) != one.state]
    kept = [one for one in new if came and min(came) <= one.delivered_on <= max(came) + timedelta(days=1)]
    return replace(found, away=tuple(kept))


def survey(run: Run, *, until: date, network: str | None = None) -> Landed:
    """As `look`, but `away` holds what feed_days says already too.

    Raises ConfigError for networks and feeds nobody declared.
    """
    _refuse_undeclared(run, network)
    rows = run.lake.rows(FEED_DAYS, state="ready")
    done = {(row["network"], row["feed"], row["delivered_on"]): row["manifest_hash"] for row in rows}
    away = [Away(*place, "absent") for place in _missing_days(run, until, done) if network in (None, place[0])]
    pending, again = [], []
    for name, feed in _feeds(run, network):
        days = []
        for day in run.landing.days(name, feed):
            if day > until:
                continue
            looked = run.landing.day(name, feed, day)
            seen = done.get((name, feed, day))
            if seen is None and not looked.is_complete:
                away.append(Away(name, feed, day, "late"))
            elif seen is None:
                days.append(looked)
            elif looked.manifest_hash != seen:
                again.append(looked)
        if days:
            pending.append(Pending(name, feed, tuple(days)))
    waited_for = tuple(one for one in away if _is_waited_for(run, one))
    return Landed(run.landing.root, tuple(pending), tuple(away), tuple(again), waited_for)


def _is_waited_for(run: Run, away: Away) -> bool:
    """Whether nothing is read before the day has come."""
    is_carried = away.network in run.config.environment.readiness.carry_forward
    return _waits_for(run, away.network, away.feed) and not is_carried


def _waits_for(run: Run, network: str, feed: str) -> bool:
    return feed in run.config.environment.feeds.get(network, [])


def fallen_silent(
    run: Run, rows: Iterable[Mapping[str, Any]], found: Landed, *, until: date
) -> dict[tuple[str, str], date]:
    """Feeds that no night waits for and that came until lately, with the first day without them.

    `rows` of FEED_DAYS, up to a date, and what survey `found` besides. How long a feed stays away is held against the
    newest day of any network. The registry has no rhythm: who opts out does so when they like.
    """
    days = [
        (row["network"], row["feed"], row["delivered_on"], row["state"] == "ready")
        for row in rows
        if row["state"] != "absent" and row["delivered_on"] <= until
    ]
    days += [(one.network, one.feed, day.delivered_on, True) for one in found.pending for day in one.days]
    days += [(one.network, one.feed, one.delivered_on, False) for one in found.away if one.state == "late"]
    days = [day for day in days if day[0] != REGISTRY_NAME]
    newest = max((day for _, _, day, is_good in days if is_good), default=until)
    came: dict[tuple[str, str], set[date]] = defaultdict(set)
    for network, feed, day, _ in days:
        if not _waits_for(run, network, feed):
            came[network, feed].add(day)
    limits = run.config.audits.ingest.volume
    silent = {name for name, its in came.items() if _is_silent(its, newest, limits)}
    return {name: max(came[name]) + timedelta(days=1) for name in sorted(silent)}


def _is_silent(days: Collection[date], newest: date, limits: Volume) -> bool:
    """Whether a feed stays away for two days or more, and more than twice as long as ever in the weeks looked back.

    Fewer days than are compared have no rhythm yet. What stays away for more than those weeks has ended.
    """
    last, weeks = max(days), timedelta(weeks=limits.weeks)
    lately = sorted(day for day in days if last - day < weeks)
    if len(lately) < max(limits.fewest_days, 2) or newest - last > weeks:
        return False
    longest = max((after - before).days - 1 for before, after in pairwise(lately))
    return (newest - last).days > max(1, 2 * longest)


def last_good_day(run: Run, network: str, on: date) -> date | None:
    """The last day up to `on` until which a network is good; None where it never was.

    Every feed that a night waits for is in without a gap, from its first day. Of a network that is carried forward no
    other feed has a broken or late day either: ingest left that out, and acts missing there drop scores just the same.
    """
    good = on
    for feed in run.config.environment.feeds.get(network, []):
        days = {row["delivered_on"] for row in run.lake.rows(FEED_DAYS, network=network, feed=feed, state="ready")}
        if not days:
            return None
        day = min(days)
        while day in days and day <= on:
            day += timedelta(days=1)
        good = min(good, max(day - timedelta(days=1), min(days)))
    if network not in run.config.environment.readiness.carry_forward:
        return good  # a broken day of any feed made the night wait
    rows = run.lake.rows(FEED_DAYS, network=network)
    left_out = [row["delivered_on"] for row in rows if row["state"] in ("broken", "late")]
    good = min([good, *(day - timedelta(days=1) for day in left_out)])
    return good if any(row["state"] == "ready" and row["delivered_on"] <= good for row in rows) else None


def _missing_days(run: Run, until: date, done: Collection[Place]) -> Iterator[Place]:
    """Days without a folder that were not read before either, from the first of each feed waited for."""
    for network, feeds in sorted(run.config.environment.feeds.items()):
        for feed in feeds:
            there = set(run.landing.days(network, feed))
            there |= {day for of, name, day in done if (of, name) == (network, feed)}
            first = min(there, default=until)
            wanted = (first + timedelta(days=n) for n in range((until - first).days + 1))
            gone = [day for day in wanted if day not in there]
            if not there or first > until:
                gone = [until]
            yield from ((network, feed, day) for day in gone)


def _feeds(run: Run, only: str | None) -> Iterator[tuple[str, str]]:
    for network in run.landing.networks():
        if only in (None, network):
            yield from ((network, feed) for feed in run.landing.feeds(network))


def _refuse_undeclared(run: Run, only: str | None) -> None:
    declared = run.config.actions()
    if only not in (None, REGISTRY_NAME, *declared):
        known = ", ".join(sorted({*declared, REGISTRY_NAME}))
        raise ConfigError(f"unknown network {only!r}: expected one of {known}")
    faults = [
        f"[feeds] of the environment file: {name}/{feed}: unknown feed; expected one of {', '.join(_known(name))}"
        for name, feeds in run.config.environment.feeds.items()
        for feed in feeds
        if only in (None, name) and feed_named(network_named(name), feed) is None
    ]
    for name in run.landing.networks():
        if only not in (None, name):
            continue
        if name != REGISTRY_NAME and name not in declared:
            faults.append(
                f"landing/{name}: unknown network; declare it under [networks.{name}.actions] of a file in "
                f"conf/scoring/ (known: {', '.join(sorted(declared))})"
            )
            continue
        network = network_named(name)
        faults += [
            f"landing/{name}/{feed}: unknown feed; expected one of {', '.join(_known(name))}"
            for feed in run.landing.feeds(name)
            if feed_named(network, feed) is None
        ]
    if faults:
        raise ConfigError("networks or feeds that nobody declared:\n  " + "\n  ".join(faults))


def _known(network: str) -> list[str]:
    """Names of the network's feeds, the open format's included."""
    return sorted({*network_named(network).feeds} | (set() if network == REGISTRY_NAME else {"events"}))
