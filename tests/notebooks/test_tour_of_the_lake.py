"""The analyst's notebook, run as an analyst runs it: a kernel of its own, no Spark, a lake named by SWAY_LAKE."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode
from sway.steps.night import night, plan

from tests.conftest import SCORED
from tests.places import REPOSITORY

NOTEBOOK = REPOSITORY / "notebooks" / "tour_of_the_lake.ipynb"

# Appended, to see what the cells before it found.
FINDINGS = """
import json
print(json.dumps({
    "fates": fates.to_dict("records"),
    "files": len(files),
    "acts": int(acts["acts"].sum()),
    "networks": networks,
    "top_ten": top_ten.to_dict("records"),
    "people": people["scores"].tolist(),
    "gap": gap,
    "rows": len(against_followers),
    "agreement": agreement.to_dict(),
}, default=str))
"""


@pytest.fixture
def executed(landed, scored, new_run, tmp_path, monkeypatch) -> NotebookNode:
    """The notebook, executed over a tiny world with two published dates."""
    lake = Path(shutil.copytree(scored, tmp_path / "lake"))
    shutil.copytree(f"{landed}.truth", f"{lake}.truth")
    run = new_run(lake)
    night(run, plan(run, SCORED + timedelta(days=1), None))
    monkeypatch.setenv("SWAY_LAKE", f"{lake}/")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(FINDINGS))
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": NOTEBOOK.parent}}).execute()
    return notebook


def test_the_tour_finds_what_the_nights_left(executed):
    found = json.loads(executed.cells[-1].outputs[0].text)

    feeds = {(row["network"], row["feed"]): row for row in found["fates"]}
    assert {network for network, _ in feeds} == {"facebook", "registry", "twitter"}
    for name in ("statuses", "users", "favourites", "follows", "deletions"):
        assert feeds["twitter", name]["days"] == 5
    fates = ("accepted", "duplicate", "tombstone", "quarantined")
    assert all(row["rows_read"] == sum(row[fate] for fate in fates) for row in found["fates"])
    assert found["files"] > 50
    assert found["networks"] == ["facebook", "twitter"]
    assert found["acts"] > 1000

    ranks = [row["rank"] for row in found["top_ten"]]
    assert len(ranks) == 10
    assert ranks[0] == 1
    assert ranks == sorted(ranks)
    assert all(row["handle"] and row["score"] > 20 and row["reactors"] > 0 for row in found["top_ten"])
    assert 5 <= len(found["people"]) <= 10
    assert all("facebook " in scores and "twitter " in scores for scores in found["people"])
    assert found["gap"] < 1e-6
    assert found["rows"] > 100
    # Five days of 400 accounts: the order is rough, and still plainly related to the truth.
    assert all(found["agreement"][network]["score"] > 0.2 for network in ("facebook", "twitter"))

    plots = [out for cell in executed.cells for out in cell.get("outputs", ()) if "image/png" in out.get("data", {})]
    assert len(plots) == 2


def test_the_committed_notebook_holds_no_results():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]

    assert [cell.id for cell in code if cell.outputs or cell.execution_count is not None] == []
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert all(cell.metadata == {} for cell in notebook.cells)
