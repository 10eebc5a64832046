"""E19: what further real sets allow; sets of follows alone have influence but no score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from math import log1p

import numpy as np
from numpy.typing import NDArray

from sway.engine.in_memory import Acts
from sway.evaluation.generated import rows, stacked
from sway.evaluation.measures import top_one_percent
from sway.evaluation.outcome import Absent, Cell, Outcome, Table
from sway.evaluation.setting import Setting
from sway.kernels.agreement import spearman
from sway.steps.in_arrays import World

Floats = NDArray[np.float64]

BUNDESTAG, CONGRESS, TIMME = "bundestag-follows", "congress-follows-2023", "timme-politicians-2019"
RANKING, PROFILED, KAGGLE = "top-accounts-by-country-2018", "congress-tweets-2016", "kaggle-influencers-peerindex"
FEWEST = 5


def elsewhere(setting: Setting) -> Outcome:
    """One table a set; those that are absent are named."""
    outcome = Outcome(f"{BUNDESTAG}, {CONGRESS}, {TIMME}, {RANKING}, {KAGGLE}; pantheon-people stands in E18")
    parts: tuple[Callable[[Outcome, Setting], None], ...] = (_follows, _politicians, _ranking, _judged)
    absent = []
    for part in parts:
        try:
            part(outcome, setting)
        except Absent as why:
            absent.append(str(why))
    if len(absent) == len(parts):
        raise Absent(absent[0])
    outcome.remarks += [f"Left out: {why}." for why in absent]
    return outcome


def _numbered(pairs: Iterable[tuple[str, str]]) -> tuple[dict[str, int], NDArray[np.int64], NDArray[np.int64]]:
    """Names in order, and the pairs by number."""
    listed = list(pairs)
    place = {name: n for n, name in enumerate(sorted({name for pair in listed for name in pair}))}
    one, other = np.array([(place[a], place[b]) for a, b in listed], np.int64).T
    return place, one, other


def _plain(acts: Acts, accounts: int) -> World:
    unknown = np.full(accounts, np.nan)
    return World(acts, unknown, unknown, unknown)


def _follows(outcome: Outcome, setting: Setting) -> None:
    """Influence of follows alone beside followers among those listed, and PageRank."""
    table: list[tuple[Cell, ...]] = []
    follow = sorted(setting.method.networks["twitter"].actions).index("follow")
    for data_set, file in ((BUNDESTAG, "follows_20181205.tsv.gz"), (CONGRESS, "follows_part.tsv.gz")):
        lines = setting.data.table(data_set, file, "\t")
        place, one, other = _numbered(
            (f"@{row['follower_screen_name'].lower()}", row["followed_user_id"]) for row in lines
        )
        world = _plain(rows(one, other, follow), len(place))
        columns = setting.unscaled(world).columns
        followers = np.bincount(other, minlength=len(place)).astype(np.float64)
        some = followers >= FEWEST
        for name, value in (("followers in the set", followers), ("PageRank", setting.raw(world, "pagerank"))):
            measures = (
                spearman(columns["influence"][some], value[some]),
                top_one_percent(columns["influence"][some], value[some]),
            )
            table.append((data_set, name, len(one), int(some.sum()), int((columns["reactions"] > 0).sum()), *measures))
    head = ("set", "influence against", "follows", f"followed by {FEWEST} or more", "scored", "Spearman", "top 1 %")
    outcome.tables.append(Table(head, table, "Follows alone"))
    outcome.remarks.append(
        "Nobody is scored where only follows are known, as it should be. Influence of follows alone is followers with "
        "each follower's voice shared among those followed: who is followed by those that follow few stands higher. "
        "Both sets name followers by handle and those followed by number, so nobody is seen to do both: influence and "
        "PageRank are one weighted count of followers here, each counted by how few they follow, and that they agree "
        "says nothing."
    )


def _politicians(outcome: Outcome, setting: Setting) -> None:
    """Score of mentions, retweets, replies and follows against the distinct people who liked, which it is not shown."""
    names = sorted(setting.method.networks["twitter"].actions)
    kinds = {
        "follow": ("purep_friend_list.tsv.gz", "follower", "followee"),
        "mention": ("purep_mention_list.tsv.gz", "user_id", "mentioned"),
        "retweet": ("purep_retweet_list.tsv.gz", "user_id", "retweeted"),
        "reply": ("purep_reply_list.tsv.gz", "user_id", "reply_to"),
        "favourite": ("purep_favorite_list.tsv.gz", "user_id", "liked"),
    }
    read = {
        kind: [(row[a], row[b], int(float(row["count"]))) for row in setting.data.table(TIMME, file, "\t")]
        for kind, (file, a, b) in kinds.items()
    }
    place, _, _ = _numbered((a, b) for pairs in read.values() for a, b, _ in pairs)
    blocks = []
    for kind, pairs in read.items():
        one, other, counts = zip(*pairs, strict=True)
        actor, target = (np.array([place[name] for name in side], np.int64) for side in (one, other))
        blocks.append(rows(actor, target, names.index(kind), 0, 0 if kind == "follow" else counts))
    likes = blocks.pop()
    world = _plain(stacked(*blocks), len(place))
    others = likes.actor != likes.target
    liked = np.bincount(likes.target[others], minlength=len(place)).astype(np.float64)
    columns = setting.unscaled(world).columns
    follows = blocks[0]
    numbers = {
        "score, likes not shown": np.nan_to_num(columns["raw_score"], nan=-np.inf),
        "reactors": columns["reactors"].astype(np.float64),
        "reactions": columns["reactions"].astype(np.float64),
        "followers in the set": np.bincount(follows.target, minlength=len(place)).astype(np.float64),
        "PageRank": setting.raw(world, "pagerank"),
    }
    table = [
        (name, len(place), spearman(value, liked), top_one_percent(value, liked)) for name, value in numbers.items()
    ]
    head = ("number", "accounts", "Spearman", "top 1 %")
    outcome.tables.append(
        Table(head, table, f"{TIMME}: against distinct politicians who liked, one batch without times")
    )


def _ranking(outcome: Outcome, setting: Setting) -> None:
    """The ranking by followers of a country, against the profiles that another set has of the same handles."""
    rank = {r["screen_name"]: int(r["position"]) for r in setting.data.table(RANKING, "socialbakers_top.csv.gz")}
    profiles = setting.data.objects(PROFILED, "profiles.jsonl.gz")
    both = [
        (rank[p["screen_name"].lower()], p["followers_count"]) for p in profiles if p["screen_name"].lower() in rank
    ]
    outcome.remarks.append(
        f"{RANKING}: {len(rank):,} handles in order of followers, without acts. {len(both)} of them have a profile in "
        f"{PROFILED}" + (": too few to compare." if len(both) < 10 else f", Spearman {_of_pairs(both):.3f}.")
    )


def _of_pairs(pairs: list[tuple[int, int]]) -> float:
    one, other = np.array(pairs, np.float64).T
    return -spearman(one, other)


def _judged(outcome: Outcome, setting: Setting) -> None:
    """People's judgement which of two accounts is more influential, by counters; the score can only be imitated."""
    lines = list(setting.data.table(KAGGLE, "train_half.csv.gz"))
    table = []
    for name, of in COUNTERS.items():
        wins: Counter[str] = Counter()
        for line in lines:
            a, b = (of({k[2:]: float(v) for k, v in line.items() if k.startswith(side)}) for side in ("A_", "B_"))
            wins["tie" if a == b else "right" if (a > b) == (line["Choice"] == "1") else "wrong"] += 1
        table.append((name, len(lines), (wins["right"] + wins["tie"] / 2) / len(lines)))
    table.sort(key=lambda row: -row[2])
    outcome.tables.append(Table(("number", "pairs", "right"), table, f"{KAGGLE}: which of two people judged higher"))
    outcome.remarks.append(
        f"{KAGGLE} has counters, scaled in a way not published, and nobody's acts: neither who reacts nor how many "
        "distinct ones is known. The stand-in puts weighted reactions where y and U would stand; it shows what the "
        "form of the score makes of counters, not the score."
    )


def _stand_in(of: dict[str, float]) -> float:
    """1/2 ln(1 + half of weighted reactions) + 1/2 ln(1 + reactions), with the version's weights."""
    received = of["mentions_received"] + of["retweets_received"]
    weighted = 4.0 * of["mentions_received"] + 6.0 * of["retweets_received"]
    return 0.5 * log1p(0.5 * weighted) + 0.5 * log1p(received)


COUNTERS: dict[str, Callable[[dict[str, float]], float]] = {
    "stand-in for the score": _stand_in,
    "followers": lambda of: of["follower_count"],
    "listed count": lambda of: of["listed_count"],
    "mentions received": lambda of: of["mentions_received"],
    "retweets received": lambda of: of["retweets_received"],
    "followers over following": lambda of: (1.0 + of["follower_count"]) / (1.0 + of["following_count"]),
}
