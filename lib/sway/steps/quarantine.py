"""What was refused, by rule, feed and day; and delivery days read again after what was wrong with them is mended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sway.contracts.actions import REGISTRY_NAME
from sway.contracts.tables.deliveries import FEED_DAYS
from sway.errors import ConfigError, InputNotReady
from sway.networks.catalog import feed_named, feed_names, network_named
from sway.runtime import logs
from sway.runtime.lake import Lake
from sway.runtime.landing import LandingDay, told
from sway.runtime.run import Run
from sway.runtime.slices import slice_of
from sway.runtime.views import in_duckdb
from sway.runtime.wording import many
from sway.steps.file_checks import label_of
from sway.steps.readiness import Landed, Pending

# What to do about rows that broke a rule; then the days are read again.
REMEDIES: Mapping[str, str] = {
    "malformed": "mend the lines and deliver the day again",
    "missing": "deliver the day again with the value",
    "out_of_range": "mend the value and deliver the day again; leave it out if it cannot be",
    "impossible_time": "mend the time and deliver the day again",
    "after_delivery": "deliver the rows on the day they are of, or later, or mend their time",
    "too_late": 'raise late_days in conf/audits.toml, or say "history": true in the manifest of a first load',
    "unknown_action": "declare the action under [networks.<network>.actions] of a file in conf/scoring/",
    "unknown_network": "declare the network under [networks.<network>.actions] of a file in conf/scoring/",
    "conflicting_record": "one id has several contents in one day: deliver the day again with the right one",
    "changed_record": "one id has several contents on several days: deliver those days again with the right one",
}
OTHER_REMEDY = "mend what the reason says and deliver the day again"
WIDEST = 160  # characters of an example on one line of a terminal

LISTED = """
SELECT q.rule, q.network, q.feed, q.delivered_on, count(*) AS rows, any_value(f.state) AS state,
       arg_min(q.file, q.payload_sha256) AS file, arg_min(q.reason, q.payload_sha256) AS reason,
       arg_min(q.payload, q.payload_sha256) AS payload
FROM quarantine AS q
LEFT JOIN feed_days AS f
  ON f.network = q.network AND f.feed = q.feed AND f.delivered_on = q.delivered_on
