"""What has landed and is not in yet: looked at before anything starts, so that a run never begins on half its input."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Literal

from sway.contracts.actions import REGISTRY_NAME
from sway.contracts.tables.columns import EARLIEST, FATES
from sway.contracts.tables.deliveries import FEED_DAYS
from sway.errors import ConfigError, InputNotReady
from sway.networks.catalog import feed_named, feed_names, network_named
from sway.runtime import logs
from sway.runtime.landing import A_DAY, LandingDay, Place, told
from sway.runtime.run import Run
from sway.steps.pauses import Pause, to_pauses

MOST_ABSENT = 366  # days in a row that are looked at: a mistyped year is ages away from all others
FAR = timedelta(days=3660)  # nobody delivers ten years after all others: a mistyped year, or a word for never


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
    read before they have come. `more_absent`: by feed, how many days are absent beyond the MOST_ABSENT in a row that
    `away` holds.
    """

    root: str
    pending: tuple[Pending, ...]
    away: tuple[Away, ...] = ()
    again: tuple[LandingDay, ...] = ()
    waited_for: tuple[Away, ...] = ()
    more_absent: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.pending or self.away or self.waited_for)

    def check(self) -> None:
        """Raise InputNotReady naming every day that is waited for."""
        if self.waited_for:
            raise InputNotReady(
                f"not everything has landed in {self.root}; missing:\n  "
                + "\n  ".join([*(one.reason for one in self.waited_for), *self._more])
                + "\ndeliver it and run again; feeds a night waits for stand under [feeds] of the environment file, "
                "networks that are carried forward instead under [readiness]"
            )

    @property
    def _more(self) -> list[str]:
        return [f"{network}/{feed}: {count:,} days more" for (network, feed), count in self.more_absent.items()]


def look(run: Run, *, until: date, network: str | None = None) -> Landed:
    """Every landing day up to and including `until` that is not in yet, of all networks or of one.

    `away` reaches from the first delivery to the day after the newest. `again` holds days of the weeks that audits look
    back alone: a night opens the manifests of these, and not of all there ever were.
    Raises ConfigError for networks and feeds nobody declared.
    """
    weeks = timedelta(weeks=run.config.audits.ingest.volume.weeks)
    found = survey(run, until=until, network=network, again_from=max(until, EARLIEST + weeks) - weeks)
    for day in found.again:
        logs.get(network=day.network).warning("delivered again after it was read; not read again", day=day.uri)
    rows = run.lake.rows(FEED_DAYS)
    away_lately = [one for one in pauses(run, rows, found, until=until) if network in (None, one.network)]
    for one in away_lately:
        if one.state == "going_on":
            log = logs.get(network=one.network)
            log.warning("comes no longer, and no night waits for it", feed=one.feed, since=str(one.days[0]))
    for (name, feed), count in found.more_absent.items():
        what = f"more than {MOST_ABSENT} days in a row have not landed; feed_days has the first of them"
        logs.get(network=name).warning(what, feed=feed, more=count)
    say_unread(run, network)
    said = {(row["network"], row["feed"], row["delivered_on"]): row["state"] for row in rows}
    # Of other days nothing is kept: a mistyped date would stay in the tables.
    came = [day for (_, _, day), state in said.items() if state != "absent"]
    came += [day.delivered_on for one in found.pending for day in one.days]
    came += [one.delivered_on for one in found.away if one.state == "late"]
    new = [one for one in found.away if said.get((one.network, one.feed, one.delivered_on)) != one.state]
    kept = [one for one in new if came and min(came) <= one.delivered_on and (one.delivered_on - max(came)).days <= 1]
    missed = (Away(one.network, one.feed, day, "absent") for one in away_lately for day in one.days)
    kept += [one for one in missed if (one.network, one.feed, one.delivered_on) not in said]
    return replace(found, away=(*kept, *_withdrawn(run, said, until, network)))


def _withdrawn(run: Run, said: Mapping[Place, str], until: date, network: str | None) -> Iterator[Away]:
    """Days that were late or broken and whose folder is gone, of feeds that no night waits for.

    Nothing is missed there. A day that stayed late for good would hold its network back for good.
    """
    bad: dict[tuple[str, str], dict[date, str]] = defaultdict(dict)
    for (name, feed, day), state in said.items():
        if state in ("late", "broken") and day <= until and network in (None, name):
            bad[name, feed][day] = state
    for (name, feed), states in sorted(bad.items()):
        if _waits_for(run, name, feed):
            continue
        for day in sorted(states.keys() - run.landing.days(name, feed)):
            logs.get(network=name).warning(f"was {states[day]}, and its folder is gone", feed=feed, day=str(day))
            yield Away(name, feed, day, "absent")


def survey(run: Run, *, until: date, network: str | None = None, again_from: date = EARLIEST) -> Landed:
    """As `look`, but `away` holds what feed_days says already too, and `again` every day from `again_from` on.

    Raises ConfigError for networks and feeds nobody declared.
    """
    _refuse_undeclared(run, network)
    rows = run.lake.rows(FEED_DAYS, state="ready")
    done = {(row["network"], row["feed"], row["delivered_on"]): row["manifest_hash"] for row in rows}
    gaps = [gap for gap in _gaps(run, until, done) if network in (None, gap.network)]
    away = [Away(gap.network, gap.feed, day, "absent") for gap in gaps for day in gap.days]
    more: dict[tuple[str, str], int] = defaultdict(int)
    for gap in gaps:
        if gap.more:
            more[gap.network, gap.feed] += gap.more
    pending, again = [], []
    for name, feed in _feeds(run, network):
        days = []
        for day in run.landing.days(name, feed):
            seen = done.get((name, feed, day))
            if day > until or (seen is not None and day < again_from):
                continue
            looked = run.landing.day(name, feed, day)
            if seen is None and not looked.is_complete:
                away.append(Away(name, feed, day, "late"))
            elif seen is None:
                days.append(looked)
            elif looked.manifest_hash != seen:
                again.append(looked)
        if days:
            pending.append(Pending(name, feed, tuple(days)))
    waited_for = tuple(one for one in away if _is_waited_for(run, one))
    return Landed(run.landing.root, tuple(pending), tuple(away), tuple(again), waited_for, more)


