"""Strengths, favours and shares, each step on a table of its own."""

import math
from random import Random

import pytest
from chispa import assert_df_equality
from sway.engine.pairs import (
    most_capped,
    to_favours,
    to_pairs,
    to_reactions,
    to_strengths,
    to_voices,
)

from tests.graphs import AS_OF, METHOD
from tests.kernels import reference

TWITTER = METHOD.networks["twitter"].actions


def by_pair(frame, column):
    return {(row.actor_key, row.target_key): row[column] for row in frame.collect()}


def test_an_act_counts_half_after_one_half_life_and_not_from_the_horizon_on(table):
    pair_days = table("""
        event_date:date | actor_key:bigint | target_key:bigint | action:string | count:bigint
        2016-05-01      | 1                | 2                 | mention       | 3
        2016-04-01      | 1                | 2                 | mention       | 4
        2016-04-01      | 1                | 2                 | retweet       | 1
        2016-04-01      | 1                | 3                 | poke          | 9
        2016-05-02      | 1                | 4                 | mention       | 9
        2015-11-04      | 1                | 5                 | mention       | 8
        2015-11-03      | 1                | 6                 | mention       | 9
        2016-05-01      | 7                | 7                 | mention       | 9
    """)  # an action not declared; of tomorrow; 179 and 180 days old; towards oneself
    expected = table("""
        actor_key:bigint | target_key:bigint | action:string | strength:double | acts:bigint | age_days:int
        1                | 2                 | mention       | 5.0             | 7           | 0
        1                | 2                 | retweet       | 0.5             | 1           | 30
        1                | 5                 | mention       | 0.002132        | 8           | 179
    """)

    actual = to_strengths(pair_days, None, TWITTER, strength=METHOD.strength, as_of=AS_OF)

    rounded = actual.withColumn("strength", actual["strength"].cast("decimal(20,6)").cast("double"))
    assert_df_equality(rounded, expected, ignore_nullable=True, ignore_row_order=True)


def test_repeats_saturate_and_kinds_of_action_are_kept_apart(table):
    strengths = table("""
        actor_key:bigint | target_key:bigint | action:string | strength:double | acts:bigint | age_days:int
        1                | 2                 | retweet       | 1.0             | 1           | 7
        1                | 2                 | favourite     | 3.0             | 3           | 2
        1                | 2                 | quote         | 1.0             | 1           | 9
        1                | 2                 | list_add      | 1.0             | 1           | 9
        1                | 2                 | mention       | 1.0             | 1           | 5
        1                | 2                 | reply         | 1.0             | 1           | 5
    """)

    pair = to_pairs(strengths, TWITTER).first()

    assert pair.weight == pytest.approx((6 + 6 + 4 + 4 + 3) * math.log(2) + math.log(4), rel=1e-14)
    assert pair.endorsement == pytest.approx(6 * math.log(2) + math.log(4), rel=1e-14)
    assert pair.conversation == pytest.approx((4 + 3) * math.log(2), rel=1e-14)
    assert (pair.acts, pair.age_days) == (8, 2)


def test_returned_endorsement_is_netted_and_conversation_restores_it(table):
    pairs = table("""
        actor_key:bigint | target_key:bigint | endorsement:double | conversation:double
        1                | 2                 | 4.0                | 0.0
        2                | 1                 | 1.0                | 3.5
        3                | 4                 | 2.0                | 0.0
        5                | 6                 | 0.0                | 3.5
        6                | 5                 | 9.0                | 99.0
        7                | 8                 | 0.0                | 0.0
        8                | 7                 | 9.0                | 0.0
        9                | 10                | 0.0                | 2.0
    """)

    left = by_pair(to_favours(pairs, METHOD.favours), "sincerity")

    assert left == pytest.approx(
        {
            (1, 2): 1 - 0.95 / 4,  # a quarter was returned
            (2, 1): 0.05 + 0.95 / 2,  # all was returned, and half of the conversation that restores it all
            (3, 4): 1.0,  # nothing returned
            (5, 6): 0.05 + 0.95 / 2,  # only the target endorsed
            (6, 5): 1.0,
            (7, 8): 0.05,
            (8, 7): 1.0,
            (9, 10): 1.0,
        },
        abs=1e-15,
    )


@pytest.mark.parametrize(("cap", "capped"), [(0.2, 4), (0.1, 9), (0.3, 3), (0.5, 1), (0.9, 1), (1 / 3, 2)])
def test_as_many_targets_can_stand_at_the_cap_as_leave_some_voice(cap, capped):
    assert most_capped(cap) == capped
    assert cap * capped < 1.0


def test_divisor_in_closed_form_equals_bisection_and_nobody_gets_more_than_a_fifth(spark):
    random = Random(2016)
    weights = [4.0, 100.0, 9000.0, *(10 ** random.uniform(-6, 4) for _ in range(20))]
    actors = [random.choices(weights, k=random.randint(1, 12)) for _ in range(200)]
    rows = [
        (actor, target, weight, 1, 0, 1.0)
        for actor, given_weights in enumerate(actors)
        for target, weight in enumerate(given_weights)
    ]
    pairs = spark.createDataFrame(
        rows,
        "actor_key bigint, target_key bigint, weight double, acts bigint, age_days int, sincerity double",
    )
    voices = to_voices(pairs, METHOD.shares)
    known = voices.selectExpr("actor_key account_key", "1.0D voice", "targets", "divisor")

    divisors = {row.actor_key: row.divisor for row in voices.collect()}
    shares = by_pair(to_reactions(pairs, known, METHOD), "share")

    for actor, given_weights in enumerate(actors):
        assert divisors[actor] == pytest.approx(reference.voice_total(given_weights), rel=1e-12)
        of_actor = [shares[actor, target] for target in range(len(given_weights))]
        assert max(of_actor) <= 0.2
        assert sum(of_actor) == pytest.approx(1 - 3.0 / divisors[actor], rel=1e-9)  # the reserve is kept


def test_weight_beyond_the_cap_changes_nothing(table):
    pairs = table("""
        actor_key:bigint | target_key:bigint | weight:double | acts:bigint
        1                | 2                 | 100.0         | 1
        1                | 3                 | 1.0           | 2
        4                | 2                 | 9000.0        | 1
        4                | 3                 | 1.0           | 2
    """)

    one, other = sorted(to_voices(pairs, METHOD.shares).collect())

    assert one.divisor == other.divisor == 4.0 / 0.8
    assert (one.targets, one.acts_given) == (2, 3)


def test_a_contribution_to_reach_is_voice_times_habit_times_freshness_times_sincerity(table):
    favours = table("""
        actor_key:bigint | target_key:bigint | weight:double | acts:bigint | age_days:int | sincerity:double
        1                | 2                 | 6.0           | 3           | 30           | 0.5
    """)
    known = table("""
        account_key:bigint | voice:double | targets:bigint | divisor:double
        1                  | 0.4          | 15             | 60.0
        2                  | 1.0          | 0              | null
    """)

    reaction = to_reactions(favours, known, METHOD).first()

    assert reaction.contribution == pytest.approx(0.4 * 15 / 20 * 0.5 * 0.5, rel=1e-15)
    assert (reaction.share, reaction.voice, reaction.acts) == (0.1, 0.4, 3)
