"""E1c: members of Congress by what they do to each other, against what everybody does to their posts afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sway.evaluation.generated import rows
from sway.evaluation.measures import interval, leads
from sway.evaluation.outcome import Outcome, Table
from sway.evaluation.setting import EARLIER, Setting, in_words, with_efficiency
from sway.kernels.agreement import spearman
from sway.steps.in_arrays import Posts, World, score_arrays

Floats = NDArray[np.float64]

DATA_SET, TWEETS, PROFILES = "congress-tweets-2016", "tweets_until_2016-03-31.jsonl.gz", "profiles.jsonl.gz"
SCORED = date(2016, 2, 29)
FEWEST_POSTS = 5
ORDER = ("retweet", "quote", "reply", "mention")  # of what one status does to one account the first stays (method 1)


class Log(NamedTuple):
    """Statuses up to the end of the log: acts (actor, target, action, day), posts (author, day, original, received)."""

    acts: list[tuple[int, int, str, date]]
    posts: list[tuple[int, date, bool, int]]


def read(setting: Setting) -> Log:
    """What each status does, as ingest reads it; likes and retweets received, of originals, as of the fetch in May."""
    log = Log([], [])
    for line in setting.data.objects(DATA_SET, TWEETS):
        author, day = line["user_id"], _day(line["created_at"])
        is_original = "retweeted_status" not in line
        log.posts.append((author, day, is_original, line["retweet_count"] + line["favorite_count"]))
        firsts: dict[int, str] = {}
        for target, action in _acts(line):
            if target != author and ORDER.index(action) < ORDER.index(firsts.get(target, ORDER[-1])) + 1:
                firsts[target] = action
        log.acts.extend((author, target, action, day) for target, action in firsts.items())
    return log


def _acts(line: dict[str, Any]) -> Iterator[tuple[int, str]]:
    if "retweeted_status" in line:  # the accounts its text names are the original's to name
        yield line["retweeted_status"]["user_id"], "retweet"
        return
    if "quoted_status" in line:
        yield line["quoted_status"]["user_id"], "quote"
    if line["in_reply_to_user_id"] is not None:
        yield line["in_reply_to_user_id"], "reply"
    yield from ((target, "mention") for target, _ in line["user_mentions"])


def _day(created_at: str) -> date:
    return datetime.strptime(created_at, "%a %b %d %H:%M:%S %z %Y").astimezone(UTC).date()


def foresight(setting: Setting) -> Outcome:
    """Score on 29 February 2016 against each member's likes and retweets per own post in March."""
    log, profiles = read(setting), list(setting.data.objects(DATA_SET, PROFILES))
    members = {author for author, *_ in log.posts}
    outcome = Outcome(
        f"{DATA_SET}: {len(log.acts):,} acts of {len(members):,} members, score date {SCORED}, posts from 1 to 31 "
        f"March; profiles, fetched in May 2016, count from the first day on; compared are scored members with "
        f"{FEWEST_POSTS} own posts or more in March and a known listed count; bootstrap seed {setting.seeds[0]}"
    )
    accounts = sorted(
        {name for actor, target, *_ in log.acts for name in (actor, target)} | {p["id"] for p in profiles}
    )
    place = {name: n for n, name in enumerate(accounts)}
    world = _world(setting, log, profiles, place)
    received = _received(log, place)
    listed = np.full(len(place), np.nan)
    listed[[place[p["id"]] for p in profiles]] = [p["listed_count"] for p in profiles]
    columns = setting.scored(world).columns
    earlier = setting.methods[EARLIER].efficiency
    with_earlier = score_arrays(world, with_efficiency(setting.method, earlier), "twitter").columns
    numbers = {
        "score": columns["raw_score"],
        "followers": world.followers,
        "listed count": listed,
        "reactors in Congress": columns["reactors"].astype(np.float64),
        "reactions in Congress": columns["reactions"].astype(np.float64),
        "PageRank": setting.raw(world, "pagerank"),
        f"score with efficiency of {in_words(earlier)}": with_earlier["raw_score"],
    }
    who = np.flatnonzero(~np.isnan(received) & ~np.isnan(numbers["score"]) & ~np.isnan(listed))
    _compare(outcome, {name: value[who] for name, value in numbers.items()}, received[who], setting.seeds[0])
    outcome.remarks.append(_why(log))
    return outcome


