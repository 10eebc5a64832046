"""What a night costs, part by part: `make bench`, sized by one number (SIZE accounts over 14 days, default 2,000).

Prints a table and appends JSON lines to build/benchmarks/night.jsonl, with machine, versions and date. Whether the
result is right is checked after the clock has stopped. Times on a shared machine are noisy: repeat, take medians.
"""

import json
import os
import platform
import subprocess
import sys
import threading
import time
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import pytest
from sway.contracts.tables import FEED_DAYS, RUNS
from sway.runtime.lake import Lake
from sway.runtime.landing_writer import LandingWriter
from sway.worlds.generate import generate

pytestmark = [pytest.mark.slow, pytest.mark.timeout(0)]

ACCOUNTS = int(os.environ.get("SIZE", "2000"))
DAYS, START = 14, date(2016, 1, 1)
LAST = START + timedelta(days=DAYS - 1)
RESULTS = Path(__file__).resolve().parents[2] / "build" / "benchmarks" / "night.jsonl"


def tree_memory(root):
    """Resident bytes of a process and everything below it, from /proc."""
    parents, resident = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)], resident[int(entry.name)] = int(fields[1]), int(fields[21])
    family = {root}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(resident.get(member, 0) for member in family) * os.sysconf("SC_PAGE_SIZE")


def measured(*words):
    """Run one verb in a process of its own: wall seconds and peak memory of its whole tree."""
    began = time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", "sway.cli", *map(str, words)], stderr=subprocess.PIPE, text=True)
    peak, done = [0], threading.Event()

    def watch():
        while not done.wait(0.2):
            peak[0] = max(peak[0], tree_memory(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    _, errors = process.communicate()
    done.set()
    watcher.join()
    assert process.returncode == 0, errors[-3000:]
    return time.monotonic() - began, peak[0]


def test_what_a_night_costs(tmp_path):
    lake = tmp_path / "lake"
    summary = generate(LandingWriter(lake), accounts=ACCOUNTS, days=DAYS, seed=7, start=START)
    load_before = os.getloadavg()[0]

    calibrate = measured("calibrate", "--version", "sway-0.2", "--date", LAST, "--lake", lake)
    night = measured("night", "--date", LAST, "--lake", lake)

    control = Lake(str(lake))
    rows_read = sum(row["rows_read"] for row in control.rows(FEED_DAYS))
    assert rows_read == sum(summary.rows.values())
    steps = sorted(control.rows(RUNS), key=lambda row: row["started_at"])
    lines = [
        {"part": "ingest, roll-up, calibrate", "seconds": calibrate[0], "peak_gb": calibrate[1] / 1e9},
        {"part": "night: score, publish", "seconds": night[0], "peak_gb": night[1] / 1e9},
        *(
            {
                "part": f"  {row['step']} {row['network'] or ''}".rstrip(),
                "seconds": (row["ended_at"] - row["started_at"]).total_seconds(),
            }
            for row in steps
        ),
    ]
    about = {
        "accounts": ACCOUNTS,
        "rows": rows_read,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "load_before": load_before,
        "python": platform.python_version(),
        **{name: version(name) for name in ("pyspark", "delta-spark", "deltalake")},
    }
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    with RESULTS.open("a", encoding="utf-8") as results:
        results.writelines(json.dumps({**about, **line}) + "\n" for line in lines)
    print(f"\n{about}\n\n| part | seconds | peak GB |\n| --- | ---: | ---: |")
    for line in lines:
        peak = f"{line['peak_gb']:.2f}" if "peak_gb" in line else ""
        print(f"| {line['part']} | {line['seconds']:.1f} | {peak} |")
