"""How benchmarks measure: every candidate in a process of its own, with the time and memory of its whole tree."""

import json
import os
import platform
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from operator import attrgetter
from pathlib import Path
from statistics import median

from tests.places import REPOSITORY

# KEEP=1: among the documents, to be committed
RESULTS = REPOSITORY / ("docs" if os.environ.get("KEEP") else "build") / "benchmarks"
PEER_PYTHON = REPOSITORY / ".venv-bench" / "bin" / "python"  # `make bench` makes it
PEERS = ("numpy", "scipy", "numba", "polars", "networkit", "igraph", "python-graphblas")
SIZE = os.environ.get("SIZE") or "m"  # s: a minute or two, to see that everything runs; m: minutes; l: hours
REPEATS = int(os.environ.get("REPEATS") or 3)  # runs of each candidate
CHOSEN = set(filter(None, os.environ.get("CANDIDATES", "").split(",")))  # none named: all
MUCH_SLOWER = 5  # times ours: such a candidate runs once
LONGEST_SECONDS = 900  # a candidate that takes longer is stopped: its figure is a lower bound
# What candidates may say of themselves, and its column.
SAID = {"seconds": "seconds by pass", "method": "method"}
TICKS = os.sysconf("SC_CLK_TCK")
CORES = len(os.sched_getaffinity(0))
A_LOOP = """
import time
began = time.monotonic()
for _ in range(4_000_000): pass
print(time.monotonic() - began)
"""


@dataclass(frozen=True)
class Measured:
    """One run: wall seconds, CPU seconds and peak bytes of its process tree, and what it printed as JSON, joined.

    other_load: cores that everything else on the machine kept busy in the meantime. Memory that several processes map
    counts once for each.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    said: dict
    is_stopped: bool = False
    other_load: float = 0.0

    @property
    def session_seconds(self):
        """How long a Spark session took to start, which does not count; 0 where there is none."""
        return self.said.get("session_seconds", 0.0)

    @property
    def counted(self):
        """Seconds that count."""
        return self.seconds - self.session_seconds


def of_size(small, middle_sized, large):
    """What SIZE asks for."""
    sizes = {"s": small, "m": middle_sized, "l": large}
    assert SIZE in sizes, f"SIZE: expected one of {', '.join(sizes)}, found {SIZE!r}"
    return sizes[SIZE]


def run(words):
    """Run a command to its end, or for LONGEST_SECONDS. Raises AssertionError with its last words if it fails."""
    began, busy = time.monotonic(), _busy_seconds()
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
    seconds = time.monotonic() - began
    others = max(0.0, _busy_seconds() - busy - tree.cpu_seconds) / seconds
    return Measured(seconds, tree.cpu_seconds, tree.peak_bytes, said_in(output), is_stopped, others)


def said_in(output):
    """The lines of an output that are JSON objects, as one; of a stopped run the last line may be cut short."""
    said = {}
    for line in output.splitlines():
        with suppress(ValueError):
            said |= json.loads(line) if line.startswith("{") else {}
    return said


def sway(*words):
    """Run one verb."""
    return run([sys.executable, "-m", "sway.cli", *words])


def middle(runs, seconds=attrgetter("counted")):
    """The run with the median time, the faster one of two."""
    return sorted(runs, key=seconds)[(len(runs) - 1) // 2]


def repeated(candidates, repeats, ours="sway"):
    """Runs of each candidate, taken in turn: `repeats` of them, one of those much slower than ours, which stands first.

    candidates: name -> what runs it and returns Measured. CANDIDATES=name,name leaves all others out but ours and
    SciPy, which the others are compared with.
    """
    candidates = {name: run for name, run in candidates.items() if not CHOSEN or name in CHOSEN | {ours, "scipy"}}
    runs = {name: [] for name in candidates}
    for n in range(repeats):
        for name, candidate in candidates.items():
            if n and (runs[name][0].is_stopped or runs[name][0].counted > MUCH_SLOWER * runs[ours][0].counted):
                continue
            runs[name].append(candidate())
    return runs


def lines_of(runs, *, per, of, differences, ours="sway"):
    """A line of the report for each candidate. per: edges or rows, of: their name. differences: name -> from right."""
    unit = middle(runs[ours]).counted
    return [
        {
            "candidate": name,
            "seconds": middle(those).counted,
            "times ours": middle(those).counted / unit,
            "runs": len(those),
            "cpu seconds": middle(those).cpu_seconds,
            f"peak bytes {of}": middle(those).peak_bytes / per,
            "session start": middle(those).session_seconds or None,
            "other load": middle(those).other_load,
            "largest difference": differences.get(name),
            "stopped": "a lower bound" if those[0].is_stopped else None,
        }
        | {column: middle(those).said[key] for key, column in SAID.items() if key in middle(those).said}
        for name, those in runs.items()
    ]


def _busy_seconds():
    """CPU seconds that all processes of the machine have had."""
    user, nice, system, _idle, _wait, irq, softirq, *_ = map(int, Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + irq + softirq) / TICKS


def _pages(family):
    """Pages in memory of some processes, by pid their fields of /proc/<pid>/stat from the state on.

    A child as large as its parent to the byte has just been made and shares its memory: Java starts programs so, and
    would be counted twice.
    """
    parent, size, resident = 1, 20, 21
    return sum(
        fields[resident]
        for fields in family.values()
        if fields[parent] not in family or family[fields[parent]][size] != fields[size]
    )


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
            self.peak_bytes = max(self.peak_bytes, _pages(found) * os.sysconf("SC_PAGE_SIZE"))
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
    """Machine, versions and date of a measurement; `peers`: what the environment of PEER_PYTHON has."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "cpu": _cpu(),
        "load_before": os.getloadavg()[0],
        "two_at_once": two_at_once(),
        "python": platform.python_version(),
        **{name: version(name) for name in ("pyspark", "delta-spark", "deltalake", "duckdb", "numpy", "scipy")},
        "peers": _peers(),
        **({"chosen": ", ".join(sorted(CHOSEN))} if CHOSEN else {}),
        **more,
    }


