"""pair_days, profiles, labels, posts, entity_links -> a candidate slice of account_scores, which no reader sees yet."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING, Any

from pyspark.sql import functions as F

from sway.contracts.calibration import Calibration
from sway.contracts.tables.scores import ACCOUNT_SCORES
from sway.errors import InputNotReady
from sway.runtime.lake import slice_of
from sway.runtime.landing_reader import union
from sway.runtime.run import Run, StepRecord
from sway.runtime.threads import side_by_side
from sway.stages.scores import to_account_scores, with_entities
from sway.steps.calibrate import frozen
from sway.steps.identify import to_hidden, to_links
from sway.steps.propagation import (
    Inputs,
    NetworkState,
    networks_with_acts,
    pin_inputs,
    propagate,
)
from sway.steps.readiness import last_good_day

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def score(run: Run, version: str, on: date) -> None:
    """Score every network of `version` as of `on` into this run's own slice.

    A network with a missing or broken feed is scored as of its last good date where the environment carries it
    forward, and flagged. Raises InputNotReady when the version has no calibration, no network has acts, or a network
    that is not carried forward, or too long, is not good until the date.
    """
    method = run.config.method(version)
    calibrations = frozen(run, version)
    with run.step("score", version=version, on=on) as record:
        networks = networks_with_acts(run, method, until=on)
        if not networks:
            raise InputNotReady(f"{version} on {on}: no network has acts on or before that date")
        days = {network: _as_of(run, record, network, on) for network in networks}
        inputs = pin_inputs(run, record)
        hidden = to_hidden(run, on).persist()
        good = {network: day for network, day in days.items() if day is not None}
        if not good:
            raise InputNotReady(f"{version} on {on}: no network has a good date yet")
        for network in sorted(good.keys() - calibrations.keys()):
            record.remark("has influence but no scores: not calibrated", network=network)
        done = side_by_side(
            lambda network: _network(
                run, record, version, network, inputs.of(network), on, good[network], calibrations.get(network), hidden
            ),
            sorted(good),
        )
        _write(run, record, version, on, with_entities(union([rows for _, rows in done]), to_links(run, record, on)))
        for state, _ in done:
            state.release()
        hidden.unpersist()


def _as_of(run: Run, record: StepRecord, network: str, on: date) -> date | None:
    """The day a network is scored as of: the score date, or its last good date; None where it has none."""
    readiness = run.config.environment.readiness
    good = last_good_day(run, network, on)
    if good == on:
        return good
    if good is None:
        record.remark("not scored: its feeds were never all in", network=network)
        return None
    days = (on - good).days
    if network not in readiness.carry_forward or days > readiness.longest_carry_days:
        raise InputNotReady(
            f"{network}: its feeds are good until {good} only, not until {on}; deliver what is missing, or carry it "
            f"forward under [readiness] of the environment file (at most {readiness.longest_carry_days} days); "
            "`sway doctor` says what is missing"
        )
    record.counts[f"{network}.carried_days"] = days
    record.remark(f"carried forward: scored as of its last good date, {good}", network=network)
    return good


def _network(
    run: Run,
    record: StepRecord,
    version: str,
    network: str,
    inputs: Inputs,
    on: date,
    as_of: date,
    row: dict[str, Any] | None,
    hidden: DataFrame,
) -> tuple[NetworkState, DataFrame]:
    """One network's scores, less the columns that name version, date and attempt."""
    method = run.config.method(version)
    has_profiles = inputs.has_profiles(as_of) if row is None else row["has_profiles"]
    state = propagate(run, record, version, network, inputs, as_of, has_profiles=has_profiles)
    calibration = None if row is None else Calibration(**{f.name: row[f.name] for f in fields(Calibration)})
    rows = to_account_scores(
        state.propagated,
        state.members,
        state.post_counts,
        hidden.where(F.col("network") == network),
        calibration=calibration,
        efficiency=method.efficiency,
        scale=method.scale,
        grades=method.grades,
    )
    flags = F.array(*(F.lit(flag) for flag in (["stale_network"] if as_of < on else []))).cast("array<string>")
    return state, rows.withColumns({"network": F.lit(network), "as_of": F.lit(as_of), "flags": flags})


def _write(run: Run, record: StepRecord, version: str, on: date, rows: DataFrame) -> None:
    named = rows.select(
        F.lit(version).alias("algorithm_version"),
        F.lit(on).alias("score_date"),
        F.lit(run.run_id).alias("attempt"),
        "*",
    )
    where = slice_of(algorithm_version=version, score_date=on, attempt=run.run_id)
    with record.timed("write"):
        run.lake.replace(ACCOUNT_SCORES, named, where=where)
    written = run.lake.read(ACCOUNT_SCORES).where(where)
    found = written.agg(F.count("*").alias("rows"), F.count("score").alias("scored"), checksum(written)).first()
    assert found is not None, "an aggregate without groups has one row"
    record.counts |= {"rows": found["rows"], "scored": found["scored"]}
    record.checksums["account_scores"] = found["checksum"]
    record.log.info("scored", rows=found["rows"], scored=found["scored"], checksum=found["checksum"])


def checksum(scores: DataFrame) -> Any:
    """Sixteen hexadecimal digits over every column but the attempt, whatever the order of the rows."""
    columns = [name for name in scores.columns if name != "attempt"]
    # A sum and not an exclusive or: two equal rows must not cancel. Halves of the hash sum without overflow.
    row = F.xxhash64(*columns)
    high, low = F.shiftright(row, 32), row.bitwiseAND(F.lit(0xFFFFFFFF))
    return F.lower(F.hex(F.xxhash64(F.sum(high), F.sum(low)))).alias("checksum")
