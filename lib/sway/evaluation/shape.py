"""E16: the shape of the scale on every network, on the day it is taken."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sway.evaluation.generated import NETWORKS, pages
from sway.evaluation.outcome import Cell, Outcome, Picture, Table
from sway.evaluation.setting import Setting
from sway.runtime.pictures import Panel, Series
from sway.steps.in_arrays import Scores

Floats = NDArray[np.float64]

NEAR = 1e-9  # points
HIGHEST = 95.0
POINTS_PER_BAR = 5


def shape(setting: Setting) -> Outcome:
    """Median, 95th and 99.9th percentile of every network; a network with too few accounts has no scale."""
    outcome = Outcome(setting.generated())
    rows: list[tuple[Cell, ...]] = []
    panels, found = [], []
    for seed in setting.seeds:
        for network, scores in _scored(setting, seed).items():
            if scores.calibration is None:
                rows.append((seed, network, int(scores.columns["is_counted"].sum()), None, None, None, None))
                continue
            counted = scores.columns["is_counted"]
            linear, score = scores.columns["linear"][counted], scores.columns["score"][counted]
            median, high = (float(value) for value in np.percentile(linear, [50.0, 95.0]))
            top = float(np.percentile(score, 99.9))
            rows.append((seed, network, int(counted.sum()), median, high, top, float(score.max())))
            found.append((median, high, top))
            if seed == setting.seeds[0]:
                panels.append(_histogram(network, score))
    head = ("seed", "network", "accounts with U > 0", "median", "95th percentile", "99.9th, capped", "highest, capped")
    outcome.tables.append(Table(head, rows, digits=2))
    _judge(outcome, found, setting)
    outcome.pictures.append(Picture("e16-shape", "Accounts by score, every network", panels))
    return outcome


def _scored(setting: Setting, seed: int) -> dict[str, Scores]:
    grown = {name: setting.grown(seed, network) for name, network in NETWORKS.items()}
    found = {name: setting.scored(of.on(of.days - 1), name) for name, of in grown.items()}
    world = pages(setting.parameters(seed), setting.days - 1)
    return found | {"wikipedia": setting.scored(world, "wikipedia")}


def _judge(outcome: Outcome, found: list[tuple[float, float, float]], setting: Setting) -> None:
    if not found:
        outcome.aim("median 20, 95th percentile 50, 99.9th below 95", "no network has enough accounts", None)
        return
    medians, highs, tops = (np.array(column) for column in zip(*found, strict=True))
    scale = setting.method.scale
    for name, values, wanted in (
        ("median", medians, scale.median_points),
        ("95th percentile", highs, scale.high_points),
    ):
        apart = float(np.abs(values - wanted).max())
        told = f"apart by {apart:.0e} at most" if apart else "exactly so"
        outcome.aim(f"{name} {wanted:g} on every network, before the cap and the shift", told, apart < NEAR)
    told = f"{tops.min():.1f} to {tops.max():.1f}"
    outcome.aim(f"99.9th percentile below {HIGHEST:g}", told, bool(tops.max() < HIGHEST))


def _histogram(network: str, score: Floats) -> Panel:
    edges = np.arange(0.0, 100.0 + POINTS_PER_BAR, POINTS_PER_BAR)
    counts, _ = np.histogram(score, edges)
    bars = Series(network, (edges[:-1] + POINTS_PER_BAR / 2).tolist(), counts.tolist(), "bars")
    return Panel(network, "score", "accounts", [bars])
