"""landing -> accounts and every table of what networks deliver; what is wrong -> quarantine.

All pending days of all feeds go in together, one commit a table. The rows in `feed_days` are written last: a run
that was killed finds the days still pending and replaces exactly what it had written of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc
from pyspark.sql import functions as F

from sway.contracts.frames import union
from sway.contracts.tables.acts import INTERACTIONS
from sway.contracts.tables.deliveries import FEED_DAYS, QUARANTINE
from sway.networks.network import Kind
from sway.runtime import logs
from sway.runtime.landing import LandingDay, Place
from sway.runtime.run import Run, StepRecord
from sway.runtime.session import empty, interpreted
from sway.runtime.threads import side_by_side
from sway.stages import fates as fates_stage
from sway.stages.erasing import redacted
from sway.stages.lateness import HAPPENED, to_touched
from sway.steps.against_known import TABLE_OF, Placed, views_again
from sway.steps.arrival import Arrival, Source, is_of, slices, without
from sway.steps.erase import Erasure, to_erasure
from sway.steps.file_checks import Checks, announced, checked, left_out, place_of, place_of_row
from sway.steps.file_fates import LOOKED_FOR, FileFates, recounted
from sway.steps.judging import FEW_ROWS, Judging
from sway.steps.readiness import Landed
from sway.steps.unusual_days import AgainstKnown
from sway.steps.write_accounts import write_accounts
from sway.steps.write_acts import to_contested, write_acts
from sway.steps.write_states import (
    write_assertions,
    write_erasures,
    write_labels,
    write_opt_outs,
    write_page_views,
    write_profiles,
    write_relations,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# Each has tables of its own, so they are written side by side.
WRITERS: Mapping[Kind, Callable[[Arrival], None]] = {
    "acts": write_acts,  # first: what takes longest is not waited for at the end
    "profiles": write_profiles,
    "labels": write_labels,
    "assertions": write_assertions,
    "opt_outs": write_opt_outs,
    "relations": write_relations,
    "page_links": write_relations,
    "page_views": write_page_views,
}
MANY_ROWS = 500_000  # of each feed: from here on compiling what reads them, a plan for all of a kind, pays too


def ingest(run: Run, landed: Landed, *, is_accepted: bool = False) -> None:
    """Bring pending days in, and note in feed_days which are away.

    A day is broken when a file is not what its manifest says or cannot be read to its end; and, but where an operator
    says that it is right (`is_accepted`), when too large a share of a file is refused, when most of its rows came
    before, when it has another number of rows than such days have, or when its lists end too much of what stood.
    Nothing of a broken day is written but its quarantine and its row in feed_days.
    Raises InputNotReady when such a day, or one that has not come, is of a network that is not carried forward;
    nothing else of any other day is written then.
    """
    for away in landed.away:
        log = logs.get(step="ingest", network=away.network)
        log.warning(away.state, feed=away.feed, day=str(away.delivered_on))
    if landed.away:
        run.lake.put(FEED_DAYS, [away.row(run.run_id) for away in landed.away])
    landed.check()
    if not landed.pending:
        logs.get(step="ingest").info("nothing to do")
    else:
        with run.step("ingest") as record:
            _Ingest(run, record, landed, is_accepted=is_accepted).go()


class _Ingest:
    """Pending days of all feeds on their way in."""

    def __init__(self, run: Run, record: StepRecord, landed: Landed, *, is_accepted: bool) -> None:
        self.run = run
        self.record = record
        self.is_accepted = is_accepted
        self.sources = tuple(Source.of(pending) for pending in landed.pending)
        self.judging = Judging(run, record, self.sources)
        self.fates: dict[Kind, DataFrame] = {}
        self.counted: dict[Kind, FileFates] = {}
        self.erasure = Erasure()
        self.placed: dict[Kind, Placed] = {}

    def go(self) -> None:
        days = sum(len(source.days) for source in self.sources)
        first = min(day.delivered_on for source in self.sources for day in source.days)
        self.record.log.info("reading", feeds=len(self.sources), days=days, first=str(first))
        self._refuse(announced(day for source in self.sources for day in source.days))
        checks = self._read()
        self._refuse(checks)
        self._say(checks)
        with self._writing():
            self._write(checks)
        by_day = ("acts.", "touched.", "relations.")  # for `sway doctor`, too many to read here
        self.record.log.info("read", **{k: n for k, n in self.record.counts.items() if not k.startswith(by_day)})

    def _reading(self) -> AbstractContextManager[None]:
        """Only so much code generation as pays for that many rows."""
        if self._rows > MANY_ROWS * len(self.sources):
            return nullcontext()
        return interpreted(self.run.spark, but_expressions=self._rows > FEW_ROWS)

    def _writing(self) -> AbstractContextManager[None]:
        """The same where tables are read and written, which grow whatever comes in."""
        return interpreted(self.run.spark) if self._rows <= FEW_ROWS else nullcontext()

    @property
    def _rows(self) -> int:
        """Rows on their way in, as manifests say."""
        return sum(source.rows for source in self.sources)

    def _refuse(self, checks: Checks) -> None:
        """Stop where a day is broken of a network that is not carried forward."""
        error = checks.error({place for place in checks.broken if self._stops([place])})
        if error is not None:
            self._write_quarantine(checks.broken)
            self._mark(checks, checks.broken)
            raise error

    def _read(self) -> Checks:
        """Give every row its fate and hold files against their manifests; a file that breaks off is left out.

        A day that is broken brings nothing, so other days' records are judged as if it had not come: else what they
        repeat of it would be a duplicate of what is in no table. A network's days are taken out from the earliest on,
        since what is wrong with a later one may be that alone.
        """
        with self.record.timed("fates"), self._reading():
            kinds = [kind for kind in WRITERS if any(source.feed.kind == kind for source in self.sources)]
            self.judging.judge(kinds)
        broken: set[Place] = set()
        new: set[Place] = set()
        against_known = AgainstKnown()
        while True:
            with self.record.timed("erased"), self._reading():
                self._erase()
            with self.record.timed("against_known"), self._writing():
                against_known = self._against_known(against_known, broken, new)
            checks = self._checked(against_known)
            new = checks.broken - broken - self.judging.unreadable.keys()
            if not new or self._stops(new):
                break
            first: dict[str, date] = {}
            for network, _, day in sorted(new, key=lambda place: place[2]):
                first.setdefault(network, day)
            new = {place for place in new if place[2] == first[place[0]] or checks.unlike.get(place)}
            broken |= new
            with self.record.timed("fates"), self._reading():
                self.judging.judge_without(broken, new)
        self.record.files = checks.files
        self.record.counts |= checks.totals()
        return checks

    def _stops(self, broken: Collection[Place]) -> bool:
        """Whether a night waits for one of these days."""
        carried = self.run.config.environment.readiness.carry_forward
        return any(network not in carried for network, *_ in broken)

    def _against_known(self, before: AgainstKnown, broken: set[Place], new: set[Place]) -> AgainstKnown:
        """What good rows say against what is known. Nothing is asked of first loads, and where an operator takes days.

        Where there is nothing else, relations are placed when they are written, beside other tables. `before`: what was
        found when days were not `new` among the `broken` yet. It holds of these, and of kinds that the new ones bring
        nothing of; but all is asked again where they may bring wishes to be erased, or handles that tell whose.
        """
        kinds = {(day.network, day.feed): one.feed.kind for one in self.sources for day in one.days}
        judged = {place_of(day) for one in self.sources for day in one.days if not (day.is_history or self.is_accepted)}
        asked = {kinds[place[:2]] for place in judged}
        touched = {kinds[place[:2]] for place in new}
        if new and not touched & {"profiles", "opt_outs"}:
            asked &= touched
        good = {
            kind: self._good(self.fates[kind], broken).where("fate = 'accepted'")
            for kind in (*TABLE_OF, "page_views")
            if kind in asked and kind in self.fates
        }
        of_pairs = [kind for kind in TABLE_OF if kind in good]
        placed = side_by_side(
            lambda kind: Placed.of(self.run.lake, kind, good[kind], self.erasure.names.get(kind, {})), of_pairs
        )
        self.placed |= zip(of_pairs, placed, strict=True)
        days = {place_of(day) for one in self.sources for day in one.days}
        found = AgainstKnown(
            again=views_again(self.run.lake, good["page_views"], days) if "page_views" in good else {},
            shortened={place: counts for one in placed for place, counts in one.shortened().items()},
        )
        return found.or_else(before, lambda place: place in broken or kinds[place[:2]] not in asked)

    def _good(self, fates: DataFrame, broken: Collection[Place]) -> DataFrame:
        return fates.where(~is_of(broken)) if broken else fates

    def _checked(self, against_known: AgainstKnown) -> Checks:
        return checked(
            self._readable,
            [row for rows in self.counted.values() for row in rows],
            limits=self.run.config.audits.ingest,
            kinds={source.name: source.feed.kind for source in self.sources},
            before={place_of_row(row): row["accepted"] for row in self._days_in},
            against_known=against_known,
            unlike=[*self.judging.unreadable.items(), *self._left_out.items()],
            longest_line=self._longest_line,
            is_accepted=self.is_accepted,
            lake=self.run.lake.option,
        )

    @property
    def _readable(self) -> list[LandingDay]:
        return [day for one in self.sources for day in one.days if place_of(day) not in self.judging.unreadable]

    @cached_property
    def _left_out(self) -> dict[Place, list[str]]:
        """What steps.file_checks.left_out says, once: fates may change, but not what was read."""
        counted = [row for rows in self.judging.counted.values() for row in rows]
        return left_out(self.run.landing, self._readable, counted, longest_line=self._longest_line)

    @property
    def _longest_line(self) -> int:
        return self.run.config.environment.landing.longest_line_bytes

    def _erase(self) -> None:
        """Take fates as they were judged, and leave out what is of erased accounts."""
        self.fates, self.counted = self.judging.fates, self.judging.counted
        days = {row["delivered_on"] for row in self._days_in}
        now = max(days | {day.delivered_on for source in self.sources for day in source.days})
        self.erasure = to_erasure(self.run, self.fates, now=now)
        self.fates |= self.erasure.left
        for kind, changed in self.erasure.changed.items():
            self.counted[kind] = recounted(self.counted[kind], changed)

    def _found(self, kind: Kind, name: str, *, but: Collection[Place] = ()) -> int:
        """A count of by_file over files of one kind, but for those of some days."""
        return sum(row[name] for row in self.counted[kind] if place_of_row(row) not in but)

    @cached_property
    def _days_in(self) -> list[dict[str, Any]]:
        """Rows of FEED_DAYS of delivery days that were in before."""
        return self.run.lake.rows(FEED_DAYS, state="ready")

    def _write(self, checks: Checks) -> None:
        broken = checks.broken
        before = self.run.lake.log(INTERACTIONS).paths_by_slice()
        arrivals = [
            Arrival(
                self.run,
                self.record,
                kind,
                without([source for source in self.sources if source.feed.kind == kind], broken),
                self._good(fates, broken),
                self.erasure.names.get(kind, {}),
                rows=self._found(kind, "rows_read"),
                **{name: self._found(kind, name, but=broken) for name in LOOKED_FOR},
                placed=self.placed.pop(kind, None),
            )
            for kind in WRITERS
            if (fates := self.fates.get(kind)) is not None
        ]
        arrivals = [arrival for arrival in arrivals if any(source.days for source in arrival.sources)]
        if arrivals:
            others = [partial(self._write_kind, arrival) for arrival in arrivals if arrival.kind != "acts"]
            side_by_side(lambda write: write(), [partial(self._write_keyed, arrivals), *others])
        if self.erasure.by_id is not None:
            refused = [day for _, feed, day in broken if feed == "opt_outs"]
            by_id = self.erasure.by_id
            write_erasures(self.run.lake, by_id.filter(~pc.field("delivered_on").isin(refused)) if refused else by_id)
        late = self._late(arrivals)
        self._count_acts(before)
        self._write_quarantine({place_of(day) for source in self.sources for day in source.days})
        self._mark(checks, {place_of(day) for source in self.sources for day in source.days}, late)

    def _write_keyed(self, arrivals: Sequence[Arrival]) -> None:
        """Accounts, then acts: a roll-up looks the key of each actor and target up."""
        with self.record.timed("accounts"):
            write_accounts(self.run.lake, arrivals)
        for arrival in arrivals:
            if arrival.kind == "acts":
                self._write_kind(arrival)

    def _write_kind(self, arrival: Arrival) -> None:
        with self.record.timed(arrival.kind):
            WRITERS[arrival.kind](arrival)

    def _late(self, arrivals: Sequence[Arrival]) -> dict[Place, int]:
        """Accepted rows of earlier days by delivery day; which past dates they touch goes into the run's record.

        A first load is as old as it is, and not late.
        """
        history = {place_of(day) for source in self.sources for day in source.days if day.is_history}
        late: dict[Place, int] = defaultdict(int)
        touched: dict[str, int] = defaultdict(int)
        of_days = [one for one in arrivals if one.kind in HAPPENED]
        frames = [
            to_touched(one.accepted.where(~is_of(history)), one.kind).withColumn("kind", F.lit(one.kind))
            for one in of_days
        ]
        for row in union(frames).collect() if frames else []:
            late[place_of_row(row)] += row["rows"]
            touched[f"touched.{row['network']}.{row['event_date']}"] += row["rows"]
            if row["kind"] in ("relations", "page_links"):
                touched[f"relations.{row['network']}.{row['event_date']}"] += row["rows"]
            age = (row["delivered_on"] - row["event_date"]).days
            touched[f"late_days.{age}"] += row["rows"]
        self.record.counts |= dict(sorted(touched.items()))
        return late

    def _count_acts(self, before: Mapping[tuple[str, ...], set[str]]) -> None:
        """Record the acts that now count of each day whose files changed: what doctor holds past dates against."""
        log = self.run.lake.log(INTERACTIONS)
        after, acts = log.paths_by_slice(), log.nulls_by_slice("set_aside")
        changed = (key for key in sorted(before.keys() | after.keys()) if before.get(key) != after.get(key))
        self.record.counts |= {f"acts.{network}.{day}": acts.get((network, day), 0) for network, day in changed}

    def _write_quarantine(self, places: set[Place]) -> None:
        lake = self.run.lake
        refused = [kind for kind in self.fates if self._found(kind, "quarantined")]
        if not self.fates or (lake.version(QUARANTINE) is None and not refused):
            return
        frames = [fates_stage.to_quarantine(self.fates[kind]).where(is_of(places)) for kind in refused]
        if self.record.counts.get("changed"):
            of_acts = self.fates["acts"].where(is_of(places))
            frames.append(to_contested(self.run.lake, of_acts))
        sources = [
            Source(one.network, one.feed, tuple(day for day in one.days if place_of(day) in places))
            for one in self.sources
        ]
        rows = union(frames) if frames else empty(self.run.spark, QUARANTINE.ddl).drop("run_id")
        rows = rows.withColumn("run_id", F.lit(self.run.run_id))
        for names in self.erasure.names.values():
            rows = redacted(rows, names)
        lake.replace(QUARANTINE, rows, where=slices(sources))

    def _mark(self, checks: Checks, places: set[Place], late: dict[Place, int] | None = None) -> None:
        """One row a day, for those of `places`; the rest stay pending."""
        rows = [
            {
                "network": day.network,
                "feed": day.feed,
                "delivered_on": day.delivered_on,
                "state": "broken" if checks.reason(place) else "ready",
                "reason": checks.reason(place),
                "manifest_hash": day.manifest_hash,
                "files": len(day.files),
                **checks.totals(place),
                "late": (late or {}).get(place, 0),
                "run_id": self.run.run_id,
            }
            for source in self.sources
            for day in source.days
            for place in [place_of(day)]
            if place in places
        ]
        self.run.lake.put(FEED_DAYS, rows)

    def _say(self, checks: Checks) -> None:
        for place, remark in sorted(checks.remarks.items()):
            self.record.log.warning("unusual number of rows", network=place[0], feed=place[1], why=remark)
        for place in sorted(checks.broken):
            self.record.log.warning("broken, left out", network=place[0], feed=place[1], why=checks.reason(place))
