"""How alike versions are on one date: published account_scores -> a table of pairs of versions. No Spark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sway.contracts.tables.record import PUBLISHED
from sway.contracts.tables.scores import ACCOUNT_SCORES
from sway.errors import InputNotReady
from sway.kernels.agreement import one_percent, overlap, spearman
from sway.runtime.pictures import heat_maps
from sway.runtime.run import Run
from sway.runtime.views import over
from sway.runtime.wording import in_columns
from sway.steps.publish import DATASET

TOP = 50
MEASURES = (("spearman", "Spearman"), ("top_50", "top 50"), ("top_1_percent", "top 1 %"))


@dataclass(frozen=True)
class Agreement:
    """Two versions on one network, over accounts that both score: numbers from 0 (spearman: -1) to 1.

    None where nothing can be told: where the top would be all accounts, and where all have one score.
    """

    network: str
    version: str
    other: str
    accounts: int
    spearman: float | None
    top_50: float | None
    top_1_percent: float | None


def agree(run: Run, on: date) -> list[Agreement]:
    """Every two versions published for a date, network by network.

    Raises InputNotReady where fewer than two versions are published for it.
    """
    attempts = {r["algorithm_version"]: r["attempt"] for r in run.lake.rows(PUBLISHED, dataset=DATASET, score_date=on)}
    if len(attempts) < 2:
        raise InputNotReady(
            f"agree: expected two or more versions published for {on}, found {', '.join(sorted(attempts)) or 'none'}; "
            f"score others with `sway backfill --version VERSION --from {on} --to {on} {run.lake.option}`"
        )
    scores = {version: _scores(run, version, on, attempt) for version, attempt in attempts.items()}
    networks = sorted({network for by_network in scores.values() for network in by_network})
    return [
        _compared(network, one, other, scores[one].get(network, {}), scores[other].get(network, {}))
        for network in networks
        for one, other in combinations(sorted(scores), 2)
    ]


def _scores(run: Run, version: str, on: date, attempt: str) -> dict[str, dict[str, float]]:
    """Scores before the cap, whose order is the same and has no ties at the top, by network and account."""
    found: dict[str, dict[str, float]] = {}
    rows = over(run.lake, ACCOUNT_SCORES).execute(
        "SELECT network, account_id, linear FROM account_scores WHERE algorithm_version = ? AND score_date = ? "
        "AND attempt = ? AND linear IS NOT NULL ORDER BY network, account_id",
        [version, on, attempt],
    )
    for network, account, linear in rows.fetchall():
        found.setdefault(network, {})[account] = linear
    return found


def _compared(network: str, one: str, other: str, first: dict[str, float], second: dict[str, float]) -> Agreement:
    both = sorted(first.keys() & second.keys())
    a, b = (np.array([scores[account] for account in both], np.float64) for scores in (first, second))
    return Agreement(network, one, other, len(both), *(_number(value) for value in _measures(a, b)))


def _measures(a: NDArray[np.float64], b: NDArray[np.float64]) -> tuple[float, float, float]:
    return spearman(a, b), overlap(a, b, TOP), overlap(a, b, one_percent(len(a)))


def _number(value: float) -> float | None:
    return None if np.isnan(value) else value


def shown(found: Sequence[Agreement]) -> list[dict[str, Any]]:
    """Rows for machines."""
    return [asdict(one) for one in found]


def text(found: Sequence[Agreement]) -> str:
    """The table for people."""
    rows: list[tuple[str, ...]] = [("network", "version", "other", "accounts", *(title for _, title in MEASURES))]
    for one in found:
        measures = (_told(getattr(one, name)) for name, _ in MEASURES)
        rows.append((one.network, one.version, one.other, f"{one.accounts:,}", *measures))
    return "\n".join(in_columns(rows))


def draw(found: Sequence[Agreement], path: str) -> None:
    """A picture of how alike every two versions are: a row a network, a square a measure."""
    grid = []
    for network in sorted({one.network for one in found}):
        own = [one for one in found if one.network == network]
        names = sorted({name for one in own for name in (one.version, one.other)})
        grid.append([(f"{network}: {title}", names, _square(own, names, measure)) for measure, title in MEASURES])
    heat_maps(path, grid)


def _square(found: Sequence[Agreement], names: Sequence[str], measure: str) -> list[list[float | None]]:
    known = {frozenset((one.version, one.other)): getattr(one, measure) for one in found}
    return [[1.0 if a == b else known[frozenset((a, b))] for b in names] for a in names]


def _told(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
