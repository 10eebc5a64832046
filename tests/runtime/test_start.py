"""How a process begins and ends: what it takes for an argument, what it prints, and its exit code."""

import json
import subprocess
import sys
from datetime import date

import pytest
from sway import cli
from sway.runtime.start import day, job

GENERATE = ("generate", "--accounts", "50", "--days", "2", "--seed", "1")
ANSWERS = """
import sys
from sway.errors import InputNotReady
from sway.runtime.start import answer, guarded

def work():
    answer(None, as_json=False, text="x" * 1_000_000)
    if len(sys.argv) > 1:
        raise InputNotReady("a day is missing")

sys.exit(guarded(work, as_json=True))
"""


def left_unread(*words):
    """Exit code and standard error of a process whose answer nobody reads to its end."""
    command = [sys.executable, "-c", ANSWERS, *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdout.read(1)
        process.stdout.close()
        told = process.stderr.read()
    return process.returncode, told


def test_an_answer_that_is_not_read_to_its_end_is_no_error():
    assert left_unread() == (0, "")


def test_what_follows_an_answer_says_how_a_verb_ends_also_where_nobody_reads_it():
    code, told = left_unread("then fail")

    assert code == 20
    assert "a day is missing" in told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (("night", "--date", "2016-05-01", "--date", "2016-05-02"), "--date"),
        (("calibrate", "--version", "sway-1.0", "--date", "2016-05-01", "--version", "sway-0.2"), "--version"),
        (("doctor", "--lake", "other"), "--lake"),
        (("quarantine", "list", "--rule", "missing", "--rule=malformed"), "--rule"),
    ],
    ids=lambda told: told if isinstance(told, str) else told[0],
)
def test_an_option_given_twice_is_refused(capsys, arguments, option):
    with pytest.raises(SystemExit) as caught:
        cli.main([*arguments, "--lake", "lake"])

    assert caught.value.code == 10
    assert f"argument {option}: given twice" in capsys.readouterr().err


def test_a_job_takes_an_option_once_and_versions_as_often_as_they_are_named(monkeypatch, capsys, tmp_path):
    (tmp_path / "landing").mkdir()

    def called(*words):
        monkeypatch.setattr(sys, "argv", ["job", "--lake", str(tmp_path), "--date", "2016-05-01", *words])
        with pytest.raises(SystemExit) as caught:
            job(lambda _, options: print(options.version), description="", arguments=["--date", "--version"])
        return caught.value.code

    assert called("--version", "a", "--version", "b") == 0
    assert capsys.readouterr().out == "['a', 'b']\n"
    assert called("--date", "2016-05-02") == 10
    assert "argument --date: given twice" in capsys.readouterr().err


@pytest.mark.parametrize("on", ["0001-01-01", "1989-12-31", "2101-01-01", "9999-12-31"])
def test_a_day_that_no_horizon_fits_around_is_refused(capsys, on):
    for verb in (("learn-weights", "--version", "sway-1.0", "--date", on), (*GENERATE, "--start", on)):
        with pytest.raises(SystemExit) as caught:
            cli.main([*verb, "--lake", "lake"])

        assert caught.value.code == 10
        assert f"expected a day from 1990-01-01 to 2100-12-31, found '{on}'" in capsys.readouterr().err


def test_the_first_and_the_last_day_are_days():
    assert (day("1990-01-01"), day("2100-12-31")) == (date(1990, 1, 1), date(2100, 12, 31))


def test_a_world_ends_by_the_last_day(tmp_path, capsys):
    assert cli.main([*GENERATE, "--start", "2100-12-31", "--lake", str(tmp_path / "lake")]) == 10
    assert "days: expected the last on or before 2100-12-31, found 2 from 2100-12-31 on" in capsys.readouterr().err


def test_an_answer_in_json_is_json_whatever_numbers_are_in_it(tmp_path, capsys):
    (tmp_path / "tables").mkdir()
    numbers = "'nan'::DOUBLE AS a, [1.5, 'inf'::DOUBLE] AS b, {'c': '-inf'::FLOAT} AS d, DATE '2016-05-01' AS e"

    assert cli.main(["sql", f"SELECT {numbers}", "--lake", str(tmp_path), "--json"]) == 0

    def refuse(word):
        raise AssertionError(word)

    (row,) = json.loads(capsys.readouterr().out, parse_constant=refuse)
    assert row == {"a": None, "b": [1.5, None], "d": {"c": None}, "e": "2016-05-01"}
