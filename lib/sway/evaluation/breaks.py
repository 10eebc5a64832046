"""E7: what a break costs a regular poster, and what rhythms of posting gain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sway.contracts.calibration import Calibration
from sway.contracts.method import Method
from sway.evaluation.generated import Grown, rows
from sway.evaluation.outcome import Cell, Outcome, Picture, Table
from sway.evaluation.setting import Setting
from sway.kernels.scale import points_per_unit, soft_cap
from sway.runtime.pictures import Panel, Series
from sway.steps.in_arrays import Posts, World, score_arrays
from sway.worlds.parameters import LIKE
from sway.worlds.people import BREAK_CYCLE_DAYS

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

WORLD_DAYS, MOST_ACCOUNTS = 120, 5_000
SILENCES = {7: 1.0, 14: 1.5, 30: 7.0}  # days: points a regular poster may lose, at the 95th percentile
GAINS = 0.3
USUAL_GAP, LONGEST_GAP = 2, 7  # days without post, the longest: whom the aim is for, and who is looked at beside them
WINDOW_DAYS, FEWEST_POST_DAYS = 28, 8
MOST_SILENT, GROUPS = 1_000, 20  # one group is silent at a time, so that those who react to it go on

RHYTHM_DAYS = 360
# Days on, days off: points of standing gain allowed, None where there is no aim.
RHYTHMS = {(2, 5): 0.5, (14, 14): 0.5, (60, 14): 2.0, (28, 14): None, (28, 10): None}
JUMP = 1.0
CROWD = 400  # who might react to somebody's post
REACTING = (1, 3, 12)  # how many do; in a generated world 71 % of those who post draw fewer than one, 1 % nine or more
VIRAL = 300
LIVES = 30  # who reacts is drawn anew for each
AWAY, WITH_VIRAL = 0, 1  # places among single lives
EVENTS = (
    ("day 3 of silence", AWAY, 202),
    ("day 15 of silence", AWAY, 214),
    ("the day of return", AWAY, 230),
    ("an old viral post leaves the horizon", WITH_VIRAL, 280),
)


def breaks(setting: Setting) -> Outcome:
    """Silences in a generated world; rhythms and single events of accounts that have nothing else to them."""
    accounts = min(MOST_ACCOUNTS, setting.accounts)
    outcome = Outcome(
        setting.generated(accounts=accounts, days=WORLD_DAYS)
        + f"; rhythms: single accounts over {RHYTHM_DAYS} days and a half year before, "
        f"{', '.join(map(str, REACTING))} of {CROWD} people reacting to each day's post; single days of the rules: "
        f"{LIVES} such lives each"
    )
    lost: dict[int, list[Lost]] = {days: [] for days in SILENCES}
    calibration = None
    for seed in setting.seeds:
        grown = setting.grown(seed, accounts=accounts, days=WORLD_DAYS)
        calibration = setting.scored(grown.on(grown.days - 1)).calibration
        if calibration is None:
            break
        for days, of in _silences(setting, grown, calibration, seed).items():
            lost[days].append(of)
    if calibration is None:
        outcome.aim("breaks cost little and rhythms are not paid for", "too few accounts for a scale", None)
        return outcome
    _judge_silences(outcome, {days: Lost(*map(np.concatenate, zip(*of, strict=True))) for days, of in lost.items()})
    _rhythms(outcome, setting.method, calibration, setting.seeds[0])
    return outcome


class Lost(NamedTuple):
    """Of posters: their longest gap in the four weeks before and the median of all, in days, and whether the world
    gives them breaks of their own as well; points before the silence less those after it; and points had they gone on,
    less those after it."""

    longest_gap: Integers
    median_gap: Floats
    takes_breaks: Booleans
    against_before: Floats
    against_going_on: Floats


def _silences(setting: Setting, grown: Grown, calibration: Calibration, seed: int) -> dict[int, Lost]:
    """What so many days of silence up to the world's last cost those who post on most days."""
    last, found = grown.days - 1, {}

    def scored(day: int, without: Booleans | None = None) -> Floats:
        world = grown.on(day, without=without)
        return score_arrays(world, setting.method, grown.name, calibration=calibration).columns["score"]

    going_on = scored(last)
    for days in SILENCES:
        before, posted = scored(last - days), posted_before(grown, last - days)
        gap, is_regular = longest_gap(posted), (posted.sum(axis=0) >= FEWEST_POST_DAYS) & ~np.isnan(before)
        usual, random = median_gap(posted), np.random.default_rng([seed, days])
        looked_at = random.permutation(np.flatnonzero(is_regular & (gap <= LONGEST_GAP)))
        now_and_then = random.permutation(np.flatnonzero(is_regular & (gap > LONGEST_GAP) & (usual <= USUAL_GAP)))
        share = min(1.0, MOST_SILENT / max(1, len(looked_at)))  # of both, so that together they are a fair sample
        chosen = np.concatenate([looked_at[:MOST_SILENT], now_and_then[: round(share * len(now_and_then))]])
        after = np.full(grown.accounts, np.nan)
        for group in np.array_split(chosen, GROUPS):
            after[group] = np.nan_to_num(scored(last, silenced(grown, group, last - days))[group])
        takes_breaks = grown.society.accounts.break_days > 0
        found[days] = Lost(
            gap[chosen],
            usual[chosen],
            takes_breaks[chosen],
            (before - after)[chosen],
            (np.nan_to_num(going_on) - after)[chosen],
        )
    return found


