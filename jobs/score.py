"""Score a date: pair_days, profiles, labels, posts -> a candidate slice of account_scores, one per version."""

from argparse import Namespace

from sway.runtime.run import Run
from sway.runtime.start import job
from sway.steps.night import unpublished
from sway.steps.score import score


def main(run: Run, options: Namespace) -> None:
    for version in unpublished(run, options.date, options.version):
        score(run, version, options.date)


if __name__ == "__main__":
    job(main, description=__doc__, arguments=["--date", "--version"])
