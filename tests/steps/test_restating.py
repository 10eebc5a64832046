"""Published dates worth scoring again, told from control tables: no Spark at all."""

import pytest
from sway.contracts.tables.deliveries import FEED_DAYS
from sway.contracts.tables.record import PUBLISHED, RUNS
from sway.contracts.tables.states import FOLLOWS
from sway.steps.doctor import diagnose
from sway.steps.restating import Restatement, worth_restating

from tests.steps.lakes import run_on
from tests.steps.ledger import VERSION, acts, on, published, read, step


@pytest.fixture
def lake(tmp_path):
    return tmp_path / "lake"


def test_past_dates_are_worth_restating_where_more_than_the_share_of_their_acts_changed(lake):
    run = run_on(lake)  # restate_share is 0.01
    for day, count in ((1, 100), (2, 99), (3, 103)):
        acts(run.lake, "facebook", day, count, set_aside=5)
    acts(run.lake, "twitter", 2, 50)
    first = {"acts.facebook.2016-05-01": 100, "acts.facebook.2016-05-02": 100, "acts.twitter.2016-05-02": 50}
    run.lake.add(
        RUNS,
        [
            step("i1", "ingest", 0, counts=first),
            step("s1", "score", 1, version=VERSION, score_date=on(1)),
            step("s2", "score", 2, version=VERSION, score_date=on(2)),
            step("i2", "ingest", 3, counts={"acts.facebook.2016-05-02": 99, "acts.facebook.2016-05-03": 97}),
            step("s3", "score", 4, version=VERSION, score_date=on(3)),
            step("i3", "ingest", 5, counts={"acts.facebook.2016-05-03": 103}),
        ],
    )
    run.lake.add(PUBLISHED, [published(on(day), f"s{day}") for day in (1, 2, 3)])

    # The first date stands on what it stood on; of the second 1 of 199 went; of the third 6 of 302 came.
    assert worth_restating(run) == [Restatement(VERSION, on(3), "facebook", 6 / 302, 0)]


def test_a_date_is_worth_restating_where_more_than_the_share_of_its_relations_was_told_late(lake):
    run = run_on(lake)
    acts(run.lake, "twitter", 1, 100)
    told = {field.name: {"string": "x", "date": on(1)}.get(field.type, 0) for field in FOLLOWS.fields}
    run.lake.add(FOLLOWS, [told | {"network": "twitter", "actor_id": str(n), "valid_to": None} for n in range(100)])
    first = {"acts.twitter.2016-05-01": 100, "relations.twitter.2016-04-30": 50}
    later = {"relations.twitter.2016-05-01": 1, "relations.twitter.2016-05-02": 1}
    run.lake.add(
        RUNS,
        [
            step("i1", "ingest", 0, counts=first),
            step("s1", "score", 1, version=VERSION, score_date=on(1)),
            step("s2", "score", 2, version=VERSION, score_date=on(2)),
            step("i2", "ingest", 3, counts=later),
        ],
    )
    run.lake.add(PUBLISHED, [published(on(day), f"s{day}") for day in (1, 2)])

    # One of a hundred is as much as may change; of the second date two were told late.
    assert worth_restating(run) == [Restatement(VERSION, on(2), "twitter", 0.02, 0)]


def test_a_date_is_worth_restating_once_its_network_is_no_longer_behind(lake):
    run = run_on(lake, facebook=["events"])
    acts(run.lake, "facebook", 1, 1000)
    acts(run.lake, "facebook", 2, 1)
    run.lake.put(FEED_DAYS, [read(lake, "facebook/events", 1)])
    carried = {"facebook.carried_days": 1}
    run.lake.add(
        RUNS,
        [
            step("i1", "ingest", 0, counts={"acts.facebook.2016-05-01": 1000}),
            step("s2", "score", 1, version=VERSION, score_date=on(2), counts=carried),
            step("i2", "ingest", 2, counts={"acts.facebook.2016-05-02": 1}),
        ],
    )
    run.lake.add(PUBLISHED, [published(on(2), "s2")])
    assert worth_restating(run) == []  # restated, it would be as it is

    run.lake.put(FEED_DAYS, [read(lake, "facebook/events", 2)])

    assert worth_restating(run) == [Restatement(VERSION, on(2), "facebook", 1 / 1001, 1)]
    (found,) = diagnose(run).findings
    assert found.what == (
        "sway-0.2: worth restating 2016-05-02; most on 2016-05-02, facebook: 0.1% of acts or relations changed since; "
        "facebook was carried forward or left out, and is good further on now"
    )
    assert found.remedy == f"`sway backfill --version sway-0.2 --from 2016-05-02 --to 2016-05-02 --lake {lake}`"
    assert found.is_wrong
