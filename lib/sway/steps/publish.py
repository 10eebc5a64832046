"""Audit a candidate of account_scores and entity_scores; only then readers see it, by one commit of `published`."""

from __future__ import annotations

import getpass
import os
from datetime import UTC, date, datetime
from typing import Any

from sway.contracts.contract import Contract
from sway.contracts.tables.record import METRICS, PROMOTIONS, PUBLISHED, RUNS
from sway.contracts.tables.scores import ACCOUNT_SCORES, ENTITY_SCORES
from sway.errors import AuditFailed, InputNotReady, LeaseHeld
from sway.runtime.run import Run
from sway.runtime.slices import slice_of
from sway.runtime.views import over
from sway.steps.executors import tidy_work

DATASET = "scores"
CLOSENESS = 1e-9  # of what adds up to 1


def published_attempt(run: Run, version: str, on: date) -> str | None:
    """The attempt readers see for a version and date."""
    rows = run.lake.rows(PUBLISHED, dataset=DATASET, algorithm_version=version, score_date=on)
    return rows[0]["attempt"] if rows else None


def newest_candidate(run: Run, version: str, on: date) -> str:
    """The newest finished attempt at a version and date. Raises InputNotReady when there is none."""
    rows = run.lake.rows(RUNS, step="score", state="done", algorithm_version=version, score_date=on)
    if not rows:
        raise InputNotReady(f"{version} on {on}: nothing was scored yet; run the step score first")
    return str(max(rows, key=lambda row: row["ended_at"])["run_id"])


def publish(run: Run, version: str, on: date, attempt: str) -> None:
    """Audit `attempt` and move the pointer to it; the first version ever published becomes current.

    Raises AuditFailed naming every audit that failed: the candidate stays for inspection, readers see what they
    saw before. Raises LeaseHeld when a newer attempt is published, already or meanwhile.
    """
    before = published_attempt(run, version, on)
    if before == attempt:
        return
    if before is not None and before > attempt:
        raise LeaseHeld(f"{version} on {on}: attempt {before} is newer than {attempt} and published already")
    with run.step("publish", version=version, on=on) as record:
        metrics = _audit(run, version, on, attempt)
        audited: dict[str, Any] = {"run_id": attempt, "algorithm_version": version, "score_date": on}
        if run.lake.rows(METRICS, **audited):  # by a run that failed, or was killed before it published
            run.lake.remove(METRICS, where=slice_of(**audited))
        run.lake.add(METRICS, metrics)
        failed = [row for row in metrics if row["outcome"] == "failed"]
        if failed:
            listed = "\n  ".join(
                f"{row['name']}: expected {row['low']} to {row['high']}, found {row['value']}" for row in failed
            )
            raise AuditFailed(
                f"{version} on {on}: audit failed, nothing was published:\n  {listed}\n"
                f"the candidate is attempt {attempt} in account_scores; limits stand in conf/audits.toml"
            )
        # First, so that a run killed in between finds its date unpublished and comes here again.
        if not run.lake.rows(PROMOTIONS):
            decide(run, version, sequence=1, parent=None, why="first publication")
            record.log.info("is current, as the first version published in this lake")
        row = {"dataset": DATASET, "algorithm_version": version, "score_date": on, "attempt": attempt}
        row["published_at"] = datetime.now(UTC)
        run.lake.put(PUBLISHED, [row], replacing="old.attempt < new.attempt")
        record.log.info("published", attempt=attempt)
        tidy_work(run, version)


def decide(run: Run, version: str, *, sequence: int, parent: int | None, why: str) -> None:
    """Append one decision which version is current. Raises LeaseHeld when another run decided meanwhile."""
    row = {
        "sequence": sequence,
        "algorithm_version": version,
        "parent": parent,
        "who": _who(),
        "decided_at": datetime.now(UTC),
        "why": why,
    }
    run.lake.put(PROMOTIONS, [row], replacing=False)


