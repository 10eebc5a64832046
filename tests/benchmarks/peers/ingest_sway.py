"""Ingest and roll-up of a lake by ourselves: `python ingest_sway.py LAKE DATE`. Prints what it counted."""

import json
import sys
from dataclasses import replace
from datetime import date

from sway.contracts.tables.acts import INTERACTIONS
from sway.contracts.tables.record import RUNS
from sway.runtime import config
from sway.runtime.run import Run
from sway.steps.ingest import ingest
from sway.steps.readiness import look
from sway.steps.roll_up import roll_up


def main(lake, last):
    loaded = config.load()
    environment = replace(loaded.environment, feeds={})  # the one feed that landed is all there is
    run = Run(replace(loaded, environment=environment), lake, name="benchmark")
    ingest(run, look(run, until=date.fromisoformat(last)))
    roll_up(run)
    written = run.lake.dataset(INTERACTIONS).to_table(columns=["set_aside"])["set_aside"]
    runs = [row for row in run.lake.rows(RUNS) if row["run_id"] == run.run_id]
    steps = {row["step"]: (row["ended_at"] - row["started_at"]).total_seconds() for row in runs}
    acts = {"rows": len(written), "interactions": written.null_count}
    (accepted,) = (row["counts"]["accepted"] for row in runs if row["step"] == "ingest")
    print(json.dumps({"acts": acts, "accepted": accepted, **steps}))


if __name__ == "__main__":
    main(*sys.argv[1:])
