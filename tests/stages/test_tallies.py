"""Acts and posts counted from batches, in any order of rows."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sway.contracts.method import Strength
from sway.runtime import config
from sway.stages.tallies import ActTally, PostTally

from tests.kernels import reference

METHOD = config.load().method("sway-1.0")
ACTIONS = METHOD.networks["twitter"].actions
SIZE = 5
VOICES = np.linspace(0.0, 1.0, SIZE)
acts = st.lists(
    st.tuples(st.integers(-1, SIZE - 1), st.integers(-1, SIZE - 1), st.integers(-1, 5), st.integers(1, 4),
              st.sampled_from([0, 6, 7, 90, 150])),
    max_size=30,
)  # fmt: skip


def tallied(rows):
    tally = ActTally(ACTIONS, VOICES, np.arange(SIZE) < 2, METHOD.strength, burst_days=7)
    for batch in (rows[::2], rows[1::2]):
        columns = [np.array([row[n] for row in batch], np.int64) for n in range(5)]
        actor, target, action, count, age = columns
        tally.add(actor.astype(np.int32), target.astype(np.int32), action.astype(np.int32), count, age.astype(np.int32))
    return tally


@given(acts)
def test_acts_are_counted_by_account_and_action_and_strangers_left_out(rows):
    tally = tallied(rows)

    known = [row for row in rows if min(row[:3]) >= 0]
    received, given_, lately = Counter(), Counter(), Counter()
    for actor, target, action, count, age in known:
        received[target, action] += count
        given_[actor, action] += count
        lately[target, action] += count * (age < 7)
    for account in range(SIZE):
        for action in range(len(tally.names)):
            assert tally.received[account, action] == received[account, action]
            assert tally.given[account, action] == given_[account, action]
    is_disputing = [ACTIONS[name].disputing for name in tally.names]
    is_endorsing = [ACTIONS[name].endorsing for name in tally.names]
    for account, of in enumerate(zip(*tally.disputing(), strict=True)):
        assert of == (
            sum(received[account, a] for a, yes in enumerate(is_disputing) if yes),
            sum(lately[account, a] for a, yes in enumerate(is_disputing) if yes),
            sum(lately[account, a] for a, yes in enumerate(is_endorsing) if yes),
        )
    pairs = {(target, actor) for actor, target, *_ in known if target < 2}
    assert set(zip(*(column.tolist() for column in tally.audience), strict=True)) == pairs
    pairs = {(actor, target) for actor, target, *_ in known if actor < 2}
    assert set(zip(*(column.tolist() for column in tally.addressed), strict=True)) == pairs
    assert "follow" not in tally.names
    voiced = Counter()
    for actor, target, _, count, age in known:
        voiced[target] += VOICES[actor] * count * reference.lasting(age, fade_out_days=60)
    np.testing.assert_allclose(tally.voiced_reactions, [voiced[account] for account in range(SIZE)], atol=1e-12)
    assert tally.days == max((age + 1 for *_, age in known), default=0)


@given(st.lists(st.tuples(st.integers(-1, 2), st.booleans(), st.integers(0, 220)), max_size=200))
def test_posts_are_counted_within_the_horizon_and_days_beyond_it_judge_breaks(rows):
    tally = PostTally(3, METHOD.strength, METHOD.breaks)
    author, original, age = (np.array([row[n] for row in rows]) for n in range(3))
    tally.add(author.astype(np.int32), original.astype(bool), age.astype(np.int32))

    assert tally.days == 221
    for account in range(3):
        own = [(yes, days) for who, yes, days in rows if who == account]
        assert tally.posts[account] == sum(days < 180 for _, days in own)
        assert tally.original_posts[account] == sum(yes and days < 180 for yes, days in own)
        lasting = sum(reference.lasting(days, fade_out_days=60) for yes, days in own if yes and days < 180)
        assert tally.lasting_posts[account] == pytest.approx(lasting, abs=1e-12)
        days = reference.credited_days({days for _, days in own})
        np.testing.assert_allclose(tally.break_days()[account], days, atol=1e-12)


def test_a_version_without_breaks_looks_at_the_horizon_alone_and_credits_nobody():
    tally = PostTally(1, Strength(half_life_days=30.0, horizon_days=180), None)
    tally.add(np.arange(1, dtype=np.int32).repeat(100), np.ones(100, bool), np.arange(20, 120, dtype=np.int32))

    assert tally.days == 180
    assert tally.break_days().tolist() == [0.0]
    assert tally.lasting_posts.tolist() == [100.0]
