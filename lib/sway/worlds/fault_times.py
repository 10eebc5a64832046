"""Acts at odd times, written with the zone of where they were done, brought by a first load.

They are in the open format. Days and instants are UTC's throughout: where clocks are changed, no act is moved, doubled
or dropped.
"""

from dataclasses import dataclass
from datetime import date

from sway.runtime.landing_damage import Damaged
from sway.worlds.fault_files import EVENTS, as_lines, events_of, in_gzip
from sway.worlds.fault_rows import FIRST_NUMBER, Entry


@dataclass(frozen=True)
class Moment:
    """A time as it is written. `in_utc`: at which the act must stand; None where it must be refused."""

    planted: str
    written: str
    in_utc: str | None

    @property
    def expected(self) -> str:
        return "accepted" if self.in_utc else "quarantined"

    @property
    def rule(self) -> str | None:
        return None if self.in_utc else "impossible_time"


# All before the first day that a world may begin on. Clocks went forward on 27 March 2011 and back on 30 October.
MOMENTS = (
    Moment("an act on 29 February", "2008-02-29T12:00:00Z", "2008-02-29T12:00:00Z"),
    Moment("on 1 March where it was done, on 29 February in UTC", "2008-03-01T00:30:00+01:00", "2008-02-29T23:30:00Z"),
    Moment("on 29 February where it was done, on 1 March in UTC", "2008-02-29T23:30:00-05:00", "2008-03-01T04:30:00Z"),
    Moment("an act on 29 February of a year without one", "2011-02-29T12:00:00Z", None),
    Moment("the last second before clocks went forward", "2011-03-27T01:59:59+01:00", "2011-03-27T00:59:59Z"),
    Moment("the first second after", "2011-03-27T03:00:00+02:00", "2011-03-27T01:00:00Z"),
    Moment("an hour that clocks left out, without zone", "2011-03-27T02:30:00", "2011-03-27T02:30:00Z"),
    Moment("an act in the hour before clocks went back", "2011-10-30T02:30:00+02:00", "2011-10-30T00:30:00Z"),
    Moment("an act in the same hour after", "2011-10-30T02:30:00+01:00", "2011-10-30T01:30:00Z"),
    Moment("an act of 1970", "1970-01-01T00:00:00Z", None),
)


def record_id(on: date, moment: Moment) -> str:
    return f"moment-{on}-{MOMENTS.index(moment)}"


def put_first_load(landing: Damaged, network: str, on: date) -> tuple[str, int]:
    """A first load of good events and one act for each moment; the file's name, and its rows.

    All moments are of one actor and one target: were two of them one instant, nothing else would tell them apart.
    """
    rows = [*events_of(str(on)), *(_act(on, moment) for moment in MOMENTS)]
    name = "part-000.jsonl.gz"
    landing.put(network, EVENTS, on, name, in_gzip(as_lines(rows)), rows=len(rows), is_history=True)
    return name, len(rows)


def _act(on: date, moment: Moment) -> Entry:
    return {
        "event_id": record_id(on, moment),
        "actor_id": str(FIRST_NUMBER + 9_000),
        "target_id": str(FIRST_NUMBER + 9_001),
        "action": "mention",
        "occurred_at": moment.written,
        "object_id": None,
    }
