"""Bring landing days in: landing -> accounts, profiles, labels, posts, interactions; what is wrong -> quarantine."""

from argparse import Namespace

from sway.runtime.run import Run
from sway.runtime.start import job
from sway.steps.ingest import ingest
from sway.steps.readiness import pending


def main(run: Run, options: Namespace) -> None:
    ingest(run, pending(run, until=options.date))


if __name__ == "__main__":
    job(main, description=__doc__, arguments=["--date"])
