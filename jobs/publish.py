"""Audit the newest candidate of a date and let readers see it: account_scores -> published."""

from argparse import Namespace

from sway.runtime.run import Run
from sway.runtime.start import job
from sway.steps.night import for_each, unpublished
from sway.steps.publish import newest_candidate, publish


def main(run: Run, options: Namespace) -> None:
    def one(version: str) -> None:
        publish(run, version, options.date, newest_candidate(run, version, options.date))

    for_each(unpublished(run, options.date, options.version), options.date, one)


if __name__ == "__main__":
    job(main, description=__doc__, arguments=["--date", "--version"])
