"""What becomes of every row on its way in, before anything is written: landing files -> records with their fates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from pyspark.sql import functions as F

from sway.contracts.frames import union
from sway.contracts.tables.acts import INTERACTIONS
from sway.networks.network import BODY, RECORD, Context, Kind, with_known_actions
from sway.networks.open_format import EVENTS
from sway.runtime.landing import Place
from sway.runtime.landing_reader import (
    DamagedFile,
    naming_damaged_files,
    read_json_lines,
    read_open_format,
    refused_files,
)
from sway.runtime.run import Run, StepRecord
from sway.runtime.session import empty
from sway.runtime.threads import side_by_side
from sway.stages import fates as fates_stage
from sway.stages.lateness import with_too_late
from sway.steps.arrival import Arrival, Source, is_of, without
from sway.steps.file_checks import label_of, place_of, place_of_row
from sway.steps.file_fates import FileFates, by_file
from sway.steps.write_acts import to_known, to_taken_back

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# Up to here compiling anything takes longer than it saves (docs/decisions/ingest-in-batches.md).
FEW_ROWS = 200_000
NO_KNOWN = "network string, feed string, record_id string, record_hash bigint"


class Judged(NamedTuple):
    """Records of one kind with their fates, and how many they are by file and fate."""

    fates: DataFrame
    counted: FileFates


class Judging:
    """Records of every kind with their fates, days that may come in apart from broken ones.

    unreadable: why a day's files cannot be read to their end.
    """

    def __init__(self, run: Run, record: StepRecord, sources: Sequence[Source]) -> None:
        self.run, self.record, self.sources = run, record, tuple(sources)
        self.unreadable: dict[Place, list[str]] = defaultdict(list)
        self._records: dict[Kind, DataFrame] = {}
        self._judged: dict[Kind, tuple[Judged, tuple[Judged, ...]]] = {}

    def judge(self, kinds: Sequence[Kind]) -> None:
        """Read everything, and give each row its fate by what other days brought, in tables and on their way in."""
        found = side_by_side(self._read, kinds)
        self._judged = {kind: (judged, ()) for kind, judged in zip(kinds, found, strict=True)}

    @property
    def fates(self) -> dict[Kind, DataFrame]:
        """All records by kind, with their fates."""
        return {
            kind: union([good.fates, *(one.fates for one in apart)]) for kind, (good, apart) in self._judged.items()
        }

    @property
    def counted(self) -> dict[Kind, FileFates]:
        """How many they are, by file and fate."""
        return {
            kind: [row for one in (good, *apart) for row in one.counted] for kind, (good, apart) in self._judged.items()
        }

    def judge_without(self, broken: set[Place], new: set[Place]) -> None:
        """Judge records of networks with `new` broken days again, less those of `broken`, which keep their fates."""
        for kind, (good, apart) in self._judged.items():
            sources = tuple(source for source in self.sources if source.feed.kind == kind)
            left = {source.network.name for source in without(sources, broken) if source.days}
            feeds = {source.name for source in sources}
            if not good.counted or not any((network, feed) in feeds and network in left for network, feed, _ in new):
                continue  # nothing is left that could have been held against them
            records, body = self._records[kind], tuple(BODY[kind])
            others, apart_now = records.where(~is_of(broken)), records.where(is_of(new))
            if fates_stage.to_held_against(others, apart_now, body=body).isEmpty():
                continue
            counted = [row for row in good.counted if place_of_row(row) in broken]
            gone = Judged(good.fates.where(is_of(broken)), counted)
            fates = self._to_fates(kind, sources, others)
            self._judged[kind] = (Judged(fates, by_file(fates)), (*apart, gone))

    def _read(self, kind: Kind) -> Judged:
        """Records of one kind with their fates. A file that breaks off is left out, and the kind read again."""
        while True:
            try:
                with naming_damaged_files():
                    return self._judge(kind)
            except DamagedFile as error:
                self.unreadable[self._place_of(error)].append(str(error))

    def _judge(self, kind: Kind) -> Judged:
        self._records.pop(kind, None)
        sources = without([source for source in self.sources if source.feed.kind == kind], self.unreadable)
        frames = [frame for source in sources for frame in self._of_source(source)]
        if not frames:  # what days without files brought before they were mended goes away like any other
            self._records[kind] = empty(self.run.spark, fates_stage.ddl(kind))
            return Judged(self._records[kind], [])
        # The plans of thirty feeds are forgotten with this: each plan made from them would be looked through again.
        records = fates_stage.with_content(
            union(frames), body=tuple(BODY[kind]), across_days=kind == "acts"
        ).localCheckpoint()
        # Files of thirty feeds are read in as many tasks or more, and what follows takes some milliseconds for each.
        cores = self.run.spark.sparkContext.defaultParallelism
        records = records.coalesce(max(cores, 2 * self.run.config.environment.spark.shuffle_partitions))
        self._records[kind] = records
        fates = self._to_fates(kind, sources, records)
        return Judged(fates, by_file(fates))

    def _of_source(self, source: Source) -> list[DataFrame]:
        """Raw rows of one feed's readable files as records with network and feed."""
        longest = self.run.config.environment.landing.longest_line_bytes
        spark, landing = self.run.spark, self.run.landing
        is_open = source.feed.format == "open"
        days = []
        for day in source.days:
            faults = [*day.faults, *refused_files(landing, day, EVENTS if is_open else None)]
            if faults:
                self.unreadable[place_of(day)] += [f"{label_of(day)}/{fault}" for fault in faults]
            elif day.files:
                days.append(day)
        if not days:
            return []
        raws = (
            read_open_format(spark, landing, days, EVENTS, longest_line=longest)
            if is_open
            else [read_json_lines(spark, days, longest_line=longest)]
        )
        context = Context(source.network, self.run.config.actions())
        history = [day.delivered_on for day in days if day.is_history]
        late_days = self.run.config.audits.ingest.late_days
        names = {"network": F.lit(source.network.name), "feed": F.lit(source.feed.name)}
        kind = source.feed.kind
        records = [source.feed.to_records(raw, context) for raw in raws]
        if not is_open:  # which looks at each act's action by itself
            records = [with_known_actions(one, kind, context) for one in records]
        return [with_too_late(one, kind, late_days=late_days, history=history).withColumns(names) for one in records]

    def _to_fates(self, kind: Kind, sources: tuple[Source, ...], records: DataFrame) -> DataFrame:
        announced = sum(source.rows for source in sources)
        rows = records.count() if announced <= FEW_ROWS else announced  # few must be few, whatever a manifest says
        nothing = empty(self.run.spark, NO_KNOWN)
        known, taken_back = nothing, nothing
        if kind == "acts" and self.run.lake.version(INTERACTIONS) is not None:
            arrival = Arrival(self.run, self.record, kind, sources, records, rows=rows)
            good = records.where("fault IS NULL").select(*RECORD)  # a garbled id would ask for all there is
            known, taken_back = to_known(arrival, good), to_taken_back(arrival, good)
        return fates_stage.to_fates(
            records, known, taken_back, body=tuple(BODY[kind]), across_days=kind == "acts", rows=rows
        )

    def _place_of(self, error: DamagedFile) -> Place:
        """The delivery day a damaged file belongs to. Raises `error` itself for a file that is none of these."""
        found = [
            place_of(day)
            for source in self.sources
            for day in source.days
            if error.uri.endswith(f"/{day.network}/{day.feed}/dt={day.delivered_on}/{error.uri.rsplit('/', 1)[-1]}")
        ]
        if not found or found[0] in self.unreadable:
            raise error
        return found[0]
