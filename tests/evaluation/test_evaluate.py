"""The command, as a person types it."""

import json
from types import SimpleNamespace

import pytest
from sway.cli import main
from sway.steps import evaluate as steps
from sway.steps.evaluate import Wanted


def evaluate(folder, *arguments):
    out = () if "--out" in arguments else ("--out", str(folder / "evaluation.md"))
    return main(["evaluate", *out, "--accounts", "300", *arguments])


def test_two_experiments_on_a_tiny_world_make_a_report_that_is_the_same_again(tmp_path, capsys):
    folders = [tmp_path / name for name in ("one", "other")]
    codes = [evaluate(folder, "--only", "e10, E16", "--json") for folder in folders]
    found = json.loads(capsys.readouterr().out.splitlines()[0])

    assert codes == [0, 0]
    pages = [(folder / "evaluation.md").read_bytes() for folder in folders]
    pictures = [(folder / "evaluation" / "e16-shape.svg").read_bytes() for folder in folders]
    assert pages[0] == pages[1]
    assert pictures[0] == pictures[1]
    text = pages[0].decode()
    assert "`sway evaluate --only E10 --accounts 300`" in text
    assert "![Accounts by score, every network](evaluation/e16-shape.svg)" in text
    assert {row["experiment"] for row in found} == {"E10", "E16"}
    assert text.count("**Met.**") == sum(row["is_met"] is True for row in found)


def test_experiments_chosen_alone_leave_the_report_of_all_as_it_is(tmp_path, capsys, monkeypatch):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "evaluation.md").write_text("every experiment")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    monkeypatch.setattr(steps, "HOME", tmp_path)

    assert main(["evaluate", "--only", "E10"]) == 0
    assert f"report: {tmp_path}/build/evaluation.md" in capsys.readouterr().out
    assert "## E10. " in (tmp_path / "build" / "evaluation.md").read_text()
    assert (tmp_path / "docs" / "evaluation.md").read_text() == "every experiment"
    assert not list((tmp_path / "elsewhere").iterdir())
    assert Wanted(None, (), False, None, None).page == tmp_path / "docs/evaluation.md"


def test_a_report_that_cannot_be_written_is_refused_before_anything_is_run(tmp_path, capsys, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(steps, "EXPERIMENTS", [SimpleNamespace(key="E10", title="", run=None)])

    (tmp_path / "folder.md").mkdir()
    monkeypatch.chdir(tmp_path)

    for out in ("file/report.md", "folder.md"):
        assert main(["evaluate", "--out", out]) == 10
        assert f"{out}: cannot be written: " in capsys.readouterr().err


def test_an_experiment_whose_data_are_absent_is_skipped_with_the_reason(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("SWAY_DATA", raising=False)

    assert evaluate(tmp_path, "--only", "E1b") == 0
    assert "E1b  skipped: needs higgs-twitter" in capsys.readouterr().out
    assert "Skipped: needs higgs-twitter" in (tmp_path / "evaluation.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--only", "E99"), "expected experiments (E1, "),
        (("--data", "nowhere-at-all"), "expected a folder with data sets"),
        (("--out", "report.txt"), "Markdown"),
    ],
)
def test_mistaken_arguments_are_refused_with_a_sentence(tmp_path, capfd, arguments, says):
    assert evaluate(tmp_path, *arguments) == 10
    assert says in capfd.readouterr().err
