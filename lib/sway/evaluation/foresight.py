"""E1, E2 and E3 on generated worlds: what the score foresees, what it repeats, and how alike algorithms are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sway.evaluation.generated import Grown
from sway.evaluation.measures import by_decile, r_squared, spread, top_one_percent
from sway.evaluation.outcome import Outcome, Picture, Table
from sway.evaluation.setting import ALGORITHMS, EARLIER, VERSION, Setting, in_words, with_efficiency
from sway.kernels.agreement import overlap, spearman
from sway.runtime.pictures import Panel, Series
from sway.steps.in_arrays import World, score_arrays

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

POSTS = 10
AHEAD, BEHIND = 0.05, 0.02  # in Spearman and in recall, of the best single baseline
MOST_BY_FOLLOWERS, MOST_BY_REACTIONS = 0.80, 0.92
TOP = 50
WHO = {"posts": "accounts that post", "is_scored": "all scored accounts"}  # fields of Seen


class Seen(NamedTuple):
    """One world on its last day: every algorithm's number, the truth, and who is looked at."""

    numbers: dict[str, Floats]
    truth: Floats
    is_scored: Booleans
    posts: Booleans
    world: World
    columns: Mapping[str, NDArray[np.float64]]


def _seen(setting: Setting, seed: int) -> Seen:
    grown = setting.grown(seed)
    world = grown.on(grown.days - 1)
    columns = setting.scored(world).columns
    posts = (grown.society.accounts.activity > 0.0) & columns["is_counted"]
    truth = grown.expected_reactors(POSTS)
    return Seen(setting.numbers(world), truth, columns["is_counted"], posts, world, columns)


def foresight(setting: Setting) -> Outcome:
    """E1: the score on a world's last day against the expected distinct reactors to ten future posts."""
    outcome = Outcome(setting.generated())
    seen = {seed: _seen(setting, seed) for seed in setting.seeds}
    rows, figures = [], {}
    for who, name in WHO.items():
        for algorithm in ALGORITHMS:
            found = [_against(one, algorithm, getattr(one, who)) for one in seen.values()]
            figures[who, algorithm] = tuple(float(np.mean([pair[n] for pair in found])) for n in (0, 1))
            told = (spread([pair[n] for pair in found]) for n in (0, 1))
            rows.append((name, algorithm, *told))
    outcome.tables.append(Table(("over", "algorithm", "Spearman", "recall of the true top 1 %"), rows))
    _judge(outcome, figures)
    _deciles(outcome, seen)
    _why(outcome, setting, seen)
    return outcome


def _against(seen: Seen, algorithm: str, who: Booleans) -> tuple[float, float]:
    number, truth = seen.numbers[algorithm][who], seen.truth[who]
    return spearman(number, truth), top_one_percent(number, truth)


def _judge(outcome: Outcome, figures: dict[tuple[str, str], tuple[float, ...]]) -> None:
    """Hold accounts that post against the aims, and all scored accounts likewise."""
    aims = (
        f"Spearman at least {AHEAD} above the best single baseline",
        f"recall of the true top 1 % within {BEHIND} of the best single baseline",
    )
    for n, (wanted, margin) in enumerate(zip(aims, (AHEAD, -BEHIND), strict=True)):
        for who, name in WHO.items():
            lead, told = _lead(figures, who, n)
            outcome.aim(f"{wanted}, over {name}", f"{told}: {lead:+.3f}", lead >= margin)


def _lead(figures: dict[tuple[str, str], tuple[float, ...]], who: str, n: int) -> tuple[float, str]:
    """How far the score is ahead of the best single baseline in the n-th figure, and both in words."""
    own = figures[who, VERSION][n]
    best, name = max((figures[who, name][n], name) for name in ALGORITHMS[1:])
    return own - best, f"{own:.3f} against {best:.3f} ({name})"


def _deciles(outcome: Outcome, seen: dict[int, Seen]) -> None:
    means = {seed: _by_decile(one, one.posts) for seed, one in seen.items()}
    is_rising = all(bool((np.diff(of) > 0.0).all()) for of in means.values())
    told = (" < " if is_rising else ", ").join(f"{mean:.1f}" for mean in np.mean(list(means.values()), axis=0))
    of_all = np.mean([_by_decile(one, one.is_scored) for one in seen.values()], axis=0)
    outcome.aim(
        "mean future reach rises over all ten score deciles of accounts that post, in every world",
        f"{told}; over all scored accounts {', '.join(f'{mean:.1f}' for mean in of_all)}",
        is_rising,
    )
    series = [Series(f"seed {seed}", list(range(1, 11)), of.tolist()) for seed, of in means.items()]
    panel = Panel("Future reach by score decile", "decile of the score", "expected distinct reactors", series)
    outcome.pictures.append(Picture("e1-deciles", "Expected distinct reactors to ten future posts, by decile", [panel]))


def _by_decile(seen: Seen, who: Booleans) -> Floats:
    return by_decile(seen.numbers[VERSION][who], seen.truth[who])


