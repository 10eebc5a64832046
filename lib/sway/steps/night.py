"""Whole nights in one Spark session: ingest, roll up, score, audit, publish."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sway.errors import AuditFailed, ConfigError, InputNotReady
from sway.runtime import logs
from sway.runtime.run import Run
from sway.runtime.wording import many
from sway.steps.calibrate import calibrate, frozen
from sway.steps.file_checks import announced
from sway.steps.identify import identify
from sway.steps.ingest import ingest
from sway.steps.publish import publish, published_attempt
from sway.steps.readiness import Away, Landed, look, refuse_ahead
from sway.steps.roll_up import is_rolled_up, roll_up
from sway.steps.score import score


@dataclass(frozen=True)
class Plan:
    """What a night would do. `refused`: what is wrong with days that would end it before a row is read."""

    date: date
    landed: Landed
    needs_roll_up: bool
    to_score: tuple[str, ...]
    published: tuple[str, ...]
    refused: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return self.landed.is_empty and not (self.needs_roll_up or self.to_score)

    @property
    def _gone_on_without(self) -> list[Away]:
        return [away for away in self.landed.away if away not in self.landed.waited_for]

    def shown(self) -> dict[str, Any]:
        """The plan in plain values."""
        return {
            "date": str(self.date),
            "ingest": [
                {"network": p.network, "feed": p.feed, "days": [str(day.delivered_on) for day in p.days]}
                for p in self.landed.pending
            ],
            "away": [away.reason for away in self._gone_on_without],
            "waits_for": [away.reason for away in self.landed.waited_for],
            "refuses": list(self.refused),
            "roll_up": self.needs_roll_up,
            "score": list(self.to_score),
            "published_already": list(self.published),
        }

    def check(self) -> None:
        """Raise InputNotReady, as the night would, where it would wait or refuse a day by its manifest."""
        self.landed.check()
        if self.refused:
            raise InputNotReady(
                "files would be refused:\n  " + "\n  ".join(self.refused) + "\ndeliver file and manifest again"
            )

    def text(self) -> str:
        lines = [f"night of {self.date}, dry run: nothing was written"]
        waited_for = self.landed.waited_for
        lines += [f"  wait for   {away.reason}" for away in waited_for]
        lines += [f"  refuse   {sentence}" for sentence in self.refused]
        lines += [f"  go on without   {away.reason}" for away in self._gone_on_without]
        for p in self.landed.pending:
            first, last = p.days[0].delivered_on, p.days[-1].delivered_on
            rows = sum(file.rows for day in p.days for file in day.files)
            days = f"{many(len(p.days), 'day')}, {first} to {last}, {many(rows, 'row')}"
            lines.append(f"  ingest   {p.network}/{p.feed}: {days}")
        lines += ["  roll up   days whose interactions changed"] if self.needs_roll_up else []
        lines += [f"  score and publish   {version}" for version in self.to_score]
        lines += [f"  leave alone   {version}: published already" for version in self.published]
        return "\n".join(lines if not self.is_empty else [*lines, "  nothing to do"])


def plan(run: Run, on: date, versions: Sequence[str] | None) -> Plan:
    """Look at what a night has to do. Starts nothing and writes nothing.

    Raises ConfigError for an unknown version; InputNotReady when the date is after all deliveries, or a version to be
    scored has no calibration.
    """
    left = unpublished(run, on, versions)
    done = tuple(version for version in wanted(run, versions) if version not in left)
    landed = look(run, until=on)
    if not landed.waited_for:  # what is missing is said first
        refuse_ahead(run, on)
        for version in left:
            frozen(run, version)
    carried = run.config.environment.readiness.carry_forward
    checks = announced(day for one in landed.pending if one.network not in carried for day in one.days)
    refused = tuple(sentence for place in sorted(checks.broken) for sentence in checks.sentences(place))
    return Plan(on, landed, bool(landed.pending) or not is_rolled_up(run), left, done, refused)


def unpublished(run: Run, on: date, versions: Sequence[str] | None) -> tuple[str, ...]:
    """The versions wanted, by default the environment's, that have no published scores for a date.

    Raises ConfigError for an unknown version.
    """
    return tuple(v for v in wanted(run, versions) if published_attempt(run, v, on) is None)


def wanted(run: Run, versions: Sequence[str] | None) -> list[str]:
    """The versions named, else those the environment has for a night. Raises ConfigError for an unknown one."""
    named = list(dict.fromkeys(versions or run.config.environment.nightly))
    for version in named:
        run.config.method(version)
    return named


def night(run: Run, todo: Plan) -> None:
    """Do what `todo` says. A night whose versions are all published does nothing.

    Raises InputNotReady when something has not landed; AuditFailed, once all other versions are published, where the
    candidate of one failed.
    """
    log = logs.get(step="night")
    for version in todo.published:
        again = f"sway backfill --version {version} --from {todo.date} --to {todo.date} {run.lake.option}"
        log.info("published already", version=version, date=str(todo.date), to_restate=again)
    if todo.is_empty:
        log.info("nothing to do", date=str(todo.date))
        return
    ingest(run, todo.landed)
    roll_up(run)
    identify(run, todo.date)
    for_each(todo.to_score, todo.date, lambda version: score_and_publish(run, version, todo.date))


def for_each(versions: Sequence[str], on: date, do: Callable[[str], object]) -> None:
    """Do something with each version. Raises AuditFailed, once it was done with all others, where that of one did."""
    failed: list[AuditFailed] = []
    for version in versions:
        try:
            do(version)
        except AuditFailed as error:  # no reason to keep other versions' readers waiting
            logs.get(step="night").error("audit failed", version=version, date=str(on))
            failed.append(error)
    if failed:
        raise AuditFailed("\n".join(map(str, failed)))


def bring_in(run: Run, *, until: date) -> None:
    """Ingest every landing day up to `until` that is not in yet, roll up, and identify who is behind accounts.

    Raises InputNotReady, before anything is read, when `until` is after all deliveries.
    """
    landed = look(run, until=until)
    if not landed.waited_for:  # what is missing is said first
        refuse_ahead(run, until)
    ingest(run, landed)
    roll_up(run)
    identify(run, until)


def calibrate_version(run: Run, version: str, on: date) -> None:
    """Bring in what has landed and freeze the version's constants of this lake."""
    run.config.method(version)
    bring_in(run, until=on)
    calibrate(run, version, on)


def backfill(run: Run, version: str, first: date, last: date) -> None:
    """Score every date from `first` to `last` again by `version` and publish each.

    A date that is published already is restated: readers see the old scores until the new ones are published.
    Raises ConfigError when `first` is after `last`.
    """
    run.config.method(version)
    if first > last:
        raise ConfigError(f"backfill: expected --from on or before --to, found {first} and {last}")
    frozen(run, version)
    bring_in(run, until=last)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    for number, on in enumerate(days, start=1):
        logs.get(step="backfill").info("backfilling", version=version, date=str(on), day=number, days=len(days))
        score_and_publish(run, version, on)


def score_and_publish(run: Run, version: str, on: date) -> None:
    """One version's candidate for one date, audited and, if it passes, published."""
    score(run, version, on)
    publish(run, version, on, run.run_id)
