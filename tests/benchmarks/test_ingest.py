"""Raw JSON lines to interactions and pair_days, beside DuckDB and Polars: `make bench` (SIZE=l: 10 M events too).

Each candidate is a process of its own on the same files, run in turn; the medians are reported, and what every run has
counted is compared after the clock has stopped. All write Parquet with snappy, as Spark does for ours. Ours does more:
fates, quarantine, accounts and their keys, Delta commits. `spark` does what the peers do in Spark's shortest way, to
tell what of our time is Spark's; sessions start within the time of both.
"""

import json
import shutil
import sys
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from sway.runtime.landing_writer import LandingWriter
from sway.worlds.generate import generate

from tests.benchmarks.events import write_events
from tests.benchmarks.measuring import PEER_PYTHON, REPEATS, about, middle, of_size, repeated, report, run

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(0),
    pytest.mark.skipif(not PEER_PYTHON.exists(), reason="what it compares with is made by `make bench`"),
]

START = date(2016, 1, 1)
PEERS = ("duckdb", "polars")
PEER_SCRIPTS = Path(__file__).parent / "peers"
# What is read, rows, delivery days. More days for the same rows tell whether memory grows with them.
MILLION = of_size(10_000, 1_000_000, 1_000_000)
# Of fewer a day may be half of what such days are, by chance, which ingest refuses.
STATUSES = of_size(50_000, MILLION, MILLION)
CASES = [
    pytest.param("events", MILLION, 10, id="1M-events-10-days"),
    pytest.param("events", MILLION, 100, id="1M-events-100-days"),
    pytest.param("statuses", STATUSES, 40, id="1M-statuses"),
    *of_size([], [], [pytest.param("events", 10 * MILLION, 30, id="10M-events")]),
]


DAYS_BEFORE = of_size((2, 4), (10, 40), (10, 100))
A_DAY = of_size(1_000, 50_000, 50_000)


@pytest.mark.parametrize(("feed", "rows", "days"), CASES)
def test_ingest(feed, rows, days, tmp_path):
    landing = tmp_path / "landed"
    written = land(landing, feed, rows, days)
    facts = about(feed=feed, rows=written, days=days, repeats=REPEATS)
    candidates = {"sway": partial(ours, landing, tmp_path / "lake", START + timedelta(days=days - 1))}
    candidates |= {name: partial(theirs, name, feed, landing, tmp_path / name) for name in (*PEERS, "spark")}
    runs = repeated(candidates, REPEATS)

    counted = {name: [one.said["acts"] for one in those] for name, those in runs.items()}
    assert all(acts == counted["sway"][0] for found in counted.values() for acts in found), counted
    fastest = min((middle(runs[peer]).seconds for peer in PEERS if peer in runs), default=None)
    lines = [
        {
            "candidate": name,
            "seconds": middle(those).seconds,
            "of the faster peer": fastest and middle(those).seconds / fastest,
            "rows a second": round(written / middle(those).seconds),
            "cpu seconds": middle(those).cpu_seconds,
            "peak GB": middle(those).peak_bytes / 1e9,
            "of it ingest": middle(those).said.get("ingest"),
            "of it roll-up": middle(those).said.get("roll_up"),
        }
        for name, those in runs.items()
    ]
    report("ingest", facts, lines)


def test_one_more_day(tmp_path):
    """What a night's day costs in a lake that has few days and in one that has many."""
    landing = tmp_path / "landed"
    days = max(DAYS_BEFORE) + 1
    land(landing, "events", days * A_DAY, days)
    facts = about(what="one more day", rows=A_DAY, repeats=REPEATS)
    ends = {before: START + timedelta(days=before - 1) for before in DAYS_BEFORE}
    runs = {before: [] for before in DAYS_BEFORE}
    for n in range(REPEATS):
        for before, end in ends.items():
            lake = tmp_path / f"lake-{before}-{n}"
            lake.mkdir()
            (lake / "landing").symlink_to(landing / "landing")
            run([sys.executable, PEER_SCRIPTS / "ingest_sway.py", lake, end])
            runs[before].append(run([sys.executable, PEER_SCRIPTS / "ingest_sway.py", lake, end + timedelta(days=1)]))
            shutil.rmtree(lake)

    accepted = {before: [one.said["accepted"] for one in those] for before, those in runs.items()}
    assert len({rows for found in accepted.values() for rows in found}) == 1, accepted
    lines = [
        {
            "days before": before,
            "seconds": middle(those).seconds,
            "of the fewest": middle(those).seconds / middle(runs[DAYS_BEFORE[0]]).seconds,
            "cpu seconds": middle(those).cpu_seconds,
            "peak GB": middle(those).peak_bytes / 1e9,
            "of it ingest": middle(those).said["ingest"],
            "of it roll-up": middle(those).said["roll_up"],
        }
        for before, those in runs.items()
    ]
    report("ingest", facts, lines)


def land(folder, feed, rows, days):
    """Write the landing files of one feed; the number of their rows."""
    writer = LandingWriter(folder)
    if feed == "events":
        return write_events(writer, events=rows, days=days, start=START, seed=7)
    # About 0.69 statuses an account and day: the rest of the world is thrown away.
    generate(writer, accounts=round(rows / days / 0.69), days=days, seed=7, start=START)
    for path in (folder / "landing").glob("*/*"):
        if path.parts[-2:] != ("twitter", "statuses"):
            shutil.rmtree(path)
    manifests = (folder / "landing" / "twitter" / "statuses").glob("*/_manifest.json")
    return sum(file["rows"] for path in manifests for file in json.loads(path.read_text())["files"])


def ours(landing, lake, last):
    lake.mkdir()
    (lake / "landing").symlink_to(landing / "landing")
    measured = run([sys.executable, PEER_SCRIPTS / "ingest_sway.py", lake, last])
    shutil.rmtree(lake)
    return measured


def theirs(peer, feed, landing, out):
    out.mkdir()
    source = landing / "landing" / "twitter" / feed
    python = PEER_PYTHON if peer in PEERS else sys.executable
    measured = run([python, PEER_SCRIPTS / f"ingest_{peer}.py", feed, source, out])
    shutil.rmtree(out)
    return measured
