"""The loops of tests/kernels/reference and the SciPy of independent.py were written apart; here they meet."""

from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from tests.kernels import reference
from tests.real.independent import Figures, figures, one_act_once

SCORE_DATE = date(2016, 3, 31)
TRUSTS = [0.0, 0.01, 0.1, 0.15, 0.2, 0.3, 1.0, 5.0]


def world(seed: int) -> tuple[list[reference.Act], dict[str, float]]:
    """A few accounts who act often: favours, caps, old and future acts and silent voices all occur."""
    rng = np.random.default_rng(seed)
    accounts = [f"a{number}" for number in range(rng.integers(2, 25))]
    actions = list(reference.TWITTER)
    acts = []
    for _ in range(rng.integers(1, 400)):
        actor, target = rng.choice(accounts[: rng.integers(1, len(accounts) + 1)]), rng.choice(accounts)
        day = SCORE_DATE - timedelta(days=int(rng.choice([-1, 0, 1, 7, 30, 179, 180, rng.integers(0, 200)])))
        acts.append(reference.Act(str(actor), str(target), str(rng.choice(actions)), day))
    return acts, {account: float(rng.choice(TRUSTS)) for account in accounts}


def in_scipy(acts: list[reference.Act], trust: dict[str, float]) -> Figures:
    rows = [act._asdict() for act in acts if act.actor != act.target]
    frame = pd.DataFrame(rows, columns=["actor", "target", "action", "event_date"])
    return figures(frame, SCORE_DATE, trust=pd.Series(trust))


@pytest.mark.parametrize("seed", range(60))
def test_the_two_twins_agree(seed):
    acts, trust = world(seed)

    slow = reference.raw(acts, SCORE_DATE, m=trust)
    fast = in_scipy(acts, trust)

    accounts = sorted(slow.trust)
    assert fast.accounts.tolist() == accounts
    for name in ("influence", "reach", "squares"):
        expected = [getattr(slow, name)[account] for account in accounts]
        np.testing.assert_allclose(getattr(fast, name), expected, rtol=1e-12, atol=1e-14, err_msg=name)
    assert fast.is_target.tolist() == [slow.has_score[account] for account in accounts]


@pytest.mark.parametrize("seed", range(20))
def test_twenty_sweeps_are_within_a_millionth_of_the_dense_solution(seed):
    acts, trust = world(seed)
    of_voice = reference.shares(reference.strengths(reference.decayed_counts(acts, SCORE_DATE)))
    q = {account: reference.voice(m) for account, m in trust.items()}

    solved = reference.influence_solved(trust, of_voice, trust, q)
    swept = reference.influence_swept(trust, of_voice, trust, q)

    largest = max(trust.values(), default=1.0)
    assert max(abs(solved[account] - swept[account]) for account in trust) < 1e-6 * max(1.0, largest)


def test_a_voice_total_satisfies_its_own_equation_with_none_to_many_capped_targets():
    by_number_capped = (
        [],
        [1e-3],
        [1.0] * 40,
        [1e6],
        [9.0, 8.0, 0.5],
        [1e3] * 4,
        [1e3] * 4 + [0.1],
        [50.0] * 5,
    )
    for strengths in by_number_capped:
        total = reference.voice_total(strengths)

        assert total == pytest.approx(3.0 + sum(min(g, 0.2 * total) for g in strengths), rel=1e-14)
    assert reference.voice_total([1e6]) == pytest.approx(3.0 / 0.8)
    assert reference.voice_total([1e3] * 4) == pytest.approx(3.0 / 0.2)


def test_of_one_act_told_twice_only_the_first_in_the_order_stays():
    noon, later = datetime(2012, 7, 4, 12), datetime(2012, 7, 4, 13)
    rows = [
        ("ann", "bob", "mention", noon, False),  # bob is retweeted in the same instant
        ("ann", "bob", "retweet", noon, True),
        ("ann", "bob", "favourite", noon, True),  # likes never take part
        ("ann", "bob", "mention", later, True),  # another instant, another record
        ("ann", "bob", "mention", later, True),  # same action, another record
        ("ann", "cat", "mention", noon, False),  # cat is replied to
        ("ann", "cat", "reply", noon, True),
        ("ann", "ann", "reply", noon, False),  # towards oneself
    ]
    acts = pd.DataFrame(rows, columns=["actor", "target", "action", "occurred_at", "stays"])

    kept = one_act_once(acts)

    assert kept.index.tolist() == acts.index[acts["stays"]].tolist()
