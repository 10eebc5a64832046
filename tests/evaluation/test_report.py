"""The page that evaluation writes: aims with what was found, said plainly, and what was skipped with its reason."""

from datetime import date

import pytest
from sway.errors import ConfigError
from sway.evaluation.files import DataFolder, ReportFolder
from sway.evaluation.outcome import Absent, Outcome, Picture, Table
from sway.evaluation.report import Section, page

from tests.evaluation.settings import data_set


def found() -> Outcome:
    outcome = Outcome("three accounts, seed 1")
    outcome.aim("more than 2", "3", True)
    outcome.aim("less than 2", "3", False)
    outcome.aim("anything at all", "too few", None)
    outcome.tables.append(
        Table(("who", "how many"), [("a|b", 1_234), ("nobody", None), ("half", float("nan"))], "Counts")
    )
    outcome.tables.append(Table(("x",), [(0.12345,)], digits=2))
    outcome.pictures.append(Picture("e0-three", "Three", []))
    outcome.remarks.append("Why the second was missed.")
    return outcome


def written(*sections: Section) -> list[str]:
    return page(sections, command="sway evaluate", on=date(2016, 5, 3), pictures="evaluation").splitlines()


def test_every_aim_stands_with_what_was_found_and_whether_that_is_enough():
    lines = written(Section("E0", "Three?", "sway evaluate --only E0", found()))

    assert [line for line in lines if line.startswith("- Aim")] == [
        "- Aim: more than 2. Found: 3. **Met.**",
        "- Aim: less than 2. Found: 3. **Missed.**",
        "- Aim: anything at all. Found: too few. **Cannot be told.**",
    ]
    assert "| E0 | less than 2 | 3 | missed |" in lines
    assert "Data: three accounts, seed 1.\nAgain: `sway evaluate --only E0`." in "\n".join(lines)
    assert "![Three](evaluation/e0-three.svg)" in lines
    assert lines[-1] == "Why the second was missed."


def test_numbers_are_rounded_and_what_is_not_known_is_a_dash():
    lines = written(Section("E0", "Three?", "sway evaluate --only E0", found()))

    assert {"| a\\|b | 1,234 |", "| nobody | - |", "| half | - |", "| 0.12 |"} <= set(lines)


def test_what_was_skipped_says_why():
    lines = written(Section("E9", "More?", "sway evaluate --only E9", None, "needs a set, which is not there"))

    assert "| E9 |  |  | skipped: needs a set, which is not there |" in lines
    assert "Skipped: needs a set, which is not there." in lines


def test_sentences_are_wrapped_where_markdown_reads_them_as_before():
    outcome = found()
    outcome.remarks.append(f"{'word ' * 23}> 3 and - 4, {'more ' * 30}end.")
    outcome.aim(f"{'long ' * 30}wanted", "3", True)
    lines = written(Section("E0", "Three?", "sway evaluate --only E0", outcome))

    assert max(len(line) for line in lines if not line.startswith("|")) <= 120
    assert not [line for line in lines if line.startswith((">", "- 4"))]
    assert "  long long" in "\n".join(lines)


def test_the_day_stands_once():
    lines = written(Section("E0", "Three?", "sway evaluate --only E0", found()))

    assert sum("2016" in line for line in lines) == 1


def test_a_data_set_that_is_not_there_is_named(tmp_path):
    data_set(tmp_path, "one-set", {"rows.csv.gz": ["a,b", "1,2"]})
    data = DataFolder(tmp_path)

    assert list(data.table("one-set", "rows.csv.gz")) == [{"a": "1", "b": "2"}]
    with pytest.raises(Absent, match=r"other-set/rows\.csv\.gz"):
        data.lines("other-set", "rows.csv.gz")
    with pytest.raises(Absent, match="SWAY_DATA"):
        DataFolder(None).lines("one-set", "rows.csv.gz")
    with pytest.raises(ConfigError, match="expected a folder"):
        DataFolder(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["report.txt", "report"])
def test_a_report_is_a_markdown_file(tmp_path, name):
    with pytest.raises(ConfigError, match="Markdown"):
        ReportFolder(tmp_path / name)