def _cpu():
    """The model of the first core, as Linux names it."""
    lines = (line.partition(":") for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines())
    return next((value.strip() for name, _, value in lines if name.strip() == "model name"), "not said")


@cache
def two_at_once():
    """How many times as long a fixed loop takes in as many processes as cores at once as alone; once per session."""
    return median(_loop_seconds(CORES) / _loop_seconds(1) for _ in range(3))


def _loop_seconds(processes):
    """Seconds of a loop that needs nothing but a core, the longest of those that run at once."""
    loops = [subprocess.Popen([sys.executable, "-c", A_LOOP], stdout=subprocess.PIPE) for _ in range(processes)]
    return max(float(loop.communicate()[0]) for loop in loops)


@cache
def _peers():
    """Packages of the peers' environment with their versions; asked once."""
    if not PEER_PYTHON.exists():
        return "none"
    asked = f"from importlib.metadata import version; print(*(f'{{n}} {{version(n)}}' for n in {PEERS}), sep=', ')"
    return subprocess.run([PEER_PYTHON, "-c", asked], capture_output=True, text=True, check=True).stdout.strip()


def report(name, facts, lines):
    """Print a table, append it as JSON lines to <name>.jsonl under RESULTS, and write <name>.md anew from all."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    kept = RESULTS / f"{name}.jsonl"
    with kept.open("a", encoding="utf-8") as results:
        results.writelines(json.dumps({"facts": facts, **line}) + "\n" for line in lines)
    print(f"\n{_described(facts)}\n\n{_table(lines)}")
    everything = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
    (RESULTS / f"{name}.md").write_text(_page(name, everything), encoding="utf-8")


def _page(name, lines):
    """The newest table of everything that was measured, the machine and versions above each."""
    newest = {}
    for line in sorted(lines, key=lambda line: line["facts"]["date"]):
        same = {key: value for key, value in line["facts"].items() if key in SAME}
        newest.setdefault(json.dumps(same, sort_keys=True), {}).setdefault(line["facts"]["date"], []).append(line)
    shown = [runs[max(runs)] for runs in newest.values()]
    parts = [
        f"# {name}\n\nWritten by `make bench`; every run is a line of {name}.jsonl, and what is measured again replaces"
        f"\nits table. {READING}\n{_meanings([line for found in shown for line in found])}\n"
    ]
    for found in shown:
        rows = [{key: value for key, value in line.items() if key != "facts"} for line in found]
        parts.append(f"{_described(found[0]['facts'])}\n\n{_table(rows)}\n")
    return "\n".join(parts)


READING = """Above each table stands when and on what it was measured: `load_before` is how many processes ran or waited
in the minute before, `peers` what other systems were run with. `two_at_once` is how many times as long a fixed loop
took in as many processes as cores at once as alone: 1.0: cores do not disturb each other; 2.0: two cores do the work of
one; other work on the machine raises it. A line is the run with the median time, the faster one of two.
"""
MEMORY = "most memory at one time of the process and everything below it; pages shared by several count in each"
# What columns mean. A page has those that occur on it; of "peak bytes an edge" the first two words tell.
COLUMNS = {
    "candidate": "who did the work, in a process of its own",
    "part": "a command, and beneath them the steps of both",
    "accounts": "how many were scored",
    "days before": "days that are in the lake already when one more comes",
    "seconds": "wall time; where `session start` has a column, without that",
    "times ours": "seconds over those of sway",
    "of the faster peer": "seconds over those of the faster peer",
    "of the fewest": "seconds over those with the fewest days before",
    "rows a second": "rows read over seconds",
    "runs": "how many were made: one of a candidate that is far slower",
    "cpu seconds": "of the process and everything below it",
    "cpu_s": "CPU seconds of the process",
    "peak GB": MEMORY,
    "peak bytes": f"{MEMORY}; over edges, rows or events",
    "peak_mb": "most memory of the process at one time, MiB",
    "session start": "seconds in which a Spark session started, besides `seconds`",
    "of it ingest": "wall seconds of the step ingest",
    "of it roll-up": "wall seconds of the step roll-up",
    "collect_s": "wall seconds from influence to figures of each account",
    "compute_s": "wall seconds from figures to points and flags",
    "write_s": "wall seconds of both tables",
    "rows": "written to account_scores",
    "entities": "rows written to entity_scores",
    "other load": "cores that everything else on the machine kept busy meanwhile",
    "largest difference": "relative, from the result of the candidate named above as `reference`; in older tables from "
    "SciPy's ranks, or for the score's own graph from the last executor's figures",
    "stopped": "stopped after fifteen minutes: its seconds are a lower bound",
    "seconds by pass": "wall seconds of the passes of ours; starting and writing the result are besides",
    "method": "what is done otherwise than 20 weighted sweeps with dangling mass to everybody",
    "of a random gather": "time of a sweep over that of fetching a random number for each edge, uniformly, in as many "
    "threads; a graph with locality can be faster, below 1",
    "a sweep of the bound": "as `of a random gather`, but each of its places was turned from 4 bytes into 8 on the way",
    "depth of mixing": "earlier sweeps that each next one is mixed from; 0: plain",
    "sweeps": "how many it took",
    "residual": "summed change of ranks in the last one",
}
# What is measured again replaces a table, but for one of another machine.
SAME = ("what", "family", "edges", "rows", "feed", "days", "accounts", "machine", "cpu", "chosen")


def _meanings(lines):
    """A table of the columns that occur and what they mean."""
    occur = {" ".join(name.split()[:2]) if name.startswith("peak bytes") else name for line in lines for name in line}
    rows = "\n".join(f"| {name} | {meaning} |" for name, meaning in COLUMNS.items() if name in occur)
    return f"| column | means |\n| --- | --- |\n{rows}"


def _described(facts):
    return ", ".join(f"{key} {_shown(value)}" for key, value in facts.items())


def _table(lines):
    columns = list(dict.fromkeys(key for line in lines for key in line))
    head = f"| {' | '.join(columns)} |\n|{' --- |' * len(columns)}"
    return "\n".join([head, *(f"| {' | '.join(_shown(line.get(column)) for column in columns)} |" for line in lines)])


def _shown(value):
    if value is None:
        return ""
    if isinstance(value, float) and 0.0 < abs(value) < 0.01:
        return f"{value:.1e}"
    if isinstance(value, dict):
        return ", ".join(f"{key} {number:.1f}" for key, number in value.items())
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
