"""What became of each landing file's rows, and whether its delivery day is good enough to be brought in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sway.contracts.tables.columns import FATES
from sway.errors import InputNotReady
from sway.networks.network import Kind
from sway.runtime.config import IngestAudits
from sway.runtime.landing import Landing, LandingDay, Place, told
from sway.runtime.landing_reader import line_left_out
from sway.runtime.threads import side_by_side
from sway.steps.unusual_days import AgainstKnown, Volumes, cut_short, label, repeats

if TYPE_CHECKING:
    from pyspark.sql import Row

TOTALS = ("rows_read", *FATES)
COUNTED: tuple[Kind, ...] = ("acts", "page_views")  # kinds whose rows scores count; more page views drop nobody


def place_of(day: LandingDay) -> Place:
    """What names a delivery day: its network, its feed and the day, as landing/ has them."""
    return day.network, day.feed, day.delivered_on


def place_of_row(row: Mapping[str, Any] | Row) -> Place:
    """The delivery day that a row is of."""
    return row["network"], row["feed"], row["delivered_on"]


def label_of(day: LandingDay) -> str:
    """The day's folder in landing/."""
    return label(place_of(day))


@dataclass
class Checks:
    """Every file that was read, with its rows by fate, and what is wrong with delivery days.

    `files`: rows of RUNS.files, with the rows `announced` by the manifest; `by_place`: the same by delivery day.
    `unlike`: files that are not what their manifest or their feed says, or cannot be read to their end. `spoilt`:
    days with too many refused rows, or with what a failed feed brings (steps.unusual_days). `remarks`: what an
    operator may want to look at. `lake`: Lake.option, for the command that lets a spoilt day in.
    """

    files: list[dict[str, Any]] = field(default_factory=list)
    unlike: dict[Place, list[str]] = field(default_factory=lambda: defaultdict(list))
    spoilt: dict[Place, list[str]] = field(default_factory=lambda: defaultdict(list))
    remarks: dict[Place, str] = field(default_factory=dict)
    by_place: dict[Place, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    lake: str = "--lake LAKE"

    @property
    def broken(self) -> set[Place]:
        return {place for faults in (self.unlike, self.spoilt) for place, found in faults.items() if found}

    def totals(self, place: Place | None = None) -> dict[str, int]:
        """Rows by fate, of all files or of one delivery day's."""
        own = self.files if place is None else self.by_place[place]
        return {name: sum(row[name] for row in own) for name in TOTALS}

    def add(self, place: Place, row: dict[str, Any]) -> None:
        """Take in one file."""
        self.files.append(row)
        self.by_place[place].append(row)

    def reason(self, place: Place) -> str | None:
        """Why a delivery day is broken; None for a good one."""
        return "; ".join(self.sentences(place)) or None

    def sentences(self, place: Place) -> list[str]:
        """What is wrong with a delivery day, of many faults the first."""
        return told([*self.unlike.get(place, []), *self.spoilt.get(place, [])])

    def error(self, places: Collection[Place]) -> InputNotReady | None:
        """What to raise for those of `places` that are broken; None if none is."""
        unlike, spoilt = _listed(self.unlike, places), _listed(self.spoilt, places)
        if unlike:
            return InputNotReady(f"files refused:{unlike}{spoilt}\ndeliver file and manifest again, and run again")
        if spoilt:
            return InputNotReady(
                f"feeds refused, nothing was published:{spoilt}\n"
                "the table quarantine says what is wrong with each row; the limits stand under [ingest] in "
                "conf/audits.toml. A day that is right although it looks wrong is let in by\n"
                f"  sway ingest --network NETWORK --date YYYY-MM-DD --accept {self.lake}"
            )
        return None


def announced(days: Iterable[LandingDay]) -> Checks:
    """What is wrong with days by their manifests alone, before rows are read."""
    checks = Checks()
    for day in days:
        checks.unlike[place_of(day)] += [f"{label_of(day)}/{fault}" for fault in day.faults]
    return checks


def left_out(
    landing: Landing, days: Iterable[LandingDay], counted: Iterable[Mapping[str, Any]], *, longest_line: int
) -> dict[Place, list[str]]:
    """A sentence for each file with as many rows as announced and a line besides that was too long to be read.

    `counted`: as `checked` takes it. Such a line is in no count of rows, so that nothing else tells of it.
    """
    read = {(*place_of_row(row), row["file"]): (row["rows_read"], row["bytes_read"]) for row in counted}
    nothing = (0, 0)
    found = [(day, file, *read.get((*place_of(day), file.name), nothing)) for day in days for file in day.files]
    right = [(day, file, size) for day, file, rows, size in found if rows == file.rows]
    told = side_by_side(lambda one: line_left_out(landing, one[1], bytes_read=one[2], longest_line=longest_line), right)
    faults: dict[Place, list[str]] = defaultdict(list)
    for (day, _, _), sentence in zip(right, told, strict=True):
        if sentence is not None:
            faults[place_of(day)].append(f"{label_of(day)}/{sentence}")
    return faults


def _listed(faults: Mapping[Place, list[str]], places: Collection[Place]) -> str:
    return "".join(f"\n  {sentence}" for place in sorted(places) for sentence in told(faults.get(place, [])))


def checked(
    days: Iterable[LandingDay],
    counted: Iterable[Mapping[str, Any]],
    *,
    limits: IngestAudits,
    kinds: Mapping[tuple[str, str], Kind],
    before: Mapping[Place, int],
    against_known: AgainstKnown,
    unlike: Iterable[tuple[Place, list[str]]],
    longest_line: int,
    is_accepted: bool = False,
    lake: str = "--lake LAKE",
) -> Checks:
    """Hold the rows `counted` by file and fate (steps.file_fates.by_file) against manifests and limits.

    Days are judged in their order, each against those before it, whether they came earlier or come with it.
    `kinds`: of which each feed brings records, by network and name. Repeats and volume are judged of those alone that
    scores count, acts and page views. `before`: accepted rows of their delivery days that are in already.
    `against_known`: what rows say of what is known. `unlike`: what was found of files besides. `longest_line`: bytes
    beyond which a line was not read. `is_accepted`: an operator takes the days as they are: neither refused or repeated
    rows nor volume nor lists break them. `lake`: Lake.option.
    """
    found = {(*place_of_row(row), row["file"]): row for row in counted}
    checks = Checks(lake=lake)
    for place, faults in unlike:
        checks.unlike[place] += faults
    accepted = dict(before)
    for day in sorted(days, key=place_of):
        place, kind = place_of(day), kinds.get((day.network, day.feed))
        for file in day.files:
            row = found.get((*place, file.name), dict.fromkeys(TOTALS, 0))
            counts = {name: row[name] for name in TOTALS}
            about = {"network": day.network, "feed": day.feed, "delivered_on": day.delivered_on, "file": file.name}
            checks.add(place, {**about, **counts, "announced": file.rows})
            where = f"{label_of(day)}/{file.name}"
            read, refused = counts["rows_read"], counts["quarantined"]
            if read != file.rows:
                checks.unlike[place].append(
                    f"{where}: announced with {file.rows} rows, found {read} of at most {longest_line:,} bytes each"
                )
            if refused > limits.refused_share * read and not is_accepted:
                least = f"at most {limits.refused_share:.2%} may be"
                checks.spoilt[place].append(f"{where}: {refused} of {read} rows refused, {least}")
        accepted[place] = checks.totals(place)["accepted"]
        if not (day.is_history or is_accepted):
            is_counted = kind in COUNTED
            volumes = Volumes(accepted, checks.broken, limits.volume, has_most=kind == "acts") if is_counted else None
            _judge(checks, place, limits, against_known, volumes)
    return checks


def _judge(
    checks: Checks, place: Place, limits: IngestAudits, against_known: AgainstKnown, volumes: Volumes | None
) -> None:
    """Hold a day against what came before. `volumes`: of a feed whose rows scores count."""
    faults = [cut_short(place, *against_known.shortened.get(place, (0, 0)), limits)]
    if volumes is not None:
        totals = checks.totals(place)
        repeated = totals["duplicate"] + against_known.again.get(place, 0)
        faults.append(repeats(place, totals["rows_read"], repeated, limits))
        fault, remark = volumes.judge(place)
        faults.append(fault)
        if remark:
            checks.remarks[place] = remark
    found = [fault for fault in faults if fault]
    if found:
        checks.spoilt[place] += found
