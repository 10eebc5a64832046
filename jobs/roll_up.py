"""Count acts per pair and day: interactions -> pair_days, for the days that changed."""

from argparse import Namespace

from sway.runtime.run import Run
from sway.runtime.start import job
from sway.steps.roll_up import roll_up


def main(run: Run, _: Namespace) -> None:
    roll_up(run)


if __name__ == "__main__":
    job(main, description=__doc__)
