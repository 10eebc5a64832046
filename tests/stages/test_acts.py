"""One act counted once (method 1): records -> acts -> interactions."""

import pytest
from pyspark.sql import functions as F
from sway.networks.catalog import COMMON_ORDER
from sway.networks.twitter import TWITTER
from sway.stages.acts import to_act_counts, to_acts, to_interactions, to_posts, with_set_aside


@pytest.fixture
def kept(table):
    """Event ids that stay of acts drawn as text, with the counts."""

    def keep(text, *, act_order=TWITTER.act_order):
        acts = table(text).withColumns(
            {
                "network": F.lit("n"),
                "feed": F.lit("f"),
                "delivered_on": F.lit("2016-05-01").cast("date"),
                "record_id": F.lit("1"),
                "record_hash": F.lit(1).cast("bigint"),
                "is_alone": F.lit(False),
                "occurred_at": F.lit("2016-05-01 08:00").cast("timestamp"),
                "object_id": F.lit(None).cast("string"),
            }
        )
        placed = with_set_aside(acts, act_orders={"n": act_order})
        rows = to_interactions(placed).where("set_aside IS NULL")
        found = sorted(row["event_id"] for row in rows.collect())
        counts = to_act_counts(placed.select("network", "set_aside").toArrow().to_batches())
        return found, counts.get("n")

    return keep


def test_of_one_act_the_first_in_the_networks_order_stays(kept):
    found, counts = kept("""
        event_id:string | actor_id:string | target_id:string | action:string | act_key:string
        reply           | ann             | bob              | reply         | 1
        its mention     | ann             | bob              | mention       | 1
        another's       | cat             | bob              | mention       | 1
        another target  | ann             | cat              | mention       | 1
        another record  | ann             | bob              | mention       | 2
        retweet         | dan             | bob              | retweet       | 3
        mention at once | dan             | bob              | mention       | 3
        quote           | eve             | bob              | quote         | 4
        reply too       | eve             | bob              | reply         | 4
    """)

    assert found == ["another record", "another target", "another's", "quote", "reply", "retweet"]
    assert counts == {"derived": 9, "self_acts": 0, "absorbed": 3, "interactions": 6}


def test_likes_neither_absorb_nor_are_absorbed(kept):
    found, _ = kept(
        """
        event_id:string | actor_id:string | target_id:string | action:string | act_key:string
        like            | ann             | bob              | like          | 1
        tag             | ann             | bob              | tag           | 1
        share           | ann             | bob              | share         | 1
        lone like       | cat             | bob              | like          | 2
        lone tag        | cat             | bob              | tag           | 2
        """,
        act_order=COMMON_ORDER,
    )

    assert found == ["like", "lone like", "lone tag", "share"]


def test_rows_of_the_same_action_all_stay(kept):
    found, _ = kept("""
        event_id:string | actor_id:string | target_id:string | action:string | act_key:string
        one             | ann             | bob              | reply         | at noon
        two             | ann             | bob              | reply         | at noon
        absorbed        | ann             | bob              | mention       | at noon
        absorbed too    | ann             | bob              | mention       | at noon
    """)

    assert found == ["one", "two"]


def test_acts_towards_oneself_are_set_aside_and_counted_as_such(kept):
    found, counts = kept("""
        event_id:string | actor_id:string | target_id:string | action:string | act_key:string
        self            | ann             | ann              | reply         | 1
        self, absorbed  | ann             | ann              | mention       | 1
        kept            | ann             | bob              | mention       | 1
    """)

    assert found == ["kept"]
    assert counts == {"derived": 3, "self_acts": 2, "absorbed": 0, "interactions": 1}


def test_no_acts_have_no_counts(kept):
    _, counts = kept("""
        event_id:string | actor_id:string | target_id:string | action:string | act_key:string
    """)

    assert counts is None


def test_days_of_acts_and_posts_are_utc(spark):
    at = "TIMESTAMP'2016-05-01 23:30:00-02:00'"
    post = (
        f"named_struct('post_id', '1', 'author_id', 'ann', 'created_at', {at}, 'kind', 'original', 'client', NULL, "
        "'hashtags', array('x'))"
    )
    act = (
        "array(named_struct('event_id', '1/mention/bob', 'actor_id', 'ann', 'target_id', 'bob', 'action', 'mention', "
        f"'occurred_at', {at}, 'object_id', '1'))"
    )
    origin = "'n' network, 'f' feed, DATE'2016-05-02' delivered_on, '1' record_id, 7L record_hash, '1' act_key"
    records = spark.sql(f"SELECT {origin}, {post} post, {act} acts")

    (row,) = to_interactions(with_set_aside(to_acts(records), act_orders={})).collect()
    assert (str(row["event_date"]), row["record_hash"]) == ("2016-05-02", 7)
    (row,) = to_posts(records).collect()
    assert (str(row["event_date"]), row["hashtags"]) == ("2016-05-02", ["x"])
