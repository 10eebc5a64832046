"""What is on its way in: the records of one kind, of every feed that brings it, with their fates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

import pyarrow.compute as pc
from pyspark.sql import functions as F

from sway.networks.catalog import feed_named, network_named
from sway.networks.network import Feed, Kind, Network
from sway.runtime.landing import LandingDay, Place
from sway.runtime.run import Run, StepRecord
from sway.runtime.slices import slice_of
from sway.stages.erasing import Names
from sway.steps.file_checks import place_of
from sway.steps.readiness import Pending

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

    from sway.steps.against_known import Placed


@dataclass(frozen=True)
class Source:
    """One feed and its delivery days that are to come in."""

    network: Network
    feed: Feed
    days: tuple[LandingDay, ...]

    @classmethod
    def of(cls, pending: Pending) -> Source:
        network = network_named(pending.network)
        feed = feed_named(network, pending.feed)
        assert feed is not None, "readiness lets declared feeds through only"
        return cls(network, feed, pending.days)

    @property
    def name(self) -> tuple[str, str]:
        return self.network.name, self.feed.name

    @property
    def rows(self) -> int:
        """Rows of its days, as manifests say."""
        return sum(file.rows for day in self.days for file in day.files)


@dataclass(frozen=True)
class Arrival:
    """Records of one kind with their fates, less the days that are broken and what is of the `erased` accounts.

    rows: how many were read. take_back, changed: how many records take others back, or came with another content than
    before; erasing may have left fewer of them. placed: accepted relations among the known ones, where that was made
    already.
    """

    run: Run
    record: StepRecord
    kind: Kind
    sources: tuple[Source, ...]
    fates: DataFrame
    erased: Names = field(default_factory=dict)
    rows: int = 0
    take_back: int = 0
    changed: int = 0
    placed: Placed | None = None

    @property
    def accepted(self) -> DataFrame:
        return self.fates.where(F.col("fate") == "accepted")

    @property
    def slice(self) -> str:
        """The rows of a table that these delivery days brought, as SQL."""
        return slices(self.sources)

    @property
    def filter(self) -> pc.Expression:
        """The same rows, for readers without Spark."""
        each = (
            (pc.field("network") == source.network.name)
            & (pc.field("feed") == source.feed.name)
            & pc.field("delivered_on").isin(_days(source))
            for source in self.sources
            if source.days
        )
        return reduce(or_, each, pc.scalar(False))

    def brought_by_others(self, *names: tuple[str, str]) -> Column:
        """Rows of the feeds named that other delivery days brought; no row where none is named."""
        own = [source for source in self.sources if source.name in names]
        if not own:
            return F.lit(False)
        return reduce(or_, (_of_feed(source) & ~F.col("delivered_on").isin(_days(source)) for source in own))


def slices(sources: Sequence[Source]) -> str:
    """The rows that delivery days of several feeds brought, as SQL; `false` where there are none."""
    # Each row written is held against this: feeds of a network that bring the same days are named together.
    feeds: dict[tuple[str, tuple[date, ...]], list[str]] = defaultdict(list)
    for source in sources:
        if source.days:
            feeds[source.network.name, tuple(_days(source))].append(source.feed.name)
    each = (slice_of(network=network, feed=names, delivered_on=days) for (network, days), names in feeds.items())
    return " OR ".join(f"({one})" for one in each) or "false"


def is_of(places: Collection[Place]) -> Column:
    """Whether a row was brought by one of the delivery days; false where there are none."""
    days: dict[tuple[str, str], list[date]] = defaultdict(list)
    for network, feed, day in sorted(places):
        days[network, feed].append(day)
    feeds: dict[tuple[str, tuple[date, ...]], list[str]] = defaultdict(list)
    for (network, feed), of_feed in days.items():
        feeds[network, tuple(of_feed)].append(feed)
    # One condition for all feeds of the same days: Spark's analysis recurses, and some hundred end its stack.
    each = (
        (F.col("network") == network) & F.col("feed").isin(names) & F.col("delivered_on").isin(list(of_feeds))
        for (network, of_feeds), names in feeds.items()
    )
    return reduce(or_, each, F.lit(False))


def without(sources: Sequence[Source], places: Collection[Place]) -> tuple[Source, ...]:
    """The sources less the delivery days named."""
    return tuple(
        Source(source.network, source.feed, tuple(day for day in source.days if place_of(day) not in places))
        for source in sources
    )


def _of_feed(source: Source) -> Column:
    return (F.col("network") == source.network.name) & (F.col("feed") == source.feed.name)


def _days(source: Source) -> list[date]:
    return [day.delivered_on for day in source.days]
