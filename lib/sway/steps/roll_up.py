"""interactions -> pair_days, for the days whose interactions changed since the last roll-up."""

from __future__ import annotations

from datetime import date

from sway.contracts.tables.acts import ACCOUNTS, INTERACTIONS, PAIR_DAYS
from sway.contracts.tables.record import RUNS
from sway.runtime.run import Run
from sway.runtime.slices import slice_of
from sway.stages.roll_up import to_pair_days


def is_rolled_up(run: Run) -> bool:
    """Whether pair_days already stands on the newest interactions."""
    return run.lake.version(INTERACTIONS) == _last_version(run)


def roll_up(run: Run) -> None:
    """Recompute every day of pair_days whose interactions are in other files than at the last roll-up.

    One commit. A day is recomputed whole, so running again changes nothing.
    """
    if is_rolled_up(run):
        return
    lake = run.lake
    with run.step("roll_up") as record:
        newest = lake.version(INTERACTIONS)
        assert newest is not None, "is_rolled_up is true of a lake without interactions"
        changed = _changed_days(run, newest)
        accounts = lake.version(ACCOUNTS)
        record.input_versions = {"interactions": newest} | ({} if accounts is None else {"accounts": accounts})
        record.counts["days"] = sum(len(days) for days in changed.values())
        slices = []
        for network, days in sorted(changed.items()):
            record.log.info("rolling up", network=network, days=len(days), first=str(min(days)), last=str(max(days)))
            slices.append(f"({slice_of(network=network, event_date=sorted(days))})")
        if slices:
            where = " OR ".join(slices)
            interactions = lake.read(INTERACTIONS, version=newest).where(where)
            lake.replace(PAIR_DAYS, to_pair_days(interactions, lake.read(ACCOUNTS, version=accounts)), where=where)


def _changed_days(run: Run, newest: int) -> dict[str, set[date]]:
    """Days by network whose data files differ between the last roll-up's version and `newest`."""
    last = _last_version(run)
    before = {} if last is None else run.lake.log(INTERACTIONS, version=last).paths_by_slice()
    after = run.lake.log(INTERACTIONS, version=newest).paths_by_slice()
    changed: dict[str, set[date]] = {}
    for key in before.keys() | after.keys():
        if before.get(key) != after.get(key):
            network, day = key
            changed.setdefault(network, set()).add(date.fromisoformat(day))
    return changed


def _last_version(run: Run) -> int | None:
    """Version of interactions that the roll-up read which ended last.

    Not the newest version: where two ran at once, the slower one has put days of older interactions over newer ones.
    """
    done = run.lake.rows(RUNS, ("ended_at", "input_versions"), step="roll_up", state="done")
    done = [row for row in done if "interactions" in row["input_versions"]]
    last = max(done, key=lambda row: row["ended_at"], default=None)
    return None if last is None else last["input_versions"]["interactions"]
