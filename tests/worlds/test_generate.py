"""A generated world: believable, complete, and the same bytes whenever it is made again."""

import gzip
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from sway.errors import ConfigError, LeaseHeld
from sway.runtime.landing_writer import LandingWriter
from sway.worlds.generate import FEEDS, Summary, generate

ACCOUNTS, DAYS = 3_000, 14
CREATED_AT = "%a %b %d %H:%M:%S %z %Y"


class World:
    """A world on disk, read back with nothing but the standard library and pyarrow."""

    def __init__(self, lake: Path, summary: Summary) -> None:
        self.lake, self.summary = lake, summary
        self.statuses = list(self.rows("twitter/statuses"))
        self.users = list(self.rows("twitter/users"))
        self.truth = pq.read_table(lake.with_name(lake.name + ".truth") / "accounts.parquet").to_pylist()

    def lines(self, feed: str) -> Iterator[tuple[date, str]]:
        for path in sorted((self.lake / "landing" / feed).glob("dt=*/*.gz")):
            day = date.fromisoformat(path.parent.name.removeprefix("dt="))
            yield from ((day, line) for line in read_lines(path))

    def rows(self, feed: str) -> Iterator[tuple[date, dict[str, Any]]]:
        return ((day, json.loads(line)) for day, line in self.lines(feed))

    def truth_of(self, network: str) -> dict[str, dict[str, Any]]:
        return {row["account_id"]: row for row in self.truth if row["network"] == network}


def read_lines(path: Path) -> list[str]:
    return gzip.decompress(path.read_bytes()).decode().splitlines()


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def rank_correlation(a: list[float], b: list[float]) -> float:
    def mid_ranks(values: list[float]) -> Any:
        _, place, count = np.unique(values, return_inverse=True, return_counts=True)
        return (np.cumsum(count) - count / 2)[place]

    return float(np.corrcoef(mid_ranks(a), mid_ranks(b))[0, 1])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    lake = tmp_path_factory.mktemp("worlds") / "lake"
    return World(lake, generate(LandingWriter(lake), accounts=ACCOUNTS, days=DAYS, seed=7))


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        generate(LandingWriter(tmp_path / name), accounts=300, days=4, seed=seed)

    for part in ("{}/landing", "{}.truth"):
        first, same, other = (hashes(tmp_path / part.format(name)) for name in "abc")
        assert first == same
        assert {path for path in first if "dt=2016-01-01" in path} <= other.keys()
        same_bytes = {path for path in first if first[path] == other.get(path)}
        # A file without rows is the same in every world.
        assert all(not read_lines(tmp_path / "a/landing" / path) for path in same_bytes if path.endswith(".gz"))
        assert len(same_bytes) < 0.2 * len(first)


def test_manifests_agree_with_files(world):
    folders = sorted((world.lake / "landing").glob("*/*/dt=*"))
    days = Counter("/".join(folder.parts[-3:-1]) for folder in folders)
    assert days.keys() == {f"{network}/{feed}" for network, feed in FEEDS}
    assert {feed for feed, count in days.items() if count < DAYS} <= {"registry/labels", "registry/opt_outs"}
    rows: Counter[str] = Counter()
    for folder in folders:
        files = json.loads((folder / "_manifest.json").read_text())["files"]
        names = {file["name"] for file in files}
        assert {path.name for path in folder.iterdir()} == {"_manifest.json", *names}
        for file in files:
            path = folder / file["name"]
            assert file["bytes"] == path.stat().st_size
            assert file["rows"] == len(read_lines(path))
            rows["/".join(folder.parts[-3:-1])] += file["rows"]
    assert rows == world.summary.rows


def test_statuses_have_every_field_and_few_are_delivered_late(world):
    late: Counter[int] = Counter()
    for day, status in world.statuses:
        late[(day - datetime.strptime(status["created_at"], CREATED_AT).date()).days] += 1
        assert status["id_str"] == str(status["id"])
        assert status["source"].startswith('<a href="')
        assert status["lang"]
        assert status["is_quote_status"] is ("quoted_status" in status)
        nested = [status[name] for name in ("retweeted_status", "quoted_status") if name in status]
        for user in [status["user"], *(inner["user"] for inner in nested), *mentions(status)]:
            assert user["id_str"] == str(user["id"])
            assert 0 < len(user["screen_name"]) <= 15
        assert all(tag["text"] for tag in status["entities"]["hashtags"])
    assert late.keys() == {0, 1, 2, 3}
    assert late[0] > 0.99 * len(world.statuses)
    ids = [(day, status["id"]) for day, status in world.statuses]
    assert len({number for _, number in ids}) == len(ids)
    assert ids == sorted(ids)


def mentions(status: dict[str, Any]) -> list[dict[str, Any]]:
    users: list[dict[str, Any]] = status["entities"]["user_mentions"]
    return users


