# ruff: noqa: N803, N806  (capitals are the design's: C, D, U, E, B)
"""Raw score, scale, published score, error and grade (5.6 to 5.8)."""

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import NamedTuple

import numpy as np

from tests.kernels.reference.graph import Account, Act, Pair, dated, lasting

# --- 5.6 raw score


def voiced_reactions(
    acts: Iterable[Act],
    score_date: date,
    q: Mapping[Account, float],
    *,
    horizon_days: int = 180,
    fade_out_days: int = 0,
) -> dict[Account, float]:
    """5.6: sum over j of q(j) count(j,i) lasting(age), count = dated acts of every action, undecayed in the horizon."""
    reactions: dict[Account, float] = defaultdict(float)
    for act, age in dated(acts, score_date, horizon_days=horizon_days):
        left = lasting(age, horizon_days=horizon_days, fade_out_days=fade_out_days)
        reactions[act.target] += q[act.actor] * act.count * left
    return dict(reactions)


def usual_reactions_per_post(reactions: Mapping[Account, float], original_posts: Mapping[Account, float]) -> float:
    """5.6: m0 = all voiced reactions / all original posts in the horizon; 0 if either sum is 0."""
    posts = math.fsum(original_posts.values())
    return math.fsum(reactions.values()) / posts if posts else 0.0


def efficiency(
    reactions: float,
    original_posts: float,
    m0: float,
    *,
    prior_posts: float = 20.0,
    exponent: float = 0.25,
    lowest: float = 0.8,
    highest: float = 1.25,
) -> float:
    """5.6: E = clip((e/m0)^0.25, 0.8, 1.25), e = (reactions + 20 m0) / (posts + 20); m0 = 0: E = 1."""
    if m0 == 0.0:
        return 1.0
    e = (reactions + prior_posts * m0) / (original_posts + prior_posts)
    return min(highest, max(lowest, (e / m0) ** exponent))


def raw_score(y: float, U: float, E: float, K: float = 0.0) -> float:
    """5.6: z = 1/2 ln y + 1/2 ln(U + 1) + ln E + K; a page has E = 1, K = 0, U = its valid inlinks."""
    return 0.5 * math.log(y) + 0.5 * math.log(U + 1.0) + math.log(E) + K


def inlinks(links: Iterable[Pair]) -> dict[Account, int]:
    """5.6: U = n_eff = valid inlinks from other pages."""
    sources: dict[Account, set[Account]] = defaultdict(set)
    for j, i in links:
        if j != i:
            sources[i].add(j)
    return {i: len(found) for i, found in sources.items()}


def credited_days(
    posted: Collection[int],
    *,
    horizon_days: int = 180,
    half_life_days: float = 30.0,
    first_day: int = 3,
    last_day: int = 14,
    window_days: int = 28,
    fewest_post_days: int = 8,
    most_days: int = 12,
    per_days: int = 90,
) -> float:
    """5.6: p at t, walked from p = 0 at t - 180. `posted`: ages in days of the days with an own post, t has age 0.

    Credits before the walk are none.
    """
    p, credited, is_held = 0.0, set[int](), False
    for age in reversed(range(horizon_days)):
        earlier = [other for other in posted if other >= age]
        a = min(earlier, default=None)
        credit = 0
        if a == age:
            is_held = False
        elif a is not None:
            k = a - age
            window = [other in posted for other in range(a + window_days - 1, a - 1, -1)]
            runs = "".join("x" if has_post else "." for has_post in window).split("x")
            longest = max(len(run) for run in runs)
            lately = sum(1 for other in credited if age <= other < age + per_days)
            if sum(window) >= fewest_post_days and max(first_day, longest + 1) <= k <= last_day and lately < most_days:
                credit, is_held = 1, True
                credited.add(age)
        f = 1.0 if is_held else 2.0 ** (-1.0 / half_life_days)
        p = min(float(most_days), p * f + credit)
    return p


def break_credit(p: float, y: float, m: float, U: float, *, half_life_days: float = 30.0) -> float:
    """5.6: K = (ln 2 / H) p eps, eps = 1/2 (y - m)/y + 1/2 U/(U + 1)."""
    eps = 0.5 * (y - m) / y + 0.5 * U / (U + 1.0)
    return math.log(2.0) / half_life_days * p * eps


