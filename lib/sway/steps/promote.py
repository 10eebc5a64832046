"""Which version is current: a promotion or a rollback is one commit of `promotions`."""

from __future__ import annotations

from typing import Any

from sway.contracts.tables.record import PROMOTIONS, PUBLISHED
from sway.errors import ConfigError, InputNotReady
from sway.runtime import logs
from sway.runtime.run import Run
from sway.steps.publish import DATASET, decide


def current(run: Run) -> dict[str, Any] | None:
    """The decision that holds: the row of `promotions` with the highest sequence."""
    return max(run.lake.rows(PROMOTIONS), key=lambda row: row["sequence"], default=None)


def unscored(run: Run) -> str | None:
    """What readers miss where nights do not score the version they see; None where it is one of the environment's."""
    now, nightly = current(run), run.config.environment.nightly
    if now is None or now["algorithm_version"] in nightly:
        return None
    version = now["algorithm_version"]
    return (
        f"{version} is current, and nights score {', '.join(nightly)} alone (`nightly` of the environment file): "
        f"readers see no date after {max(_dates(run, version), default=None)}"
    )


def promote(run: Run, version: str, *, why: str = "promotion") -> None:
    """Make `version` current for every date at once.

    Raises InputNotReady when it lacks the newest date readers have now: they would lose it. Warns where no night scores
    it.
    """
    run.config.method(version)
    now = current(run)
    if now is not None and now["algorithm_version"] == version:
        return
    there = _dates(run, version)
    if not there:
        raise InputNotReady(
            f"{version} has no published date in this lake; run "
            f"`sway backfill --version {version} --from DAY --to DAY {run.lake.option}` first"
        )
    if now is not None:
        newest = max(_dates(run, now["algorithm_version"]), default=None)
        if newest is not None and newest not in there:
            raise InputNotReady(
                f"{version} has no scores for {newest}, the newest date of {now['algorithm_version']}; run "
                f"`sway backfill --version {version} --from {newest} --to {newest} {run.lake.option}` first"
            )
    sequence, parent = (1, None) if now is None else (now["sequence"] + 1, now["sequence"])
    decide(run, version, sequence=sequence, parent=parent, why=why)
    _warn(unscored(run))


def rollback(run: Run) -> str:
    """Return to the version before the last promotion, and say which it is.

    Warns where it lacks the newest date readers had, or no night scores it: what is wrong may have to go at once.
    Raises ConfigError when there is nothing to return to.
    """
    now = current(run)
    if now is None or now["parent"] is None:
        raise ConfigError("nothing to roll back to: no promotion has replaced another version in this lake")
    rows = {row["sequence"]: row for row in run.lake.rows(PROMOTIONS)}
    before = rows[now["parent"]]
    version, why = str(before["algorithm_version"]), f"rollback of {now['sequence']}"
    decide(run, version, sequence=now["sequence"] + 1, parent=before["parent"], why=why)
    newest = max(_dates(run, now["algorithm_version"]), default=None)
    if newest is not None and newest not in _dates(run, version):
        again = f"`sway backfill --version {version} --from {newest} --to {newest} {run.lake.option}`"
        _warn(f"{version} has no scores for {newest}, the newest date of {now['algorithm_version']}; run {again}")
    _warn(unscored(run))
    return version


def _warn(sentence: str | None) -> None:
    if sentence is not None:
        logs.get(step="promote").warning(sentence)


def _dates(run: Run, version: str) -> set[Any]:
    rows = run.lake.rows(PUBLISHED, dataset=DATASET, algorithm_version=version)
    return {row["score_date"] for row in rows}
