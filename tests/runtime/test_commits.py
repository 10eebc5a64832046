"""Two runs at one table at once: one of them is told, and neither takes anything of the other's away."""

import re
from datetime import UTC, date, datetime

import pytest
from delta.exceptions import ConcurrentAppendException
from deltalake.exceptions import CommitFailedError, DeltaError
from sway.contracts.tables.acts import ACCOUNTS, PAIR_DAYS
from sway.contracts.tables.record import METRICS, PUBLISHED
from sway.contracts.tables.scores import CALIBRATIONS
from sway.errors import InfrastructureError, LeaseHeld
from sway.runtime import commits
from sway.runtime import lake as lake_module
from sway.runtime.lake import Lake


def test_a_table_that_two_runs_make_at_once_is_a_held_lease_for_one_and_whole_after_it(tmp_path, monkeypatch):
    first, second = Lake(str(tmp_path)), Lake(str(tmp_path))
    bare = first._create(PAIR_DAYS)
    second.ensure(PAIR_DAYS)
    monkeypatch.setattr(first, "_table", lambda _: bare)

    with pytest.raises(LeaseHeld, match="pair_days was changed by another run"):
        first.ensure(PAIR_DAYS)
    monkeypatch.undo()
    first.ensure(PAIR_DAYS)


def test_a_commit_of_spark_that_met_another_is_a_held_lease():
    with (
        pytest.raises(LeaseHeld, match="calibrations was changed by another run"),
        commits.one_spark_writer(CALIBRATIONS),
    ):
        raise ConcurrentAppendException("Files were added by a concurrent update")


def test_another_error_of_a_commit_stays_what_it_is():
    with pytest.raises(ZeroDivisionError), commits.one_spark_writer(CALIBRATIONS):
        raise ZeroDivisionError


def test_rows_of_which_one_is_there_already_are_not_written_one_by_one(tmp_path):
    about = {"dataset": "scores", "score_date": date(2016, 5, 1), "attempt": "a", "published_at": datetime.now(UTC)}
    lake = Lake(str(tmp_path))
    lake.put(PUBLISHED, [about | {"algorithm_version": "sway-1.0"}], replacing=False)

    with pytest.raises(LeaseHeld, match="published was changed by another run"):
        lake.put(PUBLISHED, [about | {"algorithm_version": name} for name in ("sway-1.0", "sway-2.0")], replacing=False)

    assert [row["algorithm_version"] for row in lake.rows(PUBLISHED)] == ["sway-1.0"]


def test_a_first_load_takes_nothing_away_that_another_has_put_there_meanwhile(tmp_path, spark, monkeypatch):
    first, second = (Lake(str(tmp_path), spark=lambda: spark) for _ in range(2))
    about = {"account_key": 1, "salt": 0, "first_seen": datetime(2016, 5, 1, tzinfo=UTC)}

    def rows(name):
        return spark.createDataFrame([{**about, "network": name, "account_id": "x"}], ACCOUNTS.ddl)

    def empty_a_moment_ago(contract):
        monkeypatch.undo()
        first.merge(ACCOUNTS, rows("facebook"), update={})
        return True

    monkeypatch.setattr(second, "_is_empty", empty_a_moment_ago)
    second.merge(ACCOUNTS, rows("twitter"), update={})

    assert {row["network"] for row in second.read(ACCOUNTS).collect()} == {"facebook", "twitter"}


def test_a_first_load_may_bring_nothing(tmp_path, spark):
    lake = Lake(str(tmp_path), spark=lambda: spark)

    lake.merge(ACCOUNTS, spark.createDataFrame([], ACCOUNTS.ddl), update={})

    assert lake.read(ACCOUNTS).count() == 0


def test_a_first_load_that_met_another_is_a_held_lease(tmp_path, spark, monkeypatch):
    first, second = (Lake(str(tmp_path), spark=lambda: spark) for _ in range(2))
    about = {"account_key": 1, "salt": 0, "first_seen": datetime(2016, 5, 1, tzinfo=UTC)}
    rows = spark.createDataFrame([{**about, "network": "twitter", "account_id": "x"}], ACCOUNTS.ddl)
    version = second.version

    def met(contract):
        monkeypatch.undo()
        before = version(contract)
        first.add(contract, [{**about, "network": "facebook", "account_id": "x"}])
        return before

    second.ensure(ACCOUNTS)
    monkeypatch.setattr(second, "version", met)

    with pytest.raises(LeaseHeld, match="accounts was changed by another run"):
        second.merge(ACCOUNTS, rows, update={})


@pytest.mark.parametrize(
    "refusal",
    [
        OSError("Generic LocalFileSystem error\n   \x1b[31m↳\x1b[0m No space left on device (os error 28)\n"),
        DeltaError("Failed to parse parquet: External: Generic LocalFileSystem error: No space left on device"),
        CommitFailedError("Failed to commit: Generic S3 error: No space left on device"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_store_that_takes_nothing_more_is_a_sentence(tmp_path, monkeypatch, refusal):
    def refuse(*_, **__):
        raise refusal

    lake = Lake(str(tmp_path))
    lake.ensure(METRICS)
    monkeypatch.setattr(lake_module, "write_deltalake", refuse)

    for write in (lambda: lake.add(METRICS, []), lambda: lake.replace_table(METRICS, METRICS.arrow.empty_table())):
        with pytest.raises(InfrastructureError, match="metrics could not be written: ") as caught:
            write()
        assert "No space left on device" in str(caught.value)
        assert not re.search(r"[\n\x1b]", str(caught.value))
        assert caught.value.exit_code == 50


def test_an_error_of_delta_rs_that_is_not_the_stores_stays_what_it_is():
    with pytest.raises(DeltaError, match="invariant"), commits.one_writer(CALIBRATIONS):
        raise DeltaError("Data does not match the invariant")


def test_a_lake_whose_tables_have_no_folder_is_a_sentence(tmp_path):
    (tmp_path / "tables").write_text("")

    with pytest.raises(InfrastructureError, match=r"metrics could not be written: .*tables"):
        Lake(str(tmp_path)).ensure(METRICS)


def test_a_commit_of_spark_that_the_store_refuses_is_a_sentence(tmp_path, spark):
    lake = Lake(str(tmp_path), spark=lambda: spark)
    about = {"account_key": 1, "salt": 0, "first_seen": datetime(2016, 5, 1, tzinfo=UTC)}
    rows = spark.createDataFrame([{**about, "network": "twitter", "account_id": "x"}], ACCOUNTS.ddl)
    lake.ensure(ACCOUNTS)
    (tmp_path / "tables" / "accounts" / "network=twitter").write_text("in the way")

    with pytest.raises(InfrastructureError, match=r"accounts could not be written: .*network=twitter"):
        lake.replace(ACCOUNTS, rows, where="network = 'twitter'")
