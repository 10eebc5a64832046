"""Entities from accounts of several networks, against the slow twin."""

import numpy as np
import pytest
from sway.runtime import config
from sway.stages.entity_scores import SUMMED, Belonging, to_entity_scores

from tests.kernels import reference
from tests.kernels.reference import Held

METHODS = config.load().methods
NAN = float("nan")


def belonging(network, rows, *, audience=(), addressed=()):
    """`rows`: entity, weight, linear, its error, effective reactors, whether it counts, reactions."""
    columns = [np.array(column, np.float64) for column in zip(*rows, strict=True)]
    entity, weight, linear, error, n_eff, counts, reactions = columns
    known = {"linear": linear, "linear_error": error, "effective_reactors": n_eff, "is_counted": counts > 0}
    known |= dict.fromkeys(SUMMED, reactions.astype(np.int64))
    persons = [tuple(np.array([row[n] for row in pairs], np.int64) for n in (0, 1)) for pairs in (audience, addressed)]
    size = len(rows)
    return Belonging(
        network=network,
        entity=entity.astype(np.int64),
        weight=weight,
        columns=known,
        received=np.ones((size, 1), np.int64),
        given=np.zeros((size, 1), np.int64),
        actions=("retweet",),
        flags={"stale_network": np.zeros(size, bool)},
        audience=persons[0],
        addressed=persons[1],
    )


TWITTER = belonging(
    "twitter",
    [
        (0, 1.0, 60.0, 2.0, 100.0, 1, 9),
        (1, 1.0, 30.0, 4.0, 20.0, 1, 4),
        (2, 1.0, NAN, NAN, 0.0, 0, 0),
        (3, 0.5, 44.0, 3.0, 40.0, 1, 6),
        (4, 1.0, 12.0, NAN, 0.0, 0, 1),  # reactors without a voice: a score that counts for nobody
    ],
    audience=[(0, 7), (0, 8), (0, 9)],
    addressed=[(0, 5), (0, 6)],
)
FACEBOOK = belonging(
    "facebook",
    [(0, 1.0, 50.0, 3.0, 50.0, 1, 2), (3, 1.0, 20.0, 5.0, 9.0, 1, 3)],
    audience=[(0, 7), (0, 8)],
    addressed=[(0, 6), (0, 4)],
)


@pytest.fixture(scope="module")
def found():
    return to_entity_scores([TWITTER, FACEBOOK], np.array([0, 0, 0, 1, 1, 1]), METHODS["sway-1.0"], entities=6)


def test_scores_errors_and_contributions_equal_their_slow_twin(found):
    expected = [
        reference.combined([Held(60.0, 1.0, 2.0, 100.0), Held(50.0, 1.0, 3.0, 50.0)]),
        reference.combined([Held(30.0, 1.0, 4.0, 20.0)]),
        None,
        reference.combined([Held(44.0, 0.5, 3.0, 40.0), Held(20.0, 1.0, 5.0, 9.0)]),
        None,
        None,
    ]
    for n, whole in enumerate(expected):
        if whole is None:
            assert np.isnan([found[name][n] for name in ("score", "linear", "error", "rank", "percentile")]).all()
            assert found["grade"][n] is None
            continue
        assert found["score"][n] == pytest.approx(whole.score, rel=1e-12)
        assert found["error"][n] == pytest.approx(whole.error, rel=1e-12)
        assert found["grade"][n] == reference.grade(whole.n_eff)
        parts = [part for part in found["contributions"][n] if part > 0]
        assert parts == pytest.approx(whole.contributions, rel=1e-12)


def test_places_are_among_all_scored_entities_and_among_those_of_the_type(found):
    np.testing.assert_array_equal(found["rank"], [1, 3, NAN, 2, NAN, NAN])
    np.testing.assert_allclose(found["percentile"], [250 / 3, 50 / 3, NAN, 50, NAN, NAN])
    np.testing.assert_allclose(found["percentile_in_type"], [75, 25, NAN, 50, NAN, NAN])


def test_counts_are_summed_and_people_who_react_on_two_networks_counted_once(found):
    assert found["reactions"].tolist() == [11, 4, 0, 9, 1, 0]
    assert found["accounts"].tolist() == [2, 1, 1, 2, 1, 0]
    assert found["scored_accounts"].tolist() == [2, 1, 0, 2, 0, 0]
    assert found["reactors"].tolist()[:2] == [3, 4]
    assert found["targets"].tolist()[:2] == [3, 4], "whom both accounts act towards counts once"
    np.testing.assert_allclose(found["audience_overlap"][[0, 1, 2]], [3 / 5, 1.0, NAN])


def test_an_account_on_a_network_of_weight_0_gives_neither_a_score_nor_evidence():
    silent = belonging("facebook", [(0, 0.0, 50.0, 3.0, 500.0, 1, 2), (1, 0.0, 50.0, 3.0, 500.0, 1, 3)])
    heard = belonging("twitter", [(0, 1.0, 30.0, 4.0, 20.0, 1, 4)])
    found = to_entity_scores([silent, heard], np.array([0, 0]), METHODS["sway-1.0"], entities=2)

    np.testing.assert_allclose(found["score"], [30.0, NAN])
    assert found["scored_accounts"].tolist() == [1, 0]
    assert found["grade"].tolist() == ["C", None]
    assert found["reactions"].tolist() == [6, 3]


def test_other_algorithms_have_neither_grade_nor_error():
    plain = belonging("twitter", [(0, 1.0, 60.0, NAN, 100.0, 1, 9)])
    found = to_entity_scores([plain], np.array([0]), METHODS["reactions"], entities=1)

    assert found["score"][0] == pytest.approx(reference.soft_cap(60.0))
    assert np.isnan(found["error"][0])
    assert found["grade"][0] is None