def say_unread(run: Run, network: str | None = None) -> None:
    """Warn of folders that are no day and of what else lies where nobody reads it, of all networks or of one."""
    feeds = list(_feeds(run, network))
    for name, feed in feeds:
        found = run.landing.misnamed(name, feed)
        if found:
            logs.get(network=name).warning(f"not read: {A_DAY}", feed=feed, found=told(found))
    networks = sorted({name for name, _ in feeds} | set(run.landing.networks() if network is None else [network]))
    places: list[tuple[str, ...]] = [*([()] if network is None else []), *((name,) for name in networks), *feeds]
    for place in places:
        found = run.landing.beside(*place)
        if found:
            logs.get(network=place[0] if place else None).warning("not read: of no feed's day", found=told(found))


def _is_waited_for(run: Run, away: Away) -> bool:
    """Whether nothing is read before the day has come."""
    is_carried = away.network in run.config.environment.readiness.carry_forward
    return _waits_for(run, away.network, away.feed) and not is_carried


def _waits_for(run: Run, network: str, feed: str) -> bool:
    return feed in run.config.environment.feeds.get(network, [])


def pauses(run: Run, rows: Iterable[Mapping[str, Any]], found: Landed, *, until: date) -> list[Pause]:
    """When feeds that no night waits for stayed away: steps.pauses. The registry has no rhythm, and no pauses.

    `rows` of FEED_DAYS, up to a date, and what survey `found` besides. The newest day of any network says for how long
    a feed has been away.
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
    return to_pauses(came, newest, run.config.audits.ingest.volume)


def last_good_day(run: Run, network: str, on: date) -> date | None:
    """The last day up to `on` until which a network is good; None where none of its days is in by then.

    Every feed that a night waits for is in without a gap, from its first day. Of a network that is carried forward no
    other feed has a broken or late day either: ingest left that out, and acts missing there drop scores just the same.
    Where such a day stands before all others, nothing is good, and the day is the one before it.
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
    return good if any(row["state"] == "ready" and row["delivered_on"] <= on for row in rows) else None


def has_days(run: Run, network: str, until: date) -> bool:
    """Whether a delivery day of a network is in up to a date."""
    return any(row["delivered_on"] <= until for row in run.lake.rows(FEED_DAYS, network=network, state="ready"))


def newest_days(run: Run) -> tuple[date | None, date | None]:
    """The newest delivery day of any feed, and the first that is FAR after it and all others; None where there is none.

    Days that landed or were read. Of two parts that far apart the one with more days is the usual one, so that one old
    day does not hide the rest.
    """
    found = {row["delivered_on"] for row in run.lake.rows(FEED_DAYS) if row["state"] != "absent"}
    for network in run.landing.networks():
        for feed in run.landing.feeds(network):
            found |= set(run.landing.days(network, feed))
    days, far = sorted(found), None
    for n in range(len(days) - 1, 0, -1):
        if days[n] - days[n - 1] > FAR and n > len(days) - n:
            days, far = days[:n], days[n]
    return max(days, default=None), far


def refuse_ahead(run: Run, on: date) -> None:
    """Raise InputNotReady where a date to be scored is after the newest delivery day of any feed.

    Of networks that no night waits for nothing is missing then: everybody's score would decay as if nobody had acted.
    """
    newest, _ = newest_days(run)
    if newest is None:
        raise InputNotReady(f"{on}: nothing has landed yet in {run.landing.root}")
    if on > newest:
        raise InputNotReady(
            f"{on}: after {newest}, the newest delivery day of any feed in {run.landing.root}: deliver what belongs to "
            "the date, or give another one"
        )


@dataclass(frozen=True)
class _Gap:
    """Days in a row without a folder that were not read before either: the first of them, and how many more."""

    network: str
    feed: str
    days: tuple[date, ...]
    more: int


def _gaps(run: Run, until: date, done: Collection[Place]) -> Iterator[_Gap]:
    """What has not landed of each feed waited for: from its first day on, or the last day where it has none."""
    for network, feeds in sorted(run.config.environment.feeds.items()):
        for feed in feeds:
            there = set(run.landing.days(network, feed))
            there |= {day for of, name, day in done if (of, name) == (network, feed)}
            came = sorted(day for day in there if day <= until)
            if not came:
                yield _Gap(network, feed, (until,), 0)
            lengths = [(after - day).days - 1 for day, after in pairwise(came)]
            lengths += [(until - day).days for day in came[-1:]]
            for day, length in zip(came, lengths, strict=True):
                days = tuple(day + timedelta(days=n) for n in range(1, min(length, MOST_ABSENT) + 1))
                if days:
                    yield _Gap(network, feed, days, length - len(days))


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
        f"[feeds] of the environment file: {name}/{feed}: unknown feed; expected one of "
        f"{', '.join(feed_names(network_named(name)))}"
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
            f"landing/{name}/{feed}: unknown feed; expected one of {', '.join(feed_names(network_named(name)))}"
            for feed in run.landing.feeds(name)
            if feed_named(network, feed) is None
        ]
    if faults:
        raise ConfigError("networks or feeds that nobody declared:\n  " + "\n  ".join(faults))
