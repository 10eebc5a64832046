"""How benchmarks measure: every candidate in a process of its own, with the time and memory of its whole tree."""

import json
import os
import platform
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "build" / "benchmarks"
PEER_PYTHON = ROOT / ".venv-bench" / "bin" / "python"  # `make bench` makes it
LONGEST_SECONDS = 900  # a candidate that takes longer is stopped: its figure is a lower bound
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Measured:
    """One run: wall seconds, CPU seconds and peak bytes of its process tree, and the last line it printed."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    said: str
    is_stopped: bool = False


def run(words):
    """Run a command to its end, or for LONGEST_SECONDS. Raises AssertionError with its last words if it fails."""
    began = time.monotonic()
    process = subprocess.Popen(list(map(str, words)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    tree = _Tree(process.pid)
    done = threading.Event()
    watcher = threading.Thread(target=lambda: tree.watch(done))
    watcher.start()
    try:
        output, errors = process.communicate(timeout=LONGEST_SECONDS)
        is_stopped = False
    except subprocess.TimeoutExpired:
        tree.kill()
        output, errors = process.communicate()
        is_stopped = True
    done.set()
    watcher.join()
    assert is_stopped or process.returncode == 0, errors[-3000:]
    said = output.strip().splitlines()
    return Measured(time.monotonic() - began, tree.cpu_seconds, tree.peak_bytes, said[-1] if said else "", is_stopped)


def sway(*words):
    """Run one verb."""
    return run([sys.executable, "-m", "sway.cli", *words])


def middle(runs):
    """The run with the median time, the faster one of two."""
    return sorted(runs, key=lambda one: one.seconds)[(len(runs) - 1) // 2]


class _Tree:
    """Figures of a process and everything below it, from /proc; what has ended in between keeps what was last seen."""

    def __init__(self, root):
        self.root = root
        self.peak_bytes = 0
        self._cpu = {}

    @property
    def cpu_seconds(self):
        return sum(self._cpu.values())

    def watch(self, done):
        while not done.wait(0.1):
            found = dict(self._family())
            self.peak_bytes = max(self.peak_bytes, sum(f[21] for f in found.values()) * os.sysconf("SC_PAGE_SIZE"))
            self._cpu |= {pid: (f[11] + f[12]) / TICKS for pid, f in found.items()}

    def kill(self):
        for pid, _ in self._family():
            try:
                os.kill(pid, 9)
            except ProcessLookupError:
                continue

    def _family(self):
        everybody = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    fields = (entry / "stat").read_text().rpartition(")")[2].split()
                except OSError:
                    continue
                everybody[int(entry.name)] = [0 if n == 0 else int(field) for n, field in enumerate(fields)]
        family = {self.root} & everybody.keys()
        while more := {pid for pid, fields in everybody.items() if fields[1] in family} - family:
            family |= more
        return [(pid, everybody[pid]) for pid in family]


def about(**more):
    """Machine, versions and date of a measurement."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "load_before": os.getloadavg()[0],
        "python": platform.python_version(),
        **{name: version(name) for name in ("pyspark", "delta-spark", "deltalake", "duckdb")},
        **more,
    }


def report(name, facts, lines):
    """Print a table and append it as JSON lines to build/benchmarks/<name>.jsonl."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    with (RESULTS / f"{name}.jsonl").open("a", encoding="utf-8") as results:
        results.writelines(json.dumps({**facts, **line}) + "\n" for line in lines)
    columns = list(dict.fromkeys(key for line in lines for key in line))
    print(f"\n{facts}\n\n| {' | '.join(columns)} |\n|{' --- |' * len(columns)}")
    for line in lines:
        print(f"| {' | '.join(_shown(line.get(column)) for column in columns)} |")


def _shown(value):
    if value is None:
        return ""
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
