"""Score a date: pair_days, relations, profiles, labels, posts -> a candidate slice of account_scores a version."""

from argparse import Namespace

from sway.runtime.run import Run
from sway.runtime.start import job
from sway.steps.identify import identify
from sway.steps.night import unpublished
from sway.steps.readiness import refuse_ahead
from sway.steps.score import score


def main(run: Run, options: Namespace) -> None:
    versions = unpublished(run, options.date, options.version)
    refuse_ahead(run, options.date)
    identify(run, options.date)
    for version in versions:
        score(run, version, options.date)


if __name__ == "__main__":
    job(main, description=__doc__, arguments=["--date", "--version"])
