"""From converged influence to written scores: what the last step of a night costs, its table inputs written directly.

SIZE=l make bench PYTEST_ARGS="-k written_scores"     # 4 M accounts, 65 M pairs; without SIZE a sixteenth of it
"""

import json
import resource
import subprocess
import sys
import time
from operator import itemgetter

import pytest
from sway.contracts.calibration import Calibration
from sway.runtime import config
from sway.runtime.run import Run, StepRecord
from sway.steps.figures import to_figures
from sway.steps.propagation import Inputs
from sway.steps.score import to_scored, write_scores

from tests.benchmarks.measuring import REPEATS, about, middle, of_size, report
from tests.benchmarks.worlds import LAST_DAY, NETWORK, to_found, to_people, write_days
from tests.places import REPOSITORY

pytestmark = pytest.mark.slow

VERSION = "sway-1.0"
FROZEN = Calibration(accounts=100, z50=0.5, z95=2.0, m0=1.5, has_profiles=True, has_posts=True, shift=1.0)


def measured(lake: str, accounts: int) -> dict[str, float]:
    """Seconds and peak memory of the step; run in a process of its own."""
    found = to_found(accounts)
    people, run = to_people(found), Run(config.load(), lake, name="bench")
    method, record, on = run.config.method(VERSION), StepRecord(None), LAST_DAY
    began = time.monotonic(), time.process_time()
    figures = to_figures(Inputs(run.lake, NETWORK, {}, {}), found, method, on, people.links, people.ids)
    collected = time.monotonic()
    scored = to_scored(figures, method, FROZEN, people.hidden, as_of=on, is_stale=False)
    computed = time.monotonic()
    write_scores(run, record, VERSION, on, method, [scored], people)
    ended = time.monotonic(), time.process_time()
    return {
        "accounts": accounts,
        "collect_s": round(collected - began[0], 2),
        "compute_s": round(computed - collected, 2),
        "write_s": round(ended[0] - computed, 2),
        "seconds": round(ended[0] - began[0], 2),
        "cpu_s": round(ended[1] - began[1], 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "rows": record.counts["rows"],
        "entities": record.counts["entity_rows"],
    }


@pytest.mark.timeout(3600)
def test_written_scores(tmp_path):
    accounts = of_size(5_000, 250_000, 4_000_000)
    lake = str(tmp_path / "lake")
    (tmp_path / "lake" / "tables").mkdir(parents=True)
    write_days(lake, to_found(accounts))
    facts = about(what="from influence to tables", accounts=accounts, repeats=REPEATS)

    runs = [measured_apart(lake, accounts) for _ in range(REPEATS)]

    assert [(found["rows"], found["entities"]) for found in runs] == [(accounts, accounts // 5)] * REPEATS
    report("score", facts, [middle(runs, itemgetter("seconds")) | {"runs": REPEATS}])


def measured_apart(lake, accounts):
    """`measured` in a process of its own; each run has its own attempt in the lake's tables."""
    code = f"from tests.benchmarks.test_score import json, measured; print(json.dumps(measured({lake!r}, {accounts})))"
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=REPOSITORY)
    return json.loads(done.stdout.splitlines()[-1])
