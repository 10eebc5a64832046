"""Accounts and their keys: records -> accounts."""

import pytest
from pyspark.sql import functions as F
from sway.contracts.account_keys import account_key
from sway.errors import InfrastructureError
from sway.stages import accounts
from sway.stages.accounts import to_seen, to_sightings, with_keys


@pytest.fixture
def new(table):
    return table("""
        network:string | account_id:string | first_seen:timestamp
        twitter        | ann               | 2016-05-01
        twitter        | bob               | null
        facebook       | ann               | 2016-05-01
    """)


@pytest.fixture
def none_taken(table):
    return table("account_key:bigint")


def keys(frame):
    return {(row["network"], row["account_id"]): (row["account_key"], row["salt"]) for row in frame.collect()}


def seen(records, *, kind):
    return to_seen(to_sightings(records, kind=kind)).collect()


def test_a_key_depends_on_network_and_id_alone(new, none_taken):
    together = keys(with_keys(new, none_taken))
    one_by_one = {}
    for name in together:
        one_by_one |= keys(
            with_keys(new.where((F.col("network") == name[0]) & (F.col("account_id") == name[1])), none_taken)
        )

    assert together == one_by_one
    assert len({key for key, _ in together.values()}) == 3
    assert {salt for _, salt in together.values()} == {0}
    # Kept for good: pair_days of every lake stand on these numbers.
    assert together["twitter", "ann"] == (-5792004376724648827, 0)


@pytest.mark.parametrize("is_few", [True, False])
def test_an_account_whose_key_is_taken_moves_on_and_its_salt_is_recorded(new, none_taken, is_few):
    free = keys(with_keys(new, none_taken))
    taken = none_taken.sparkSession.createDataFrame([(free["twitter", "ann"][0],)], "account_key bigint")

    found = keys(with_keys(new, taken, is_few=is_few))

    assert found["twitter", "ann"][1] == 1
    assert found["twitter", "ann"][0] not in {key for key, _ in free.values()}
    assert {name: key for name, key in found.items() if name[1:] != ("ann",) or name[0] != "twitter"} == {
        name: key for name, key in free.items() if name != ("twitter", "ann")
    }


def test_of_two_new_accounts_with_one_key_the_first_id_keeps_it(new, none_taken, monkeypatch):
    def colliding(account_id, salt):
        return F.when(salt == 0, F.lit(1).cast("bigint")).otherwise(account_key(account_id, salt))

    monkeypatch.setattr(accounts, "account_key", colliding)
    found = keys(with_keys(new, none_taken))

    assert {name: salt for name, (_, salt) in found.items()} == {
        ("facebook", "ann"): 0,
        ("twitter", "ann"): 1,
        ("twitter", "bob"): 1,
    }
    assert len({key for key, _ in found.values()}) == 3


def test_a_hash_that_never_settles_is_an_error(new, none_taken, monkeypatch):
    monkeypatch.setattr(accounts, "account_key", lambda account_id, salt: F.lit(1).cast("bigint"))
    monkeypatch.setattr(accounts, "MOST_SALTS", 2)

    with pytest.raises(InfrastructureError, match="still collide after 2 salts"):
        with_keys(new.limit(2), none_taken)  # the second round may not give the key of the first again


def test_everybody_a_row_names_is_seen_at_the_earliest_row(spark):
    def record(post_id, author, at, *acts):
        moment = f"TIMESTAMP'2016-05-{at}'"
        listed = ", ".join(
            f"named_struct('actor_id', '{actor}', 'target_id', '{target}', 'occurred_at', {moment})"
            for actor, target in acts
        )
        array = (
            f"array({listed})"
            if acts
            else "CAST(array() AS array<struct<actor_id:string,target_id:string,occurred_at:timestamp>>)"
        )
        post = f"named_struct('post_id', '{post_id}', 'author_id', '{author}', 'created_at', {moment})"
        post = post if author else "CAST(NULL AS struct<post_id:string,author_id:string,created_at:timestamp>)"
        return spark.sql(f"SELECT {post} AS post, {array} AS acts")

    records = (
        record(1, "author", "03")
        .union(record(2, "author", "02", ("author", "target"), ("author", "author")))
        .union(record(3, None, "01", ("actor", "target")))
    )
    records = records.withColumn("network", F.lit("twitter"))
    found = {row["account_id"]: row["first_seen"].day for row in seen(records, kind="acts")}

    assert found == {"author": 2, "target": 1, "actor": 1}


def test_a_profile_names_its_account_without_a_time(spark):
    records = spark.sql("SELECT 'twitter' AS network, named_struct('account_id', 'ann') AS profile FROM range(2)")

    assert [tuple(row) for row in seen(records, kind="profiles")] == [("twitter", "ann", None)]


def test_a_relation_names_both_its_sides_a_change_with_its_time_and_a_list_without(spark):
    records = spark.sql("""
        SELECT 'twitter' AS network, named_struct('owner_id', owner, 'others', array(other), 'change', change, 'at',
            TIMESTAMP'2016-05-03 08:00') AS relation
        FROM VALUES ('ann', 'bob', 'begins'), ('ann', 'cat', 'lists') AS told(owner, other, change)
    """)

    found = {row["account_id"]: row["first_seen"] for row in seen(records, kind="relations")}
    assert {who: at and at.day for who, at in found.items()} == {"ann": 3, "bob": 3, "cat": None}


def test_labels_name_no_account_of_their_own_accord(spark):
    assert seen(spark.sql("SELECT 'registry' AS network"), kind="labels") == []
