"""A night over all five networks of a tiny world, from landing files to published scores."""

import math
from dataclasses import replace
from datetime import date

import pyarrow.parquet as pq
import pytest
from sway.contracts.tables import TABLES
from sway.contracts.tables.deliveries import FEED_DAYS
from sway.contracts.tables.scores import ACCOUNT_SCORES, CALIBRATIONS, ENTITY_SCORES
from sway.runtime.landing_writer import LandingWriter
from sway.runtime.run import Run
from sway.runtime.views import in_duckdb
from sway.steps.calibrate import calibrate
from sway.steps.night import bring_in, night, plan
from sway.steps.publish import published_attempt
from sway.steps.score import score
from sway.worlds.generate import TRUTH, generate

from tests.conftest import VERSION
from tests.landing import deliver
from tests.steps.by_arrays import Night, One, account_scores, calibrations, entity_scores
from tests.steps.lakes import run_on

DAYS = 38  # regular posters have had breaks by then
CALIBRATED, LAST = date(2016, 2, 5), date(2016, 2, 7)
FEEDS = {
    "twitter": ["statuses", "users"],
    "facebook": ["posts", "comments", "reactions"],
    "google_plus": ["activities"],
    "linkedin": ["shares", "likes"],
    "wikipedia": ["page_views"],
}


def run_of(lake, spark=None):
    """A run for which ten accounts with reach are enough to calibrate a network."""
    loaded = run_on(lake, **FEEDS).config
    method = loaded.method(VERSION)
    method = replace(method, scale=replace(method.scale, fewest_accounts=10))
    return Run(replace(loaded, methods={VERSION: method}), str(lake), name="tests", spark=spark)


@pytest.fixture(scope="module")
def lake(spark, tmp_path_factory):
    folder = tmp_path_factory.mktemp("five") / "lake"
    landing = LandingWriter(folder)
    generate(landing, accounts=200, days=DAYS, seed=11)
    tell_more(folder, pq.read_table(landing.beside / TRUTH).to_pylist())
    run = run_of(folder, spark)
    bring_in(run, until=LAST)
    calibrate(run, VERSION, CALIBRATED)
    night(run, plan(run, LAST, None))
    return folder


def tell_more(lake, truth):
    """What so few people hardly have by chance: every label, confirmed titles, shared accounts, an opt-out."""
    ids = {network: [row["account_id"] for row in truth if row["network"] == network] for network in FEEDS}
    day = {"author": "tests", "valid_from": "2016-01-02"}
    labels = zip(ids["twitter"][40:60], ["spam", "restricted", "seed", "suspended"] * 5, strict=True)
    named = [{"network": "twitter", "account_id": account, "label": label, **day} for account, label in labels]
    own = [{"network": "linkedin", "account": account, "relation": "same_as"} for account in ids["linkedin"]]
    shared = [
        {"network": "twitter", "account": account, "other_network": "linkedin", "other_account": other,
         "relation": "part_of", "role": "managed", "share": share}
        for n, account in enumerate(ids["twitter"][:20])
        for other, share in ((ids["linkedin"][n], 0.6), (ids["linkedin"][n + 1], 0.3))
    ]  # fmt: skip
    claims = [{"confirmed": True, "entity_type": "person", **claim, **day} for claim in [*own, *shared]]
    wish = {"network": "facebook", "account": ids["facebook"][5], "kind": "suppress", "author": "tests"}
    deliver(lake, "registry/labels", "2016-01-02", {"labels.jsonl": named})
    deliver(lake, "registry/identity", "2016-01-02", {"claims.jsonl": claims})
    deliver(lake, "registry/opt_outs", "2016-01-02", {"wishes.jsonl": [{**wish, "since": "2016-01-02"}]})


def asked(lake, sql):
    return in_duckdb(run_of(lake).lake).sql(sql).fetchall()


def test_every_feed_of_all_five_networks_is_in_and_nothing_is_refused(lake):
    days = run_of(lake).lake.rows(FEED_DAYS)

    assert {row["network"] for row in days} == {*FEEDS, "registry"}
    assert {row["state"] for row in days} == {"ready"}
    assert sum(row["quarantined"] for row in days) == 0


