"""The data sets of ../shared/data, or a skip that says which one is missing."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sway.runtime import config

from tests.real import raw_data
from tests.steps.lakes import environment


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


@pytest.fixture(scope="session")
def data_set() -> Callable[[str], Path]:
    """Gives the folder of a data set by its name, or skips."""
    return lambda name: _or_skip(raw_data.DATA / name)


@pytest.fixture(scope="session")
def new_home() -> Callable[..., config.Config]:
    """Makes the configuration of a test: the repository's versions and audits, and a version that adds `networks`."""

    def make(folder: Path, *, networks: str = "") -> config.Config:
        shutil.copytree(config.HOME / "conf", folder / "conf")
        scoring = folder / "conf" / "scoring"
        latest = (scoring / "sway-0.2.toml").read_text(encoding="utf-8")
        (scoring / "of-this-test.toml").write_text(latest + networks, encoding="utf-8")
        return config.load(environment(folder), home=folder)

    return make
