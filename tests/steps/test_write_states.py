"""What ingest writes of states: as much as came, however long their history is."""

from datetime import date

import pytest
from deltalake import DeltaTable
from sway.contracts.tables.states import FOLLOWS, PROFILES
from sway.errors import LeaseHeld
from sway.steps.against_known import Placed

from tests.landing import account, deliver
from tests.steps.lakes import bring_in, rows_of, run_on

DAYS = [date(2016, 5, day) for day in range(1, 5)]
PEOPLE = range(901, 921)


def test_one_more_day_of_profiles_rewrites_the_states_it_ends_and_no_older_one(spark, tmp_path):
    lake, at_once = tmp_path / "lake", tmp_path / "at once"
    written = []
    for n, day in enumerate(DAYS):
        users = [{**account(one), "followers_count": 100 * n + one} for one in PEOPLE]
        for folder in (lake, at_once):
            deliver(folder, "twitter/users", day, {"a.jsonl": users})
        before = 0 if n == 0 else DeltaTable(str(lake / "tables/profiles")).version()
        bring_in(run_on(lake, spark=spark))
        commits = DeltaTable(str(lake / "tables/profiles")).history()
        written.append([one["operationMetrics"] for one in commits if one["version"] > before and n])

    for commits in written[1:]:
        total = sum(int(one[f"numTargetRows{fate}"]) for one in commits for fate in ("Copied", "Updated", "Inserted"))
        assert total == 2 * len(PEOPLE), "those that end, and those that begin"

    bring_in(run_on(at_once, spark=spark))
    found = rows_of(lake, PROFILES)
    assert found == rows_of(at_once, PROFILES)
    ends = dict(zip(DAYS, [*DAYS[1:], None], strict=True))
    assert len(found) == len(DAYS) * len(PEOPLE)
    assert {row[2:4] for row in found} == set(ends.items())


@pytest.mark.parametrize(("network", "is_overtaken"), [("twitter", True), ("facebook", False)])
def test_relations_that_another_run_wrote_since_they_were_read_stop_this_one(
    spark, tmp_path, monkeypatch, network, is_overtaken
):
    lake = tmp_path / "lake"
    page = {
        "endpoint": "followers/ids",
        "user_id": 1,
        "ids": [2],
        "next_cursor": 0,
        "polled_at": "2016-05-01T06:00:00Z",
    }
    deliver(lake, "twitter/follows", DAYS[0], {"a.jsonl": [page]})
    run = run_on(lake, spark=spark)
    pair = {"network": network, "action": "follow", "actor_id": "8", "target_id": "9", "valid_from": DAYS[0]}
    theirs = {**pair, "valid_to": None, "feed": "follows", "delivered_on": DAYS[0]}

    def overtaken(*given, of=Placed.of):
        placed = of(*given)
        run_on(lake).lake.add(FOLLOWS, [theirs])
        return placed

    monkeypatch.setattr(Placed, "of", overtaken)
    if is_overtaken:
        with pytest.raises(LeaseHeld, match="follows"):
            bring_in(run)
    else:
        bring_in(run)
    assert len(rows_of(lake, FOLLOWS)) == (1 if is_overtaken else 2)