def test_every_network_has_published_scores_or_a_reason_why_not(lake):
    sql = "SELECT network, count(*), count(score) FROM account_scores_current GROUP BY network"
    counts = {network: (rows, scored) for network, rows, scored in asked(lake, sql)}

    assert counts.keys() == FEEDS.keys()
    assert all(scored >= 10 for _, scored in counts.values())
    assert {row["network"] for row in run_of(lake).lake.rows(CALIBRATIONS)} == FEEDS.keys()


def test_pages_are_believed_alike_and_reached_by_the_links_to_them(lake):
    sql = "SELECT DISTINCT trust, break_days, efficiency FROM account_scores_current WHERE network = 'wikipedia'"
    assert asked(lake, sql) == [(1.0, 0.0, 1.0)]

    links = """
        SELECT target_id, count(*) FROM page_links
        WHERE action = 'page_link' AND valid_to IS NULL AND actor_id <> target_id
          AND target_id NOT IN (SELECT actor_id FROM page_links WHERE action = 'redirect') GROUP BY 1"""
    reach = dict(asked(lake, "SELECT account_id, reach FROM account_scores_current WHERE network = 'wikipedia'"))
    assert sum(reach.values()) >= sum(count for _, count in asked(lake, links)) > 20


def test_the_accounts_of_linked_people_show_their_entity(lake):
    sql = """
        SELECT s.entity_id, l.entity_id, s.network
        FROM account_scores_current AS s
        LEFT JOIN entity_links AS l
          ON l.network = s.network AND l.account_id = s.account_id AND l.role = 'owner'
    """
    rows = asked(lake, sql)

    linked = [(shown, network) for shown, owner, network in rows if owner is not None]
    assert all(shown == owner for shown, owner, _ in rows if owner is not None)
    assert {network for _, network in linked} == FEEDS.keys()
    assert max(len({network for one, network in linked if one == entity}) for entity, _ in linked) >= 3
    assert any(shown is None for shown, _, _ in rows)


def test_the_same_night_again_does_nothing(lake):
    run = run_of(lake)  # without Spark: to need it would be an error
    before = {contract.name: run.lake.version(contract) for contract in TABLES}

    todo = plan(run, LAST, None)
    night(run, todo)

    assert todo.is_empty
    assert {contract.name: run.lake.version(contract) for contract in TABLES} == before


def test_entities_are_scored_from_their_accounts_and_published_with_them(lake):
    rows = asked(
        lake,
        """
        SELECT e.entity_id, e.accounts, count(*), e.reactions, sum(s.reactions), e.posts, sum(s.posts)
        FROM entity_scores_current AS e
        JOIN entity_links AS l ON l.entity_id = e.entity_id
        JOIN account_scores_current AS s ON s.network = l.network AND s.account_id = l.account_id
        GROUP BY ALL
        """,
    )
    assert len(rows) == asked(lake, "SELECT count(*) FROM entity_scores_current")[0][0] > 20
    assert all(accounts == counted for _, accounts, counted, *_ in rows)
    assert all((reactions, posts) == (all_of, posted) for *_, reactions, all_of, posts, posted in rows)


def test_an_entity_scores_at_least_as_its_best_account(lake):
    sql = """
        SELECT e.linear, max(s.linear), count(s.linear), any_value(e.scored_accounts)
        FROM entity_scores_current AS e
        JOIN entity_links AS l ON l.entity_id = e.entity_id AND l.share = 1
        JOIN account_scores_current AS s ON s.network = l.network AND s.account_id = l.account_id AND s.reach > 0
        GROUP BY e.entity_id, e.linear HAVING count(s.linear) > 0
    """
    rows = asked(lake, sql)

    assert rows
    assert all(linear >= best - 1e-9 for linear, best, *_ in rows)
    assert max(count for _, _, count, _ in rows) >= 2, "somebody is scored on several networks"
    assert all(linear == pytest.approx(best) for linear, best, _, scored in rows if scored == 1)


def test_contributions_add_up_and_name_the_networks_of_the_sum(lake):
    sql = "SELECT map_values(contributions), map_keys(contributions), linear FROM entity_scores_current"
    rows = asked(lake, sql)

    assert all(sum(parts) == pytest.approx(1.0) for parts, _, linear in rows if linear)
    assert all(not parts for parts, _, linear in rows if not linear)
    assert {network for _, networks, _ in rows for network in networks} == FEEDS.keys()