def _who() -> str:
    """The account of the operating system; in a container it may be a number without a name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def _audit(run: Run, version: str, on: date, attempt: str) -> list[dict[str, Any]]:
    """Every figure the audits look at, with its limits and outcome."""
    limits = run.config.audits.scores
    where = slice_of(algorithm_version=version, score_date=on, attempt=attempt)
    rows, scored, keys, bad = _audited(run, ACCOUNT_SCORES, where)
    earlier = _rows_earlier(run, version, on)
    checks = [
        ("rows", rows, 1, None),
        ("scored", scored, None, None),
        ("repeated_keys", rows - keys, None, 0),
        ("bad_scores", bad, None, 0),
        ("rows_against_earlier", rows / earlier if earlier else None, limits.rows_low, limits.rows_high),
        ("residual", _residual(run, version, on, attempt), None, limits.residual),
    ]
    if run.config.method(version).entities is not None:
        checks += _entity_checks(run, where)
    about = {"run_id": attempt, "algorithm_version": version, "score_date": on, "network": None}
    return [
        {
            **about,
            "name": name,
            "value": value,
            "low": low,
            "high": high,
            "outcome": _outcome(value, low, high),
        }
        for name, value, low, high in checks
    ]


def _audited(run: Run, contract: Contract, where: str) -> tuple[int, int, int, int]:
    """Rows of a slice, those with a score, distinct keys, and rows that break the rule of a column of doubles."""
    key = ", ".join(column for column in contract.key if column not in contract.partitions)
    rules = " AND ".join(f"({field.constraint})" for field in contract.fields if field.type == "double")
    sql = f"""
        SELECT count(*), count(score), count(DISTINCT ({key})), count(*) FILTER (WHERE NOT coalesce({rules}, false))
        FROM {contract.name} WHERE {where}"""
    found = over(run.lake, contract).execute(sql).fetchone()
    assert found is not None, "an aggregate without groups has one row"
    rows, scored, keys, bad = found
    return rows, scored, keys, bad


def _entity_checks(run: Run, where: str) -> list[tuple[str, float | None, float | None, float | None]]:
    """Audits of entity_scores: keys once, rules kept, contributions that add up to 1 wherever there are any."""
    rows, scored, keys, bad = _audited(run, ENTITY_SCORES, where)
    sql = f"""
        SELECT coalesce(max(abs(list_sum(map_values(contributions)) - 1)), 0)
        FROM entity_scores WHERE {where} AND cardinality(contributions) > 0"""
    found = over(run.lake, ENTITY_SCORES).execute(sql).fetchone()
    return [
        ("entity_rows", rows, None, None),
        ("entity_scored", scored, None, None),
        ("entity_repeated_keys", rows - keys, None, 0),
        ("entity_bad_scores", bad, None, 0),
        ("entity_contributions_off", found[0] if found else None, None, CLOSENESS),
    ]


def _outcome(value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        return "no baseline"
    is_within = (low is None or value >= low) and (high is None or value <= high)
    return "passed" if is_within else "failed"


def _rows_earlier(run: Run, version: str, on: date) -> float | None:
    """Rows of the nearest earlier published date of the same version; None where there is none."""
    rows = run.lake.rows(PUBLISHED, dataset=DATASET, algorithm_version=version)
    earlier = [row for row in rows if row["score_date"] < on]
    if not earlier:
        return None
    nearest = max(earlier, key=lambda row: row["score_date"])
    history = run.lake.rows(METRICS, name="rows", run_id=nearest["attempt"], algorithm_version=version)
    counts = [row["value"] for row in history if row["score_date"] == nearest["score_date"]]
    return counts[0] if counts else None


def _residual(run: Run, version: str, on: date, attempt: str) -> float | None:
    """The largest residual of any network's propagation in this attempt; None where nothing was propagated."""
    rows = run.lake.rows(RUNS, step="score", run_id=attempt, algorithm_version=version, score_date=on)
    figures = [value for row in rows for name, value in row["figures"].items() if name.endswith("residual")]
    return max(figures, default=None)
