"""Drivers of a cluster as processes, and what `local` makes of the same world."""

import json
import subprocess
import sys

import pyarrow.parquet as pq
from sway.engine.crew import Crew
from sway.engine.local import Engine
from sway.engine.scatter import in_tasks, row_counts

from tests.cluster.propagating import ROWS_PER_BLOCK, swept
from tests.engine.worlds import land, land_members, land_standing, make_plan, some_world
from tests.places import REPOSITORY

BITS = 1  # as `spark` chooses it from the rows of acts
PATIENCE = 400


def propagated_by_threads(folder, sweeps):
    """The folder, rows and figures of `local`."""
    world = some_world()
    plan, files = make_plan(folder, bits=BITS, method=swept(sweeps)), land(world, folder)
    counts = row_counts(files)
    assert ROWS_PER_BLOCK < sum(map(sum, counts)) <= ROWS_PER_BLOCK << BITS, "as many blocks as asked for here"
    with Crew(2) as crew:
        engine = Engine(plan, crew, in_tasks(files, counts))
        engine.present()
        figures = engine.propagate(land_members(world, folder), land_standing(world, folder))
        return folder, pq.read_table(engine.account_files()).sort_by("account_key"), figures


def driver(folder, exchanges, settings, sweeps):
    """A process that propagates by `spark`; the rows of each exchange come into folder/<exchange>.parquet."""
    world = folder / "world"
    world.mkdir(parents=True, exist_ok=True)
    words = json.dumps([settings, exchanges, str(world), str(folder / "work"), sweeps])
    command = [sys.executable, "-m", "tests.cluster.propagating", words]
    return subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def said(process):
    """What it says at its end, for each exchange."""
    output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, errors[-5000:]
    return json.loads(output.splitlines()[-1])


def propagated(folder, exchanges, settings, sweeps):
    return said(driver(folder, exchanges, settings, sweeps))
