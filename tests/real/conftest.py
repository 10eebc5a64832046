"""The data sets of ../shared/data, or a skip that says which one is missing."""

from pathlib import Path

import pytest

from tests.real import raw_data


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
