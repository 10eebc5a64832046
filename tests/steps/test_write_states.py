"""What ingest writes of states: as much as came, however long their history is."""

from datetime import date

from deltalake import DeltaTable
from sway.contracts.tables.states import PROFILES

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