def posted_before(grown: Grown, day: int) -> Booleans:
    """(28, n) who posted on each of four weeks' days up to `day`, the last row."""
    posts = grown.done.take(grown.done.kind != LIKE)
    age = grown.ages(posts.at_ms, day)
    posted = np.zeros((WINDOW_DAYS, grown.accounts), bool)
    is_in = (age >= 0) & (age < WINDOW_DAYS)
    posted[WINDOW_DAYS - 1 - age[is_in], posts.actor[is_in]] = True
    return posted


def longest_gap(posted: Booleans) -> Integers:
    """(n,) the longest run of days without post, cut at both ends."""
    run = np.zeros(posted.shape[1], np.int64)
    longest = run.copy()
    for today in posted:
        run = np.where(today, 0, run + 1)
        longest = np.maximum(longest, run)
    return longest


def median_gap(posted: Booleans) -> Floats:
    """(n,) median of the days without post between two days with one; infinite where there are not two."""
    found = np.full(posted.shape[1], np.inf)
    for n in np.flatnonzero(posted.sum(axis=0) > 1):
        found[n] = np.median(np.diff(np.flatnonzero(posted[:, n])) - 1)
    return found


def silenced(grown: Grown, group: Integers, day: int) -> Booleans:
    """(acts,) what would not have happened had a group been away after a day.

    That is all they did, and what was done towards them but in answer to what they had posted before.
    """
    done, end_ms = grown.done, grown.society.world.midnight_ms(day + 1)
    is_away = np.zeros(grown.accounts, bool)
    is_away[group] = True
    towards = (done.target >= 0) & is_away[np.maximum(done.target, 0)]
    is_answer = (done.parent_at_ms >= 0) & (done.parent_at_ms < end_ms)
    return (done.at_ms >= end_ms) & (is_away[done.actor] | (towards & ~is_answer))


def _judge_silences(outcome: Outcome, lost: dict[int, Lost]) -> None:
    """The aim is for whose longest gap is two days at most, as the rule reads "usual"; others are credited later."""
    table: list[tuple[Cell, ...]] = []
    for days, of in lost.items():
        longest = of.longest_gap
        groups = (
            ("longest at most 2", longest <= USUAL_GAP),
            ("longest 3 to 7", (longest > USUAL_GAP) & (longest <= LONGEST_GAP)),
            ("median at most 2", of.median_gap <= USUAL_GAP),
        )
        for name, is_one in groups:
            points, missed = of.against_before[is_one], of.against_going_on[is_one]
            if not len(points):
                continue
            high, mean = float(np.percentile(points, 95)), float(points.mean())
            table.append((days, name, len(points), mean, float(np.median(points)), high, float(missed.mean())))
        points = of.against_before[of.longest_gap <= USUAL_GAP]
        high, mean = (float(np.percentile(points, 95)), float(points.mean())) if len(points) else (0.0, 0.0)
        wanted = f"{days} days of silence: 95th percentile of points lost at most {SILENCES[days]:g}"
        outcome.aim(wanted, f"{high:.2f}", high <= SILENCES[days] if len(points) else None)
        wanted = f"{days} days of silence: no gain above {GAINS} on average"
        outcome.aim(wanted, f"{-mean:+.2f}", -mean <= GAINS if len(points) else None)
    head = ("days", "gaps before", "posters", "mean lost", "median", "95th percentile", "mean, had they gone on")
    outcome.tables.append(Table(head, table, "Points lost by silence: before it less after it", digits=2))
    outcome.remarks.append(
        "A regular poster is one whose longest gap in the four weeks before was two days or fewer, since that is what "
        "the rule asks: a day is credited when the silence is longer than any the poster is used to, and the first two "
        "never are. Who pauses for a week now and then loses that week's fading before the credit begins, so those "
        "whose median gap is two days or fewer lose more; no aim is judged by them. A version limits the days "
        "credited within a time, so that a second long break is forgiven in part; " + _first_break(lost[14])
    )


