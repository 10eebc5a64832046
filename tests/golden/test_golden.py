"""A version's scores stay what they were: a small world with the numbers its slow twin computed once."""

import csv
import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sway.contracts.calibration import Calibration
from sway.contracts.tables.acts import ACCOUNTS, PAIR_DAYS, POSTS
from sway.contracts.tables.states import FOLLOWS, LABELS, PROFILES
from sway.engine.dataframe import DataFrameExecutor
from sway.engine.local_executor import LocalExecutor
from sway.runtime import config
from sway.stages.members import to_members
from sway.stages.post_counts import to_post_counts
from sway.stages.scores import to_account_scores
from sway.stages.standing import to_standing

from tests.engine.worlds import as_pair_days

HERE = Path(__file__).parent
SCORE_DATE = date(2016, 5, 1)
VERSIONS = sorted(folder.name for folder in HERE.iterdir() if (folder / "expected.csv").is_file())


def rows(version, name):
    with (HERE / version / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def number(text, kind=int):
    return kind(text) if text else None


def instant(text):
    return datetime.fromisoformat(text) if text else None


@pytest.fixture(params=VERSIONS)
def version(request):
    return request.param


@pytest.fixture
def tables(spark, version):
    """The world's PAIR_DAYS, POSTS, ACCOUNTS, PROFILES and LABELS."""
    accounts, day = rows(version, "accounts"), SCORE_DATE - timedelta(days=1)
    keys = {account["account_id"]: 7919 * place - 2**62 for place, account in enumerate(accounts)}
    acts = [
        ("twitter", date.fromisoformat(act["event_date"]), keys[act["actor_id"]], keys[act["target_id"]],
         act["action"], int(act["count"]), None)
        for act in rows(version, "acts")
    ]  # fmt: skip
    posts = [
        ("twitter", day, f"{a['account_id']}/{kind}/{n}", a["account_id"], datetime(2016, 4, 30), kind,
         None, None, None, "statuses", day, 0)
        for a in accounts
        for kind, count in (("original", a["original_posts"]), ("reshare", a["reshares"]))
        for n in range(int(count))
    ]  # fmt: skip
    seen = [("twitter", a["account_id"], keys[a["account_id"]], 0, instant(a["first_seen"])) for a in accounts]
    profiles = [
        ("twitter", a["account_id"], day, None, None, None, instant(a["created_on"]), number(a["followers"]),
         number(a["following"]), None, None, None, None, None)
        for a in accounts
        if a["has_profile"] == "1"
    ]  # fmt: skip
    labels = [
        ("twitter", a["account_id"], label, "moderator", None, day, None, day)
        for a in accounts
        for label in a["labels"].split()
    ]
    contents = zip((PAIR_DAYS, POSTS, ACCOUNTS, PROFILES, LABELS), (acts, posts, seen, profiles, labels), strict=True)
    return [spark.createDataFrame(content, contract.ddl) for contract, content in contents]


@pytest.fixture
def follows(spark, version):
    """The world's FOLLOWS: none for versions that know no standing relation; one ended and one to come besides."""
    if not (HERE / version / "follows.csv").is_file():
        return spark.createDataFrame([], FOLLOWS.ddl)
    day = SCORE_DATE - timedelta(days=9)
    pairs = [(row["actor_id"], row["target_id"]) for row in rows(version, "follows")]
    told = [("twitter", "follow", *pair, day, None, "follows", day) for pair in pairs]
    told += [
        ("twitter", "follow", "a05", "a31", day, SCORE_DATE, "follows", day),
        ("twitter", "follow", "a06", "a31", SCORE_DATE + timedelta(days=1), None, "follows", day),
    ]
    return spark.createDataFrame(told, FOLLOWS.ddl)


@pytest.fixture(params=["dataframe", "local"])
def executor(request, tmp_path):
    """Each executor, and how close its scores must be."""
    if request.param == "dataframe":
        return DataFrameExecutor(), 1e-9
    return LocalExecutor(tmp_path / "work", "golden", threads=2, most_rows=40), 1e-6


def test_scores_are_those_of_the_golden_world(spark, tables, follows, version, executor, tmp_path):
    pair_days, posts, accounts, profiles, labels = tables
    method = config.load().method(version)
    actions = method.networks["twitter"].actions
    no_links = spark.createDataFrame([], "actor_id string, target_id string")
    standing = to_standing(follows, no_links, accounts, actions, as_of=SCORE_DATE)
    window = {"as_of": SCORE_DATE, "horizon_days": method.strength.horizon_days}
    runs, closeness = executor
    about = {"network": method.networks["twitter"], "method": method, "as_of": SCORE_DATE}
    acts = as_pair_days(pair_days, tmp_path)
    members = to_members(
        runs.present(acts, **about),
        posts,
        accounts,
        profiles,
        labels,
        standing,
        **window,
        has_profiles=True,
        trust=method.trust,
    ).persist()
    propagated = runs.propagate(acts, members, standing, **about)
    scores = to_account_scores(
        propagated.accounts,
        members,
        to_post_counts(posts, accounts, **window),
        calibration=Calibration(**json.loads((HERE / version / "calibration.json").read_text(encoding="utf-8"))),
        efficiency=method.efficiency,
        scale=method.scale,
        grades=method.grades,
    )
    found = {row.account_id: row for row in scores.collect()}
    key_of = {row.account_id: row.account_key for row in members.collect()}
    sums = {row.account_key: row for row in propagated.accounts.collect()}
    members.unpersist()

    expected = {row["account_id"]: row for row in rows(version, "expected")}
    assert found.keys() == expected.keys()
    for account, row in expected.items():
        for figure in ("reach_squares", "voiced_reactions"):
            assert sums[key_of[account]][figure] == pytest.approx(float(row[figure]), rel=closeness, abs=1e-15)
        for figure in ("trust", "influence", "reach", "efficiency", "linear", "score", "error", "percentile"):
            wanted = number(row[figure], float)
            about = None if wanted is None else pytest.approx(wanted, rel=closeness, abs=closeness)
            assert found[account][figure] == about, (account, figure)
        assert (found[account].grade, found[account].rank) == (row["grade"] or None, number(row["rank"]))
