"""The last step of a night from propagated accounts to written tables, on two networks drawn by hand. No Spark."""

from datetime import date, datetime, timedelta

import pyarrow as pa
import pytest
from sway.contracts.calibration import Calibration
from sway.contracts.tables.acts import PAIR_DAYS, POSTS
from sway.contracts.tables.scores import ACCOUNT_SCORES, ENTITY_SCORES
from sway.contracts.tables.states import PROFILES
from sway.runtime.run import StepRecord
from sway.stages.links import entity_ids
from sway.steps.figures import to_figures
from sway.steps.propagation import Found, Inputs
from sway.steps.score import People, to_scored, write_scores

from tests.kernels import reference
from tests.steps.lakes import run_on

ON, VERSION = date(2016, 5, 1), "sway-1.0"
NOON = datetime.fromisoformat("2016-05-01T12:00:00+00:00")
FROZEN = Calibration(accounts=100, z50=0.5, z95=2.0, m0=1.0, has_profiles=True, has_posts=True)
# influence and reach of each account, by network; keys are not in order of names
ACCOUNTS = {
    "twitter": {
        "ann": (9, 4.0, 30.0),
        "bob": (3, 2.0, 5.0),
        "cat": (7, 3.0, 9.0),
        "dan": (5, 1.0, 0.0),
        "eve": (1, 2.5, 6.0),
    },
    "linkedin": {"ann": (90, 2.0, 8.0), "bob": (30, 2.0, 8.0), "fay": (50, 1.5, 2.0)},
}
LINKS = [
    ("e-ann", "twitter", "ann", True), ("e-ann", "linkedin", "ann", True), ("e-bob", "twitter", "bob", False),
    ("e-bob", "linkedin", "bob", False), ("e-eve", "twitter", "eve", True), ("e-gone", "twitter", "zoe", True),
]  # fmt: skip
ACTS = [  # network, actor, target, action, count, days ago
    ("twitter", "bob", "ann", "retweet", 2, 0), ("twitter", "bob", "ann", "reply", 1, 9),
    ("twitter", "cat", "ann", "reply", 25, 3), ("twitter", "eve", "ann", "favourite", 1, 40),
    ("twitter", "ann", "bob", "favourite", 1, 3), ("twitter", "dan", "cat", "reply", 40, 2),
    ("linkedin", "bob", "ann", "like", 3, 1), ("linkedin", "fay", "ann", "like", 1, 1),
    ("linkedin", "ann", "bob", "unheard_of", 5, 1), ("linkedin", "ann", "bob", "like", 1, 4),
    ("twitter", "bob", "ann", "reply", 9, 200), ("linkedin", "bob", "fay", "comment", 25, 2),
]  # fmt: skip
TITLES = {"ann": "CEO, ACME", "bob": "CEO, ACME too", "fay": None}


def add(run, contract, rows):
    nothing = dict.fromkeys(contract.columns)
    run.lake.add(contract, [nothing | row for row in rows])


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    made = run_on(tmp_path_factory.mktemp("score") / "lake")
    key = {(network, name): of[0] for network, accounts in ACCOUNTS.items() for name, of in accounts.items()}
    acts = [
        {"network": n, "event_date": ON - timedelta(days=ago), "actor_key": key[n, actor], "target_key": key[n, target],
         "action": action, "count": count, "last_at": NOON}
        for n, actor, target, action, count, ago in ACTS
    ]  # fmt: skip
    add(made, PAIR_DAYS, acts)
    regular = [("cat", ago, "original", None) for ago in range(5, 60)]  # on her fifth day of a break
    posts = [("cat", 5, "reshare", None), ("cat", 6, "original", "changed_record"), *regular]
    posts += [("dan", ago, "original", None) for ago in range(10)]
    rows = [
        {"network": "twitter", "event_date": ON - timedelta(days=ago), "post_id": str(n), "author_id": author,
         "kind": kind, "created_at": NOON, "set_aside": aside, "feed": "statuses", "delivered_on": ON, "record_hash": 0}
        for n, (author, ago, kind, aside) in enumerate(posts)
    ]  # fmt: skip
    add(made, POSTS, rows)
    profiles = [
        {"network": "linkedin", "account_id": name, "valid_from": ON - timedelta(days=9), "title": title}
        for name, title in TITLES.items()
    ]
    add(made, PROFILES, [*profiles, {**profiles[2], "valid_from": ON + timedelta(days=1), "title": "CEO"}])
    return made