def test_what_a_status_refers_to_was_written_before_by_whom_it_says(world):
    written = {status["id_str"]: status for _, status in world.statuses}
    kinds: Counter[str] = Counter()
    late = 0
    for _, status in world.statuses:
        at = datetime.strptime(status["created_at"], CREATED_AT)
        for name in ("retweeted_status", "quoted_status"):
            if name in status:
                kinds[name] += 1
                inner = status[name]
                original = written.get(inner["id_str"])
                if original is None:  # so late that the world was over
                    late += 1
                    continue
                assert (inner["created_at"], inner["user"]["id"]) == (original["created_at"], original["user"]["id"])
                assert datetime.strptime(inner["created_at"], CREATED_AT) <= at
        if status.get("retweeted_status", {}).get("id_str") in written:
            original = written[status["retweeted_status"]["id_str"]]
            named = [user["id"] for user in (original["user"], *mentions(original))]
            assert [user["id"] for user in mentions(status)] == named
        if status["in_reply_to_status_id"] is not None:
            is_own = status["in_reply_to_user_id"] == status["user"]["id"]
            kinds["thread" if is_own else "reply"] += 1
            if status["in_reply_to_status_id_str"] not in written:
                late += 1
                continue
            original = written[status["in_reply_to_status_id_str"]]["user"]
            assert original["id"] == status["in_reply_to_user_id"]
            assert original["id_str"] == status["in_reply_to_user_id_str"]
            assert original["id"] in [user["id"] for user in mentions(status)]
            assert status["in_reply_to_screen_name"] in [user["screen_name"] for user in mentions(status)]
        elif "retweeted_status" not in status:
            kinds["mention" if mentions(status) else "post"] += 1
    assert late < 0.01 * len(written)
    assert all(
        kinds[kind] > 100 for kind in ("retweeted_status", "quoted_status", "reply", "thread", "mention", "post")
    )


def test_everybody_has_a_profile_and_later_days_bring_few(world):
    by_day = Counter(day for day, _ in world.users)
    assert {user["id_str"] for _, user in world.users} == world.truth_of("twitter").keys()
    assert by_day[date(2016, 1, 1)] > 0.9 * ACCOUNTS
    assert all(count <= 0.06 * ACCOUNTS for day, count in by_day.items() if day > date(2016, 1, 1))
    assert {user["id"] for _, user in world.users if user["id"] > 2**53}
    missing = {field for _, user in world.users for field in user if user[field] is None}
    assert missing == {"created_at", "lang"}
    assert any(user["location"] == "" for _, user in world.users)


def test_nobody_acts_or_is_named_before_the_account_was_opened(world):
    created = {
        user["id"]: datetime.strptime(user["created_at"], CREATED_AT) for _, user in world.users if user["created_at"]
    }
    assert any(row["joined_day"] > 0 for row in world.truth_of("twitter").values())
    for _, status in world.statuses:
        at = datetime.strptime(status["created_at"], CREATED_AT)
        assert all(created.get(user["id"], at) <= at for user in [status["user"], *mentions(status)])


