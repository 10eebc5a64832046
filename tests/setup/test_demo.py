"""What the demo prints can be pasted, and it writes to a folder alone."""

import importlib.util
import shlex

import duckdb
import pytest
from sway.errors import ConfigError
from sway.runtime import config
from sway.runtime.run import Run

from tests.places import REPOSITORY


@pytest.fixture
def demo():
    """scripts/demo.py, not run."""
    spec = importlib.util.spec_from_file_location("demo", REPOSITORY / "scripts" / "demo.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_demo_is_written_to_a_folder_alone(demo, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ConfigError, match="a world is written to a local folder, found 's3://bucket/lake'"):
        demo.demo("s3://bucket/lake")
    assert not list(tmp_path.iterdir())


def test_commands_of_the_demo_can_be_pasted_whatever_its_lake_is_called(demo, tmp_path, monkeypatch):
    lake = tmp_path / "my lake; x"
    monkeypatch.setattr(demo, "query", lambda *_: duckdb.sql("SELECT 7 AS account_id"))

    text = demo.shown(Run(config.load(), str(lake), name="demo"))

    commands = [line for line in text.splitlines() if "sway sql" in line]
    assert len(commands) == len(demo.LOOK_FURTHER)
    for command in commands:
        assert shlex.split(command.rstrip(' "'))[:4] == [".venv/bin/sway", "sql", "--lake", str(lake)]
