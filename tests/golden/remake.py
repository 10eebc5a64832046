"""Writes a version's golden world: `python -m tests.golden.remake sway-0.1`, from the repository's root.

The expected numbers come from the slow twin (tests/kernels/reference/), never from the code under test.
They are remade while a version is being made, and never again once a score of it has been published: code
that moves a version's scores needs a new version.
"""

import csv
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from tests.kernels import reference

HERE = Path(__file__).parent
SCORE_DATE = date(2016, 5, 1)
ACCOUNTS = 32
NETWORK_FIRST_SEEN = SCORE_DATE - timedelta(days=200)


def some_accounts(random: Random) -> list[dict[str, Any]]:
    """Accounts of every kind trust tells apart; the first ten are popular."""
    labels = {6: "restricted", 13: "spam", 17: "seed", 21: "suspended", 23: "spam seed"}
    accounts = []
    for number in range(ACCOUNTS):
        has_profile, has_age = number % 8 != 5, number % 7 != 3
        first_seen = NETWORK_FIRST_SEEN + timedelta(days=random.choice([0, 5, 27, 28, 60, 120, 170]))
        opened = first_seen - timedelta(days=random.choice([0, 3, 40, 1000]))
        accounts.append(
            {
                "account_id": f"a{number:02d}",
                "first_seen": NETWORK_FIRST_SEEN if number == 0 else first_seen,
                "has_profile": int(has_profile),
                "created_on": opened if has_profile and has_age else "",
                "followers": random.choice([3, 400, 900, 20000]) if has_profile and number % 9 else "",
                "following": random.choice([10, 700, 5000, 90000]) if has_profile else "",
                "labels": labels.get(number, ""),
                "original_posts": random.choice([0, 1, 8, 60, 200]),
                "reshares": random.choice([0, 2, 30]),
            }
        )
    return accounts


