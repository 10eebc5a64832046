"""What has landed and is not in yet: looked at before anything starts, so that a run never begins on half its input."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sway.contracts.tables import FEED_DAYS
from sway.errors import ConfigError, InputNotReady
from sway.networks.catalog import feed_named, network_named
from sway.runtime import logs
from sway.runtime.landing import LandingDay
from sway.runtime.run import Run

REGISTRY = "registry"


@dataclass(frozen=True)
class Pending:
    """Delivery days of one feed that are complete and not in the tables yet, oldest first."""

    network: str
    feed: str
    days: tuple[LandingDay, ...]


def pending(run: Run, *, until: date) -> list[Pending]:
    """Every landing day up to and including `until` that is not in yet.

    Raises ConfigError for networks and feeds nobody declared, InputNotReady naming every day or manifest that is
    missing of the feeds the environment waits for, and every file that disagrees with its manifest.
    """
    _refuse_undeclared(run)
    done = {
        (row["network"], row["feed"], row["delivered_on"]): row["manifest_hash"]
        for row in run.lake.rows(FEED_DAYS, state="ready")
    }
    missing = list(_missing_days(run, until, done))
    faults: list[str] = []
    found = []
    for network, feed in _feeds(run):
        days = []
        for day in run.landing.days(network, feed):
            if day > until:
                continue
            looked = run.landing.day(network, feed, day)
            seen = done.get((network, feed, day))
            if seen is None and not looked.is_complete:
                missing.append(f"{network}/{feed}/dt={day}: no _manifest.json, which is written last")
            elif seen is None:
                faults += [f"{network}/{feed}/dt={day}/{fault}" for fault in looked.faults]
                days.append(looked)
            elif looked.manifest_hash != seen:
                logs.get(network=network).warning("delivered again after it was read; not read again", day=looked.uri)
        if days:
            found.append(Pending(network, feed, tuple(days)))
    _refuse(run, missing, faults)
    return found


def _refuse(run: Run, missing: list[str], faults: list[str]) -> None:
    if missing:
        raise InputNotReady(
            f"not everything has landed in {run.landing.root}; missing:\n  "
            + "\n  ".join(missing)
            + "\ndeliver it and run again; feeds a night waits for stand under [feeds] of the environment file"
        )
    if faults:
        raise InputNotReady(
            "files refused, since they are not what their manifest says:\n  "
            + "\n  ".join(faults)
            + "\ndeliver file and manifest again, and run again"
        )


def _missing_days(run: Run, until: date, done: Collection[tuple[str, str, date]]) -> Iterator[str]:
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
            yield from (f"{network}/{feed}/dt={day}" for day in gone)


def _feeds(run: Run) -> Iterator[tuple[str, str]]:
    for network in run.landing.networks():
        for feed in run.landing.feeds(network):
            yield network, feed


def _refuse_undeclared(run: Run) -> None:
    declared = run.config.actions()
    faults = [
        f"[feeds] of the environment file: {name}/{feed}: unknown feed; expected one of {', '.join(_known(name))}"
        for name, feeds in run.config.environment.feeds.items()
        for feed in feeds
        if feed_named(network_named(name), feed) is None
    ]
    for name in run.landing.networks():
        if name != REGISTRY and name not in declared:
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
    return sorted({*network_named(network).feeds} | (set() if network == REGISTRY else {"events"}))
