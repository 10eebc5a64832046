"""How verbs and jobs begin: a lake whose name is mistyped is none, one that nothing was read of yet is one."""

import sys
from argparse import Namespace
from pathlib import Path

import pytest
from sway import cli
from sway.runtime import start

from tests.landing import deliver
from tests.places import ENVIRONMENT

DAY = "2016-05-01"


@pytest.fixture
def mistyped(tmp_path):
    """The name of a folder beside a lake."""
    deliver(tmp_path / "lake", "facebook/events", DAY, {"a.jsonl": []})
    return str(tmp_path / "lakes")


def said(lake):
    return f"lake {lake}: expected a folder with landing/ or tables/ in it, found neither"


@pytest.mark.parametrize(
    "verb",
    [
        ["sql", "SELECT 1"],
        ["doctor"],
        ["quarantine", "list"],
        ["ingest", "--network", "registry", "--date", DAY],
        ["ingest", "--network", "registry", "--date", DAY, "--dry-run"],
        ["night", "--date", DAY],
        ["night", "--date", DAY, "--dry-run"],
        ["calibrate", "--version", "sway-1.0", "--date", DAY],
        ["backfill", "--version", "sway-1.0", "--from", DAY, "--to", DAY],
    ],
    ids=" ".join,
)
def test_a_mistyped_lake_is_said_to_be_none(mistyped, verb, capsys):
    assert cli.main([*verb, "--lake", mistyped]) == 10
    assert said(mistyped) in capsys.readouterr().err
    assert not Path(mistyped).exists()


def test_a_job_on_a_mistyped_lake_ends_with_10_which_no_scheduler_tries_again(mistyped, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["ingest.py", "--date", DAY, "--lake", mistyped])
    with pytest.raises(SystemExit) as caught:
        start.job(lambda *_: pytest.fail("begun"), description="a test", arguments=["--date"])

    assert caught.value.code == 10
    assert said(mistyped) in capsys.readouterr().err


@pytest.mark.parametrize("folder", ["landing", "tables"])
def test_a_lake_has_landing_files_before_its_first_night_and_tables_after_it(folder, tmp_path):
    (tmp_path / folder).mkdir()

    run = start.open_run(Namespace(lake=str(tmp_path), env=str(ENVIRONMENT), json=False), name="a test")
    assert run.lake.root == str(tmp_path)