def _first_break(lost: Lost) -> str:
    """What fourteen days cost the regular posters whom the generated world gives no breaks of their own."""
    points = lost.against_before[(lost.longest_gap <= USUAL_GAP) & ~lost.takes_breaks]
    if not len(points):
        return "no regular poster here is without breaks of their own."
    high = float(np.percentile(points, 95))
    return (
        f"of the {len(points)} regular posters to whom the generated world gives no breaks of their own, as it gives "
        f"others one every {BREAK_CYCLE_DAYS} days, the 95th percentile after 14 days is {high:.2f}."
    )


class Life(NamedTuple):
    """One account's post days, day 0 the first of the walk and negative ones before; viral: its one viral post."""

    name: str
    days: Integers
    viral: int | None = None


FIRST = -220  # days before the walk, so that its first horizon is full
EVERY_DAY = np.arange(FIRST, RHYTHM_DAYS)


def rhythms() -> list[Life]:
    """A life for each of RHYTHMS: so many days with a post, so many without, over and over."""
    return [Life(f"{on} on, {off} off", EVERY_DAY[(EVERY_DAY - FIRST) % (on + off) < on]) for on, off in RHYTHMS]


def singles() -> list[Life]:
    """A daily poster who is away for thirty days, and one with a viral post a horizon ago."""
    away = (EVERY_DAY >= 200) & (EVERY_DAY < 230)
    return [Life("thirty days away", EVERY_DAY[~away]), Life("a viral post", EVERY_DAY[::3], viral=100)]


def walk(
    some: Sequence[Life], through: Sequence[int], method: Method, calibration: Calibration, seed: int, *, reacting: int
) -> tuple[Floats, Floats]:
    """(days, lives) scores on the days of `through`, as they are and with K = 0; so many react to each day's post."""
    random = np.random.default_rng(seed)
    crowd = np.arange(len(some), len(some) + CROWD)
    author = np.repeat(np.arange(len(some)), [len(life.days) for life in some])
    day = np.concatenate([life.days for life in some])
    reactor = random.choice(crowd, (len(day), reacting))
    target, at = np.repeat(author, reacting), np.repeat(day, reacting)
    acts = [(reactor.ravel(), target, at)]
    for n, life in enumerate(some):
        if life.viral is not None:
            acts.append((random.choice(crowd, VIRAL), np.full(VIRAL, n), np.full(VIRAL, life.viral)))
    doers, receivers, days = (np.concatenate(column) for column in zip(*acts, strict=True))
    scores = []
    for today in through:
        world = _world(method, today, doers, receivers, days, author, day, len(some) + CROWD)
        scores.append(_with_and_without(world, method, calibration, len(some)))
    both = np.array(scores)
    return both[:, 0], both[:, 1]


def _world(
    method: Method,
    today: int,
    doers: Integers,
    receivers: Integers,
    days: Integers,
    author: Integers,
    day: Integers,
    accounts: int,
) -> World:
    """What is known on a day. The crowd also acts towards each other every day, as people with a habit do."""
    names = sorted(method.networks["twitter"].actions)
    is_past = (days <= today) & (days > today - method.strength.horizon_days)
    crowd = np.unique(doers)
    friends = [rows(crowd, np.roll(crowd, step), names.index("favourite"), 0, 1) for step in range(1, 6)]
    received = rows(doers[is_past], receivers[is_past], names.index("retweet"), today - days[is_past], 1)
    columns = [np.concatenate(parts) for parts in zip(received, *friends, strict=True)]
    unknown = np.full(accounts, np.nan)
    posts = Posts(author[day <= today], today - day[day <= today], np.ones(int((day <= today).sum()), bool))
    return World(type(received)(*columns), unknown, unknown, unknown, posts=posts)


