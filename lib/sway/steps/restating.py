"""Published dates whose inputs are no longer what they were when they were scored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sway.contracts.tables.acts import INTERACTIONS
from sway.contracts.tables.record import PUBLISHED, RUNS
from sway.runtime.run import Run
from sway.steps.publish import DATASET
from sway.steps.readiness import last_good_day

Day = tuple[str, str]  # network, day as YYYY-MM-DD


@dataclass(frozen=True)
class Restatement:
    """A published date of a version worth scoring again, for one network's sake.

    `changed_share`: acts that came or went since, over the acts behind it. `carried_days`: how much further the network
    is good now than the scores speak for.
    """

    algorithm_version: str
    score_date: date
    network: str
    changed_share: float
    carried_days: int


def worth_restating(run: Run) -> list[Restatement]:
    """Published dates with a network whose acts changed by more than [ingest] restate_share since they were scored.

    Every ingest records how many acts count now of each network's day it touched (`acts.<network>.<day>` in
    `runs`). So for each day in the version's horizon it is known how many there were when the attempt began and how
    many there are now; the share is the sum of the differences, whatever their sign, over the acts there are
    now. Late and deleted acts count, a day that came after it was carried forward, and a day read again only by
    what that changed. An act replaced by another of its day does not. Dates of a network that was carried forward
    and is good further on now are listed whatever their share. Standing relations and profiles are not counted.
    """
    runs = run.lake.rows(RUNS)
    scored = {_key(row["run_id"], row): row for row in runs if row["step"] == "score"}
    published = [
        (scored[_key(row["attempt"], row)], row)
        for row in run.lake.rows(PUBLISHED, dataset=DATASET)
        if row["algorithm_version"] in run.config.methods and _key(row["attempt"], row) in scored
    ]
    ingests = sorted((row for row in runs if row["step"] == "ingest"), key=lambda row: row["ended_at"])
    now = _acts_now(run)
    then: dict[Day, int] = {}
    found = []
    for attempt, row in sorted(published, key=lambda pair: pair[0]["started_at"]):
        while ingests and ingests[0]["ended_at"] <= attempt["started_at"]:
            then |= _recorded(ingests.pop(0)["counts"])
        found += _of_date(run, row["algorithm_version"], row["score_date"], attempt["counts"], then, now)
    return sorted(found, key=lambda one: (one.algorithm_version, one.score_date, one.network))


def _key(attempt: str, row: Mapping[str, Any]) -> tuple[str, str, date]:
    return attempt, row["algorithm_version"], row["score_date"]


def _acts_now(run: Run) -> dict[Day, int]:
    found = run.lake.log(INTERACTIONS).nulls_by_slice("set_aside")
    return {(network, day): count for (network, day), count in found.items()}


def _recorded(counts: Mapping[str, int]) -> dict[Day, int]:
    """Acts by network and day that an ingest recorded."""
    parts = ((name.split("."), count) for name, count in counts.items() if name.startswith("acts."))
    return {(network, day): count for (_, network, day), count in parts}


def _of_date(
    run: Run, version: str, on: date, counts: Mapping[str, Any], then: Mapping[Day, int], now: Mapping[Day, int]
) -> list[Restatement]:
    """The networks of one published date that are worth it."""
    method = run.config.methods[version]
    horizon = [on - timedelta(days=age) for age in range(method.strength.horizon_days)]
    days = [(day, str(day)) for day in horizon]
    found = []
    for network in sorted(method.networks):
        carried = counts.get(f"{network}.carried_days", 0)
        spoke_for = on - timedelta(days=carried)
        good = (last_good_day(run, network, on) if carried else on) or spoke_for
        changed = behind = 0
        for day, shown in days:
            had = then.get((network, shown), 0) if day <= spoke_for else 0
            has = now.get((network, shown), 0) if day <= max(good, spoke_for) else 0
            changed += abs(has - had)
            behind += has
        share = changed / max(behind, 1)
        further = max((good - spoke_for).days, 0)
        if further or share > run.config.audits.ingest.restate_share:
            found.append(Restatement(version, on, network, share, further))
    return found
