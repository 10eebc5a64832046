"""One run: who it is, what it was told, and the record it leaves of each step in the table `runs`."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from sway import __version__
from sway.contracts.tables.record import RUNS
from sway.runtime import logs
from sway.runtime.config import Config
from sway.runtime.lake import Lake
from sway.runtime.landing import Landing

if TYPE_CHECKING:
    import structlog
    from pyspark.sql import SparkSession


class Remark(NamedTuple):
    """A sentence about a step, for `runs.message`."""

    sentence: str
    is_warning: bool


@dataclass
class StepRecord:
    """What a step adds to its row in `runs` while it works. failure: what ended it."""

    log: structlog.typing.FilteringBoundLogger
    input_versions: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    files: list[dict[str, Any]] = field(default_factory=list)
    checksums: dict[str, str] = field(default_factory=dict)
    figures: dict[str, float] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    failure: str | None = None

    def remark(self, what: str, *, network: str, is_warning: bool = True) -> None:
        """Keep what holds for one network for the step's message; a warning goes into the log too."""
        if is_warning:
            self.log.warning(what, network=network)
        self.remarks.append(Remark(f"{network}{':' if is_warning else ''} {what}", is_warning))

    @property
    def message(self) -> str | None:
        """What failed, else the warnings as they came; then the other remarks, sorted, since networks go side by side.

        None where nothing was said.
        """
        warnings = [sentence for sentence, is_warning in self.remarks if is_warning]
        others = sorted(sentence for sentence, is_warning in self.remarks if not is_warning)
        return "; ".join([*([self.failure] if self.failure else warnings), *others]) or None

    @contextmanager
    def timed(self, part: str) -> Iterator[None]:
        """Record the seconds of one part of the step; of one that is done again, of all times."""
        began, name = time.monotonic(), f"{part}_seconds"
        yield
        self.figures[name] = round(self.figures.get(name, 0.0) + time.monotonic() - began, 3)


class Run:
    """One process working on one lake. Spark starts when it is first needed, and not for looking."""

    def __init__(self, config: Config, lake: str, *, name: str, spark: SparkSession | None = None) -> None:
        self.config = config
        self.name = name
        self.run_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
        self.landing = Landing(lake)
        self.lake = Lake(lake, run_id=self.run_id, spark=lambda: self.spark)
        self._given = spark

    @cached_property
    def spark(self) -> SparkSession:
        if self._given is not None:
            return self._given
        from sway.runtime.session import start_spark

        logs.get(step="start").info("starting Spark")
        return start_spark(self.config.environment, name=f"sway {self.name}")

    @contextmanager
    def step(
        self, name: str, *, network: str | None = None, version: str | None = None, on: date | None = None
    ) -> Iterator[StepRecord]:
        """Run one step and leave its row in `runs`, whether it succeeds or not."""
        about = {"network": network, "version": version, "date": None if on is None else str(on)}
        record = StepRecord(logs.get(step=name, **{k: v for k, v in about.items() if v is not None}))
        began = datetime.now(UTC)

        def leave(state: str) -> None:
            row = {
                "run_id": self.run_id,
                "step": name,
                "network": network,
                "algorithm_version": version,
                "score_date": on,
                "state": state,
                "message": record.message,
                "started_at": began,
                "ended_at": datetime.now(UTC),
                "input_versions": record.input_versions,
                "config_hash": self.config.hash,
                "code_version": __version__,
                "counts": record.counts,
                "files": record.files,
                "checksums": record.checksums,
                "figures": record.figures,
            }
            self.lake.add(RUNS, [row])

        try:
            yield record
        except BaseException as error:
            record.failure = f"{type(error).__name__}: {error}"[:2000]
            try:
                leave("failed")
            except Exception as second:  # the first error is the one to act on
                record.log.warning("the failure could not be recorded in the table runs", why=str(second))
            raise
        leave("done")