def to_found(network):
    rows = [
        {"account_key": key, "influence": influence, "reach": reach, "reach_squares": reach / 2,
         "reactions": int(reach > 0) * 7, "reactors": 3,
         "acts_given": int(name != "dan") * 2, "targets": 2}
        for name, (key, influence, reach) in ACCOUNTS[network].items()
    ]  # fmt: skip
    members = [
        {"account_key": key, "account_id": name, "trust": 1.0, "voice": 1.0}
        for name, (key, *_) in ACCOUNTS[network].items()
    ]
    return Found(pa.Table.from_pylist(members[::-1]), pa.Table.from_pylist(rows))


def written(run, *, hidden=(), hidden_entities=()):
    """Rows of both tables by (network and) id."""
    method = run.config.method(VERSION)
    names = ("entity_id", "network", "account_id", "confirmed")
    links = pa.Table.from_pylist(
        [dict(zip(names, row, strict=True)) | {"share": 1.0, "role": "owner"} for row in LINKS]
    )
    ids = entity_ids(links)
    entities = pa.table({"entity_id": ids, "type": ["person"] * len(ids)})
    texts = [pa.field(name, pa.string()) for name in ("network", "account_id")]
    away = pa.Table.from_pylist(
        [dict(zip(("network", "account_id"), one, strict=True)) for one in hidden], pa.schema(texts)
    )
    gone = pa.table({"entity_id": pa.array(hidden_entities, pa.string())})
    people, record = People(entities, links, ids, away, gone), StepRecord(None)
    done = []
    for network in sorted(ACCOUNTS):
        figures = to_figures(Inputs(run.lake, network, {}, {}), to_found(network), method, ON, links, ids)
        done.append(to_scored(figures, method, FROZEN, away, as_of=ON, is_stale=network == "linkedin"))
    write_scores(run, record, VERSION, ON, method, done, people)
    accounts, of_entities = (
        run.lake.dataset(c).to_table().to_pylist(maps_as_pydicts="strict") for c in (ACCOUNT_SCORES, ENTITY_SCORES)
    )
    return {(r["network"], r["account_id"]): r for r in accounts}, {r["entity_id"]: r for r in of_entities}


@pytest.fixture(scope="module")
def plain(run):
    """Both tables where nobody opted out."""
    return written(run)


def test_every_account_has_a_row_with_what_it_did_and_received_by_action(plain):
    accounts, _ = plain

    assert accounts.keys() == {(network, name) for network, of in ACCOUNTS.items() for name in of}
    assert accounts["twitter", "ann"]["received"] == {"retweet": 2, "reply": 26, "favourite": 1}
    assert accounts["twitter", "bob"]["given"] == {"retweet": 2, "reply": 1}
    assert accounts["linkedin", "bob"]["received"] == {"like": 1}, "an action the version does not declare is left out"
    assert (accounts["twitter", "cat"]["posts"], accounts["twitter", "cat"]["original_posts"]) == (56, 55)


def test_a_regular_poster_is_credited_days_of_a_break(plain):
    cat = plain[0]["twitter", "cat"]

    assert cat["break_days"] == 3.0
    assert cat["break_credit"] == pytest.approx(reference.break_credit(3.0, 3.0, 1.0, 9.0))
    raw = reference.raw_score(3.0, 9.0, cat["efficiency"], cat["break_credit"])
    assert cat["linear"] == pytest.approx(reference.linear_score(raw, 0.5, 2.0))


