"""Senior titles and marks beside a score."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sway.kernels.flags import is_attacked, is_broadcast_only
from sway.kernels.titles import senior_titles
from sway.runtime import config

from tests.kernels import reference

TABLE = {"chief executive": 0.25, "CEO": 0.25, "director": 0.15, "head of": 0.1}
NESTED = {"a": 0.2, "b a": 0.1, "a b": 0.05, "b a b": 0.01}
SHIPPED = config.load().method("sway-1.0").networks["linkedin"].senior_titles
words = st.lists(st.sampled_from(["Chief", "chief", "Executive", "CEO", "of", "head", "Director,", "(ceo)", "-", "x"]))
ranks = st.lists(st.sampled_from(["vice", "President,", "chief", "executive", "chairman", "of", "Head"]))


@pytest.mark.parametrize(
    ("title", "value"),
    [
        ("Chief Executive Officer, ACME", 0.25),
        ("Director and Head of Research", 0.15),
        ("head  of-research", 0.1),
        ("Chiefs executive", 0.0),
        ("Directors' assistant", 0.0),
        ("", 0.0),
        (None, 0.0),
    ],
)
def test_the_largest_value_whose_words_stand_in_the_title_counts(title, value):
    assert senior_titles([title], TABLE).item() == value


@pytest.mark.parametrize(
    ("title", "value"),
    [
        ("Vice President, Sales", 0.15),
        ("President", 0.2),
        ("President and Vice President", 0.2),
        ("Vice President; Vice President Sales", 0.15),
        ("Chief Executive", 0.25),
        ("Chief Technology Officer", 0.2),
        ("Executive Assistant to the CEO", 0.25),  # words cannot tell
    ],
)
def test_by_the_shipped_table_words_inside_a_longer_phrase_are_part_of_that_one(title, value):
    assert senior_titles([title], SHIPPED).item() == value


@pytest.mark.parametrize(
    ("table", "some"),
    [(TABLE, words), (SHIPPED, ranks), (NESTED, st.lists(st.sampled_from("abc")))],
    ids=["few", "shipped", "nested"],
)
@given(data=st.data())
def test_titles_equal_their_slow_twin(table, some, data):
    titles = data.draw(st.lists(some.map(" ".join), max_size=6))

    np.testing.assert_array_equal(senior_titles(titles, table), [reference.title_value(one, table) for one in titles])


def test_broadcast_only_is_who_posts_and_never_acts():
    found = is_broadcast_only(np.array([10, 10, 9]), np.array([0, 1, 0]), fewest_posts=10)

    assert found.tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("disputing", "lately", "endorsing", "expected"),
    [
        (60, 60, 0, True),
        (60, 60, 6, True),
        (60, 60, 7, False),  # liked as well
        (19, 19, 0, False),  # too few
        (20, 20, 2, True),
        (173 * 3 + 63, 63, 0, True),  # 21 a week is usual: exactly three times that
        (173 * 3 + 62, 62, 0, False),
        (60 + 30 * 7, 60, 0, True),  # eight a week is usual elsewhere: 60 are more than three times that
        (60 + 90 * 7, 60, 0, False),  # 25 a week is usual
    ],
)
def test_negative_attention_is_a_burst_of_replies_and_quotes_without_shares_or_likes(
    disputing, lately, endorsing, expected
):
    assert attacked([(disputing, lately, endorsing)]) == [expected]


@pytest.mark.parametrize(
    ("days", "disputing", "expected"),
    [
        (14, 40, False),  # twenty a week, and no more than a week before
        (28, 80, False),
        (14, 26, True),  # six in the week before
        (8, 20, True),  # a day of silence before
        (8, 21, False),  # one on the day before: seven a week
        (7, 20, False),  # nothing before that could be usual
        (1, 20, False),
    ],
)
def test_where_data_began_lately_the_usual_is_that_of_the_days_there_are(days, disputing, expected):
    assert attacked([(disputing, 20, 0)], days=days) == [expected]


counts = st.integers(0, 60)
attacks = st.tuples(counts.map(lambda weeks: 173 * weeks) | st.integers(0, 5_000), st.integers(0, 200), counts)


@given(st.lists(attacks), st.just(180) | st.integers(0, 180))
def test_negative_attention_equals_its_slow_twin(some, days):
    found = [(before + lately, lately, endorsing) for before, lately, endorsing in some]

    assert attacked(found, days=days) == [reference.is_attacked(*one, days) for one in found]


def attacked(some, *, days=180):
    numbers = {"days": days, "burst_days": 7, "fewest_acts": 20, "times_usual": 3.0, "most_endorsed": 0.1}
    columns = np.array(some, np.int64).reshape(-1, 3).T
    return is_attacked(*columns, **numbers).tolist()
