# ruff: noqa: N803  (capitals are the design's: C, D, U, E, B)
"""Acts to influence and reach (5.1 to 5.5), and classical PageRank (design section 6)."""

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import NamedTuple

import numpy as np

Account = str | int
Pair = tuple[Account, Account]


class Act(NamedTuple):
    """`count` acts of one kind of one account towards another on one UTC day."""

    actor: Account
    target: Account
    action: str
    event_date: date
    count: int = 1


class Action(NamedTuple):
    weight: float
    endorsing: bool = False
    conversation: bool = False


class Profile(NamedTuple):
    """An account's state on the score date; None: the network did not say."""

    created_on: date | None = None
    followers: int | None = None
    following: int | None = None


# 5.1, the table's column Twitter, and who is which: endorsing has an asterisk, conversation (5.2) is replies,
# comments, mentions.
TWITTER = {
    "retweet": Action(6.0, endorsing=True),
    "quote": Action(6.0),
    "mention": Action(4.0, conversation=True),
    "list_add": Action(4.0),
    "reply": Action(3.0, conversation=True),
    "favourite": Action(1.0, endorsing=True),
}

LABEL_FACTORS = {"spam": 0.01, "restricted": 0.1, "suspended": 0.0, "erased": 0.0}


# --- 5.1 strength of a pair


def dated(acts: Iterable[Act], score_date: date, *, horizon_days: int = 180) -> list[tuple[Act, int]]:
    """5.1: acts with age = t - event_date in whole days, 0 <= age < 180; none towards oneself."""
    aged = [(act, (score_date - act.event_date).days) for act in acts]
    return [(act, age) for act, age in aged if 0 <= age < horizon_days and act.actor != act.target]


def lasting(age: float, *, horizon_days: int = 180, fade_out_days: int = 0) -> float:
    """sway-1.0: 1, but from (horizon - age)/fade_out_days = 1 on in a line to 0 at the horizon."""
    return min(1.0, (horizon_days - age) / fade_out_days) if fade_out_days else 1.0


def decayed_counts(
    acts: Iterable[Act],
    score_date: date,
    *,
    half_life_days: float = 30.0,
    horizon_days: int = 180,
    fade_out_days: int = 0,
) -> dict[tuple[Account, Account, str], float]:
    """5.1: d(j,i,a) = sum over days of count * 2^(-age/H), times lasting(age)."""
    d: dict[tuple[Account, Account, str], float] = defaultdict(float)
    for act, age in dated(acts, score_date, horizon_days=horizon_days):
        left = 2.0 ** (-age / half_life_days) * lasting(age, horizon_days=horizon_days, fade_out_days=fade_out_days)
        d[act.actor, act.target, act.action] += act.count * left
    return dict(d)


def strengths(
    d: Mapping[tuple[Account, Account, str], float],
    actions: Mapping[str, Action] = TWITTER,
    *,
    counts: Callable[[Action], bool] = lambda action: True,
    standing: Iterable[tuple[Account, Account, float]] = (),
) -> dict[Pair, float]:
    """5.1: g(j,i) = sum over a of b_a ln(1 + d(j,i,a)); a valid standing relation (j, i, b) has d = 1.

    With `counts` only over some actions: 5.2's e(j,i) and n(j,i), which never get `standing`.
    """
    g: dict[Pair, float] = defaultdict(float)
    for (j, i, a), decayed in d.items():
        if counts(actions[a]):
            g[j, i] += actions[a].weight * math.log(1.0 + decayed)
    for j, i, weight in standing:
        if j != i:
            g[j, i] += weight * math.log(2.0)
    return dict(g)


def endorsements(
    d: Mapping[tuple[Account, Account, str], float], actions: Mapping[str, Action] = TWITTER
) -> dict[Pair, float]:
    """5.2: e(j,i) = g over dated endorsing acts."""
    return strengths(d, actions, counts=lambda action: action.endorsing)


def conversations(
    d: Mapping[tuple[Account, Account, str], float], actions: Mapping[str, Action] = TWITTER
) -> dict[Pair, float]:
    """5.2: n(j,i) = g over replies, comments, mentions."""
    return strengths(d, actions, counts=lambda action: action.conversation)


# --- 5.2 favours netted


def favour(e: Mapping[Pair, float], j: Account, i: Account, *, netting: float = 0.95) -> float:
    """5.2: nu(j,i) = 1 - eta min(e(j,i), e(i,j)) / e(j,i).

    1 if i endorsed nothing of j's; 1 - eta if only i endorsed.
    """
    given, returned = e.get((j, i), 0.0), e.get((i, j), 0.0)
    if returned == 0.0:
        return 1.0
    if given == 0.0:
        return 1.0 - netting
    return 1.0 - netting * min(given, returned) / given


# --- 5.3 shares of a voice


