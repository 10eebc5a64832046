"""Profiles and labels with validity."""

from datetime import date
from random import Random

import pytest
from sway.contracts.tables.states import PROFILES
from sway.stages.profiles import to_labels, to_profiles

STATE = [field for field in PROFILES.fields if field.name not in ("network", "valid_from", "valid_to")]
PROFILE = f"struct<{','.join(f'{field.name}:{field.type}' for field in STATE)}>"


@pytest.fixture
def delivered(spark):
    """Records of profiles: (delivered_on, account, followers)."""

    def deliver(*rows, network="twitter", feed="users"):
        full = [
            (network, feed, date(2016, 5, day), len(who) * 1000 + count, (who, None, None, None, count, *[None] * 6))
            for day, who, count in rows
        ]
        ddl = "network string, feed string, delivered_on date, record_hash bigint"
        return spark.createDataFrame(full, f"{ddl}, profile {PROFILE}")

    return deliver


def shown(rows):
    found = ((r["account_id"], r["valid_from"].day, r["valid_to"] and r["valid_to"].day, r["followers"]) for r in rows)
    return sorted(found, key=lambda row: row[:2])


@pytest.fixture
def nothing(spark):
    return spark.createDataFrame([], PROFILES.ddl)


def test_a_state_holds_until_the_accounts_next_one(delivered, nothing):
    accepted = delivered((1, "ann", 10), (4, "ann", 40), (2, "bob", 20))
    rows = PROFILES.conform(to_profiles(accepted, nothing))

    assert shown(rows.collect()) == [("ann", 1, 4, 10), ("ann", 4, None, 40), ("bob", 2, None, 20)]


def folded(known, accepted):
    """The table after a delivery, and the rows that were merged into it by key."""
    rows = to_profiles(accepted, known).localCheckpoint()
    kept = known.join(rows, list(PROFILES.key), how="left_anti")
    return kept.unionByName(rows.select(*kept.columns)).localCheckpoint(), rows


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
def test_days_may_arrive_in_any_order(delivered, nothing, order):
    known = nothing
    for day in order:
        known, _ = folded(known, delivered((day, "ann", day * 10)))

    assert shown(known.collect()) == [("ann", 1, 2, 10), ("ann", 2, 3, 20), ("ann", 3, None, 30)]


def test_a_day_delivered_again_replaces_its_state_and_leaves_all_others_alone(delivered, nothing):
    known, _ = folded(nothing, delivered((1, "ann", 10), (2, "ann", 20), (1, "bob", 5)))

    again, rows = folded(known, delivered((1, "ann", 11)))
    assert shown(rows.collect()) == [("ann", 1, 2, 11)]
    assert shown(again.collect()) == [("ann", 1, 2, 11), ("ann", 2, None, 20), ("bob", 1, None, 5)]


def test_of_known_states_those_alone_are_written_again_that_end_on_another_day(delivered, nothing):
    rng, told, known = Random(2016), {}, nothing
    for nth in range(6):
        accounts = [who for who in "abcdefgh" if rng.random() < 0.7]
        days = {(who, day) for who in accounts for day in rng.sample(range(1, 29), 3)}
        batch = {one: 100 * nth + rng.randrange(100) for one in sorted(days)}
        before = shown(known.collect())
        known, rows = folded(known, delivered(*((day, who, count) for (who, day), count in batch.items())))

        told |= batch
        ends = {one: min((day for who, day in told if who == one[0] and day > one[1]), default=None) for one in told}
        assert shown(known.collect()) == sorted((*one, ends[one], told[one]) for one in told)
        written = rows.collect()
        assert {(row["account_id"], row["valid_from"].day) for row in written if row["is_new"]} == set(batch)
        ended = shown(row for row in written if not row["is_new"])
        assert {row[:2] for row in ended} == {
            (who, day) for who, day, end, _ in before if (who, day) not in batch and ends[who, day] != end
        }
        assert nth == 0 or ended


@pytest.mark.parametrize("swapped", [False, True])
def test_of_two_feeds_that_describe_one_account_on_one_day_the_first_by_name_holds(delivered, nothing, swapped):
    feeds = [delivered((1, "ann", 10), feed="profiles"), delivered((1, "ann", 90), (1, "bob", 5), feed="pages")]
    one, other = reversed(feeds) if swapped else feeds

    assert shown(to_profiles(one.union(other), nothing).collect()) == [("ann", 1, None, 90), ("bob", 1, None, 5)]


def test_accounts_of_other_networks_are_other_accounts(delivered, nothing):
    elsewhere = to_profiles(delivered((1, "ann", 10), network="linkedin"), nothing)

    assert shown(to_profiles(delivered((2, "ann", 20)), elsewhere).collect()) == [("ann", 2, None, 20)]


def test_of_several_deliveries_of_a_label_the_last_one_holds(arrow_table):
    labels = arrow_table("""
        network:string|account_id:string|label:string|author:string|reason:string|valid_from:date|valid_to:date|delivered_on:date
        twitter       |ann              |spam        |us           |at first |2016-05-01     |null         |2016-05-01
        twitter       |ann              |spam        |us           |after all|2016-05-01     |2016-05-03   |2016-05-02
        twitter       |ann              |spam        |them         |theirs   |2016-05-01     |null         |2016-05-01
    """)

    found = {(row["author"], row["reason"]) for row in to_labels(labels).to_pylist()}
    assert found == {("us", "after all"), ("them", "theirs")}
