"""A further reaction never lowers its target, and the search would find a score for which it did."""

import numpy as np
import pytest
from sway.evaluation import monotone
from sway.evaluation.monotone import drawn, lowered, raw_scores

from tests.evaluation.settings import METHOD


def test_no_target_is_lowered_and_many_are_raised():
    falls, rises, deepest = lowered(METHOD, worlds=500, seed=1)

    assert (falls, deepest) == (0, 0.0)
    assert 250 < rises < 500


def test_a_score_that_falls_with_every_reaction_is_found_out(monkeypatch):
    honest = monotone.raw_scores
    monkeypatch.setattr(monotone, "raw_scores", lambda small, method: -honest(small, method))

    falls, rises, deepest = lowered(METHOD, worlds=500, seed=1)

    assert falls > 250
    assert rises < 25  # whose first reaction it is
    assert deepest > 0.0


def test_a_score_that_is_lost_counts_as_lowered(monkeypatch):
    sizes = []

    def lost_with_more_rows(small, method):
        sizes.append(len(small.acts.actor))
        return np.full(len(small.trust), 1.0 if len(sizes) == 1 else np.nan)

    monkeypatch.setattr(monotone, "raw_scores", lost_with_more_rows)

    assert lowered(METHOD, worlds=100, seed=1)[0] == 100
    assert sizes[1] == sizes[0] + 100


def test_worlds_stand_side_by_side_without_touching_each_other():
    small = drawn(np.random.default_rng(2), 6, METHOD)
    first = small.acts.actor < monotone.ACCOUNTS
    alone = monotone.Small(
        type(small.acts)(*(column[first] for column in small.acts)),
        *(column[: monotone.ACCOUNTS] for column in small[1:]),
    )

    assert (small.acts.actor // monotone.ACCOUNTS == small.acts.target // monotone.ACCOUNTS).all()
    assert (small.acts.actor != small.acts.target).all()
    expected = raw_scores(alone, METHOD)
    assert raw_scores(small, METHOD)[: monotone.ACCOUNTS] == pytest.approx(expected, rel=1e-12, nan_ok=True)