def voice_total(strengths_of_actor: Collection[float], *, cap: float = 0.2, reserve: float = 3.0) -> float:
    """5.3: the D with D = s + sum over k of min(g(j,k), 0.2 D), found by bisection.

    s + sum min(g, 0.2 D) - D is concave in D, positive at 0 and not positive at s + sum g: one root.
    """
    low, high = 0.0, reserve + math.fsum(strengths_of_actor)
    while True:
        middle = 0.5 * (low + high)
        if middle in (low, high):
            return high
        if reserve + math.fsum(min(g, cap * middle) for g in strengths_of_actor) > middle:
            low = middle
        else:
            high = middle


def shares(g: Mapping[Pair, float], *, cap: float = 0.2, reserve: float = 3.0) -> dict[Pair, float]:
    """5.3: C(j,i) = min(0.2, g(j,i) / D(j))."""
    of_actor: dict[Account, list[float]] = defaultdict(list)
    for (j, _), strength in g.items():
        of_actor[j].append(strength)
    total = {j: voice_total(values, cap=cap, reserve=reserve) for j, values in of_actor.items()}
    return {(j, i): min(cap, strength / total[j]) for (j, i), strength in g.items()}


# --- 5.4 trust


def age_factor(
    score_date: date,
    created_on: date | None,
    first_seen: date | None,
    network_first_seen: date | None,
    *,
    full_age_days: float = 180.0,
    first_days_of_data: int = 28,
) -> float:
    """5.4: age = min(1, days/180) since creation, else since first seen.

    First seen within the network's first 28 days of data: 1. Neither known: neutral. Opened after t: 0 days.
    """
    since = created_on or first_seen
    if since is None:
        return 1.0
    is_dated_by_sight = created_on is None and network_first_seen is not None
    if is_dated_by_sight and (since - network_first_seen).days < first_days_of_data:
        return 1.0
    days = (score_date - since).days
    return min(1.0, max(0, days) / full_age_days)


def follow_ratio(followers: int | None, following: int | None, *, grace: float = 500.0, lowest: float = 0.1) -> float:
    """5.4: ratio = clip((1 + max(followers, 500)) / (1 + following), 0.1, 1); a missing field is neutral."""
    if followers is None or following is None:
        return 1.0
    return min(1.0, max(lowest, (1.0 + max(followers, grace)) / (1.0 + following)))


def trust(
    score_date: date,
    *,
    profile: Profile | None = None,
    labels: Collection[str] = (),
    first_seen: date | None = None,
    network_first_seen: date | None = None,
    has_profile_feed: bool = True,
    label_factors: Mapping[str, float] = LABEL_FACTORS,
    floor: float = 0.01,
    seed_trust: float = 5.0,
    full_age_days: float = 180.0,
    first_days_of_data: int = 28,
    followers_grace: float = 500.0,
    lowest_follow_ratio: float = 0.1,
) -> float:
    """5.4: m(i) = age * ratio * label, floor 0.01, over one account's state and labels valid at t.

    Several labels: the lowest; a seed label replaces the result; suspended or erased is 0 over everything.
    Networks without a profile feed: age and ratio are 1, so m = 1 for whoever has no label.
    """
    if "suspended" in labels or "erased" in labels:
        return 0.0
    if "seed" in labels:
        return seed_trust
    label = min((label_factors[name] for name in labels), default=1.0)
    if not has_profile_feed:
        return max(floor, label)
    profile = profile or Profile()
    age = age_factor(
        score_date,
        profile.created_on,
        first_seen,
        network_first_seen,
        full_age_days=full_age_days,
        first_days_of_data=first_days_of_data,
    )
    ratio = follow_ratio(profile.followers, profile.following, grace=followers_grace, lowest=lowest_follow_ratio)
    return max(floor, age * ratio * label)


def voice(m: float, *, silent_at: float = 0.1, full_voice_after: float = 0.2) -> float:
    """5.4: q(j) = v(j) * clip((m(j) - 0.1) / 0.2, 0, 1), with v = 1."""
    return min(1.0, max(0.0, (m - silent_at) / full_voice_after))


# --- 5.5 influence and reach


def influence_solved(
    accounts: Collection[Account],
    C: Mapping[Pair, float],
    m: Mapping[Account, float],
    q: Mapping[Account, float],
    *,
    continuation: float = 0.5,
) -> dict[Account, float]:
    """5.5: y = m + c C'(q * y), solved: (1 - c C' diag(q)) y = m, densely."""
    order = list(accounts)
    place = {account: n for n, account in enumerate(order)}
    matrix = np.eye(len(order))
    for (j, i), share in C.items():
        matrix[place[i], place[j]] -= continuation * share * q[j]
    solution = np.linalg.solve(matrix, np.array([m[account] for account in order], dtype=np.float64))
    return dict(zip(order, solution.tolist(), strict=True))


