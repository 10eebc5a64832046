"""docs/data-dictionary.md says what the contracts and the views say."""

import runpy

import pytest
from sway.runtime.lake import Lake
from sway.runtime.views import VIEWS, in_duckdb

from tests.places import REPOSITORY


@pytest.fixture(scope="module")
def script():
    return runpy.run_path(str(REPOSITORY / "scripts" / "data_dictionary.py"))


def test_the_data_dictionary_is_up_to_date(script):
    made = script["page"]() + "\n"

    assert (REPOSITORY / "docs" / "data-dictionary.md").read_text(encoding="utf-8") == made, "run `make docs`"


def test_the_columns_it_names_of_views_are_those_they_have(script, tmp_path):
    lake = in_duckdb(Lake(str(tmp_path)))

    assert {view: lake.sql(f"FROM {view}").columns for view in VIEWS} == {
        view: script["columns_of"](view) for view in VIEWS
    }
