"""Events to weighted edges by our engine, executor local: `python edges_sway.py EVENTS OUT`. A file for each block."""

import json
import os
import sys
from functools import partial
from pathlib import Path

from sway.engine.clock import Clock
from sway.engine.crew import Crew, Passes
from sway.engine.exchange import take
from sway.engine.executor import DayFile
from sway.engine.files import write_parquet
from sway.engine.plan import Place, block_bits
from sway.engine.scatter import EDGES, in_tasks, row_counts, scatter_edges
from sway.kernels.keys import encode, once, pair_order
from sway.kernels.strength import added_up

ROWS_PER_BLOCK = 3_000_000


def main(folder, out):
    files = [DayFile(str(path)) for path in sorted(Path(folder).glob("*.parquet"))]
    counts = row_counts(files)
    place = Place(Path(f"{out}.work"), "benchmark", block_bits(sum(map(sum, counts)), 0, most_rows=ROWS_PER_BLOCK))
    tasks = in_tasks(files, counts)
    told = place.paths("told", len(tasks))
    clock = Clock()
    with Crew(len(os.sched_getaffinity(0))) as crew:
        passes = Passes(place.folder, crew)
        passes.do("told", len(tasks), lambda n: scatter_edges(place, "told", n, tasks[n]), partial(place.path, "told"))
        clock.lap("edges told")
        crew.each(lambda block: fold(place, block, told, Path(out, f"{block:05}.parquet")), place.blocks)
        clock.lap("edges folded")
    print(json.dumps({"seconds": clock.laps}))


def fold(place, block, told, out):
    rows = take(told, place.fingerprint, block, EDGES)
    (actors, actor), (targets, target) = encode(rows["self_key"]), encode(rows["other_key"])
    order, again = pair_order(actor, target)
    weight = added_up(rows["weight"].take(order), again)
    pairs = once(order, again)
    keys = {"actor_key": actors.take(actor.take(pairs)), "target_key": targets.take(target.take(pairs))}
    write_parquet(out, {**keys, "weight": weight})


if __name__ == "__main__":
    main(*sys.argv[1:3])