def influence_swept(
    accounts: Collection[Account],
    C: Mapping[Pair, float],
    m: Mapping[Account, float],
    q: Mapping[Account, float],
    *,
    continuation: float = 0.5,
    sweeps: int = 20,
) -> dict[Account, float]:
    """5.5: the same by `sweeps` repetitions of y <- m + c C'(q * y), from y = m."""
    y = {account: m[account] for account in accounts}
    for _ in range(sweeps):
        following = {account: m[account] for account in accounts}
        for (j, i), share in C.items():
            following[i] += continuation * share * q[j] * y[j]
        y = following
    return y


def habit(
    acts: Iterable[Act], score_date: date, *, habit_targets: float = 5.0, horizon_days: int = 180
) -> dict[Account, float]:
    """5.5: h(j) = k / (k + 5), k = distinct targets of j's dated acts."""
    targets: dict[Account, set[Account]] = defaultdict(set)
    for act, _ in dated(acts, score_date, horizon_days=horizon_days):
        targets[act.actor].add(act.target)
    return {j: len(reached) / (len(reached) + habit_targets) for j, reached in targets.items()}


def contributions(
    acts: Collection[Act],
    score_date: date,
    q: Mapping[Account, float],
    actions: Mapping[str, Action] = TWITTER,
    *,
    half_life_days: float = 30.0,
    horizon_days: int = 180,
    fade_out_days: int = 0,
    netting: float = 0.95,
    restoring_conversation: float = 7.0,
    habit_targets: float = 5.0,
) -> dict[Pair, float]:
    """5.5: c(j,i) = q(j) h(j) r(j,i).

    r(j,i) = 2^(-age of j's latest act towards i / H) * lasting(age) * (nu + (1 - nu) min(1, n/7)).
    """
    soft = {"horizon_days": horizon_days, "fade_out_days": fade_out_days}
    d = decayed_counts(acts, score_date, half_life_days=half_life_days, **soft)
    e, n = endorsements(d, actions), conversations(d, actions)
    h = habit(acts, score_date, habit_targets=habit_targets, horizon_days=horizon_days)
    latest: dict[Pair, int] = {}
    for act, age in dated(acts, score_date, horizon_days=horizon_days):
        pair = (act.actor, act.target)
        latest[pair] = min(age, latest.get(pair, age))
    c = {}
    for (j, i), age in latest.items():
        nu = favour(e, j, i, netting=netting)
        restored = min(1.0, n.get((j, i), 0.0) / restoring_conversation)
        left = 2.0 ** (-age / half_life_days) * lasting(age, **soft)
        c[j, i] = q[j] * h[j] * left * (nu + (1.0 - nu) * restored)
    return c


def reach(c: Mapping[Pair, float]) -> tuple[dict[Account, float], dict[Account, float]]:
    """5.5: U(i) = sum over j of c(j,i); beside it the sum of c(j,i)^2, for 5.8's n_eff."""
    total: dict[Account, float] = defaultdict(float)
    squares: dict[Account, float] = defaultdict(float)
    for (_, i), contribution in c.items():
        total[i] += contribution
        squares[i] += contribution**2
    return dict(total), dict(squares)


def strongest(
    C: Mapping[Pair, float],
    c: Mapping[Pair, float],
    q: Mapping[Account, float],
    y: Mapping[Account, float],
    U: Mapping[Account, float],
    *,
    continuation: float = 0.5,
    most: int = 10,
) -> dict[Account, list[tuple[Account, float, float]]]:
    """The reactors j of i with the largest 1/2 c C q y(j)/y(i) + 1/2 c(j,i)/(U(i) + 1), with both terms."""
    terms: dict[Account, list[tuple[Account, float, float]]] = defaultdict(list)
    for j, i in C:
        passed = 0.5 * continuation * C[j, i] * q[j] * y[j] / y[i] if y[i] else 0.0
        terms[i].append((j, passed, 0.5 * c.get((j, i), 0.0) / (U.get(i, 0.0) + 1.0)))
    ranked = {i: sorted(of_target, key=lambda term: -(term[1] + term[2])) for i, of_target in terms.items()}
    return {i: [term for term in of_target if term[1] + term[2] > 0.0][:most] for i, of_target in ranked.items()}


# --- classical PageRank (design section 6)


def pagerank(
    weights: Mapping[Pair, float], teleport: Mapping[Account, float], *, damping: float = 0.85
) -> dict[Account, float]:
    """rank = damping (W' rank + dangling rank * v) + (1 - damping) v, W a source's weights over their sum, solved.

    v: `teleport` over its sum; its accounts are all there are. A dangling account's row of W is v.
    """
    order = list(teleport)
    place = {account: n for n, account in enumerate(order)}
    v = np.array([teleport[account] for account in order]) / sum(teleport.values())
    follow = np.zeros((len(order), len(order)))
    for (source, target), weight in weights.items():
        follow[place[source], place[target]] += weight
    totals = follow.sum(axis=1)
    follow[totals == 0] = v
    follow[totals > 0] /= totals[totals > 0, None]
    solution = np.linalg.solve(np.eye(len(order)) - damping * follow.T, (1.0 - damping) * v)
    return dict(zip(order, solution.tolist(), strict=True))