WHERE coalesce(q.network = $network, true) AND coalesce(q.rule = $rule, true)
GROUP BY ALL
ORDER BY q.rule, q.network, q.feed, q.delivered_on"""

# Days of one feed whose records contradict each other: of the one that came first, and of those that came later.
CONTRADICTING = """
SELECT feed, delivered_on FROM quarantine WHERE network = $network AND rule = 'changed_record'
UNION SELECT feed, delivered_on FROM interactions WHERE network = $network AND set_aside = 'changed_record'
UNION SELECT feed, delivered_on FROM posts WHERE network = $network AND set_aside = 'changed_record'"""


def listed(lake: Lake, *, network: str | None = None, rule: str | None = None) -> list[dict[str, Any]]:
    """Refused rows by rule, network, feed and delivery day: how many, the day's state, and one of them. No Spark.

    Of a day that is broken nothing came in, of a ready one all but these rows.
    """
    found = in_duckdb(lake).execute(LISTED, {"network": network, "rule": rule})
    columns = [column[0] for column in found.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def asked_for(run: Run, *, network: str | None, rule: str | None) -> list[dict[str, Any]]:
    """What `listed` finds. Raises ConfigError for a network without rows that nobody declared."""
    rows = listed(run.lake, network=network, rule=rule)
    if network is not None and not rows:
        _check_network(run, network)
    return rows


def listed_text(rows: Sequence[Mapping[str, Any]], *, is_part: bool = False) -> str:
    """What `listed` found, for people. `is_part`: of a network or a rule alone."""
    lines = []
    for rule in dict.fromkeys(row["rule"] for row in rows):
        own = [row for row in rows if row["rule"] == rule]
        lines.append(f"{rule}: {many(sum(row['rows'] for row in own), 'row')}; {REMEDIES.get(rule, OTHER_REMEDY)}")
        for row in own:
            state = "" if row["state"] == "ready" else f", day {row['state'] or 'to be read again'}"
            day = f"{row['network']}/{row['feed']}/dt={row['delivered_on']}"
            lines.append(f"  {day}: {many(row['rows'], 'row')}{state}")
            lines.append(f"    {row['file']}: {row['reason'][:WIDEST]}")
            lines.append(f"    {' '.join((row['payload'] or '').split())[:WIDEST]}")
    return "\n".join(lines) or ("no such row is in quarantine" if is_part else "nothing is in quarantine")


@dataclass(frozen=True)
class Replay:
    """Delivery days of one network to be read again. `besides`: those of them that were not asked for."""

    network: str
    days: tuple[LandingDay, ...]
    besides: tuple[LandingDay, ...]
    quarantined: Mapping[str, int]

    def shown(self) -> dict[str, Any]:
        """The plan in plain values."""
        days = [{"feed": day.feed, "delivered_on": str(day.delivered_on)} for day in self.days]
        besides = [{"feed": day.feed, "delivered_on": str(day.delivered_on)} for day in self.besides]
        return {"network": self.network, "days": days, "besides": besides, "quarantined": dict(self.quarantined)}

    def text(self) -> str:
        lines = [f"replay of {self.network}, dry run: nothing was written"]
        for day in self.days:
            why = "; shares records with them" if day in self.besides else ""
            rows = sum(file.rows for file in day.files)
            lines.append(f"  read again   {day.feed}/dt={day.delivered_on}: {many(rows, 'row')}{why}")
        lines += [f"  in quarantine now   {rule}: {many(count, 'row')}" for rule, count in self.quarantined.items()]
        return "\n".join(lines if self.days else [*lines, "  nothing to read again"])


def plan_replay(run: Run, network: str, feed: str | None, first: date, last: date) -> Replay:
    """Days of a network, or of one feed, from `first` to `last` that were read or refused before. Writes nothing.

    Where a record came with different contents on several days, both were refused when the later one came. So if one of
    such days is read again, all of them are: the first alone would count again, and the last alone would leave the
    first set aside after the difference is gone.

    Raises ConfigError for what nobody declared and when `first` is after `last`, InputNotReady naming every day that
    is no longer in landing or not what its manifest says: reading it would lose what it brought.
    """
    _check(run, network, feed, first, last)
    states = {(row["feed"], row["delivered_on"]): row["state"] for row in run.lake.rows(FEED_DAYS, network=network)}
    ready = {place for place, state in states.items() if state == "ready"}
    known = ready | {place for place, state in states.items() if state == "broken"}
    asked = {place for place in known if place[0] == (feed or place[0]) and first <= place[1] <= last}
    connection = in_duckdb(run.lake)
    contradicting = ready & set(connection.execute(CONTRADICTING, {"network": network}).fetchall())
    feeds = {name for name, _ in asked & contradicting}
    besides = {place for place in contradicting if place[0] in feeds} - asked
    days = tuple(run.landing.day(network, *place) for place in sorted(asked | besides))
    _refuse_incomplete(days)
    counts: dict[str, int] = {}
    for row in listed(run.lake, network=network):
        if (row["feed"], row["delivered_on"]) in asked | besides:
            counts[row["rule"]] = counts.get(row["rule"], 0) + row["rows"]
    return Replay(network, days, tuple(day for day in days if (day.feed, day.delivered_on) in besides), counts)


def replay(run: Run, todo: Replay, *, is_accepted: bool = False) -> None:
    """Read delivery days again, in the place of what they brought. `is_accepted` as for ingest.

    First they are marked as not read: a run that is killed on the way leaves them to the next one. What acts and posts
    the days brought is replaced, and so is their quarantine; see docs/operations.md for the rest.
    """
    from sway.steps.ingest import ingest

    if not todo.days:
        logs.get(step="quarantine").info("nothing to do", network=todo.network)
        return
    feeds = sorted({day.feed for day in todo.days})
    own = {feed: tuple(day for day in todo.days if day.feed == feed) for feed in feeds}
    each = (
        slice_of(network=todo.network, feed=feed, delivered_on=[day.delivered_on for day in days])
        for feed, days in own.items()
    )
    run.lake.remove(FEED_DAYS, where=" OR ".join(f"({one})" for one in each))
    pending = tuple(Pending(todo.network, feed, days) for feed, days in own.items())
    ingest(run, Landed(run.landing.root, pending), is_accepted=is_accepted)


def _check_network(run: Run, network: str) -> None:
    declared = {*run.config.actions(), REGISTRY_NAME}
    if network not in declared:
        raise ConfigError(f"unknown network {network!r}: expected one of {', '.join(sorted(declared))}")


def _check(run: Run, network: str, feed: str | None, first: date, last: date) -> None:
    _check_network(run, network)
    if feed is not None and feed_named(network_named(network), feed) is None:
        known = ", ".join(feed_names(network_named(network)))
        raise ConfigError(f"unknown feed {network}/{feed}: expected one of {known}")
    if first > last:
        raise ConfigError(f"replay: expected --from on or before --to, found {first} and {last}")


def _refuse_incomplete(days: Sequence[LandingDay]) -> None:
    faults = [f"{label_of(day)}: no _manifest.json in landing" for day in days if not day.is_complete]
    for day in days:
        faults += told([f"{label_of(day)}/{fault}" for fault in day.faults])
    if faults:
        raise InputNotReady(
            "days to be read again must be in landing as they were delivered:\n  "
            + "\n  ".join(faults)
            + "\nput them back, or choose other days; nothing was changed"
        )
