"""interactions -> pair_days."""

from functools import reduce

from chispa.dataframe_comparer import assert_df_equality
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from sway.contracts.account_keys import account_key
from sway.contracts.tables.acts import PAIR_DAYS
from sway.stages.roll_up import to_pair_days

NETWORKS = ("twitter", "facebook")


def test_acts_that_count_are_counted_by_pair_action_and_day_with_the_last_instant(table):
    interactions = table("""
        network:string|event_date:date|actor_id:string|target_id:string|action:string|at:string|set_aside:string
        twitter       |2016-05-01     |ann            |bob             |mention      |08:00    |null
        twitter       |2016-05-01     |ann            |bob             |mention      |09:30    |null
        twitter       |2016-05-01     |ann            |bob             |reply        |07:00    |null
        twitter       |2016-05-01     |ann            |bob             |mention      |07:00    |absorbed
        twitter       |2016-05-01     |ann            |ann             |reply        |10:00    |self_act
        twitter       |2016-05-01     |bob            |ann             |mention      |06:00    |null
        twitter       |2016-05-02     |ann            |bob             |mention      |00:00    |null
        facebook      |2016-05-01     |ann            |bob             |mention      |05:00    |null
    """).withColumn("occurred_at", F.expr("cast(event_date || ' ' || at as timestamp)"))
    moved = table("""
        network:string | account_id:string | account_key:bigint | salt:int
        twitter        | bob               | -2                 | 1
    """)  # the same id elsewhere is another
    rows = {name: table(f"network:string|account_id:string|salt:int\n{name}|ann|0\n{name}|bob|0") for name in NETWORKS}
    plain = reduce(DataFrame.unionByName, rows.values()).withColumn("account_key", account_key("account_id"))
    accounts = plain.join(moved, ["network", "account_id"], "left_anti").unionByName(moved)
    key = {(row["network"], row["account_id"]): row["account_key"] for row in accounts.collect()}
    ann, bob, other_ann, other_bob = (key[network, name] for network in NETWORKS for name in ("ann", "bob"))
    expected = table(f"""
        network:string|event_date:date|actor_key:bigint|target_key:bigint|action:string|count:bigint|last_at:timestamp
        twitter       |2016-05-01     |{ann}           |{bob}            |mention      |2           |2016-05-01 09:30
        twitter       |2016-05-01     |{ann}           |{bob}            |reply        |1           |2016-05-01 07:00
        twitter       |2016-05-01     |{bob}           |{ann}            |mention      |1           |2016-05-01 06:00
        twitter       |2016-05-02     |{ann}           |{bob}            |mention      |1           |2016-05-02
        facebook      |2016-05-01     |{other_ann}     |{other_bob}      |mention      |1           |2016-05-01 05:00
    """)
    assert bob == -2

    actual = PAIR_DAYS.conform(to_pair_days(interactions, accounts))

    assert_df_equality(actual, expected, ignore_nullable=True, ignore_row_order=True)
