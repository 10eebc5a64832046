"""Any order of lines and files, any split into files, gzip or not: what all five networks deliver means the same."""

import gzip
import itertools
import json
import random
from datetime import date
from pathlib import Path

import pytest
from sway.contracts.tables.acts import ACCOUNTS, INTERACTIONS, POSTS
from sway.contracts.tables.states import FOLLOWS, PAGE_LINKS, PAGE_VIEWS, PROFILES
from sway.runtime.landing import MANIFEST
from sway.runtime.landing_writer import LandingWriter
from sway.worlds.generate import generate

from tests.landing import deliver
from tests.steps.lakes import bring_in, rows_of, run_on

LAST = date(2016, 1, 2)
TABLES = (INTERACTIONS, POSTS, ACCOUNTS, PROFILES, FOLLOWS, PAGE_LINKS, PAGE_VIEWS)


def brought_in(lake, spark):
    """Rows of every table that the networks' feeds fill, but for who wrote them."""
    bring_in(run_on(lake, spark=spark), until=str(LAST))
    return {contract.name: rows_of(lake, contract) for contract in TABLES}


@pytest.fixture(scope="module")
def world(spark, tmp_path_factory):
    """Landing of two days of a tiny world, and what one ingest made of it."""
    lake = tmp_path_factory.mktemp("arranged") / "lake"
    generate(LandingWriter(lake), accounts=60, days=2, seed=11)
    return lake / "landing", brought_in(lake, spark)


def rearranged(landing: Path, lake: Path, seed: int) -> None:
    """The same lines on the same days of every feed: in another order, in one to three files, with gzip or without."""
    drawn = random.Random(seed)
    for folder in sorted(landing.glob("*/*/dt=*")):
        parts = [gzip.decompress(file.read_bytes()) for file in sorted(folder.glob("part-*.gz"))]
        lines = b"".join(parts).splitlines(keepends=True)
        assert len(lines) == sum(file["rows"] for file in json.loads((folder / MANIFEST).read_text())["files"])
        drawn.shuffle(lines)
        cuts = [0, *sorted(drawn.choices(range(len(lines) + 1), k=drawn.randrange(3))), len(lines)]
        files, rows = {}, {}
        for n, (first, last) in enumerate(itertools.pairwise(cuts)):
            content, name = b"".join(lines[first:last]), f"{drawn.choice('abc')}{n}"
            is_packed = drawn.random() < 0.5
            files[f"{name}.jsonl{'.gz' * is_packed}"] = gzip.compress(content) if is_packed else content
            rows[name] = last - first
        network, feed = folder.parts[-3:-1]
        deliver(lake, f"{network}/{feed}", folder.name.removeprefix("dt="), files, **rows)


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (2, 3))])
def test_order_of_lines_and_files_their_number_and_gzip_change_no_row_of_any_table(world, spark, tmp_path, seed):
    landing, expected = world
    rearranged(landing, tmp_path / "lake", seed)

    found = brought_in(tmp_path / "lake", spark)

    assert all(expected.values())
    assert {name: rows == expected[name] for name, rows in found.items()} == dict.fromkeys(expected, True)