def test_a_senior_title_counts_where_a_confirmed_link_says_whose_the_account_is(plain):
    accounts, _ = plain

    bonuses = {name: accounts["linkedin", name]["title_bonus"] for name in ("ann", "bob", "fay")}
    assert bonuses == {"ann": 0.25, "bob": 0.0, "fay": 0.0}


def test_flags_stand_where_their_formula_holds(plain):
    accounts, entities = plain

    flags = {key: row["flags"] for key, row in accounts.items()}
    assert flags["twitter", "dan"] == ["broadcast_only"]
    assert flags["twitter", "cat"] == ["negative_attention"]
    assert flags["twitter", "ann"] == ["negative_attention"], "25 replies against 2 retweets"
    assert flags["linkedin", "ann"] == ["stale_network"]
    assert flags["linkedin", "fay"] == ["stale_network"], "25 comments in the five days there are of LinkedIn"
    assert entities["e-ann"]["flags"] == ["stale_network", "negative_attention"]


def test_an_entity_has_the_score_of_its_accounts_together_and_people_once_in_its_audience(plain):
    accounts, entities = plain
    own = [accounts["linkedin", "ann"], accounts["twitter", "ann"]]
    held = [
        reference.Held(row["linear"], 1.0, 10.0 / row["effective_reactors"] ** 0.5, row["effective_reactors"])
        for row in own
    ]
    whole, found = reference.combined(held), entities["e-ann"]

    assert found["score"] == pytest.approx(whole.score, rel=1e-12)
    assert found["error"] == pytest.approx(whole.error, rel=1e-12)
    assert found["contributions"] == pytest.approx(dict(zip(("linkedin", "twitter"), whole.contributions, strict=True)))
    # Bob reacts on both networks, Cat and Eve on Twitter, Fay on LinkedIn: four people, five on the two together.
    assert found["reactors"] == 4
    assert found["audience_overlap"] == pytest.approx(4 / 5)
    assert found["targets"] == 1, "Bob, whom she likes on Twitter and on LinkedIn"
    assert found["received"] == {"linkedin.like": 4, "twitter.favourite": 1, "twitter.reply": 26, "twitter.retweet": 2}
    assert entities.keys() == {"e-ann", "e-bob", "e-eve"}, "Zoe's account is not there"


def test_who_opted_out_has_no_row_no_place_and_no_part_in_a_score_and_still_reacts(run, plain):
    before, _ = plain
    accounts, entities = written(run, hidden=[("twitter", "bob"), ("twitter", "eve")], hidden_entities=["e-bob"])

    assert ("twitter", "bob") not in accounts
    assert accounts["twitter", "ann"]["received"] == before["twitter", "ann"]["received"]
    assert accounts["twitter", "ann"]["score"] == before["twitter", "ann"]["score"]
    ranks = {name: accounts["twitter", name]["rank"] for name in ("ann", "cat", "dan")}
    assert ranks == {"ann": 1, "cat": 2, "dan": None}
    assert entities.keys() == {"e-ann"}, "Bob asked as an entity, all of Eve's accounts are hidden"
    assert accounts["linkedin", "bob"]["entity_id"] is None, "an account that others own too stays, without his name"


def test_an_entity_that_opted_out_takes_no_place_among_the_others(run, plain):
    _, before = plain
    best = min(before, key=lambda name: before[name]["rank"])
    accounts, entities = written(run, hidden_entities=[best])

    assert entities.keys() == before.keys() - {best}
    assert sorted(row["rank"] for row in entities.values()) == [1, 2]
    assert sorted(row["percentile"] for row in entities.values()) == [25.0, 75.0]
    assert sorted(row["percentile_in_type"] for row in entities.values()) == [25.0, 75.0]
    assert best not in {row["entity_id"] for row in accounts.values()}


def test_writing_again_replaces_this_runs_own_slice(run):
    written(run)
    rows = run.lake.dataset(ACCOUNT_SCORES).count_rows()
    written(run)

    assert run.lake.dataset(ACCOUNT_SCORES).count_rows() == rows == 8
