"""interactions -> pair_days."""

from chispa.dataframe_comparer import assert_df_equality
from pyspark.sql import functions as F
from sway.contracts.tables.acts import PAIR_DAYS
from sway.stages.roll_up import to_pair_days


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
    accounts = table("""
        network:string | account_id:string | account_key:bigint
        twitter        | ann               | 1
        twitter        | bob               | -2
        facebook       | ann               | 3
        facebook       | bob               | 4
    """)  # the same ids elsewhere are others
    expected = table("""
        network:string|event_date:date|actor_key:bigint|target_key:bigint|action:string|count:bigint|last_at:timestamp
        twitter       |2016-05-01     |1               |-2               |mention      |2           |2016-05-01 09:30
        twitter       |2016-05-01     |1               |-2               |reply        |1           |2016-05-01 07:00
        twitter       |2016-05-01     |-2              |1                |mention      |1           |2016-05-01 06:00
        twitter       |2016-05-02     |1               |-2               |mention      |1           |2016-05-02
        facebook      |2016-05-01     |3               |4                |mention      |1           |2016-05-01 05:00
    """)

    actual = PAIR_DAYS.conform(to_pair_days(interactions, accounts))

    assert_df_equality(actual, expected, ignore_nullable=True, ignore_row_order=True)
