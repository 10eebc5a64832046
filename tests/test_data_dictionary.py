"""docs/data-dictionary.md says what the contracts say."""

import runpy
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]


def test_the_data_dictionary_is_up_to_date():
    made = runpy.run_path(str(REPOSITORY / "scripts" / "data_dictionary.py"))["page"]()

    assert (REPOSITORY / "docs" / "data-dictionary.md").read_text(encoding="utf-8") == made + "\n", "run `make docs`"
