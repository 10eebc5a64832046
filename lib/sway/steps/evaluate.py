"""Run experiments and write the report: data sets and generated worlds -> a page with pictures. No Spark, no lake."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sway.errors import ConfigError
from sway.evaluation.experiments import EXPERIMENTS, Experiment
from sway.evaluation.files import DataFolder, ReportFolder
from sway.evaluation.outcome import Absent, Outcome
from sway.evaluation.report import MET, Section, page
from sway.evaluation.setting import Setting
from sway.runtime.config import HOME, Config
from sway.runtime.pictures import plots

ACCOUNTS, DAYS, SEEDS = 20_000, 40, (7,)
FULL_ACCOUNTS, FULL_SEEDS = 50_000, (7, 8, 9, 10, 11)
# In the project folder. A page of some experiments alone must not take the place of the report of all.
REPORT, PART = "docs/evaluation.md", "build/evaluation.md"


@dataclass(frozen=True)
class Wanted:
    """What to run: experiments by key (all, if none is named), data sets' folder, and worlds' size.

    out: the page to write; where none is named, REPORT, or PART with experiments by key.
    """

    data: Path | None
    only: tuple[str, ...]
    is_full: bool
    accounts: int | None
    out: Path | None

    @property
    def page(self) -> Path:
        return self.out or HOME / (PART if self.only else REPORT)

    def command(self, only: Sequence[str]) -> str:
        """As a reader would type it; where the data lie is the reader's own."""
        parts = ["sway evaluate", "--data DATA" if self.data else "", f"--only {','.join(only)}" if only else ""]
        parts += ["--full" if self.is_full else "", f"--accounts {self.accounts}" if self.accounts else ""]
        return " ".join(part for part in parts if part)


def evaluate(config: Config, wanted: Wanted, *, on: date, tell: Callable[[str], None]) -> list[Section]:
    """Run the experiments wanted, in the order of the report, and write it.

    Raises ConfigError where an experiment is not known or, before any is run, the report cannot be written.
    """
    chosen = _chosen(wanted.only)
    report = ReportFolder(wanted.page)
    accounts = wanted.accounts or (FULL_ACCOUNTS if wanted.is_full else ACCOUNTS)
    seeds = FULL_SEEDS if wanted.is_full else SEEDS
    setting = Setting(config.methods, DataFolder(wanted.data), accounts, DAYS, seeds)
    sections = []
    for experiment in chosen:
        tell(f"{experiment.key}: {experiment.title}")
        sections.append(_section(experiment, setting, wanted))
        _draw(sections[-1].outcome, report)
    report.write(page(sections, command=wanted.command(wanted.only), on=on, pictures=report.pictures.name))
    return sections


def _chosen(only: Sequence[str]) -> list[Experiment]:
    known = {experiment.key.lower(): experiment for experiment in EXPERIMENTS}
    strange = [key for key in only if key.lower() not in known]
    if strange:
        expected = ", ".join(experiment.key for experiment in EXPERIMENTS)
        raise ConfigError(f"--only: expected experiments ({expected}), found {', '.join(map(repr, strange))}")
    asked = {key.lower() for key in only}
    return [experiment for key, experiment in known.items() if not asked or key in asked]


def _section(experiment: Experiment, setting: Setting, wanted: Wanted) -> Section:
    command = wanted.command((experiment.key,))
    try:
        return Section(experiment.key, experiment.title, command, experiment.run(setting))
    except Absent as absent:
        return Section(experiment.key, experiment.title, command, None, str(absent))


def _draw(outcome: Outcome | None, report: ReportFolder) -> None:
    for picture in outcome.pictures if outcome else ():
        plots(report.picture(f"{picture.name}.svg"), picture.panels)


def shown(sections: Sequence[Section]) -> list[dict[str, object]]:
    """Aims for machines; an experiment without one stands alone."""
    rows: list[dict[str, object]] = []
    for section in sections:
        if section.outcome is None:
            rows.append({"experiment": section.key, "skipped": section.reason})
        elif not section.outcome.aims:
            rows.append({"experiment": section.key})
        else:
            rows += [
                {"experiment": section.key, "wanted": aim.wanted, "found": aim.found, "is_met": aim.is_met}
                for aim in section.outcome.aims
            ]
    return rows


def text(sections: Sequence[Section], out: Path) -> str:
    """Aims for people."""
    lines = []
    for section in sections:
        if section.outcome is None:
            lines.append(f"{section.key}  skipped: {section.reason}")
            continue
        lines += [f"{section.key}  {MET[aim.is_met]}: {aim.wanted}: {aim.found}" for aim in section.outcome.aims]
    return "\n".join([*lines, f"report: {out}"])
