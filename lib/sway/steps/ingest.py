"""landing -> accounts, profiles, labels, posts, interactions; what is wrong -> quarantine.

All pending days of a feed go in together, one commit a table. The row in `feed_days` is written last: a run
that was killed finds the days still pending and replaces exactly what it had written of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from sway.contracts.tables import ACCOUNTS, FEED_DAYS, INTERACTIONS, LABELS, POSTS, PROFILES, QUARANTINE
from sway.networks.catalog import feed_named, network_named
from sway.networks.network import BODY, Context, Feed, instant_key
from sway.networks.open_format import EVENTS
from sway.runtime.lake import slice_of
from sway.runtime.landing_reader import naming_damaged_files, read_json_lines, read_open_format, union
from sway.runtime.run import Run, StepRecord
from sway.stages import accounts as accounts_stage
from sway.stages import acts as acts_stage
from sway.stages import fates as fates_stage
from sway.stages import profiles as profiles_stage
from sway.steps.file_checks import FileCheck, checked
from sway.steps.readiness import Pending

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


def ingest(run: Run, todo: Sequence[Pending]) -> None:
    """Bring pending days in, feed by feed.

    Raises InputNotReady when a file holds another number of rows than announced, AuditFailed when too large a
    share of a file is refused; nothing of that feed is written then but its quarantine and its days, as broken.
    """
    for pending in todo:
        with run.step("ingest", network=pending.network) as record:
            _Ingest(run, record, pending).go()


@dataclass
class _Ingest:
    """One feed's pending days on their way in."""

    run: Run
    record: StepRecord
    pending: Pending

    def __post_init__(self) -> None:
        network = network_named(self.pending.network)
        feed = feed_named(network, self.pending.feed)
        assert feed is not None, "readiness lets declared feeds through only"
        self.feed: Feed = feed
        self.context = Context(network, self.run.config.actions())
        self.days: list[date] = [day.delivered_on for day in self.pending.days]
        self.slice = slice_of(network=network.name, feed=feed.name, delivered_on=self.days)

    def go(self) -> None:
        name, feed = self.pending.network, self.pending.feed
        self.record.log.info("reading", feed=feed, days=len(self.days), first=str(self.days[0]))
        fates = self._fates().persist()
        try:
            check = self._check(fates)
            error = check.error()
            if error is not None:
                self._write_quarantine(fates, check)
                self._mark("broken", check)
                raise error
            accepted = fates.where(F.col("fate") == "accepted")
            with self.record.timed("accounts"):
                self._write_accounts(accepted)
            with self.record.timed(self.feed.kind):
                {"acts": self._write_acts, "profiles": self._write_profiles, "labels": self._write_labels}[
                    self.feed.kind
                ](accepted)
            self._write_quarantine(fates, check)
            self._mark("ready", check)
        finally:
            fates.unpersist()
        self.record.log.info("read", feed=feed, network=name, **self.record.counts)

    def _fates(self) -> DataFrame:
        spark, landing, days = self.run.spark, self.run.landing, self.pending.days
        longest_line = self.run.config.environment.landing.longest_line_bytes
        if self.feed.format == "open":
            raws = read_open_format(spark, landing, days, EVENTS, longest_line=longest_line)
        else:
            raws = [read_json_lines(spark, days, longest_line=longest_line)]
        records = union([self.feed.to_records(raw, self.context) for raw in raws])
        return fates_stage.to_fates(records, self._known(), body=BODY[self.feed.kind])

    def _known(self) -> DataFrame:
        """Ids and contents of records that other delivery days of this feed brought before."""
        contract, name = (POSTS, "post_id") if self.feed.has_posts else (INTERACTIONS, "record_id")
        if self.feed.kind != "acts":
            return self.run.spark.createDataFrame([], "record_id string, record_hash bigint")
        rows = self.run.lake.read(contract).where(self._of_other_days())
        known = rows.select(F.col(name).alias("record_id"), "record_hash")
        return known if self.feed.has_posts else known.dropDuplicates(["record_id"])

    def _of_other_days(self) -> Column:
        """Rows of this feed that other delivery days brought."""
        same_feed = (F.col("network") == self.pending.network) & (F.col("feed") == self.pending.feed)
        return same_feed & ~F.col("delivered_on").isin(self.days)

    def _check(self, fates: DataFrame) -> FileCheck:
        with self.record.timed("fates"), naming_damaged_files():
            counted = [row.asDict() for row in fates_stage.to_file_fates(fates).collect()]
        check = checked(self.pending, counted, refused_share=self.run.config.audits.ingest.refused_share)
        self.record.files = check.files
        self.record.counts |= check.totals()
        return check

    def _write_accounts(self, accepted: DataFrame) -> None:
        if self.feed.kind == "labels":
            return
        lake = self.run.lake
        network = F.lit(self.pending.network).alias("network")
        seen = accounts_stage.to_sightings(accepted, kind=self.feed.kind).select(network, "*")
        known = lake.read(ACCOUNTS)
        old = known.where(F.col("network") == self.pending.network)
        old = old.withColumnRenamed("first_seen", "seen_before")
        matched = seen.join(old, ["network", "account_id"], how="left").persist()
        new = matched.where(F.col("account_key").isNull()).drop("account_key", "salt", "seen_before")
        keyed = accounts_stage.with_keys(new, known.select("account_key"))
        is_earlier = F.col("first_seen") < F.coalesce("seen_before", F.lit(datetime.max.replace(tzinfo=UTC)))
        again = matched.where(F.col("account_key").isNotNull() & is_earlier).drop("seen_before")
        lake.merge(ACCOUNTS, again.unionByName(keyed), update={"first_seen": "new.first_seen"})
        matched.unpersist()

    def _write_acts(self, accepted: DataFrame) -> None:
        lake, name, feed = self.run.lake, self.pending.network, self.pending.feed
        new = acts_stage.to_acts(accepted).withColumn("is_new", F.lit(True))
        if self.feed.has_posts:
            posts = acts_stage.to_posts(accepted, network=name, feed=feed)
            lake.replace(POSTS, posts, where=self.slice)
            every = new
        else:
            every = new.unionByName(self._earlier_acts(new), allowMissingColumns=True)
        placed = acts_stage.with_set_aside(every, act_order=self.context.network.act_order).persist()
        acts = placed.where("is_new")
        self.record.counts |= acts_stage.to_act_counts(acts).collect()[0].asDict()
        lake.replace(INTERACTIONS, acts_stage.to_interactions(acts, network=name, feed=feed), where=self.slice)
        if not self.feed.has_posts:
            self._judge_again(placed.where(~F.col("is_new")))
        placed.unpersist()

    def _earlier_acts(self, new: DataFrame) -> DataFrame:
        """Acts that other days delivered for the days of `new`, in its columns: they may be the same acts.

        Only where no source record is known: a record carries all its acts itself. Days that a killed run wrote
        for are among them, so that what it set aside is judged again.
        """
        rows = self.run.lake.read(INTERACTIONS)
        dates = new.select(F.to_date("occurred_at")).union(rows.where(self.slice).select("event_date")).distinct()
        touched = [row[0] for row in dates.collect()]
        earlier = rows.where(self._of_other_days() & F.col("event_date").isin(touched))
        kept = (name for name in new.columns if name not in ("act_key", "is_new"))
        act_key, was = instant_key("occurred_at").alias("act_key"), F.col("set_aside").alias("was")
        return earlier.select(*kept, act_key, F.lit(False).alias("is_new"), was)

    def _judge_again(self, earlier: DataFrame) -> None:
        """Set earlier acts aside that new ones absorb, and count again those whose absorber did not come back."""
        changed = earlier.where(~F.equal_null("set_aside", "was"))
        count = changed.count()
        self.record.counts["judged_again"] = count
        if count:
            rows = acts_stage.to_interactions(changed, network=self.pending.network, feed=self.pending.feed)
            self.run.lake.merge(INTERACTIONS, rows, update={"set_aside": "new.set_aside"})

    def _write_profiles(self, accepted: DataFrame) -> None:
        known = self.run.lake.read(PROFILES)
        rows = profiles_stage.to_profiles(accepted, known, network=self.pending.network)
        update = {name: f"new.{name}" for name in PROFILES.columns}
        self.run.lake.merge(PROFILES, rows, update=update)
        self.record.counts["profiles"] = accepted.count()

    def _write_labels(self, accepted: DataFrame) -> None:
        rows = profiles_stage.to_labels(accepted)
        update = {name: f"new.{name}" for name in ("reason", "valid_to", "delivered_on")}
        self.run.lake.merge(LABELS, rows, update=update, when="new.delivered_on >= old.delivered_on")

    def _write_quarantine(self, fates: DataFrame, check: FileCheck) -> None:
        lake = self.run.lake
        if not check.has_refused_rows and lake.version(QUARANTINE) is None:
            return
        rows = fates_stage.to_quarantine(fates).select(
            F.lit(self.pending.network).alias("network"),
            F.lit(self.pending.feed).alias("feed"),
            "*",
            F.lit(self.run.run_id).alias("run_id"),
        )
        lake.replace(QUARANTINE, rows, where=self.slice)

    def _mark(self, state: str, check: FileCheck) -> None:
        """One row a day; of a batch with a broken day only the broken ones are marked, the rest stay pending."""
        rows = [
            {
                "network": day.network,
                "feed": day.feed,
                "delivered_on": day.delivered_on,
                "state": state,
                "reason": check.reason(day.delivered_on),
                "manifest_hash": day.manifest_hash,
                "files": len(day.files),
                **check.totals(day.delivered_on),
                "run_id": self.run.run_id,
            }
            for day in self.pending.days
            if state == "ready" or check.reason(day.delivered_on)
        ]
        self.run.lake.put(FEED_DAYS, rows)
