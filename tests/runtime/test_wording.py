"""Counts and tables as people read them."""

import pytest
from sway.runtime.wording import in_columns, many


@pytest.mark.parametrize(("count", "text"), [(0, "0 days"), (1, "1 day"), (2, "2 days"), (2000, "2,000 days")])
def test_one_is_no_plural(count, text):
    assert many(count, "day") == text


def test_cells_of_a_column_stand_below_each_other_and_no_line_ends_in_blanks():
    rows = [("feed", "last ready", "late"), ("twitter/users", "never", "-"), ("a", "2016-05-01", "12")]

    assert in_columns(rows) == [
        "feed           last ready  late",
        "twitter/users  never       -",
        "a              2016-05-01  12",
    ]
