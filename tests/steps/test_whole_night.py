"""A night over all five networks of a tiny world, from landing files to published scores."""

from dataclasses import replace
from datetime import date

import pytest
from sway.contracts.tables import TABLES
from sway.contracts.tables.deliveries import FEED_DAYS
from sway.contracts.tables.scores import CALIBRATIONS
from sway.runtime.landing_writer import LandingWriter
from sway.runtime.run import Run
from sway.runtime.views import in_duckdb
from sway.steps.night import calibrate_version, night, plan
from sway.worlds.generate import generate

from tests.conftest import VERSION
from tests.steps.lakes import run_on

LAST = date(2016, 1, 3)
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
    generate(LandingWriter(folder), accounts=150, days=3, seed=11)
    run = run_of(folder, spark)
    calibrate_version(run, VERSION, LAST)
    night(run, plan(run, LAST, None))
    return folder


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
    assert all(linear == pytest.approx(best) for linear, best, count, _ in rows if count == 1)


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
