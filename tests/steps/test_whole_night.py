"""A night over all five networks of a tiny world, from landing files to published scores."""

from dataclasses import replace
from datetime import date

import pytest
from sway.contracts.tables import TABLES
from sway.contracts.tables.deliveries import FEED_DAYS
from sway.contracts.tables.record import RUNS
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
    assert {network for network, (_, scored) in counts.items() if scored >= 10} == FEEDS.keys() - {"wikipedia"}
    assert counts["wikipedia"][0] > 10
    assert counts["wikipedia"][1] == 0, "nothing there is dated"
    lake_of = run_of(lake).lake
    assert {row["network"] for row in lake_of.rows(CALIBRATIONS)} == FEEDS.keys() - {"wikipedia"}
    said = {row["step"]: row["message"] for row in lake_of.rows(RUNS) if row["message"]}
    assert said == {
        "calibrate": "wikipedia: not calibrated: fewer than 10 accounts with reach: calibrate on a date with more",
        "score": "wikipedia: has influence but no scores: not calibrated",
    }


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