def title_value(title: str | None, table: Mapping[str, float]) -> float:
    """5.6: the largest value the title has in the table: a phrase counts where its words follow one another, and not
    where all of them are words of a longer one."""

    def words(text: str) -> list[str]:
        return "".join(letter if letter.isalnum() or letter == "_" else " " for letter in text.casefold()).split()

    said = words(title or "")
    values, taken = [0.0], []
    for wanted, value in sorted(
        ((words(phrase), value) for phrase, value in table.items()), key=lambda of: -len(of[0])
    ):
        for n in range(len(said) - len(wanted) + 1):
            places = set(range(n, n + len(wanted)))
            if said[n : n + len(wanted)] == wanted and not any(places < longer for longer in taken):
                values.append(value)
                taken.append(places)
    return max(values)


# --- marks beside a score: docs/method.md, 9


def is_attacked(disputing: int, disputing_lately: int, endorsing_lately: int, days: int = 180) -> bool:
    """20 replies and quotes or more in the last 7 of so many days, at least 3 times as many as in 7 days of the rest on
    average, at most 0.1 shares and likes for each; in whole numbers, which do not round. Never without a rest."""
    rest = days - 7
    return (
        rest > 0
        and disputing_lately >= 20
        and rest * disputing_lately >= 3 * 7 * (disputing - disputing_lately)
        and 10 * endorsing_lately <= disputing_lately
    )


# --- 5.7 scale


def quantile(values: Collection[float], share: float) -> float:
    """The value below which `share` of the sorted values lie, linear between neighbours (numpy's default)."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def points_per_unit(z50: float, z95: float, *, median: float = 20.0, high: float = 50.0) -> float:
    """5.7: B = 30 / (z95 - z50)."""
    if z95 <= z50:
        raise ValueError(f"z95 {z95} is not above z50 {z50}")
    return (high - median) / (z95 - z50)


def linear_score(
    z: float, z50: float, z95: float, *, median: float = 20.0, high: float = 50.0, shift: float = 0.0
) -> float:
    """5.7: linear = max(0, 20 + B (z - z50) + shift)."""
    return max(0.0, median + points_per_unit(z50, z95, median=median, high=high) * (z - z50) + shift)


def linked_differences(points: Iterable[tuple[Account, str, float]]) -> dict[tuple[str, str], tuple[float, int]]:
    """5.7: d_ab and L_ab of each two networks, from (entity, network, unfloored points) of accounts with U > 0."""
    by_place: dict[tuple[Account, str], list[float]] = defaultdict(list)
    for entity, network, value in points:
        by_place[entity, network].append(value)
    means = {place: sum(values) / len(values) for place, values in by_place.items()}
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for (entity, a), mean in means.items():
        for (other, b), other_mean in means.items():
            if entity == other and a != b:
                found[a, b].append(mean - other_mean)
    return {pair: (sum(values) / len(values), len(values)) for pair, values in found.items()}


def shifts(
    differences: Mapping[tuple[str, str], tuple[float, int]],
    accounts: Mapping[str, int],
    frozen: Mapping[str, float],
    *,
    half_links: float = 1000.0,
    most_points: float = 15.0,
) -> dict[str, float]:
    """5.7: s of every network of `accounts` (with U > 0), by least squares over the pairs, shrunk and clipped.

    In each connected set the frozen networks hold theirs; without one the largest network has 0.
    """
    known = dict(frozen)
    linked = {a: {b for x, b in differences if x == a} for a in accounts}
    for a in accounts:
        reached: set[str] = set()
        front = {a}
        while front:
            reached |= front
            front = {c for b in front for c in linked[b]} - reached
        if not reached & known.keys():
            known[max(reached, key=lambda n: (accounts[n], -list(accounts).index(n)))] = 0.0
    free = [a for a in accounts if a not in known]
    rows, right = [np.zeros(len(free))], [0.0]
    for (a, b), (d, L) in differences.items():
        row, fixed = np.zeros(len(free)), d
        for network, sign in ((a, 1.0), (b, -1.0)):
            if network in known:
                fixed += sign * known[network]
            else:
                row[free.index(network)] += sign
        rows.append(math.sqrt(L) * row)
        right.append(-math.sqrt(L) * fixed)
    solved = np.linalg.lstsq(np.array(rows), np.array(right), rcond=None)[0] if free else []
    fitted = known | dict(zip(free, [float(s) for s in solved], strict=True))
    total = {a: sum(L for (x, _), (_, L) in differences.items() if x == a) for a in accounts}
    return {
        a: frozen[a] if a in frozen else min(most_points, max(-most_points, s * total[a] / (total[a] + half_links)))
        for a, s in fitted.items()
    }


# --- 5.8 published score, error, grade


def soft_cap(linear: float, *, cap_from: float = 50.0) -> float:
    """5.8: the linear score up to 50, above it 100 - 50 exp(-(S - 50)/50)."""
    if linear <= cap_from:
        return linear
    return 100.0 - (100.0 - cap_from) * math.exp(-(linear - cap_from) / (100.0 - cap_from))


def soft_cap_slope(linear: float, *, cap_from: float = 50.0) -> float:
    """5.8: cap', 1 up to 50, above it exp(-(S - 50)/50)."""
    return 1.0 if linear <= cap_from else math.exp(-(linear - cap_from) / (100.0 - cap_from))