def _why(outcome: Outcome, setting: Setting, seen: dict[int, Seen]) -> None:
    """What would change the figure: more posts to judge by, and another efficiency."""
    rows: list[tuple[str | float | int | None, ...]] = []
    for seed, one in seen.items():
        grown = setting.grown(seed)
        expected = grown.society.accounts.activity * grown.days
        for least in (1, 3, 10):
            who = one.posts & (expected >= least)
            of = {name: spearman(one.numbers[name][who], one.truth[who]) for name in ALGORITHMS}
            rows.append((seed, f"{least} posts or more", int(who.sum()), *of.values()))
    outcome.tables.append(
        Table(("seed", "expected in all days", "accounts", *ALGORITHMS), rows, "Spearman by evidence")
    )
    share = np.mean([1.0 - one.posts.sum() / max(1, one.is_scored.sum()) for one in seen.values()])
    variants = {seed: _variants(setting, setting.grown(seed), one) for seed, one in seen.items()}
    changed = [
        (name, *(spread([of[name][n] for of in variants.values()]) for n in (0, 1)))
        for name in next(iter(variants.values()))
    ]
    head = ("efficiency", "Spearman", "recall of the true top 1 %")
    outcome.tables.append(Table(head, changed, "What the efficiency term does, over accounts that post"))
    outcome.remarks.append(
        "The truth is about the next posts of an account, each by itself; reactions and reactors grow with how much "
        "somebody posts and talks, and a post of somebody with a day's evidence says little. "
        "Who posts is known from the generator: accounts whose activity there is above 0, whether they happened to "
        f"post or not. {100 * share:.0f} % of the scored accounts have none and never post: what they would draw if "
        "they did shows in nobody's data but in their followers' number. No night can tell who they are, so the aims "
        "of Spearman and recall are judged over all scored accounts as well."
    )


def _variants(setting: Setting, grown: Grown, seen: Seen) -> dict[str, tuple[float, float]]:
    method, truth, who = setting.method, seen.truth, seen.posts

    def told(raw: Floats) -> tuple[float, float]:
        return spearman(raw[who], truth[who]), top_one_percent(raw[who], truth[who])

    own = method.efficiency
    others = (
        replace(own, lowest=1.0, highest=1.0),
        setting.methods[EARLIER].efficiency,
        replace(own, lowest=0.25, highest=4.0),
    )
    found = {f"as it is: {in_words(own)}": told(seen.columns["raw_score"])}
    for other in others:
        columns = score_arrays(seen.world, with_efficiency(method, other), grown.name).columns
        found[in_words(other)] = told(columns["raw_score"])
    return found


def redundancy(setting: Setting) -> Outcome:
    """E2: how much of the score followers or reactions alone would give."""
    outcome = Outcome(setting.generated())
    rows, found = [], []
    for seed in setting.seeds:
        seen = _seen(setting, seed)
        columns = seen.columns
        who = seen.is_scored & (seen.world.followers > 0.0) & (columns["reactions"] > 0)
        followers, reactions = np.log(seen.world.followers[who]), np.log(columns["reactions"][who])
        score = columns["score"][who]
        found.append((r_squared(followers, score), r_squared(reactions, score)))
        rows.append((seed, int(who.sum()), *found[-1]))
    outcome.tables.append(Table(("seed", "accounts", "R² on log followers", "R² on log reactions"), rows))
    by_followers, by_reactions = (float(np.mean(column)) for column in zip(*found, strict=True))
    outcome.aim(
        f"R² of the score on log followers below {MOST_BY_FOLLOWERS:.2f}",
        f"{by_followers:.3f}",
        by_followers < MOST_BY_FOLLOWERS,
    )
    outcome.aim(
        f"R² of the score on log reactions below {MOST_BY_REACTIONS:.2f}",
        f"{by_reactions:.3f}",
        by_reactions < MOST_BY_REACTIONS,
    )
    outcome.remarks.append("Klout's score could be told from either with 0.94.")
    return outcome


def agreement(setting: Setting) -> Outcome:
    """E3: every two algorithms side by side on one world."""
    outcome = Outcome(setting.generated(seeds=setting.seeds[:1]))
    seen = _seen(setting, setting.seeds[0])
    rows = []
    for one, other in combinations(ALGORITHMS, 2):
        a, b = (seen.numbers[name] for name in (one, other))
        both = np.isfinite(a) & np.isfinite(b)
        measures = spearman(a[both], b[both]), overlap(a[both], b[both], TOP), top_one_percent(a[both], b[both])
        rows.append((one, other, int(both.sum()), *measures))
    rows.sort(key=lambda row: row[3])
    outcome.tables.append(Table(("algorithm", "other", "accounts", "Spearman", f"top {TOP}", "top 1 %"), rows))
    outcome.remarks.append(_explained(seen, rows[0][:2]))
    return outcome


def _explained(seen: Seen, least: tuple[str, str]) -> str:
    """What each algorithm looks at, which is why they differ."""
    who = seen.is_scored
    posts = seen.columns["original_posts"][who].astype(np.float64)
    told = ", ".join(f"{name} {spearman(seen.numbers[name][who], posts):.2f}" for name in ALGORITHMS)
    return (
        f"Least alike are {least[0]} and {least[1]}. Followers are gathered over years and say nothing of who reacts "
        "today. PageRank passes the whole of a voice on, also of those who follow and never react, and follows do not "
        "fade. Reactions and reactors grow with how much somebody writes: Spearman with an account's own posts is "
        f"{told}."
    )
