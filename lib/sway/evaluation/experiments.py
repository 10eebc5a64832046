"""All experiments, in the order of the report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sway.evaluation import (
    algebra,
    breaks,
    cases,
    congress,
    elsewhere,
    foresight,
    higgs,
    pages,
    shape,
    stability,
)
from sway.evaluation.outcome import Outcome
from sway.evaluation.setting import Setting


@dataclass(frozen=True)
class Experiment:
    """key: as people name it. run: raises Absent where a data set it cannot do without is not there."""

    key: str
    title: str
    run: Callable[[Setting], Outcome]


EXPERIMENTS = (
    Experiment("E1", "Does the score foresee who will be reacted to?", foresight.foresight),
    Experiment("E1b", "Does it on a week of real acts?", higgs.foresight),
    Experiment("E1c", "Does it in a parliament?", congress.foresight),
    Experiment("E2", "Is it more than a count of followers or reactions?", foresight.redundancy),
    Experiment("E3", "How alike are the algorithms?", foresight.agreement),
    Experiment("E6", "How much does a score move from day to day?", stability.stability),
    Experiment("E7", "What does a break cost, and is a rhythm paid for?", breaks.breaks),
    Experiment("E10", "What do several networks do to one score?", algebra.algebra),
    Experiment("E11", "Does a further reaction help, and do well-known cases come in order?", cases.sanity),
    Experiment("E16", "What shape has the scale?", shape.shape),
    Experiment("E18", "Do links between pages say how often they are read?", pages.traffic),
    Experiment("E19", "What do further real sets say?", elsewhere.elsewhere),
)
