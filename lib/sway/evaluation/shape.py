"""E16: the shape of the scale on every network, on the day it is taken."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sway.evaluation.generated import NETWORKS, pages
from sway.evaluation.outcome import Cell, Outcome, Picture, Table
from sway.evaluation.setting import Setting
from sway.runtime.pictures import Panel, Series
from sway.stages.calibration import taken_over
from sway.steps.in_arrays import Scores, World

Floats = NDArray[np.float64]

NEAR = 1e-9  # points
HIGHEST = 95.0
POINTS_PER_BAR = 5


def shape(setting: Setting) -> Outcome:
    """Median, 95th and 99.9th percentile of every network; a network with too few accounts has no scale.

    As by `sway calibrate`, pages are measured against those linked to entities; all pages stand beside them.
    """
    outcome = Outcome(setting.generated())
    rows: list[tuple[Cell, ...]] = []
    panels, ends, tops = [], [], []
    for seed in setting.seeds:
        for network, (world, scores) in _scored(setting, seed).items():
            counted = scores.columns["is_counted"]
            taken = taken_over(counted, world.is_linked, setting.method.scale)
            if scores.calibration is None:
                rows.append((seed, network, int(counted.sum()), *(None,) * 5))
                continue
            rows.append((seed, network, int(counted.sum()), *_shaped(scores, counted)))
            if taken.sum() < counted.sum():
                rows.append((seed, f"{network}, pages linked to entities", int(taken.sum()), *_shaped(scores, taken)))
            ends.append(_shaped(scores, taken)[:2])
            tops.append(_shaped(scores, counted)[3])
            if seed == setting.seeds[0]:
                panels.append(_histogram(network, scores.columns["score"][counted]))
    head = ("seed", "over", "with U > 0", "median", "95th percentile", "99.9th", "99.9th, capped", "highest, capped")
    outcome.tables.append(Table(head, rows, digits=2))
    _judge(outcome, ends, tops, setting)
    most = max(setting.method.networks["linkedin"].senior_titles.values(), default=0.0)
    outcome.remarks.append(
        "LinkedIn's shape is that without titles, which are left out of generated worlds: on a night a senior one of a "
        f"confirmed person adds up to {most:g} to the raw score."
    )
    outcome.pictures.append(Picture("e16-shape", "Accounts by score, every network", panels))
    return outcome


def _scored(setting: Setting, seed: int) -> dict[str, tuple[World, Scores]]:
    grown = {name: setting.grown(seed, network) for name, network in NETWORKS.items()}
    worlds = {name: of.on(of.days - 1) for name, of in grown.items()}
    worlds["wikipedia"] = pages(setting.parameters(seed), setting.days - 1, list(grown.values()))
    return {name: (world, setting.scored(world, name)) for name, world in worlds.items()}


def _shaped(scores: Scores, who: NDArray[np.bool_]) -> tuple[float, ...]:
    """Median, 95th and 99.9th percentile before the cap; 99.9th and highest after it."""
    linear, score = scores.columns["linear"][who], scores.columns["score"][who]
    before, after = np.percentile(linear, [50.0, 95.0, 99.9]), np.percentile(score, [99.9, 100.0])
    return (*before.tolist(), *after.tolist())


def _judge(outcome: Outcome, ends: list[tuple[float, ...]], tops: list[float], setting: Setting) -> None:
    if not ends:
        aims = "median 20, 95th percentile 50, 99.9th below 95 after the cap"
        outcome.aim(aims, "no network has enough accounts", None)
        return
    medians, highs = (np.array(column) for column in zip(*ends, strict=True))
    scale = setting.method.scale
    for name, values, wanted in (
        ("median", medians, scale.median_points),
        ("95th percentile", highs, scale.high_points),
    ):
        apart = float(np.abs(values - wanted).max())
        told = f"apart by {apart:.0e} at most" if apart else "exactly so"
        over = "on every network (of pages: over those linked to entities), before the cap and the shift"
        outcome.aim(f"{name} {wanted:g} {over}", told, apart < NEAR)
    told = f"{min(tops):.1f} to {max(tops):.1f}"
    outcome.aim(f"99.9th percentile below {HIGHEST:g} after the cap", told, max(tops) < HIGHEST)


def _histogram(network: str, score: Floats) -> Panel:
    edges = np.arange(0.0, 100.0 + POINTS_PER_BAR, POINTS_PER_BAR)
    counts, _ = np.histogram(score, edges)
    bars = Series(network, (edges[:-1] + POINTS_PER_BAR / 2).tolist(), counts.tolist(), "bars")
    return Panel(network, "score", "accounts", [bars])
