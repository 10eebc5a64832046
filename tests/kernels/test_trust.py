"""Trust and voice against their slow twin, and case by case."""

import warnings
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sway.kernels.trust import follow_ratio, trust, voice

from tests.kernels import reference

NUMBERS = {
    "floor": 0.01,
    "full_age_days": 180.0,
    "followers_grace": 500.0,
    "lowest_follow_ratio": 0.1,
    "seed_trust": 5.0,
}
UNKNOWN = float("nan")
TODAY = date(2016, 5, 1)


def trust_of(*, age_days=UNKNOWN, followers=UNKNOWN, following=UNKNOWN, label=1.0, seed=False, suspended=False):
    facts = (np.array([fact], dtype=np.float64) for fact in (age_days, followers, following, label))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return trust(*facts, np.array([seed]), np.array([suspended]), **NUMBERS).item()


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, 1.0),
        ({"age_days": 90}, 0.5),
        ({"age_days": 180}, 1.0),
        ({"age_days": 2000}, 1.0),
        ({"age_days": 0}, 0.01),
        ({"followers": 0, "following": 500}, 1.0),
        ({"followers": 0, "following": 1001}, 0.5),
        ({"followers": 1001, "following": 1001}, 1.0),
        ({"followers": 10, "following": 1_000_000}, 0.1),
        ({"followers": UNKNOWN, "following": 1_000_000}, 1.0),
        ({"followers": 10, "following": UNKNOWN}, 1.0),
        ({"label": 0.1}, 0.1),
        ({"label": 0.01, "age_days": 90}, 0.01),
        ({"label": 0.01, "seed": True}, 5.0),
        ({"age_days": 0, "seed": True}, 5.0),
        ({"suspended": True}, 0.0),
        ({"seed": True, "suspended": True}, 0.0),
    ],
)
def test_trust_is_age_times_ratio_times_label(facts, expected):
    assert trust_of(**facts) == pytest.approx(expected, abs=1e-15)


def or_unknown(numbers):
    return st.one_of(st.just(UNKNOWN), numbers.map(float))


@given(
    age_days=or_unknown(st.integers(0, 4000)),
    followers=or_unknown(st.integers(0, 10**9)),
    following=or_unknown(st.integers(0, 10**9)),
    labels=st.lists(st.sampled_from(["spam", "restricted", "seed", "suspended"]), max_size=4),
)
def test_trust_equals_its_slow_twin(age_days, followers, following, labels):
    factor = min((reference.LABEL_FACTORS[name] for name in labels if name != "seed"), default=1.0)
    actual = trust_of(
        age_days=age_days,
        followers=followers,
        following=following,
        label=factor,
        seed="seed" in labels,
        suspended="suspended" in labels,
    )

    created_on = None if np.isnan(age_days) else TODAY - timedelta(days=int(age_days))
    known = [None if np.isnan(number) else int(number) for number in (followers, following)]
    expected = reference.trust(TODAY, profile=reference.Profile(created_on, *known), labels=labels)

    assert actual == pytest.approx(expected, rel=1e-14)
    assert actual == 0.0 if "suspended" in labels else 0.01 <= actual <= 5.0


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**6))
def test_more_followers_never_lower_trust(followers, following, more):
    ratios = follow_ratio(
        np.array([followers, followers + more], dtype=np.float64),
        np.array([following, following], dtype=np.float64),
        grace=500.0,
        lowest=0.1,
    )

    assert 0.1 <= ratios[0] <= ratios[1] <= 1.0


def test_voice_begins_above_silence_and_is_whole_a_step_later():
    heard = voice(np.array([0.0, 0.01, 0.1, 0.15, 0.2, 0.31, 1.0, 5.0]), silent_at=0.1, full_voice_after=0.2)

    np.testing.assert_allclose(heard, [0, 0, 0, 0.25, 0.5, 1, 1, 1], atol=1e-15)
    np.testing.assert_array_equal(heard[:3], 0.0)  # silent, not almost silent
