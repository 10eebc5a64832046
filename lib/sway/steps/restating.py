"""Published dates whose inputs are no longer what they were when they were scored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from sway.contracts.tables.acts import INTERACTIONS
from sway.contracts.tables.record import PUBLISHED, RUNS
from sway.contracts.tables.states import FOLLOWS, PAGE_LINKS
from sway.runtime.run import Run
from sway.steps.publish import DATASET
from sway.steps.readiness import last_good_day

Day = tuple[str, str]  # network, day as YYYY-MM-DD


@dataclass(frozen=True)
class Restatement:
    """A published date of a version worth scoring again, for one network's sake.

    `changed_share`: acts that came or went since, over the acts behind it, or late changes of standing relations over
    the relations known, whichever is more. `carried_days`: how much further the network
    is good now than the scores speak for.
    """

    algorithm_version: str
    score_date: date
    network: str
    changed_share: float
    carried_days: int


def worth_restating(run: Run) -> list[Restatement]:
    """Published dates with a network whose acts or relations changed by more than [ingest] restate_share since.

    Every ingest records how many acts count now of each network's day it touched (`acts.<network>.<day>` in
    `runs`). So for each day in the version's horizon it is known how many there were when the attempt began and how
    many there are now; the share is the sum of the differences, whatever their sign, over the acts there are
    now. Late and deleted acts count, a day that came after it was carried forward, and a day read again only by
    what that changed. An act replaced by another of its day does not. Dates of a network that was carried forward
    and is good further on now are listed whatever their share. Of standing relations those count that began or ended by
    the date and were told after it was scored (`relations.<network>.<day>`). Profiles, labels, identity claims and
    opt-outs are not counted, however far back they hold.
    """
    runs = run.lake.rows(RUNS)
    scored = {_key(row["run_id"], row): row for row in runs if row["step"] == "score"}
    published = [
        (scored[_key(row["attempt"], row)], row)
        for row in run.lake.rows(PUBLISHED, dataset=DATASET)
        if row["algorithm_version"] in run.config.methods and _key(row["attempt"], row) in scored
    ]
    ingests = sorted((row for row in runs if row["step"] == "ingest"), key=lambda row: row["ended_at"])
    now, related = _acts_now(run), _relations_now(run)
    then: dict[Day, int] = {}
    found = []
    for attempt, row in sorted(published, key=lambda pair: pair[0]["started_at"]):
        while ingests and ingests[0]["ended_at"] <= attempt["started_at"]:
            then |= _recorded(ingests.pop(0)["counts"])
        late = _late_relations(ingests)
        share = partial(_changed_share, then, now, late, related)
        found += _of_date(run, row["algorithm_version"], row["score_date"], attempt["counts"], share)
    return sorted(found, key=lambda one: (one.algorithm_version, one.score_date, one.network))


def _key(attempt: str, row: Mapping[str, Any]) -> tuple[str, str, date]:
    return attempt, row["algorithm_version"], row["score_date"]


def _acts_now(run: Run) -> dict[Day, int]:
    found = run.lake.log(INTERACTIONS).nulls_by_slice("set_aside")
    return {(network, day): count for (network, day), count in found.items()}


def _relations_now(run: Run) -> dict[str, int]:
    """Standing relations that are or were, by network."""
    found: dict[str, int] = defaultdict(int)
    for contract in (FOLLOWS, PAGE_LINKS):
        for file in run.lake.log(contract).data_files():
            found[file.partition["network"]] += file.rows
    return found


def _late_relations(ingests: Iterable[Mapping[str, Any]]) -> dict[Day, int]:
    """Changes of relations that ingests brought after the day they are of, by network and that day."""
    found: dict[Day, int] = defaultdict(int)
    for row in ingests:
        for name, count in row["counts"].items():
            if name.startswith("relations."):
                _, network, day = name.split(".")
                found[network, day] += count
    return found


def _recorded(counts: Mapping[str, int]) -> dict[Day, int]:
    """Acts by network and day that an ingest recorded."""
    parts = ((name.split("."), count) for name, count in counts.items() if name.startswith("acts."))
    return {(network, day): count for (_, network, day), count in parts}


def _of_date(
    run: Run, version: str, on: date, counts: Mapping[str, Any], share_of: Callable[[str, date, date, int], float]
) -> list[Restatement]:
    """The networks of one published date that are worth it."""
    method = run.config.methods[version]
    found = []
    for network in sorted(method.networks):
        carried = counts.get(f"{network}.carried_days", 0)
        spoke_for = on - timedelta(days=carried)
        good = (last_good_day(run, network, on) if carried else on) or spoke_for
        share = share_of(network, spoke_for, max(good, spoke_for), method.strength.horizon_days - carried)
        further = max((good - spoke_for).days, 0)
        if further or share > run.config.audits.ingest.restate_share:
            found.append(Restatement(version, on, network, share, further))
    return found


def _changed_share(
    then: Mapping[Day, int],
    now: Mapping[Day, int],
    late: Mapping[Day, int],
    related: Mapping[str, int],
    network: str,
    spoke_for: date,
    good: date,
    days: int,
) -> float:
    """The larger share: of acts in so many days up to `spoke_for` and on to `good`, or of relations up to `spoke_for`.

    then, now: acts that counted when the date was scored, and that count now. late: changes of relations told since.
    """
    first = spoke_for - timedelta(days=days - 1)
    changed = behind = 0
    for n in range((good - first).days + 1):
        day = first + timedelta(days=n)
        had = then.get((network, str(day)), 0) if day <= spoke_for else 0
        has = now.get((network, str(day)), 0)
        changed += abs(has - had)
        behind += has
    told = sum(count for (of, day), count in late.items() if of == network and day <= str(spoke_for))
    return max(changed / max(behind, 1), told / max(related.get(network, 0), 1))
