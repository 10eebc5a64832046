# ruff: noqa: N803, N806  (capitals are the design's: C, D, U, E, B)
"""The score of an account in loops and dicts: the slow twin every fast path is tested against.

Written from the design's sections 5.1 to 5.8 alone; it shares no code and no trick with lib/sway, and
should stay so: whoever changes a formula changes it here by hand as well. Left out: synchrony (f = 0),
quality as a reactor (v = 1), distrust.

Names as in the design: j acts, i is acted upon, a is the action, t the score date.
"""

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
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


def decayed_counts(
    acts: Iterable[Act], score_date: date, *, half_life_days: float = 30.0, horizon_days: int = 180
) -> dict[tuple[Account, Account, str], float]:
    """5.1: d(j,i,a) = sum over days of count * 2^(-age/H)."""
    d: dict[tuple[Account, Account, str], float] = defaultdict(float)
    for act, age in dated(acts, score_date, horizon_days=horizon_days):
        d[act.actor, act.target, act.action] += act.count * 2.0 ** (-age / half_life_days)
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
    netting: float = 0.95,
    restoring_conversation: float = 7.0,
    habit_targets: float = 5.0,
) -> dict[Pair, float]:
    """5.5: c(j,i) = q(j) h(j) r(j,i).

    r(j,i) = 2^(-age of j's latest act towards i / H) * (nu + (1 - nu) min(1, n/7)).
    """
    d = decayed_counts(acts, score_date, half_life_days=half_life_days, horizon_days=horizon_days)
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
        c[j, i] = q[j] * h[j] * 2.0 ** (-age / half_life_days) * (nu + (1.0 - nu) * restored)
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


# --- 5.6 raw score


def voiced_reactions(
    acts: Iterable[Act], score_date: date, q: Mapping[Account, float], *, horizon_days: int = 180
) -> dict[Account, float]:
    """5.6: sum over j of q(j) count(j,i), count = dated acts of every action, undecayed in the horizon."""
    reactions: dict[Account, float] = defaultdict(float)
    for act, _ in dated(acts, score_date, horizon_days=horizon_days):
        reactions[act.target] += q[act.actor] * act.count
    return dict(reactions)


def usual_reactions_per_post(reactions: Mapping[Account, float], original_posts: Mapping[Account, int]) -> float:
    """5.6: m0 = all voiced reactions / all original posts in the horizon; 0 if either sum is 0."""
    posts = sum(original_posts.values())
    return math.fsum(reactions.values()) / posts if posts else 0.0


def efficiency(
    reactions: float,
    original_posts: int,
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


# --- the whole of it, for one network and date


@dataclass(frozen=True)
class Raw:
    """What is known of each account before the scale, by account."""

    trust: dict[Account, float]
    influence: dict[Account, float]
    reach: dict[Account, float]
    squares: dict[Account, float]
    reactions: dict[Account, float]  # voiced
    original_posts: dict[Account, int]
    has_score: dict[Account, bool]
    break_days: dict[Account, float]


@dataclass(frozen=True)
class Scale:
    z50: float
    z95: float
    m0: float


@dataclass(frozen=True)
class Score:
    influence: float
    reach: float
    efficiency: float
    score: float | None
    linear: float | None
    error: float | None
    grade: str | None


def raw(
    acts: Collection[Act],
    score_date: date,
    *,
    actions: Mapping[str, Action] = TWITTER,
    m: Mapping[Account, float] | None = None,
    suspended: Collection[Account] = (),
    original_posts: Mapping[Account, int] | None = None,
    also: Collection[Account] = (),
    standing: Collection[tuple[Account, Account, float]] = (),
    post_ages: Mapping[Account, Collection[int]] | None = None,
) -> Raw:
    """5.1 to 5.5 for every account that acted or was acted upon in the horizon, stands in a relation, or is in `also`.

    `m` defaults to 1 for whoever it does not name. `also`: accounts that only posted. `standing`: valid relations
    (j, i, weight). `post_ages`: days ago of the days with posts, where breaks are credited. A score needs a dated
    reaction in the horizon and no suspension (5.6).
    """
    posted = post_ages or {}  # nobody is credited who never posts
    current = dated(acts, score_date)
    targets = {act.target for act, _ in current}
    related = {account for j, i, _ in standing for account in (j, i)}
    accounts = sorted({act.actor for act, _ in current} | targets | related | set(also))
    trusts = {account: (m or {}).get(account, 1.0) for account in accounts}
    q = {account: voice(trusts[account]) for account in accounts}
    C = shares(strengths(decayed_counts(acts, score_date), actions, standing=standing))
    total, squares = reach(contributions(acts, score_date, q, actions))
    reactions = voiced_reactions(acts, score_date, q)
    return Raw(
        trust=trusts,
        influence=influence_swept(accounts, C, trusts, q),
        reach={account: total.get(account, 0.0) for account in accounts},
        squares={account: squares.get(account, 0.0) for account in accounts},
        reactions={account: reactions.get(account, 0.0) for account in accounts},
        original_posts={account: (original_posts or {}).get(account, 0) for account in accounts},
        has_score={account: account in targets and account not in suspended for account in accounts},
        break_days={account: credited_days(ages) if (ages := posted.get(account)) else 0.0 for account in accounts},
    )


def efficiencies(known: Raw, m0: float) -> dict[Account, float]:
    """5.6: E of every account."""
    return {account: efficiency(known.reactions[account], known.original_posts[account], m0) for account in known.trust}


def raw_scores(known: Raw, m0: float) -> dict[Account, float]:
    """5.6: z of the accounts that have one."""
    E = efficiencies(known, m0)
    return {
        account: raw_score(
            known.influence[account],
            known.reach[account],
            E[account],
            break_credit(
                known.break_days[account], known.influence[account], known.trust[account], known.reach[account]
            ),
        )
        for account, has_score in known.has_score.items()
        if has_score
    }


def calibrated(known: Raw, *, has_posts: bool, fewest_accounts: int = 100) -> Scale | None:
    """5.7: m0, and the median and 95th percentile of z over accounts with U > 0; None if too few of them."""
    m0 = usual_reactions_per_post(known.reactions, known.original_posts) if has_posts else 0.0
    reached = [z for account, z in raw_scores(known, m0).items() if known.reach[account] > 0.0]
    if len(reached) < fewest_accounts:
        return None
    return Scale(z50=quantile(reached, 0.5), z95=quantile(reached, 0.95), m0=m0)


def scored(known: Raw, scale: Scale, *, shift: float = 0.0) -> dict[Account, Score]:
    """5.6 to 5.8: every account's score, error and grade; None for the three where it has no score."""
    E, z = efficiencies(known, scale.m0), raw_scores(known, scale.m0)
    B = points_per_unit(scale.z50, scale.z95)
    result = {}
    for account in known.trust:
        n_eff = effective_reactors(known.reach[account], known.squares[account])
        linear = linear_score(z[account], scale.z50, scale.z95, shift=shift) if account in z else None
        result[account] = Score(
            influence=known.influence[account],
            reach=known.reach[account],
            efficiency=E[account],
            score=None if linear is None else soft_cap(linear),
            linear=linear,
            error=None if linear is None else published_error(linear, B, n_eff),
            grade=None if linear is None else grade(n_eff),
        )
    return result
