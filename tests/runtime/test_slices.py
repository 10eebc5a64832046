"""Slices as SQL: of values that can be nothing else."""

from datetime import date

import pytest
from sway.errors import InfrastructureError
from sway.runtime.slices import slice_of


def test_values_and_lists_of_them_become_one_condition():
    found = slice_of(network="google_plus", event_date=[date(2016, 5, 1), date(2016, 5, 2)])

    assert found == "network = 'google_plus' AND event_date IN (DATE '2016-05-01', DATE '2016-05-02')"


@pytest.mark.parametrize("text", ["", "a b", "a'b", "twitter\n", "twitter\n;", "-a", "ä"])
def test_a_text_that_is_no_plain_name_never_becomes_sql(text):
    with pytest.raises(InfrastructureError, match="not a plain name"):
        slice_of(network=text)