def some_acts(random: Random, accounts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Acts towards the popular mostly, favours between neighbours, the last two accounts untouched."""
    rows: dict[tuple[str, str, str, date], int] = {}
    names = [account["account_id"] for account in accounts[:-2]]
    for _ in range(420):
        actor = random.randrange(len(names))
        popular = random.random() < 0.6
        target = random.randrange(10) if popular else (actor + random.randint(1, 4)) % len(names)
        age_days = random.choice([0, 1, 2, 5, 9, 14, 30, 31, 75, 120, 179, 180, -1])
        if actor != target:
            action = random.choice(list(reference.TWITTER))
            key = (names[actor], names[target], action, SCORE_DATE - timedelta(days=age_days))
            rows[key] = random.choice([1, 1, 1, 2, 7])
    fields = ("actor_id", "target_id", "action", "event_date")
    return [{**dict(zip(fields, key, strict=True)), "count": count} for key, count in sorted(rows.items())]


def some_follows(random: Random, accounts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Standing relations on the score date: towards the popular mostly, one account known by nothing else."""
    names = [account["account_id"] for account in accounts]
    pairs = {(random.choice(names), random.choice(names[: random.choice([10, 30])])) for _ in range(60)}
    pairs.add((names[-1], names[0]))
    return [{"actor_id": actor, "target_id": target} for actor, target in sorted(pairs) if actor != target]


def some_post_ages(random: Random, accounts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Days with posts of regular posters, of those on a break, and of the rare; one original post a day and account."""
    rows = []
    for account in accounts:
        silent, chance = random.choice([0, 3, 5, 9, 16, 40]), random.choice([0.1, 0.5, 0.9, 1.0])
        back = random.choice([0, 0, 20])  # days since a return from another break
        ages = [age for age in range(260) if age >= silent + back or age < back]
        rows += [{"account_id": account["account_id"], "age_days": age} for age in ages if random.random() < chance]
    return rows


def some_links(random: Random, accounts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Accounts of entities: alone, several of one, one of two entities, and one whose account has no score."""
    names = [account["account_id"] for account in accounts]
    owned = {"e1": names[:1], "e2": names[1:4], "e3": [names[5], names[-1]], "e4": [names[-2]], "e5": names[6:9]}
    rows = [(entity, name, 1.0) for entity, of in owned.items() for name in of]
    rows += [("e6", names[10], 0.7), ("e7", names[10], 0.3), ("e7", names[11], 1.0)]
    return [dict(zip(("entity_id", "account_id", "share"), row, strict=True)) for row in sorted(rows)]


def to_expected_entities(
    links: Iterable[Mapping[str, Any]], expected: Iterable[Mapping[str, Any]], scale: reference.Scale
) -> list[dict[str, Any]]:
    """What the slow twin says of every entity, from what it said of accounts."""
    by_id, unit = {row["account_id"]: row for row in expected}, reference.points_per_unit(scale.z50, scale.z95)
    entities: dict[str, list[reference.Held]] = {}
    for link in links:
        row = by_id[link["account_id"]]
        n_eff = reference.effective_reactors(row["reach"], row["reach_squares"])
        counts = row["linear"] is not None and n_eff > 0
        held = reference.Held(
            row["linear"] if counts else None,
            link["share"],
            0.5 * unit / n_eff**0.5 if counts else None,
            n_eff if counts else 0.0,
        )
        entities.setdefault(link["entity_id"], []).append(held)
    wholes = {entity: reference.combined(of) for entity, of in entities.items()}
    scores = {entity: whole.score for entity, whole in wholes.items()}
    places = reference.mid_rank_percentiles(scores), reference.ranks(scores)
    return [
        {
            "entity_id": entity,
            "linear": whole.linear,
            "score": whole.score,
            "error": whole.error,
            "grade": None if whole.score is None else reference.grade(whole.n_eff),
            "percentile": places[0][entity],
            "rank": places[1][entity],
            "accounts": len(entities[entity]),
        }
        for entity, whole in wholes.items()
    ]


def to_trust(account: Mapping[str, Any]) -> float:
    profile = reference.Profile(
        account["created_on"] or None,
        *(None if account[name] == "" else account[name] for name in ("followers", "following")),
    )
    return reference.trust(
        SCORE_DATE,
        profile=profile,
        labels=account["labels"].split(),
        first_seen=account["first_seen"],
        network_first_seen=NETWORK_FIRST_SEEN,
    )


def to_expected(
    accounts: Iterable[Mapping[str, Any]],
    acts: Iterable[Mapping[str, Any]],
    follows: Iterable[Mapping[str, Any]],
    post_ages: Iterable[Mapping[str, Any]],
    shift: float,
    damping: Mapping[str, float],
    fade_out_days: int,
) -> tuple[list[dict[str, Any]], reference.Scale]:
    """What the slow twin says of every account, and the scale it is measured with."""
    by_id = {account["account_id"]: account for account in accounts}
    posted: dict[str, set[int]] = {}
    for row in post_ages:
        posted.setdefault(row["account_id"], set()).add(row["age_days"])
    by_day = {
        name: sum(reference.lasting(age, fade_out_days=fade_out_days) for age in ages if age < 180)
        for name, ages in posted.items()
    }
    raw = reference.raw(
        [reference.Act(*act.values()) for act in acts],
        SCORE_DATE,
        m={name: to_trust(account) for name, account in by_id.items()},
        suspended=[name for name, account in by_id.items() if "suspended" in account["labels"]],
        original_posts=by_day or {name: account["original_posts"] for name, account in by_id.items()},
        also=tuple(name for name, account in by_id.items() if account["original_posts"] + account["reshares"]),
        post_ages=posted,
        standing=[(follow["actor_id"], follow["target_id"], 1.0) for follow in follows],
        damping=damping,
        fade_out_days=fade_out_days,
    )
    scale = reference.calibrated(raw, has_posts=True, fewest_accounts=1)
    if scale is None:
        raise ValueError("nobody has reach")
    scores = reference.scored(raw, scale, shift=shift)
    z = reference.raw_scores(raw, scale.m0)
    points = {name: score.score for name, score in scores.items()}
    percentiles, ranks = reference.mid_rank_percentiles(points), reference.ranks(points)
    return [
        {
            "account_id": name,
            "trust": raw.trust[name],
            "influence": score.influence,
            "reach": score.reach,
            "reach_squares": raw.squares[name],
            "voiced_reactions": raw.reactions[name],
            "efficiency": score.efficiency,
            "raw_score": z.get(name),
            "linear": score.linear,
            "score": score.score,
            "error": score.error,
            "grade": score.grade,
            "percentile": percentiles[name],
            "rank": ranks[name],
        }
        for name, score in sorted(scores.items())
    ], scale


def write(file: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Numbers as Python writes them: with every digit that tells them apart."""
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main(version: str) -> None:
    random, folder = Random(version), HERE / version
    accounts = some_accounts(random)
    acts = some_acts(random, accounts)
    follows = [] if version == "sway-0.1" else some_follows(random, accounts)
    is_whole = version not in ("sway-0.1", "sway-0.2")
    post_ages, links = (some_post_ages(random, accounts), some_links(random, accounts)) if is_whole else ([], [])
    shift = 2.5 if is_whole else 0.0
    damping, soft = (reference.SWAY_1_0, reference.FADE_OUT_DAYS) if is_whole else (reference.DESIGN, 0)
    expected, scale = to_expected(accounts, acts, follows, post_ages, shift, damping, soft)
    frozen = {"accounts": sum(row["reach"] > 0 and row["score"] is not None for row in expected), **vars(scale)}
    frozen |= {"has_profiles": True, "has_posts": True} | ({"shift": shift} if is_whole else {})
    folder.mkdir(exist_ok=True)
    write(folder / "accounts.csv", accounts)
    write(folder / "acts.csv", acts)
    if follows:
        write(folder / "follows.csv", follows)
    if is_whole:
        write(folder / "post_ages.csv", post_ages)
        write(folder / "links.csv", links)
        write(folder / "expected_entities.csv", to_expected_entities(links, expected, scale))
    write(folder / "expected.csv", expected)
    (folder / "calibration.json").write_text(json.dumps(frozen, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
