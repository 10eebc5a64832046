"""A version's scores stay what they were: a small world with the numbers its slow twin computed once.

The whole step is run, from tables to tables, so that what the array functions say and what a night writes are one.
"""

import csv
import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sway.contracts.tables.acts import ACCOUNTS, PAIR_DAYS, POSTS
from sway.contracts.tables.identity import ENTITIES, ENTITY_LINKS
from sway.contracts.tables.scores import ACCOUNT_SCORES, CALIBRATIONS, ENTITY_SCORES
from sway.contracts.tables.states import FOLLOWS, LABELS, PROFILES
from sway.runtime import config
from sway.runtime.run import Run
from sway.steps.score import score

from tests.steps.lakes import run_on

HERE = Path(__file__).parent
SCORE_DATE = date(2016, 5, 1)
DAY = SCORE_DATE - timedelta(days=1)
NETWORK = "twitter"
VERSIONS = sorted(folder.name for folder in HERE.iterdir() if (folder / "expected.csv").is_file())


def rows(version, name):
    file = HERE / version / f"{name}.csv"
    if not file.is_file():
        return []
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def number(text, kind=int):
    return kind(text) if text else None


def instant(text):
    return datetime.fromisoformat(f"{text}T00:00:00+00:00") if text else None


def to_tables(version):
    """The world's rows by contract, as tuples in the contract's columns."""
    accounts = rows(version, "accounts")
    keys = {account["account_id"]: 7919 * place - 2**62 for place, account in enumerate(accounts)}
    acts = [
        (NETWORK, date.fromisoformat(act["event_date"]), keys[act["actor_id"]], keys[act["target_id"]],
         act["action"], int(act["count"]), instant("2016-04-30"))
        for act in rows(version, "acts")
    ]  # fmt: skip
    counted = [
        (a["account_id"], DAY, kind, n)
        for a in accounts
        for kind, count in (("original", a["original_posts"]), ("reshare", a["reshares"]))
        for n in range(int(count))
    ]
    aged = [
        (row["account_id"], SCORE_DATE - timedelta(days=int(row["age_days"])), "original", n)
        for n, row in enumerate(rows(version, "post_ages"))
    ]
    posts = [
        (NETWORK, on, f"{author}/{kind}/{n}", author, instant(str(on)), kind, None, None, None, "statuses", on, 0)
        for author, on, kind, n in aged or counted
    ]
    seen = [(NETWORK, a["account_id"], keys[a["account_id"]], 0, instant(a["first_seen"])) for a in accounts]
    profiles = [
        (NETWORK, a["account_id"], DAY, None, None, None, instant(a["created_on"]), number(a["followers"]),
         number(a["following"]), None, None, None, None, None)
        for a in accounts
        if a["has_profile"] == "1"
    ]  # fmt: skip
    labels = [
        (NETWORK, a["account_id"], label, "moderator", None, DAY, None, DAY)
        for a in accounts
        for label in a["labels"].split()
    ]
    links = [
        (row["entity_id"], NETWORK, row["account_id"], float(row["share"]), "owner", None, True, DAY, None)
        for row in rows(version, "links")
    ]
    entities = [(name, "person", DAY, None, True) for name in sorted({row[0] for row in links})]
    return {
        PAIR_DAYS: acts, POSTS: posts, ACCOUNTS: seen, PROFILES: profiles, LABELS: labels, FOLLOWS: to_follows(version),
        ENTITY_LINKS: links, ENTITIES: entities,
    }  # fmt: skip


def to_follows(version):
    """None for versions that know no standing relation; one ended and one to come besides."""
    pairs = [(row["actor_id"], row["target_id"]) for row in rows(version, "follows")]
    if not pairs:
        return []
    day = SCORE_DATE - timedelta(days=9)
    told = [(NETWORK, "follow", *pair, day, None, "follows", day) for pair in pairs]
    return [
        *told,
        (NETWORK, "follow", "a05", "a31", day, SCORE_DATE, "follows", day),
        (NETWORK, "follow", "a06", "a31", SCORE_DATE + timedelta(days=1), None, "follows", day),
    ]


@pytest.fixture(params=VERSIONS, scope="module")
def world(request, tmp_path_factory):
    """A version, and a lake with its world and its calibration."""
    version, lake = request.param, tmp_path_factory.mktemp(request.param) / "lake"
    run = run_on(lake)
    for contract, values in to_tables(version).items():
        if values:
            run.lake.add(contract, [dict(zip(contract.columns, row, strict=True)) for row in values])
    frozen = json.loads((HERE / version / "calibration.json").read_text(encoding="utf-8"))
    about = {"algorithm_version": version, "network": NETWORK, "calibrated_on": SCORE_DATE, "run_id": "golden"}
    about["method_hash"] = config.method_hash(run.config.method(version))
    run.lake.add(CALIBRATIONS, [{**about, "shift": 0.0, "links": 0, **frozen}])
    return version, lake


@pytest.fixture(params=["dataframe", "local"])
def scored(request, world, spark):
    """The version, rows its night wrote by this executor, by table, and how close they must be."""
    version, lake = world
    given = run_on(lake).config
    environment = replace(given.environment, executor=request.param)
    run = Run(replace(given, environment=environment), str(lake), name="golden", spark=spark)
    score(run, version, SCORE_DATE)
    tables = {}
    for contract, key in ((ACCOUNT_SCORES, "account_id"), (ENTITY_SCORES, "entity_id")):
        written = run.lake.dataset(contract).to_table().to_pylist()
        tables[contract] = {row[key]: row for row in written if row["attempt"] == run.run_id}
    return version, tables, {"dataframe": 1e-9, "local": 1e-6}[request.param]


def test_scores_are_those_of_the_golden_world(scored):
    version, tables, closeness = scored
    expected = {row["account_id"]: row for row in rows(version, "expected")}

    found = tables[ACCOUNT_SCORES]
    assert found.keys() == expected.keys()
    figures = ("trust", "influence", "reach", "efficiency", "raw_score", "linear", "score", "error", "percentile")
    for account, row in expected.items():
        compare(found[account], row, figures, closeness)
        squares = float(row["reach_squares"])
        n_eff = float(row["reach"]) ** 2 / squares if squares else 0.0
        assert found[account]["effective_reactors"] == pytest.approx(n_eff, rel=10 * closeness)
        assert (found[account]["grade"], found[account]["rank"]) == (row["grade"] or None, number(row["rank"]))

    entities = {row["entity_id"]: row for row in rows(version, "expected_entities")}
    assert tables[ENTITY_SCORES].keys() == entities.keys()
    for entity, row in entities.items():
        of = tables[ENTITY_SCORES][entity]
        compare(of, row, ("linear", "score", "error", "percentile"), closeness)
        assert (of["grade"], of["rank"], of["accounts"]) == (
            row["grade"] or None,
            number(row["rank"]),
            number(row["accounts"]),
        )


def compare(found, row, figures, closeness):
    for figure in figures:
        wanted = number(row[figure], float)
        about = None if wanted is None else pytest.approx(wanted, rel=closeness, abs=closeness)
        assert found[figure] == about, (row, figure)
