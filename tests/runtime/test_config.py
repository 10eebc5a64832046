"""Configuration: every fault of every file at once, before anything starts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sway import cli
from sway.errors import ConfigError
from sway.runtime import config, session
from sway.runtime.start import Parser

from tests.places import REPOSITORY
from tests.runtime.homes import SCORING, change, shipped

LOCAL, AUDITS = "conf/environments/local.toml", "conf/audits.toml"


@pytest.fixture
def home(tmp_path):
    return shipped(tmp_path)


FAULTS = {
    "unknown key": (
        SCORING,
        r"^half_life_days = 30.0",
        "half_life_day = 1.0\nhalf_life_days = 30.0",
        "strength.half_life_day: unknown key",
    ),
    "unknown table": (SCORING, r"^\[grades\]", "[grade]\n[grades]", "grade: unknown key"),
    "missing key": (SCORING, r"^half_life_days.*$", "", "strength.half_life_days: missing"),
    "missing table": (AUDITS, r"(?s)^\[ingest\].*?\[scores\]", "[scores]", "ingest: missing"),
    "text for a number": (
        SCORING,
        r"^half_life_days = 30.0",
        'half_life_days = "30"',
        "strength.half_life_days: expected a valid number, found '30'",
    ),
    "fraction for a count": (SCORING, r"^sweeps = 20", "sweeps = 20.5", "influence.sweeps: expected a valid integer"),
    "true for a number": (SCORING, r"^cap = 0.2", "cap = true", "shares.cap: expected a valid number, found True"),
    "one value for a list": (LOCAL, r"^nightly.*$", 'nightly = "sway-0.1"', "nightly: expected a valid array"),
    "zero days": (
        SCORING,
        r"^half_life_days = 30.0",
        "half_life_days = 0.0",
        "strength.half_life_days: expected greater than 0, found 0.0",
    ),
    "negative weight": (
        SCORING,
        r"^retweet = \{ weight = 6.0",
        "retweet = { weight = -6.0",
        "networks.twitter.actions.retweet.weight: expected greater than 0",
    ),
    "share above one": (
        SCORING,
        r"^netting = 0.95",
        "netting = 1.5",
        "favours.netting: expected less than or equal to 1, found 1.5",
    ),
    "continuation of one": (
        SCORING,
        r"^continuation = 0.5",
        "continuation = 1.0",
        "influence.continuation: expected less than 1, found 1.0",
    ),
    "NaN": (SCORING, r"^reserve = 3.0", "reserve = nan", "shares.reserve: expected"),
    "infinity": (SCORING, r"^prior_posts = 20.0", "prior_posts = inf", "efficiency.prior_posts: expected"),
    "minus infinity": (AUDITS, r"^rows_low = 0.5", "rows_low = -inf", "scores.rows_low: expected"),
    "points that do not rise": (
        SCORING,
        r"^high_points = 50.0",
        "high_points = 20.0",
        "scale: expected high_points must be above median_points",
    ),
    "grades that do not fall": (SCORING, r"^b = 30.0", "b = 100.0", "grades: expected a must be above b"),
    "suspended accounts with trust": (
        SCORING,
        r"^suspended = 0.0",
        "suspended = 0.5",
        "trust.labels.suspended: expected",
    ),
    "no actions": (
        SCORING,
        r"(?s)^\[networks.linkedin.actions\].*",
        "[networks.linkedin.actions]",
        "networks.linkedin.actions: expected",
    ),
    "misspelt action": (
        SCORING,
        r"^retweet = ",
        "retweeet = ",
        "networks.twitter.actions.retweeet: twitter delivers no such action; did you mean retweet?",
    ),
    "misspelt network": (
        SCORING,
        r"^\[networks.twitter.actions\]",
        "[networks.twiter.actions]",
        "networks.twiter: no such network has an adapter; did you mean twitter?",
    ),
    "action under another network's name for it": (
        SCORING,
        r"^plus_one = ",
        "hooray = ",
        "networks.google_plus.actions.hooray: google_plus delivers no such action; it delivers circle, comm",
    ),
    "action no table could name": (SCORING, r"^plus_one", '"+1"', "networks.google_plus.actions.+1"),
    "unknown executor": (
        LOCAL,
        r'^executor = "local"',
        'executor = "giraph"',
        "executor: expected 'local', 'spark', 'dataframe', 'graphframes' or 'auto', found 'giraph'",
    ),
    "a feed twice": (
        LOCAL,
        r"^wikipedia = .*",
        'wikipedia = ["page_links", "page_links"]',
        "feeds.wikipedia: expected each name once, found ['page_links', 'page_links']",
    ),
    "weeks before all time": (AUDITS, r"^weeks = 6", "weeks = 200_000", "ingest.volume.weeks: expected less than or"),
    "a horizon before all time": (
        SCORING,
        r"^horizon_days = 180",
        "horizon_days = 1_000_000",
        "strength.horizon_days: expected less than or equal to 36500",
    ),
    "memory without unit": (LOCAL, r'^driver_memory = "6g"', 'driver_memory = "6"', "spark.driver_memory: expected"),
    "files that cannot be read passed over": (
        LOCAL,
        r"^\[spark.settings\].*",
        '[spark.settings]\n"spark.sql.files.ignoreCorruptFiles" = "true"',
        "spark: expected no setting by which files are passed over (spark.sql.files.ignoreCorruptFiles), found",
    ),
    "not TOML": (AUDITS, r"^\[ingest\]", "[ingest", "not TOML"),
    "unknown version": (
        LOCAL,
        r'^nightly = \["sway-1.0"\]',
        'nightly = ["sway-9"]',
        "nightly: no file conf/scoring/sway-9.toml",
    ),
    "unknown network": (
        LOCAL,
        r"^facebook = ",
        "myspace = ",
        "feeds.myspace: unknown network; declare [networks.myspace.actions]",
    ),
    "unknown network to be carried forward": (
        LOCAL,
        r'^carry_forward = \["google_plus"',
        'carry_forward = ["gogle_plus"',
        "readiness.carry_forward: gogle_plus: unknown network; declare [networks.gogle_plus.actions]",
    ),
    "rows below more than rows above": (
        AUDITS,
        r"^rows_low = 0.5",
        "rows_low = 3.0",
        "scores: expected rows_low of at most rows_high (2.0)",
    ),
    "a day broken before it is unusual": (
        AUDITS,
        r"^fail_low = 0.6",
        "fail_low = 0.99",
        "ingest.volume: expected fail_low of at most warn_low (0.75)",
    ),
    "likewise above": (
        AUDITS,
        r"^fail_high = 1.8",
        "fail_high = 1.2",
        "ingest.volume: expected fail_high of at least warn_high (1.4)",
    ),
}


@pytest.mark.parametrize(("file", "old", "new", "sentence"), FAULTS.values(), ids=FAULTS)
def test_each_fault_is_told_with_file_and_key(home, file, old, new, sentence):
    change(home, file, old, new)

    with pytest.raises(ConfigError) as caught:
        config.load(home=home)

    told = str(caught.value).splitlines()[1:]
    assert len(told) == 1, told
    assert told[0].strip().startswith(f"{file}: ")
    assert sentence in told[0]
    assert caught.value.exit_code == 10


def test_faults_of_all_files_are_told_together(home):
    change(home, SCORING, r"^half_life_days = 30.0", "half_life_days = 0.0")
    change(home, SCORING, r"^cap = 0.2", "cap = 2.0")
    change(home, LOCAL, r'^nightly = \["sway-1.0"\]', 'nightly = ["sway-0.2", "sway-9"]')
    change(home, AUDITS, r"^residual.*$", "")
    (home / "conf/scoring/Sway 2.toml").write_text("")
    (home / "conf/scoring/broken.toml").write_bytes(b"\xff")

    with pytest.raises(ConfigError) as caught:
        config.load(home=home)

    for start in (
        f"{SCORING}: strength.half_life_days: expected",
        f"{SCORING}: shares.cap: expected",
        f"{AUDITS}: scores.residual: missing",
        "conf/scoring/Sway 2.toml: a version's name has small letters",
        "conf/scoring/Sway 2.toml: strength: missing",
        "conf/scoring/broken.toml: not TOML",
        f"{LOCAL}: nightly: no file conf/scoring/sway-9.toml",
    ):
        assert f"\n  {start}" in str(caught.value)
    assert "no file conf/scoring/sway-0.1.toml" not in str(caught.value)  # it is there, if faulty


def test_a_missing_file_is_told(home):
    (home / AUDITS).unlink()

    with pytest.raises(ConfigError, match=r"conf/audits\.toml: cannot be read"):
        config.load(home=home)


@pytest.mark.parametrize("environment", ["nowhere", "/nowhere/at/all.toml"])
def test_an_unknown_environment_is_told(home, environment):
    with pytest.raises(ConfigError, match=r"nowhere.*\.toml: cannot be read"):
        config.load(environment, home=home)


@pytest.mark.parametrize(("told", "home"), [("", REPOSITORY), ("/somewhere", Path("/somewhere"))])
def test_the_project_folder_is_the_codes_own_unless_another_is_named(tmp_path, told, home):
    command = [sys.executable, "-c", "from sway.runtime.config import HOME; print(HOME.absolute())"]
    done = subprocess.run(
        command, env=os.environ | {"SWAY_HOME": told}, cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert Path(done.stdout.strip()) == home


def test_a_faulty_configuration_ends_the_command_with_10_before_spark_starts(home, tmp_path, monkeypatch, capsys):
    change(home, SCORING, r"^cap = 0.2", "cap = 2.0")
    monkeypatch.setattr(config.load, "__defaults__", ("local", home))
    monkeypatch.setattr(session, "start_spark", None)  # a call would be an error, and exit 50

    assert cli.main(["night", "--date", "2016-05-01", "--lake", str(tmp_path / "lake")]) == 10
    assert "shares.cap" in capsys.readouterr().err
    assert not (tmp_path / "lake").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fly"],
        ["night"],
        ["night", "--lake", "x", "--date", "2016-13-01"],
        ["ingest", "--network", "twitter", "--lake", "x"],
        ["doctor"],
        ["quarantine", "--lake", "x"],
        ["quarantine", "replay", "--network", "twitter", "--lake", "x"],
        ["generate", "--accounts", "0", "--days", "1", "--seed", "1", "--lake", "x"],
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_10(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)

    assert caught.value.code == 10
    assert "usage: sway" in capsys.readouterr().err


@pytest.mark.parametrize(
    "lake", ["/tmp/{a}", "/tmp/*", "/tmp/a?", "/tmp/[a]", "/tmp/a%20b", "/tmp/100%", "/tmp/\udcff"]
)
def test_a_lake_whose_name_spark_or_delta_would_take_for_another_is_refused(lake, capsys):
    assert cli.main(["sql", "SELECT 1", "--lake", lake]) == 10
    assert "expected a path in UTF-8 without any of % * ?" in capsys.readouterr().err


def test_an_unknown_version_is_told_with_those_there_are(home):
    with pytest.raises(ConfigError, match=r"unknown version 'sway-9'.*\(followers, pagerank, .*sway-0\.2, sway-1\.0\)"):
        config.load(home=home).method("sway-9")


def test_the_hash_depends_on_values_and_not_on_how_they_are_written(home):
    before = config.load(home=home)
    change(home, SCORING, r"^half_life_days = 30.0", "half_life_days = 30   # days")
    change(home, SCORING, r"(?s)^\[grades\].*?c = 10.0\n", "")
    (home / SCORING).write_text((home / SCORING).read_text() + "\n[grades]\nc = 10\nb = 30\na = 1e2\n")
    after = config.load(home=home)

    assert after.hash == before.hash == config.load(home=home).hash
    assert config.method_hash(after.method("sway-0.1")) == config.method_hash(before.method("sway-0.1"))


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (SCORING, r"^half_life_days = 30.0", "half_life_days = 30.000001"),
        (SCORING, r"^mention = \{ weight = 4.0, conversation = true \}", "mention = { weight = 4.0 }"),
        (AUDITS, r"^residual = 1e-5", "residual = 1e-6"),
        (LOCAL, r"^shuffle_partitions = 4", "shuffle_partitions = 9"),
        (LOCAL, r"^\[spark.settings\].*$", '[spark.settings]\n"spark.a" = "1"'),
    ],
)
def test_the_hash_changes_with_any_value(home, file, old, new):
    before = config.load(home=home)
    change(home, file, old, new)
    after = config.load(home=home)

    assert after.hash != before.hash
    method_changed = config.method_hash(after.method("sway-0.1")) != config.method_hash(before.method("sway-0.1"))
    assert method_changed == (file == SCORING)


def test_a_parser_of_ours_says_what_was_wrong(capsys):
    parser = Parser(prog="job")
    with pytest.raises(SystemExit):
        parser.parse_args(["--what"])

    assert capsys.readouterr().err == "usage: job [-h]\njob: unrecognized arguments: --what\n"


@pytest.mark.parametrize(
    "file", sorted((REPOSITORY / "conf" / "environments").glob("*.toml")), ids=lambda file: file.stem
)
def test_every_environment_that_is_shipped_is_right(file):
    loaded = config.load(file.stem).environment

    assert loaded.spark.is_cluster == (file.stem == "cluster")
    assert loaded.nightly == config.load("local").environment.nightly