def test_acts_by_action_add_up_to_all_acts_received_and_given(lake):
    sql = """
        SELECT count(*), count_if(reactions <> coalesce(list_sum(map_values(received)), 0)),
               count_if(acts_given <> coalesce(list_sum(map_values(given)), 0)), sum(reactions)
        FROM account_scores_current"""
    ((rows, received_off, given_off, reactions),) = asked(lake, sql)

    assert (received_off, given_off) == (0, 0)
    assert rows > 100
    assert reactions > 100


# What a slice is of, and what no figure is: everything else is worked out once more by arrays.
ABOUT = {"algorithm_version", "score_date", "attempt", "network", "account_id", "entity_id", "as_of", "run_id"}
ABOUT |= {"calibrated_on", "method_hash"}


def known_of(lake, on, *, frozen):
    """The night's tables as of a date, and each network by arrays."""
    run = run_of(lake)
    tables = Night(in_duckdb(run.lake), run.config.method(VERSION), on)
    return tables, [One(tables, network, frozen.get(network)) for network in sorted(FEEDS)]


def frozen_in(lake):
    return {row["network"]: row for row in run_of(lake).lake.rows(CALIBRATIONS)}


def assert_equal(found, expected, contract, closeness):
    """Every column but `ABOUT`, rows by the same keys; NaN stands for NULL."""
    assert found.keys() == expected.keys()
    for key, row in found.items():
        for column in set(contract.columns) - ABOUT:
            value, wanted = row[column], expected[key][column]
            if column == "flags":
                value = set(value)
            elif contract.arrow.field(column).type.num_fields:
                value = dict(value)
            wanted = None if isinstance(wanted, float) and math.isnan(wanted) else wanted
            is_exact = value is None or isinstance(value, str | set)
            about = wanted if is_exact else pytest.approx(wanted, rel=closeness, abs=closeness)
            assert value == about, (key, column)


def test_a_calibration_says_what_the_array_functions_say(lake):
    found = calibrations(*known_of(lake, CALIBRATED, frozen={}))

    assert_equal(frozen_in(lake), found, CALIBRATIONS, 1e-6)
    assert sum(row["shift"] != 0 for row in found.values()) >= 3


@pytest.mark.parametrize(("executor", "closeness"), [("local", 1e-6), ("dataframe", 1e-9)])
def test_a_night_says_what_the_array_functions_say(lake, spark, executor, closeness):
    run = run_of(lake, spark)
    attempt = published_attempt(run, VERSION, LAST)
    if executor != run.config.environment.executor:
        run = Run(replace(run.config, environment=replace(run.config.environment, executor=executor)), str(lake),
                  name="tests", spark=spark)  # fmt: skip
        score(run, VERSION, LAST)
        attempt = run.run_id
    frozen = frozen_in(lake)
    tables, networks = known_of(lake, LAST, frozen=frozen)
    by_network = {one.network: account_scores(one, frozen[one.network]) for one in networks}
    accounts = {(network, account): row for network, rows in by_network.items() for account, row in rows.items()}

    written = run.lake.rows(ACCOUNT_SCORES, attempt=attempt)
    assert_equal({(row["network"], row["account_id"]): row for row in written}, accounts, ACCOUNT_SCORES, closeness)
    assert [row["entity_id"] for row in written] == [
        accounts[r["network"], r["account_id"]]["entity_id"] for r in written
    ]
    entities = {row["entity_id"]: row for row in run.lake.rows(ENTITY_SCORES, attempt=attempt)}
    assert_equal(entities, entity_scores(tables, networks, by_network), ENTITY_SCORES, closeness)


def test_the_world_has_in_it_what_the_arrays_are_asked_for(lake):
    """So that the comparison above is of figures, not of zeros."""
    sql = """
        SELECT count_if(score > 50), count_if(score IS NULL), count_if(break_credit > 0), count_if(title_bonus > 0),
               count_if(trust = 5), count_if(trust = 0), count_if(efficiency <> 1), count_if(len(flags) > 0)
        FROM account_scores_current
        UNION ALL
        SELECT count_if(score > 50), count_if(score IS NULL), count_if(scored_accounts > 1), count_if(accounts > 2),
               count_if(audience_overlap < 1), count_if(cardinality(contributions) > 1), count_if(error > 0),
               count_if(percentile <> percentile_in_type)
        FROM entity_scores_current"""
    counts = asked(lake, sql)
    assert all(min(of) > 0 for of in counts), counts
    assert asked(lake, "SELECT count(*) FROM entity_links WHERE share < 1")[0][0] > 0
