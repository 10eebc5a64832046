"""identity_assertions, profiles -> entities, entity_links, identity_issues; and who is neither scored nor shown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa

from sway.contracts.contract import Contract
from sway.contracts.queries import select
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
    from sway.contracts.queries import Rows

INPUTS = (IDENTITY_ASSERTIONS, PROFILES, OPT_OUTS)
OUTPUTS = (ENTITIES, ENTITY_LINKS, IDENTITY_ISSUES)


def is_identified(run: Run, on: date) -> bool:
    """Whether entities already stand on the newest assertions and profiles, as of `on` or later."""
    if run.lake.version(IDENTITY_ASSERTIONS) is None and run.lake.version(OPT_OUTS) is None:
        return True
    stands_for = _stands_for(run)
    return stands_for is not None and stands_for >= on


def newest_asked(run: Run, on: date) -> date:
    """`on`, or the later date that the tables speak for already."""
    asked: list[date] = [
        row["score_date"] for row in run.lake.rows(RUNS, ("score_date",), step="identify", state="done")
    ]
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
        record.input_versions = _versions(run, INPUTS)
        claimed, profiles, opt_outs = (lake.dataset(c, version=record.input_versions.get(c.name)) for c in INPUTS)
        assertions = claimed.to_table()
        found = _work_out(run, assertions, profiles, on)
        issues = to_issues(found, to_unlinked_opt_outs(opt_outs.to_table(), profiles))
        for contract, rows in zip(OUTPUTS, (found.entities, found.entity_links, issues), strict=True):
            lake.replace_table(contract, rows)
        merged = len(found.entities) - found.entities["merged_into"].null_count
        record.counts = {
            "assertions": len(assertions),
            "entities": len(found.entities) - merged,
            "merged": merged,
            "links": len(found.entity_links),
            **{row["values"]: row["counts"] for row in issues["rule"].value_counts().to_pylist()},
        }
        record.log.info("identified", **record.counts)
        record.counts |= _made(run)


def identity_as_of(run: Run, record: StepRecord, on: date) -> tuple[pa.Table, pa.Table]:
    """Rows of ENTITIES and ENTITY_LINKS as of `on`: the tables' where they speak for that date, else worked out anew.

    So a date scored again has the entities it had. A link names an entity that stands, never one that was merged.
    """
    if run.lake.version(IDENTITY_ASSERTIONS) is None or _stands_for(run) == on:
        return _pinned(run, record, ENTITIES).to_table(), _pinned(run, record, ENTITY_LINKS).to_table()
    assertions = _pinned(run, record, IDENTITY_ASSERTIONS).to_table()
    found = _work_out(run, assertions, _pinned(run, record, PROFILES), on)
    return found.entities, found.entity_links


def _work_out(run: Run, assertions: pa.Table, profiles: Rows, on: date) -> Identity:
    most_links = run.config.environment.most_identity_links
    connect = connect_for(lambda: run.spark, len(assertions), most_links=most_links)
    known = run.lake.dataset(ENTITIES).to_table()
    return to_identity(assertions, profiles, known, as_of=on, connect=connect)


def _stands_for(run: Run) -> date | None:
    """The date the identity tables speak for; None where they do not stand on the newest assertions and profiles.

    Nor do they where a run that was killed has replaced one of them since.
    """
    columns = ("score_date", "ended_at", "input_versions", "counts")
    done = run.lake.rows(RUNS, columns, step="identify", state="done")
    last = max(done, key=lambda row: row["ended_at"], default=None)
    if last is None or last["input_versions"] != _versions(run, INPUTS):
        return None
    found: date | None = last["score_date"] if _made(run).items() <= last["counts"].items() else None
    return found


ISSUES = """
    SELECT DISTINCT rule, network, account, entity_ids, reason FROM (
        FROM conflicts UNION ALL BY NAME
        SELECT 'unlinked' AS rule, network, account, reason FROM unlinked UNION ALL BY NAME
        FROM opt_outs
    ) ORDER BY ALL
"""


def to_issues(found: Identity, unlinked_opt_outs: pa.Table) -> pa.Table:
    """Conflicts and references that no account is known for, as rows of IDENTITY_ISSUES."""
    conflicts = to_conflicts(*found.claims)
    issues = select(ISSUES, conflicts=conflicts, unlinked=found.unlinked, opt_outs=unlinked_opt_outs)
    return IDENTITY_ISSUES.conform_arrow(issues)


def to_hidden(run: Run, record: StepRecord, on: date) -> pa.Table:
    """network, account_id of accounts that are neither scored nor shown: opted out by now, or labelled under age.

    Now is the last delivery day that is in, so that a night gives the same scores whenever it runs.
    """
    suppressed = to_suppressed(
        _pinned(run, record, OPT_OUTS).to_table(),
        _pinned(run, record, PROFILES),
        _pinned(run, record, ENTITIES),
        _pinned(run, record, ENTITY_LINKS),
        now=_now(run, record, on),
    )
    return suppressed.select(["network", "account_id"])


def _now(run: Run, record: StepRecord, on: date) -> date:
    days = _pinned(run, record, FEED_DAYS).to_table(["delivered_on", "state"]).to_pylist()
    return max((row["delivered_on"] for row in days if row["state"] == "ready"), default=on)


def to_silenced(run: Run, record: StepRecord, version: str, on: date) -> tuple[pa.Table | None, dict[str, int]]:
    """Hidden accounts, if the version's [suppression] gives what they do to others no voice; None if it counts.

    Besides the versions of the tables that name them.
    """
    if run.config.method(version).suppression.reactions_count:
        return None, {}
    hidden = to_hidden(run, record, on)
    names = {contract.name for contract in (OPT_OUTS, PROFILES, ENTITIES, ENTITY_LINKS, FEED_DAYS)}
    return hidden, {name: version for name, version in record.input_versions.items() if name in names}


def to_hidden_entities(run: Run, record: StepRecord, on: date) -> pa.Table:
    """entity_id of entities that opted out by now, as in `to_hidden`, under their id or one merged into it."""
    opted_out = to_opted_out_entities(
        _pinned(run, record, OPT_OUTS).to_table(), _pinned(run, record, ENTITIES), now=_now(run, record, on)
    )
    return opted_out.select(["entity_id"])


def _pinned(run: Run, record: StepRecord, contract: Contract) -> Rows:
    """A table at the version the step reads it at: the newest when it was first read, which goes into the record."""
    version = record.input_versions.get(contract.name)
    if version is None:
        version = run.lake.version(contract)
        if version is not None:
            version = record.input_versions.setdefault(contract.name, version)
    return run.lake.dataset(contract, version=version)


def _versions(run: Run, contracts: Iterable[Contract]) -> dict[str, int]:
    versions = {contract.name: run.lake.version(contract) for contract in contracts}
    return {name: version for name, version in versions.items() if version is not None}


def _made(run: Run) -> dict[str, int]:
    """Versions of the identity tables as a record counts them."""
    return {f"version.{name}": version for name, version in _versions(run, OUTPUTS).items()}
