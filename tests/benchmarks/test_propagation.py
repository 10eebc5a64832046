"""The score's own graph, with favours and shares, beside plain PageRank of the same rows: `make bench`.

Days of acts in Parquet to accounts in Parquet, 1.5 M rows (SIZE=l: 16 M and 65 M too), by the executors local and
spark, and by the twin `dataframe`, which both are compared with after the clock has stopped and before their times are
reported. Where the twin is not asked for or was stopped, spark is compared with local.
"""

import shutil
import sys
from functools import partial

import numpy as np
import pyarrow.parquet as pq
import pytest

from tests.benchmarks.measuring import REPEATS, about, lines_of, repeated, report, run
from tests.benchmarks.test_pagerank import SCRIPTS, SIZES
from tests.benchmarks.worlds import write_acts

pytestmark = [pytest.mark.slow, pytest.mark.timeout(0)]

EXECUTORS = ("sway", "spark", "dataframe")
WITHIN = 1e-6
COLUMNS = ("influence", "reach", "reactions")


@pytest.mark.parametrize("rows", SIZES)
def test_propagation(rows, tmp_path):
    written = write_acts(tmp_path / "acts", "communities", rows=rows, seed=5)
    facts = about(what="the score's own graph", family="communities", rows=written, repeats=REPEATS)
    candidates = {name: partial(propagated, name, tmp_path) for name in EXECUTORS}

    runs = repeated({**candidates, "plain PageRank": partial(ranked, tmp_path)}, REPEATS)

    finished = [name for name in EXECUTORS if name in runs and not runs[name][0].is_stopped]
    found = {name: accounts(tmp_path / f"{name}.parquet") for name in finished}
    reference = "dataframe" if "dataframe" in finished else "sway"
    differences = {name: difference(found[reference], found[name]) for name in finished if name != reference}
    assert all(one <= WITHIN for one in differences.values()), differences
    lines = lines_of(runs, per=written, of="a row", differences=differences)
    report("engine", facts | {"reference": reference}, lines)


def propagated(name, folder):
    clear(folder, name)
    return run([sys.executable, SCRIPTS / "propagate.py", name, folder / "acts", folder / f"{name}.parquet"])


def ranked(folder):
    clear(folder, "plain")
    return run([sys.executable, SCRIPTS / "rank_sway.py", folder / "acts", folder / "plain.parquet"])


def clear(folder, name):
    for left in folder.glob(f"{name}.parquet*"):
        shutil.rmtree(left) if left.is_dir() else left.unlink()


def accounts(path):
    table = pq.read_table(path).sort_by("account_key")
    return {name: table[name].to_numpy() for name in ("account_key", *COLUMNS)}


def difference(right, found):
    assert np.array_equal(right["account_key"], found["account_key"]), "other accounts"
    apart = (np.abs(found[name] - right[name]) / np.maximum(right[name], 1e-6) for name in COLUMNS)
    return float(max(of.max() for of in apart))