def test_followers_have_a_heavy_tail(world):
    followers = np.sort([row["followers"] for row in world.truth_of("twitter").values()])[::-1]
    tail = followers[: len(followers) // 50]
    hill = 1 / np.log(tail / tail[-1]).mean()
    assert followers[: len(followers) // 100].sum() > 0.15 * followers.sum()
    assert 1.0 < hill < 3.0
    assert np.median(followers) < 10


def test_activity_is_lognormal_but_for_the_silent_and_bots_and_shows_in_posts(world):
    truth = world.truth_of("twitter")
    posts = Counter(
        status["user"]["id_str"]
        for _, status in world.statuses
        if "retweeted_status" not in status and not mentions(status)
    )
    logs = np.log([row["activity"] for row in truth.values() if row["activity"] and not row["is_bot"]])
    standard = (logs - logs.mean()) / logs.std()
    assert logs.std() == pytest.approx(1.2, abs=0.1)
    assert abs((standard**3).mean()) < 0.25  # standard errors at 1,800: 0.06, 0.12 and 0.011
    assert abs((standard**4).mean() - 3) < 0.5
    assert (abs(standard) < 1).mean() == pytest.approx(0.683, abs=0.045)
    assert rank_correlation([truth[account]["activity"] for account in truth], [posts[one] for one in truth]) > 0.65


def test_communities_have_power_law_sizes_and_keep_much_to_themselves(world):
    community = {account: row["community"] for account, row in world.truth_of("twitter").items()}
    sizes = np.sort(list(Counter(community.values()).values()))[::-1]
    slope, _ = np.polyfit(np.log(np.arange(len(sizes)) + 3.0), np.log(sizes), 1)
    assert slope == pytest.approx(-0.9, abs=0.1)
    assert sizes[0] > 4 * np.median(sizes)

    reshares = [
        [community[status["user"]["id_str"]], community[status["retweeted_status"]["user"]["id_str"]]]
        for _, status in world.statuses
        if "retweeted_status" in status
    ]
    who, whom = np.array(reshares).T
    by_chance = sum((who == one).mean() * (whom == one).mean() for one in set(community.values()))
    assert (who == whom).mean() > 4 * by_chance


def test_days_and_weeks_have_a_rhythm(world):
    hours = Counter(int(status["created_at"][11:13]) for _, status in world.statuses)
    days = Counter(day for day, _ in world.statuses)
    weekend = np.mean([count for day, count in days.items() if day.weekday() >= 5])
    week = np.mean([count for day, count in days.items() if day.weekday() < 5])
    assert max(hours.values()) > 1.4 * min(hours.values())
    assert weekend < 0.92 * week


def test_pull_explains_reactors_better_than_followers(world):
    truth = world.truth_of("twitter")
    posts: Counter[str] = Counter()
    author: dict[str, str] = {}
    reactors: dict[str, set[str]] = defaultdict(set)
    for _, status in world.statuses:
        actor = status["user"]["id_str"]
        inner = status.get("retweeted_status") or status.get("quoted_status") or {}
        answered = inner.get("id_str") or status["in_reply_to_status_id_str"]
        if answered is None and not mentions(status):
            author[status["id_str"]] = actor
            posts[actor] += 1
        elif author.get(answered) != actor:
            reactors[answered].add(actor)
    for _, event in world.rows("twitter/favourites"):
        if event["event"] == "favorite":
            reactors[event["target_object"]["id_str"]].add(event["source"]["id_str"])
    per_post: Counter[str] = Counter()
    for post, those in reactors.items():
        if post in author:
            per_post[author[post]] += len(those)

    seen = [account for account, count in posts.items() if count >= 5]
    observed = [per_post[account] / posts[account] for account in seen]

    def explained(by: str) -> float:
        return rank_correlation([truth[account][by] for account in seen], observed)

    assert explained("pull") > 0.5
    assert explained("followers") < explained("pull") < explained("expected_distinct_reactors_per_post")
    # 7 % of the reactions only mention the author, as talk does; a few per cent of reactors are away.
    expected = sum(truth[account]["expected_distinct_reactors_per_post"] * n for account, n in posts.items())
    assert per_post.total() == pytest.approx(0.88 * expected, rel=0.1)


def test_the_same_world_is_left_alone(tmp_path):
    writer = LandingWriter(tmp_path / "lake")
    made = generate(writer, accounts=100, days=2, seed=1)
    before = hashes(tmp_path)

    again = generate(writer, accounts=100, days=2, seed=1)

    assert again.already_there
    assert str(again).startswith("already there: facebook ")
    assert again.rows == made.rows
    assert hashes(tmp_path) == before


def test_another_world_or_other_files_are_refused(tmp_path):
    generate(LandingWriter(tmp_path / "lake"), accounts=100, days=2, seed=1)
    with pytest.raises(ConfigError, match=r"found a world with .*'seed': 1"):
        generate(LandingWriter(tmp_path / "lake"), accounts=100, days=2, seed=2)

    (tmp_path / "own/landing/twitter").mkdir(parents=True)
    with pytest.raises(ConfigError, match="files of another origin"):
        generate(LandingWriter(tmp_path / "own"), accounts=100, days=2, seed=1)


def test_an_interrupted_world_is_begun_again(tmp_path):
    class CutError(Exception):
        pass

    class Stops(LandingWriter):
        def day(self, network, feed, delivered):
            if network == "facebook" and feed == "comments" and delivered == date(2016, 1, 2):
                raise CutError
            return super().day(network, feed, delivered)

    generate(LandingWriter(tmp_path / "whole"), accounts=100, days=3, seed=1)
    with pytest.raises(CutError):
        generate(Stops(tmp_path / "lake"), accounts=100, days=3, seed=1)

    summary = generate(LandingWriter(tmp_path / "lake"), accounts=100, days=3, seed=1)

    assert not summary.already_there
    assert hashes(tmp_path / "lake") == hashes(tmp_path / "whole")
    assert hashes(tmp_path / "lake.truth") == hashes(tmp_path / "whole.truth")


def test_a_world_that_another_process_writes_is_left_to_it(tmp_path):
    def second(_):
        with pytest.raises(LeaseHeld, match="another process writes this world"):
            generate(LandingWriter(tmp_path / "lake"), accounts=100, days=2, seed=1)

    generate(LandingWriter(tmp_path / "lake"), accounts=100, days=2, seed=1, progress=second)

    assert generate(LandingWriter(tmp_path / "lake"), accounts=100, days=2, seed=1).already_there


def test_progress_is_told(tmp_path):
    told: list[str] = []
    generate(LandingWriter(tmp_path / "lake"), accounts=100, days=2, seed=1, progress=told.append)
    assert told[0] == "twitter: accounts"


@pytest.mark.parametrize(
    ("argument", "value"), [("accounts", 3), ("days", 0), ("seed", -1), ("start", date(2009, 1, 1)), ("days", 10**9)]
)
def test_an_impossible_world_is_refused_before_anything_is_written(tmp_path, argument, value):
    arguments = {"accounts": 100, "days": 2, "seed": 1, argument: value}
    with pytest.raises(ConfigError, match=f"{argument}: expected"):
        generate(LandingWriter(tmp_path / "lake"), **arguments)
    assert not list(tmp_path.iterdir())
