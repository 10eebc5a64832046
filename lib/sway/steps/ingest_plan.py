"""What ingest of one network would do, day by day, told without doing it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from sway.contracts.tables.deliveries import FEED_DAYS
from sway.errors import InputNotReady
from sway.runtime.landing import LandingDay, told
from sway.runtime.run import Run
from sway.runtime.wording import many
from sway.steps.file_checks import announced
from sway.steps.readiness import Away, say_unread, survey


@dataclass(frozen=True)
class PlannedDay:
    """One delivery day of one feed, and what would become of it. `rows` as its manifest announces them.

    read: its rows would be read; broken: its folder is not what its manifest says; missing: nothing has landed; late:
    there without its manifest; again: in already and delivered anew, not read.
    """

    feed: str
    delivered_on: date
    outcome: Literal["read", "broken", "missing", "late", "again"]
    files: int
    rows: int
    why: str | None


@dataclass(frozen=True)
class IngestPlan:
    """What ingest of one network up to a date would do. `stops`: a sentence for each reason not to begin."""

    network: str
    until: date
    days: tuple[PlannedDay, ...]
    stops: tuple[str, ...]

    def shown(self) -> dict[str, Any]:
        """The plan in plain values."""
        days = [{**asdict(day), "delivered_on": str(day.delivered_on)} for day in self.days]
        return {"network": self.network, "date": str(self.until), "days": days, "stops": list(self.stops)}

    def text(self) -> str:
        lines = [f"ingest of {self.network} up to {self.until}, dry run: nothing was written"]
        for day in self.days:
            size = f"{many(day.rows, 'row')} in {many(day.files, 'file')}" if day.files else ""
            told = "; ".join(part for part in (size, day.why) if part)
            lines.append(f"  {day.outcome:8} {day.feed}/dt={day.delivered_on}{': ' if told else ''}{told}")
        return "\n".join(lines if self.days else [*lines, "  nothing to do"])

    def check(self) -> None:
        """Raise InputNotReady, as the ingest would, where it would refuse to begin."""
        if self.stops:
            raise InputNotReady(
                f"{self.network} would not be brought in:\n  " + "\n  ".join(self.stops) + "\ndeliver it and run again"
            )


def plan_ingest(run: Run, network: str, until: date) -> IngestPlan:
    """Look at what one network's ingest has to do. Starts no Spark and writes nothing.

    What only the rows can tell (their number, refused ones, a damaged file) is not looked at.
    Raises ConfigError for a network or feed nobody declared.
    """
    found = survey(run, until=until, network=network)
    say_unread(run, network)
    refused = {
        (row["feed"], row["delivered_on"]): row for row in run.lake.rows(FEED_DAYS, network=network, state="broken")
    }
    pending = [day for one in found.pending for day in one.days]
    days = [
        *(_to_read(day, refused.get((day.feed, day.delivered_on))) for day in pending),
        *(_away(one) for one in found.away),
        *(_again(run, day) for day in found.again),
    ]
    is_carried = network in run.config.environment.readiness.carry_forward
    stops = [one.reason for one in found.waited_for]
    checks = announced(() if is_carried else pending)
    stops += [sentence for place in sorted(checks.broken) for sentence in checks.sentences(place)]
    return IngestPlan(network, until, tuple(sorted(days, key=lambda day: (day.feed, day.delivered_on))), tuple(stops))


def _to_read(day: LandingDay, refused: dict[str, Any] | None) -> PlannedDay:
    if day.faults:
        return _planned(day, "broken", "; ".join(told(day.faults)))
    is_same = refused is not None and refused["manifest_hash"] == day.manifest_hash
    return _planned(day, "read", f"refused before: {refused['reason']}" if refused and is_same else None)


def _again(run: Run, day: LandingDay) -> PlannedDay:
    span = f"--from {day.delivered_on} --to {day.delivered_on}"
    command = f"sway quarantine replay --network {day.network} --feed {day.feed} {span} {run.lake.option}"
    return _planned(day, "again", f"delivered anew since it was read: `{command}` reads it again")


def _away(day: Away) -> PlannedDay:
    outcome: Literal["missing", "late"] = "missing" if day.state == "absent" else "late"
    return PlannedDay(day.feed, day.delivered_on, outcome, 0, 0, "no _manifest.json" if outcome == "late" else None)


def _planned(day: LandingDay, outcome: Literal["read", "broken", "again"], why: str | None) -> PlannedDay:
    rows = sum(file.rows for file in day.files)
    return PlannedDay(day.feed, day.delivered_on, outcome, len(day.files), rows, why)
