"""How alike two scores are, against SciPy and plain sets."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr
from sway.kernels.agreement import one_percent, overlap, spearman

pairs = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=2, max_size=40)


@given(pairs)
def test_spearman_equals_scipys(rows):
    one, other = (np.array(column, np.float64) for column in zip(*rows, strict=True))
    found = spearman(one, other)

    if len(set(one)) == 1 or len(set(other)) == 1:
        assert math.isnan(found)
    else:
        assert found == pytest.approx(spearmanr(one, other).statistic, abs=1e-12)


@given(st.permutations(range(12)), st.permutations(range(12)), st.integers(1, 15))
def test_overlap_is_the_share_of_the_highest_that_both_have(one, other, most):
    tops = [{n for n in range(12) if scores[n] >= 12 - most} for scores in (one, other)]

    found = overlap(np.array(one, np.float64), np.array(other, np.float64), most)

    if most >= 12:
        assert math.isnan(found)  # all of them, whatever the order
    else:
        assert found == pytest.approx(len(tops[0] & tops[1]) / most)


def test_without_accounts_nothing_agrees():
    assert math.isnan(spearman(np.empty(0), np.empty(0)))
    assert math.isnan(overlap(np.empty(0), np.empty(0), 50))


@pytest.mark.parametrize(("accounts", "most"), [(1, 1), (99, 1), (100, 1), (101, 2), (20_000, 200)])
def test_the_highest_percent_is_one_account_at_least(accounts, most):
    assert one_percent(accounts) == most
