"""From converged influence to written scores: what the last step of a night costs, its table inputs written directly.

SIZE=l make bench PYTEST_ARGS="-k written_scores"     # 4 M accounts, 65 M pairs; without SIZE a sixteenth of it
"""

import json
import resource
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from deltalake import write_deltalake
from sway.contracts.calibration import Calibration
from sway.contracts.tables.acts import PAIR_DAYS, POSTS
from sway.contracts.tables.scores import ACCOUNT_SCORES, ENTITY_SCORES
from sway.runtime import config
from sway.runtime.run import Run, StepRecord
from sway.steps.figures import to_figures
from sway.steps.propagation import Found
from sway.steps.score import People, entity_ids, to_scored, write_scores

from tests.benchmarks.measuring import about, of_size, report

pytestmark = pytest.mark.slow

ON, VERSION, NETWORK = date(2016, 5, 1), "sway-1.0", "twitter"
ACTIONS = ("favourite", "mention", "reply", "retweet")
PAIRS_PER_ACCOUNT, POSTS_PER_ACCOUNT, DAYS = 16, 4, 30
FROZEN = Calibration(accounts=100, z50=0.5, z95=2.0, m0=1.5, has_profiles=True, has_posts=True, shift=1.0)


def to_found(accounts: int) -> Found:
    """Figures of accounts as an engine would leave them, as even as they are unlikely."""
    random = np.random.default_rng(2016)
    reactors = random.zipf(1.7, accounts).clip(0, accounts)
    reach = reactors * random.random(accounts)
    keys = np.sort(random.integers(-(2**62), 2**62, accounts))
    propagated = pa.table(
        {
            "account_key": keys,
            "influence": 1.0 + random.exponential(1.0, accounts),
            "reach": reach,
            "reach_squares": reach / 2,
            "voiced_reactions": reactors * 2.0,
            **dict.fromkeys(("reactions", "reactors", "acts_given", "targets"), reactors),
        }
    )
    ids = pa.array(np.arange(10**9, 10**9 + accounts)).cast(pa.string())
    return Found(pa.table({"account_key": keys, "account_id": ids, "trust": np.ones(accounts)}), propagated)


def land(lake: str, found: Found) -> None:
    """pair_days and posts, a Parquet file for each day."""
    random, accounts = np.random.default_rng(7), len(found.members)
    keys, ids = found.members["account_key"].to_numpy(), found.members["account_id"].combine_chunks()
    for ago in range(DAYS):
        about = {"network": NETWORK, "event_date": ON - timedelta(days=ago)}
        size = accounts * PAIRS_PER_ACCOUNT // DAYS
        actor, target = (random.integers(0, accounts, size) for _ in range(2))
        acts = {
            "actor_key": keys[actor],
            "target_key": keys[np.where(target == actor, (target + 1) % accounts, target)],
            "action": pa.array(ACTIONS).take(pa.array(random.integers(0, len(ACTIONS), size))),
            "count": random.integers(1, 4, size),
            "last_at": pa.repeat(pa.scalar(0, pa.timestamp("us", "UTC")), size),
        }
        append(lake, PAIR_DAYS, acts, about)
        size = accounts * POSTS_PER_ACCOUNT // DAYS
        authors = ids.take(pa.array(random.integers(0, accounts, size)))
        number = pa.array(np.arange(size)).cast(pa.string())
        texts = {name: pa.repeat("x", size) for name in ("feed",)}
        nothing = {name: pa.nulls(size) for name in ("client", "hashtags", "set_aside")}
        posts = {"post_id": number, "author_id": authors, "created_at": acts["last_at"][:size], **texts, **nothing}
        append(
            lake, POSTS, posts | {"kind": pa.repeat("original", size)}, about | {"delivered_on": ON, "record_hash": 0}
        )


def append(lake, contract, columns, about):
    size = len(next(iter(columns.values())))
    told = {name: pa.repeat(pa.scalar(value, contract.arrow.field(name).type), size) for name, value in about.items()}
    made = {**told, **columns}
    cast = [pa.array(made[f.name]).cast(f.type) if made[f.name] is not None else None for f in contract.arrow]
    table = pa.Table.from_arrays(cast, schema=contract.arrow)
    write_deltalake(f"{lake}/tables/{contract.name}", table, mode="append", partition_by=list(contract.partitions))


def to_people(found: Found) -> People:
    """A fifth of all accounts belongs to somebody, a hundredth two to one."""
    ids = found.members["account_id"].combine_chunks()
    owned = len(ids) // 5
    entity = pa.array(np.r_[np.arange(owned), np.arange(owned // 20)]).cast(pa.string())
    accounts = pa.concat_arrays([ids[:owned], ids[owned : owned + owned // 20]])
    size = len(accounts)
    links = {"entity_id": entity, "network": pa.repeat(NETWORK, size), "account_id": accounts}
    links |= {"share": np.ones(size), "role": pa.repeat("owner", size), "confirmed": pa.repeat(True, size)}
    links = pa.table(links)
    every = entity_ids(links)
    entities = pa.table({"entity_id": every, "type": pa.repeat("person", len(every))})
    nobody = pa.table({"network": pa.array([], pa.string()), "account_id": pa.array([], pa.string())})
    return People(entities, links, every, nobody, pa.table({"entity_id": pa.array([], pa.string())}))


def measured(lake: str, accounts: int) -> dict[str, float]:
    """Seconds and peak memory of the step; run in a process of its own."""
    found = to_found(accounts)
    people, run = to_people(found), Run(config.load(), lake, name="bench")
    method, record, on = run.config.method(VERSION), StepRecord(None), ON
    began = time.monotonic(), time.process_time()
    figures = to_figures(run, record, found, method, NETWORK, on, people.links, people.ids)
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
        "rows": run.lake.dataset(ACCOUNT_SCORES).count_rows(),
        "entities": run.lake.dataset(ENTITY_SCORES).count_rows(),
    }


@pytest.mark.timeout(3600)
def test_written_scores(tmp_path):
    accounts = of_size(5_000, 250_000, 4_000_000)
    lake = str(tmp_path / "lake")
    (tmp_path / "lake" / "tables").mkdir(parents=True)
    land(lake, to_found(accounts))
    code = f"from tests.benchmarks.test_score import json, measured; print(json.dumps(measured({lake!r}, {accounts})))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )

    found = json.loads(done.stdout.splitlines()[-1])
    report("score", about(what="from influence to tables", accounts=accounts), [found])
    assert found["rows"] == accounts
    assert found["entities"] == accounts // 5