def _why(log: Log) -> str:
    """How little of what members' posts drew the log holds."""
    members = {author for author, *_ in log.posts}
    seen = sum(target in members and action in ("retweet", "quote") for _, target, action, _ in log.acts)
    drawn = sum(received for _, _, is_original, received in log.posts if is_original)
    return (
        f"The log holds what members do, not what everybody does: their own posts drew {drawn:,} likes and retweets, "
        f"of which {seen:,} retweets and quotes by colleagues, {100 * seen / drawn:.2f} %, are in it. The score ranks "
        "them by their colleagues' reactions, as reactors and reactions do; followers and lists count the public, and "
        "the public is who likes. With the public's acts in the lake the score would see them; from these data alone "
        "it cannot."
    )


def _world(setting: Setting, log: Log, profiles: list[dict[str, Any]], place: dict[int, int]) -> World:
    names = sorted(setting.method.networks["twitter"].actions)
    past = [
        (place[a], place[b], names.index(kind), (SCORED - day).days) for a, b, kind, day in log.acts if day <= SCORED
    ]
    actor, target, action, age = np.array(past, np.int64).T
    known = {name: np.full(len(place), np.nan) for name in ("age_days", "followers", "following")}
    known["age_days"] = _since_first_seen(setting, log, place)
    for profile in profiles:
        row = place[profile["id"]]
        known["age_days"][row] = (SCORED - _day(profile["created_at"])).days
        known["followers"][row], known["following"][row] = profile["followers_count"], profile["friends_count"]
    own = [
        (place[a], (SCORED - day).days, original) for a, day, original, _ in log.posts if day <= SCORED and a in place
    ]
    author, post_age, is_original = zip(*own, strict=True)
    posts = Posts(np.array(author), np.array(post_age), np.array(is_original))
    return World(rows(actor, target, action, age, 1), posts=posts, **known)


def _since_first_seen(setting: Setting, log: Log, place: dict[int, int]) -> Floats:
    """Age without a creation date: days since the earliest row that names the account; none in the log's first days."""
    first: dict[int, date] = {}
    for one, other, _, day in log.acts:
        for name in (one, other):
            first[name] = min(day, first.get(name, day))
    begins = min(day for _, day, *_ in log.posts) + timedelta(days=setting.method.trust.first_days_of_data)
    age = np.full(len(place), np.nan)
    for name, day in first.items():
        if begins <= day <= SCORED:
            age[place[name]] = (SCORED - day).days
    return age


def _received(log: Log, place: dict[int, int]) -> Floats:
    """(n,) likes and retweets per own post after the score date, NaN for fewer than five posts."""
    totals, counts = np.zeros(len(place)), np.zeros(len(place))
    for author, day, is_original, received in log.posts:
        if is_original and day > SCORED and author in place:
            totals[place[author]] += received
            counts[place[author]] += 1
    return np.where(counts >= FEWEST_POSTS, totals / np.maximum(counts, 1), np.nan)


def _compare(outcome: Outcome, numbers: dict[str, Floats], truth: Floats, seed: int) -> None:
    table = []
    for name, value in numbers.items():

        def measure(picked: NDArray[np.int64], value: Floats = value) -> float:
            return spearman(value[picked], truth[picked])

        low, high = interval(measure, len(truth), seed=seed)
        lead, least, most = leads(numbers["score"], value, truth, seed=seed)
        ahead = "" if name == "score" else f"{lead:+.3f} ({least:+.3f} to {most:+.3f})"
        table.append((name, len(truth), spearman(value, truth), f"{low:.3f} to {high:.3f}", ahead))
    head = ("number", "members", "Spearman", "95 % interval", "score ahead by")
    outcome.tables.append(Table(head, table, "Against likes and retweets per post in March"))
    for name in ("followers", "listed count"):
        lead, least, most = leads(numbers["score"], numbers[name], truth, seed=seed)
        outcome.aim(f"Spearman above {name}", f"{lead:+.3f} ({least:+.3f} to {most:+.3f})", lead > 0.0)