def effective_reactors(total: float, squares: float) -> float:
    """5.8: n_eff = (sum c)^2 / sum c^2; 0 without reach."""
    return total**2 / squares if squares else 0.0


def published_error(linear: float, B: float, n_eff: float, *, cap_from: float = 50.0) -> float | None:
    """5.8: cap'(linear) * se, se = 1/2 B / sqrt(n_eff); None without reach."""
    if n_eff == 0.0:
        return None
    return soft_cap_slope(linear, cap_from=cap_from) * 0.5 * B / math.sqrt(n_eff)


def grade(n_eff: float, *, a: float = 100.0, b: float = 30.0, c: float = 10.0) -> str:
    """5.8: A, B, C from n_eff 100, 30, 10; D below."""
    return "A" if n_eff >= a else "B" if n_eff >= b else "C" if n_eff >= c else "D"


class Held(NamedTuple):
    """One account of an entity: linear and se are None without a score (U = 0: left out)."""

    linear: float | None
    weight: float  # of the network, times the share of the account
    se: float | None
    n_eff: float


class Whole(NamedTuple):
    linear: float | None
    score: float | None
    error: float | None
    n_eff: float
    contributions: list[float | None]


def combined(accounts: Collection[Held], *, B0: float = 10.0, cap_from: float = 50.0) -> Whole:
    """5.8: S = B0 ln(1 + sum of w share (exp(linear/B0) - 1)), capped; error; each account's part of the sum."""
    terms = [None if a.linear is None else a.weight * math.expm1(a.linear / B0) for a in accounts]
    total = sum(term for term in terms if term is not None)
    if all(term is None for term in terms):
        return Whole(None, None, None, 0.0, [None] * len(accounts))
    S = B0 * math.log1p(total)
    spread = [
        (a.weight * math.exp(a.linear / B0) / (1.0 + total) * a.se) ** 2
        for a in accounts
        if a.linear is not None and a.se is not None
    ]
    return Whole(
        linear=S,
        score=soft_cap(S, cap_from=cap_from),
        error=soft_cap_slope(S, cap_from=cap_from) * math.sqrt(sum(spread)) if spread else None,
        n_eff=sum(a.n_eff for a in accounts if a.linear is not None),
        contributions=[None if term is None or total == 0.0 else term / total for term in terms],
    )


def audience_overlap(reactors: Iterable[tuple[str, Account]]) -> float | None:
    """5.8: distinct reactors of an entity over the sum of those on each network, from (network, reactor)."""
    found = set(reactors)
    return len({reactor for _, reactor in found}) / len(found) if found else None


def mid_rank_percentiles(scores: Mapping[Account, float | None]) -> dict[Account, float | None]:
    """5.8: 100 * (scored below + half of those equal, oneself included) / scored; None where not scored."""
    scored = sorted(score for score in scores.values() if score is not None)
    percentiles: dict[Account, float | None] = dict.fromkeys(scores)
    for account, score in scores.items():
        if score is not None:
            below, up_to = bisect_left(scored, score), bisect_right(scored, score)
            percentiles[account] = 100.0 * (below + 0.5 * (up_to - below)) / len(scored)
    return percentiles


def ranks(scores: Mapping[Account, float | None]) -> dict[Account, int | None]:
    """1 for the highest; equal scores share the best rank; None where not scored."""
    scored = sorted(score for score in scores.values() if score is not None)
    return {
        account: None if score is None else 1 + len(scored) - bisect_right(scored, score)
        for account, score in scores.items()
    }
