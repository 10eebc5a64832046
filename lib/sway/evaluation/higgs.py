"""E1b: on real acts of one week, does the score foresee who will be reacted to in what is left of it?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sway.engine.in_memory import Acts
from sway.evaluation.measures import top_one_percent
from sway.evaluation.outcome import Outcome, Table
from sway.evaluation.setting import UNSCALED, VERSION, Setting, with_half_life
from sway.kernels.agreement import spearman
from sway.steps.in_arrays import World, score_arrays

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

DATA_SET, FILE = "higgs-twitter", "higgs-activity_time.txt.gz"
ACTIONS = {"RT": "retweet", "RE": "reply", "MT": "mention"}  # one act counted once: the first of these stays
DAY_S = 86_400
CUTS = (3, 4, 5)  # days after the first event
WITHIN_OVERLAP, WITHIN_SPEARMAN, ABOVE_PAGERANK = 0.01, 0.045, 0.04


class Week(NamedTuple):
    """Rows by time: accounts by number, place of the action, seconds after the first event."""

    actor: Integers
    target: Integers
    action: Integers
    second: Integers
    first_s: int
    accounts: int


def read(setting: Setting) -> Week:
    """The week, without acts on oneself, each act once (method 1)."""
    cells = [line.split(" ") for line in setting.data.lines(DATA_SET, FILE)]
    actor, target, second, code = zip(*cells, strict=True)
    ids = np.array([actor, target], np.int64)
    numbers, places = np.unique(ids, return_inverse=True)
    one, other = places.reshape(ids.shape)
    place = np.array([list(ACTIONS).index(kind) for kind in code])
    at = np.array(second, np.int64)
    kept = (one != other) & _is_first(one, other, at, place)
    names = sorted(setting.method.networks["twitter"].actions)
    action = np.array([names.index(name) for name in ACTIONS.values()])[place[kept]]
    return Week(one[kept], other[kept], action, at[kept] - at.min(), int(at.min()), len(numbers))


def _is_first(one: Integers, other: Integers, at: Integers, place: Integers) -> NDArray[np.bool_]:
    """Whether no row of the same actor, target and second has an action before it in the fixed order."""
    order = np.lexsort((place, at, other, one))
    keys = np.stack([one[order], other[order], at[order]])
    starts = np.flatnonzero(np.append(True, (keys[:, 1:] != keys[:, :-1]).any(axis=0)))
    least = np.repeat(place[order][starts], np.diff(starts, append=len(order)))
    found = np.empty(len(order), bool)
    found[order] = place[order] == least
    return found


def foresight(setting: Setting) -> Outcome:
    """The score at three cuts against the distinct reactors afterwards, known ones included."""
    week = read(setting)
    outcome = Outcome(
        f"{DATA_SET}: {len(week.actor):,} acts counted once, {week.accounts:,} accounts, 1 to 7 July 2012; over "
        "accounts with a reaction before the cut"
    )
    found = {}
    for cut in CUTS:
        for name, value in _numbers(setting, week, cut).items():
            found[name, cut] = _against(week, cut, value)
    names = list(dict.fromkeys(name for name, _ in found))
    rows = [(name, *(f"{found[name, cut][0]:.3f} / {found[name, cut][1]:.3f}" for cut in CUTS)) for name in names]
    head = ("Spearman / top-1 % overlap, cut after", *(f"{cut} days" for cut in CUTS))
    outcome.tables.append(Table(head, rows))
    _judge(outcome, found)
    outcome.remarks.append(
        "In a week about one piece of news a half-life of a month hardly fades anything, which costs overlap; ages in "
        "whole days cost little. Counting reactors orders the many with one or two of them a little better; the top is "
        "where it matters who they are."
    )
    return outcome


SCORE = "this score, half-life 1 day, fractional ages"
REACTORS, PAGERANK = "distinct reactors", "weighted PageRank 0.85"


def _numbers(setting: Setting, week: Week, cut: int) -> dict[str, Floats]:
    seen = week.second < cut * DAY_S
    age = (cut * DAY_S - week.second[seen]) / DAY_S
    # The night's: whole UTC days before the day of the cut.
    day = (week.first_s + week.second[seen]) // DAY_S
    whole = (week.first_s + cut * DAY_S) // DAY_S - day

    def scored(version: str, half_life_days: float, ages: NDArray[np.generic]) -> dict[str, Floats]:
        once = np.ones(int(seen.sum()), np.int64)
        acts = Acts(week.actor[seen], week.target[seen], week.action[seen], ages, once)
        unknown = np.full(week.accounts, np.nan)
        method = with_half_life(setting.methods[version], half_life_days)
        calibration = None if version == VERSION else UNSCALED
        world = World(acts, unknown, unknown, unknown)
        return score_arrays(world, method, "twitter", calibration=calibration).columns

    own = {
        SCORE: scored(VERSION, 1.0, age),
        "half-life 30 days, fractional ages": scored(VERSION, 30.0, age),
        "half-life 1 day, whole days as by night": scored(VERSION, 1.0, whole),
        "half-life 30 days, whole days as by night": scored(VERSION, 30.0, whole),
    }
    pagerank = {
        PAGERANK: scored("pagerank", 1.0, age),
        "weighted PageRank 0.85, half-life 30 days": scored("pagerank", 30.0, age),
    }
    counts = {name: own[SCORE][name].astype(np.float64) for name in ("reactors", "reactions")}
    return (
        {REACTORS: counts["reactors"], "reactions": counts["reactions"]}
        | {name: columns["influence"] for name, columns in pagerank.items()}
        | {name: columns["raw_score"] for name, columns in own.items()}
    )


def _against(week: Week, cut: int, value: Floats) -> tuple[float, float]:
    seen = week.second < cut * DAY_S
    pairs = np.unique(week.target[~seen] * week.accounts + week.actor[~seen])
    later = np.bincount(pairs // week.accounts, minlength=week.accounts).astype(np.float64)
    who = np.bincount(week.target[seen], minlength=week.accounts) > 0
    return spearman(value[who], later[who]), top_one_percent(value[who], later[who])


def _judge(outcome: Outcome, found: dict[tuple[str, int], tuple[float, float]]) -> None:
    for cut in CUTS:
        own, reactors, pagerank = (found[name, cut] for name in (SCORE, REACTORS, PAGERANK))
        outcome.aim(
            f"cut {cut}: top-1 % overlap at least that of distinct reactors less {WITHIN_OVERLAP}",
            f"{own[1]:.3f} against {reactors[1]:.3f}",
            own[1] >= reactors[1] - WITHIN_OVERLAP,
        )
        outcome.aim(
            f"cut {cut}: Spearman within {WITHIN_SPEARMAN} of distinct reactors",
            f"{own[0]:.3f} against {reactors[0]:.3f}",
            own[0] >= reactors[0] - WITHIN_SPEARMAN,
        )
        outcome.aim(
            f"cut {cut}: both at least {ABOVE_PAGERANK} above weighted PageRank",
            f"Spearman {own[0] - pagerank[0]:+.3f}, overlap {own[1] - pagerank[1]:+.3f}",
            min(own[0] - pagerank[0], own[1] - pagerank[1]) >= ABOVE_PAGERANK,
        )
