"""Commands of docs/operations.md that nothing else runs."""

from __future__ import annotations

import shlex
import subprocess
import sys
from datetime import UTC, date, datetime

from sway.contracts.tables.record import PUBLISHED
from sway.contracts.tables.scores import ACCOUNT_SCORES, ENTITY_SCORES
from sway.runtime.arrow import to_table
from sway.runtime.lake import Lake
from sway.runtime.slices import slice_of

from tests.places import REPOSITORY

EMPTY = {"string": "x", "bigint": 1, "double": 1.0, "date": date(2016, 5, 1)}


def commands(heading):
    """The commands of the first block of a section, with the Python that runs the tests."""
    page = (REPOSITORY / "docs" / "operations.md").read_text(encoding="utf-8")
    block = page[page.index(f"### {heading}") :].split("```")[1]
    return [shlex.quote(sys.executable) + command for command in block.split(".venv/bin/python")[1:]]


def scored(contract, slice_):
    row = {field.name: None if field.optional else EMPTY.get(field.type, []) for field in contract.fields}
    return to_table(contract, [row | slice_])


def test_attempts_that_readers_do_not_see_are_removed_from_both_tables_of_scores(tmp_path):
    lake, first, second = Lake(str(tmp_path)), date(2016, 5, 1), date(2016, 5, 2)
    slices = [
        {"algorithm_version": version, "score_date": day, "attempt": attempt}
        for version, day, attempt in (("v1", first, "a"), ("v1", first, "b"), ("v1", second, "a"), ("v2", first, "b"))
    ]
    for contract in (ACCOUNT_SCORES, ENTITY_SCORES):
        for of in slices:
            lake.replace_arrow(contract, iter(scored(contract, of).to_batches()), where=slice_of(**of))
    seen = [of | {"dataset": "scores", "published_at": datetime(2016, 5, 3, tzinfo=UTC)} for of in slices[1:3]]
    lake.put(PUBLISHED, seen)

    for command in commands("What stays on disk"):
        subprocess.run(["bash", "-c", command.replace("LAKE", str(tmp_path))], check=True)

    for contract in (ACCOUNT_SCORES, ENTITY_SCORES):
        left = [
            tuple(row[name] for name in contract.partitions) for row in lake.dataset(contract).to_table().to_pylist()
        ]
        assert sorted(left) == [("v1", first, "b"), ("v1", second, "a")]
