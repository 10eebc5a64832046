"""Bring landing days in: landing -> accounts and all tables of deliveries; what is wrong -> quarantine."""

from argparse import Namespace

from sway.runtime.run import Run
from sway.runtime.start import job
from sway.steps.ingest import ingest
from sway.steps.night import wanted
from sway.steps.readiness import look, refuse_ahead


def main(run: Run, options: Namespace) -> None:
    wanted(run, options.version)  # an unknown one is not found after hours only
    ingest(run, look(run, until=options.date))
    refuse_ahead(run, options.date)  # here, so that what is tried again reads the day once it has come


if __name__ == "__main__":
    job(main, description=__doc__, arguments=["--date", "--version"])
