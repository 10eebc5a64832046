"""identity_assertions, profiles -> entities, entity_links, identity_issues; and who is neither scored nor shown."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa
from pyspark.sql import functions as F

from sway.contracts.tables.deliveries import FEED_DAYS
from sway.contracts.tables.identity import ENTITIES, ENTITY_LINKS, IDENTITY_ASSERTIONS, IDENTITY_ISSUES, OPT_OUTS
from sway.contracts.tables.record import RUNS
from sway.contracts.tables.states import PROFILES
from sway.engine.components import connect_for
from sway.runtime.run import Run, StepRecord
from sway.stages.identity import Identity, to_identity
from sway.stages.identity_conflicts import to_conflicts
from sway.stages.opt_outs import to_opted_out_entities, to_suppressed, to_unlinked_opt_outs

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

INPUTS = (IDENTITY_ASSERTIONS, PROFILES, OPT_OUTS)


def is_identified(run: Run, on: date) -> bool:
    """Whether entities already stand on the newest assertions and profiles, as of `on` or later."""
    if run.lake.version(IDENTITY_ASSERTIONS) is None and run.lake.version(OPT_OUTS) is None:
        return True
    stands_for = _stands_for(run)
    return stands_for is not None and stands_for >= on


def newest_asked(run: Run, on: date) -> date:
    """`on`, or the later date that the tables speak for already."""
    asked: list[date] = [row["score_date"] for row in run.lake.rows(RUNS, step="identify", state="done")]
    return max([on, *asked])


def identify(run: Run, on: date) -> None:
    """Work out who is behind accounts as of `on`, from all assertions, and write it in the place of what was known.

    The tables speak for the newest date anybody asked for: asked for an earlier one when something has changed, they
    are worked out as of the newest again.
    """
    if is_identified(run, on):
        return
    on = newest_asked(run, on)
    lake = run.lake
    with run.step("identify", on=on) as record:
        record.input_versions = _versions(run)
        assertions = lake.read(IDENTITY_ASSERTIONS).persist()
        profiles = lake.read(PROFILES)
        found = _work_out(run, assertions, profiles, on)
        issues = to_issues(found, to_unlinked_opt_outs(lake.read(OPT_OUTS), profiles)).localCheckpoint()
        for contract, rows in (
            (ENTITIES, found.entities),
            (ENTITY_LINKS, found.entity_links),
            (IDENTITY_ISSUES, issues),
        ):
            lake.replace(contract, rows, where="true")
        entities = lake.read(ENTITIES)
        record.counts = {
            "assertions": assertions.count(),
            "entities": entities.where(F.col("merged_into").isNull()).count(),
            "merged": entities.where(F.col("merged_into").isNotNull()).count(),
            "links": lake.read(ENTITY_LINKS).count(),
            **{row["rule"]: row["count"] for row in issues.groupBy("rule").count().collect()},
        }
        assertions.unpersist()
        record.log.info("identified", **record.counts)


def to_links(run: Run, record: StepRecord, on: date) -> tuple[pa.Table, pa.Table]:
    """Rows of ENTITIES and ENTITY_LINKS as of `on`: the tables' where they speak for that date, else worked out anew.

    So a date scored again has the entities it had. A link names an entity that stands, never one that was merged.
    """
    lake = run.lake
    version = lake.version(IDENTITY_ASSERTIONS)
    if version is None or _stands_for(run) == on:
        return lake.dataset(ENTITIES).to_table(), lake.dataset(ENTITY_LINKS).to_table()
    record.input_versions[IDENTITY_ASSERTIONS.name] = version
    assertions = lake.read(IDENTITY_ASSERTIONS, version=version)
    found = _work_out(run, assertions, lake.read(PROFILES), on)
    return found.entities.toArrow(), found.entity_links.toArrow()


def _work_out(run: Run, assertions: DataFrame, profiles: DataFrame, on: date) -> Identity:
    connect = connect_for(run.spark, assertions.count(), most_links=run.config.environment.most_identity_links)
    known = run.lake.read(ENTITIES).localCheckpoint()
    return to_identity(assertions, profiles, known, as_of=on, connect=connect)


def _stands_for(run: Run) -> date | None:
    """The date the identity tables speak for; None where they do not stand on the newest assertions and profiles."""
    done = run.lake.rows(RUNS, step="identify", state="done")
    last = max(done, key=lambda row: row["ended_at"], default=None)
    is_newest = last is not None and last["input_versions"] == _versions(run)
    return last["score_date"] if last is not None and is_newest else None


def to_issues(found: Identity, unlinked_opt_outs: DataFrame) -> DataFrame:
    """Conflicts and references that no account is known for, as rows of IDENTITY_ISSUES."""
    nobody = F.lit(None).cast("array<string>")
    unlinked = found.unlinked.unionByName(unlinked_opt_outs)
    return (
        to_conflicts(*found.claims)
        .unionByName(
            unlinked.select(F.lit("unlinked").alias("rule"), "network", "account", nobody.alias("entity_ids"), "reason")
        )
        .distinct()
    )


def to_hidden(run: Run, on: date) -> DataFrame:
    """network, account_id of accounts that are neither scored nor shown: opted out by now, or labelled under age.

    Now is the last delivery day that is in, so that a night gives the same scores whenever it runs.
    """
    lake = run.lake
    days = [row["delivered_on"] for row in lake.rows(FEED_DAYS, state="ready")]
    suppressed = to_suppressed(
        lake.read(OPT_OUTS),
        lake.read(PROFILES),
        lake.read(ENTITIES),
        lake.read(ENTITY_LINKS),
        now=max(days, default=on),
        score_date=on,
    )
    return suppressed.select("network", "account_id").distinct()


def to_silenced(run: Run, record: StepRecord, version: str, on: date) -> pa.Table | None:
    """Hidden accounts where what they do to others has no voice by the version's [suppression]; None where it counts.

    What they are told by goes into the record's versions, and so into the fingerprint of what is worked out from it.
    """
    if run.config.method(version).suppression.reactions_count:
        return None
    told_by = (
        (contract.name, run.lake.version(contract)) for contract in (OPT_OUTS, ENTITIES, ENTITY_LINKS, FEED_DAYS)
    )
    record.input_versions |= {name: number for name, number in told_by if number is not None}
    return to_hidden(run, on).toArrow()


def to_hidden_entities(run: Run, on: date) -> pa.Table:
    """entity_id of entities that opted out by now, as in `to_hidden`, under their id or one merged into it."""
    lake = run.lake
    days = [row["delivered_on"] for row in lake.rows(FEED_DAYS, state="ready")]
    now = max(days, default=on)
    return to_opted_out_entities(lake.read(OPT_OUTS), lake.read(ENTITIES), now=now).select("entity_id").toArrow()


def _versions(run: Run) -> dict[str, int]:
    versions = {contract.name: run.lake.version(contract) for contract in INPUTS}
    return {name: version for name, version in versions.items() if version is not None}
