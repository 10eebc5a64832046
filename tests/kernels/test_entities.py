"""One score per entity: the algebra of networks, against its slow twin."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sway.kernels.entities import audience_overlap, combine
from sway.kernels.scale import percentile_within, soft_cap

from tests.kernels import reference
from tests.kernels.reference import Held

NAN = math.nan
NUMBERS = {"bend_points": 10.0, "bends_from": 50.0}
points = st.floats(0, 200, allow_subnormal=False)
held = st.one_of(
    st.builds(Held, st.none(), st.floats(0, 1), st.none(), st.just(0.0)),
    st.builds(Held, points, st.floats(0, 1), st.one_of(st.none(), st.floats(0, 9)), st.floats(1, 500)),
)


def together(*entities):
    """What `combine` says of entities, each a list of Held."""
    rows = [(n, *account) for n, accounts in enumerate(entities) for account in accounts]
    columns = list(zip(*rows, strict=True)) or [()] * 5
    entity, *numbers = (np.array(column, np.float64) for column in columns)
    return combine(entity.astype(np.int64), *numbers, entities=len(entities), **NUMBERS)


def alone(*linear, weight=1.0):
    return together([Held(one, weight, 1.0, 9.0) for one in linear])


@given(st.lists(st.lists(held, max_size=5), max_size=5))
def test_entities_equal_their_slow_twin(entities):
    found = together(*entities)

    expected = [reference.combined(accounts) for accounts in entities]
    for name in ("linear", "score", "error", "n_eff"):
        wanted = [NAN if getattr(one, name) is None else getattr(one, name) for one in expected]
        np.testing.assert_allclose(getattr(found, name), wanted, rtol=1e-9, atol=1e-9)
    parts = [NAN if part is None else part for one in expected for part in one.contributions]
    np.testing.assert_allclose(found.contribution, parts, rtol=1e-6, atol=1e-9)


@given(st.lists(points, min_size=1, max_size=4), points, st.floats(0, 1))
def test_a_further_network_never_lowers(linear, further, weight):
    before = [Held(one, 1.0, 1.0, 9.0) for one in linear]
    found = together(before, [*before, Held(further, weight, 1.0, 9.0)])

    assert found.score[1] >= found.score[0]


@given(st.lists(points, max_size=4), st.integers(0, 4))
def test_an_account_without_score_adds_exactly_0(linear, place):
    before = [Held(one, 1.0, 1.0, 9.0) for one in linear]
    after = [*before[:place], Held(None, 1.0, None, 0.0), *before[place:]]
    found = together(before, after)

    for name in ("linear", "score", "error", "n_eff"):
        np.testing.assert_array_equal(*getattr(found, name))


@given(points)
def test_one_network_keeps_its_score(linear):
    found = alone(linear)

    assert found.linear.item() == pytest.approx(linear, abs=1e-12, rel=1e-12)
    assert found.score.item() == pytest.approx(soft_cap(np.array([linear]), bends_from=50.0).item(), rel=1e-12)
    assert found.contribution.tolist() == [1.0] if linear else np.isnan(found.contribution).all()


@given(points)
def test_two_equal_networks_give_what_the_formula_says_and_never_7_points_more(linear):
    both = alone(linear, linear).linear.item()

    assert both == pytest.approx(linear + 10 * math.log(2 - math.exp(-linear / 10)), rel=1e-12, abs=1e-12)
    assert both - linear < 6.94


@given(st.lists(held, min_size=2, max_size=5).flatmap(lambda of: st.tuples(st.just(of), st.permutations(of))))
def test_the_order_of_networks_says_nothing(orders):
    found = together(*orders)

    for name in ("linear", "score", "error", "n_eff"):
        one, other = getattr(found, name)
        assert one == pytest.approx(other, rel=1e-12, abs=1e-12, nan_ok=True)


@given(points, points, st.floats(0, 1))
def test_shares_of_an_account_add_up_to_no_more_than_the_account(linear, other, share):
    """Two entities that part an account between them."""
    whole, part, rest = (
        together([Held(other, 1.0, 1.0, 9.0), Held(linear, of, 1.0, 9.0)]).linear.item()
        for of in (1.0, share, 1.0 - share)
    )

    assert part <= whole + 1e-9
    assert math.expm1(part / 10) + math.expm1(rest / 10) == pytest.approx(
        math.expm1(whole / 10) + math.expm1(other / 10), rel=1e-9, abs=1e-9
    )


def test_contributions_add_up_to_1_and_a_network_of_weight_0_adds_nothing():
    found = together([Held(30.0, 1.0, 1.0, 9.0), Held(40.0, 1.0, 1.0, 9.0), Held(80.0, 0.0, 1.0, 9.0)])

    assert found.contribution.sum() == pytest.approx(1.0)
    assert found.contribution[2] == 0.0
    assert found.linear.item() == pytest.approx(alone(30.0, 40.0).linear.item())


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from("abc"), st.integers(0, 6)), max_size=40))
def test_overlap_equals_its_slow_twin(rows):
    columns = [[e for e, _, _ in rows], ["abc".index(n) for _, n, _ in rows], [r for _, _, r in rows]]
    found = audience_overlap(*(np.array(column, np.int64) for column in columns), entities=4)

    expected = [reference.audience_overlap([(n, r) for e, n, r in rows if e == entity]) for entity in range(4)]
    np.testing.assert_allclose(found, [NAN if one is None else one for one in expected])


def test_percentiles_within_a_group_are_those_of_the_group_alone():
    scores = np.array([1.0, 5.0, NAN, 3.0, 9.0])

    np.testing.assert_array_equal(percentile_within(scores, np.array([0, 0, 0, 1, 1])), [25.0, 75.0, NAN, 25.0, 75.0])
