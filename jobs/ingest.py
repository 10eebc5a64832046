"""Bring landing days in: landing -> accounts and all tables of deliveries; what is wrong -> quarantine."""

from argparse import Namespace

from sway.runtime.run import Run
from sway.runtime.start import job
from sway.steps.ingest import ingest
from sway.steps.readiness import look


def main(run: Run, options: Namespace) -> None:
    ingest(run, look(run, until=options.date))


if __name__ == "__main__":
    job(main, description=__doc__, arguments=["--date"])
