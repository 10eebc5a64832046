"""Where a lake is: the same place for every verb, and none that Spark or delta-rs would take for another."""

import pytest
from sway import cli
from sway.errors import ConfigError
from sway.runtime.lake import Lake
from sway.runtime.landing import Landing
from sway.runtime.place import lake_root

GENERATE = ("generate", "--accounts", "50", "--days", "1", "--seed", "1")


@pytest.mark.parametrize("folder", ["p%20q", "w[1]", "a*", "a\\b"])
@pytest.mark.parametrize("verb", [("night", "--date", "2016-05-01"), ("sql", "SELECT 1"), GENERATE], ids=lambda v: v[0])
def test_what_counts_is_the_whole_path_of_a_lake(tmp_path, monkeypatch, capsys, folder, verb):
    (tmp_path / folder).mkdir()
    monkeypatch.chdir(tmp_path / folder)

    assert cli.main([*verb, "--lake", "lake"]) == 10
    assert "expected a path in UTF-8 without any of % * ? [ \\\\ ] { }" in capsys.readouterr().err
    assert not list(tmp_path.glob("*/*"))


@pytest.mark.parametrize("lake", ["", " ", "s3://", "file:///"])
@pytest.mark.parametrize("verb", [("night", "--date", "2016-05-01"), GENERATE], ids=lambda v: v[0])
def test_no_lake_is_not_the_current_folder(tmp_path, monkeypatch, capsys, lake, verb):
    monkeypatch.chdir(tmp_path)

    assert cli.main([*verb, "--lake", lake]) == 10
    assert "expected a folder or a URI" in capsys.readouterr().err or (verb == GENERATE and "://" in lake)
    assert not list(tmp_path.iterdir())


def test_a_relative_path_is_of_the_folder_where_it_was_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lake = Lake("some/lake/")
    monkeypatch.chdir("/")

    assert lake.root == str(tmp_path / "some" / "lake")


def test_a_slash_at_the_end_of_a_uri_names_no_other_place():
    assert lake_root("s3://bucket/lake//") == lake_root("s3://bucket/lake") == "s3://bucket/lake"
    assert Lake("file:///lake/").root == Landing("file:///lake/").root.removesuffix("/landing") == "file:///lake"


def test_a_world_is_written_to_a_folder_alone(capsys):
    assert cli.main([*GENERATE, "--lake", "s3://bucket/lake"]) == 10
    assert "a world is written to a local folder, found 's3://bucket/lake'" in capsys.readouterr().err


def test_each_way_to_a_lake_refuses_what_the_verbs_refuse():
    for way in (Lake, Landing):
        with pytest.raises(ConfigError, match="without any of"):
            way("/lakes/[1]")
