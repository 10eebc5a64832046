"""PageRank on our engine, executor local: `python rank_sway.py EDGES OUT [THREADS [TOLERANCE DEPTH]]`.

Prints seconds by part, sweeps and residual. 20 sweeps where no tolerance is given.
"""

import json
import os
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from sway.engine.crew import Crew
from sway.engine.executor import DayFile
from sway.engine.files import write_table
from sway.engine.pagerank import PageRank
from sway.engine.plan import Place, block_bits
from sway.engine.scatter import in_tasks, row_counts
from sway.kernels.iteration import Goal

DAMPING, SWEEPS = 0.85, 20
EDGES_PER_ACCOUNT = 16  # as graphs.py has it: a night knows how many accounts there are, and cuts blocks by them


def main(folder, out, threads=None, tolerance=None, depth=0):
    goal = Goal(sweeps=SWEEPS) if tolerance is None else Goal(tolerance=float(tolerance), depth=int(depth))
    files = [DayFile(str(path)) for path in sorted(Path(folder).glob("*.parquet"))]
    counts = row_counts(files)
    edges = sum(map(sum, counts))
    place = Place(Path(f"{out}.work"), "benchmark", block_bits(edges, edges // EDGES_PER_ACCOUNT))
    with Crew(int(threads or os.cpu_count())) as crew:
        ranking = PageRank(place, crew, in_tasks(files, counts))
        figures = ranking.rank(goal, damping=DAMPING)
        write_table(Path(out), pa.concat_tables([pq.read_table(path) for path in ranking.rank_files()]))
    print(json.dumps({"seconds": figures.seconds, "sweeps": figures.sweeps, "residual": figures.residual}))


if __name__ == "__main__":
    main(*sys.argv[1:])