def _with_and_without(world: World, method: Method, calibration: Calibration, lives: int) -> tuple[Floats, Floats]:
    columns = score_arrays(world, method, "twitter", calibration=calibration).columns
    ends = {"z50": calibration.z50, "z95": calibration.z95}
    unit = points_per_unit(**ends, median_points=method.scale.median_points, high_points=method.scale.high_points)
    linear = columns["linear"][:lives]
    plain = np.maximum(0.0, linear - unit * columns["break_credit"][:lives])
    return soft_cap(linear, bends_from=method.scale.soft_cap_from), soft_cap(
        plain, bends_from=method.scale.soft_cap_from
    )


def _rhythms(outcome: Outcome, method: Method, calibration: Calibration, seed: int) -> None:
    some = [*rhythms(), *singles()]
    table: list[tuple[Cell, ...]] = []
    gains: dict[tuple[int, int], list[float]] = {rhythm: [] for rhythm in RHYTHMS}
    for reacting in REACTING:
        scores, plain = walk(some, range(RHYTHM_DAYS), method, calibration, seed, reacting=reacting)
        for n, (on, off) in enumerate(RHYTHMS):
            cycle = slice(RHYTHM_DAYS - (on + off), RHYTHM_DAYS)
            gains[on, off].append(float((scores[cycle, n] - plain[cycle, n]).mean()))
            means = float(scores[cycle, n].mean()), float(plain[cycle, n].mean())
            table.append((some[n].name, reacting, *means, gains[on, off][-1]))
    for n, (rhythm, most) in enumerate(RHYTHMS.items()):
        if most is not None:
            gain = max(gains[rhythm])
            outcome.aim(f"standing gain of {some[n].name} at most {most:g} points", f"{gain:.2f}", gain <= most)
    head = ("rhythm", "reactions a post", "mean score", "with K = 0", "standing gain")
    outcome.tables.append(Table(head, table, "Mean over the last full cycle", digits=2))
    _events(outcome, method, calibration, seed)
    panels = [_panel(some[n].name, scores[:, n], plain[:, n]) for n in (1, 2, len(RHYTHMS))]
    outcome.pictures.append(Picture("e7-breaks", "Scores through rhythms and a break of thirty days", panels))


def _panel(name: str, scores: Floats, plain: Floats) -> Panel:
    days = list(range(120, RHYTHM_DAYS))
    series = [Series("score", days, scores[120:].tolist()), Series("with K = 0", days, plain[120:].tolist())]
    return Panel(name, "day", "score", series)


def _events(outcome: Outcome, method: Method, calibration: Calibration, seed: int) -> None:
    """How far a score's change on a day of the rules is from its change the day before, whichever way either goes."""
    days = sorted({day - back for *_, day in EVENTS for back in range(3)})
    table: list[tuple[Cell, ...]] = []
    worst: dict[str, list[float]] = {name: [] for name, *_ in EVENTS}
    for reacting in REACTING:
        lives = (walk(singles(), days, method, calibration, seed + n, reacting=reacting)[0] for n in range(LIVES))
        scores = np.array(list(lives))
        for name, life, day in EVENTS:
            at = days.index(day)
            before, on = np.diff(scores[:, at - 2 : at + 1, life], axis=1).T
            apart = np.abs(on - before)
            worst[name].append(float(apart.max()))
            table.append((name, reacting, float(before.mean()), float(on.mean()), float(apart.mean()), worst[name][-1]))
    for name, apart_at_most in worst.items():
        wanted = f"{name}: a change at most {JUMP:g} point from that of the day before, in {LIVES} lives each"
        found = ", ".join(f"{most:.2f}" for most in apart_at_most)
        by = ", ".join(map(str, REACTING))
        outcome.aim(wanted, f"{found} at most with {by} reactions a post", max(apart_at_most) <= JUMP)
    table.sort(key=lambda row: [name for name, *_ in EVENTS].index(str(row[0])))
    head = ("day", "reactions a post", "change the day before", "change", "apart", "apart at most")
    outcome.tables.append(Table(head, table, f"Changes of {LIVES} lives each, means", digits=2))
