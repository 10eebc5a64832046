"""The data sets of ../shared/data, or a skip that says which one is missing."""

import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
if str(REPOSITORY) not in sys.path:  # so that `from tests.real import ...` works from any directory
    sys.path.insert(0, str(REPOSITORY))

from tests.real import raw_data  # noqa: E402


@pytest.fixture(scope="session")
def higgs() -> Path:
    return _or_skip(raw_data.HIGGS)


@pytest.fixture(scope="session")
def congress() -> Path:
    return _or_skip(raw_data.CONGRESS)


def _or_skip(folder: Path) -> Path:
    if not folder.is_dir():
        pytest.skip(f"data set {folder.name} is not at {folder}")
    return folder
