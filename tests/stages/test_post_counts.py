"""How much each account posted."""

from chispa import assert_df_equality
from sway.stages.post_counts import to_post_counts

from tests.graphs import AS_OF


def test_posts_within_the_horizon_are_counted_reshares_apart(table):
    posts = table("""
        event_date:date | author_id:string | kind:string
        2016-05-01      | ann              | original
        2015-11-04      | ann              | original
        2016-04-01      | ann              | reshare
        2015-11-03      | ann              | original
        2016-05-02      | bob              | original
        2016-04-30      | eve              | reshare
    """)  # 180 days old; of tomorrow
    accounts = table("""
        account_id:string | account_key:bigint
        ann               | 1
        bob               | 2
        eve               | 3
    """)
    expected = table("""
        account_key:bigint | posts:bigint | original_posts:bigint
        1                  | 3            | 2
        3                  | 1            | 0
    """)

    actual = to_post_counts(posts, accounts, as_of=AS_OF, horizon_days=180)

    assert_df_equality(actual, expected, ignore_nullable=True, ignore_row_order=True)
