"""What the lake makes of several writers at once, and of a run that was killed while it made a table."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime

import pyarrow
import pyarrow.compute
import pyarrow.parquet
import pytest
from deltalake import DeltaTable, TableFeatures, write_deltalake
from sway.contracts.tables.acts import INTERACTIONS, PAIR_DAYS
from sway.contracts.tables.identity import IDENTITY_ASSERTIONS, IDENTITY_ISSUES
from sway.contracts.tables.record import METRICS, PUBLISHED, RUNS
from sway.contracts.tables.scores import CALIBRATIONS
from sway.errors import AuditFailed, ConfigError, ContractBroken, InfrastructureError, LeaseHeld
from sway.runtime import config
from sway.runtime.commits import one_writer
from sway.runtime.lake import Lake
from sway.runtime.run import Run
from sway.runtime.views import over

from tests.places import ENVIRONMENT


def metric(name):
    return {"run_id": "r", "name": name, "algorithm_version": None, "score_date": None, "network": None,
            "value": 1.0, "low": None, "high": None, "outcome": "passed"}  # fmt: skip


def in_threads(work, count):
    """The errors of `count` threads that do `work(number)` together."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(count) as pool:
        return [error for error in (f.exception() for f in [pool.submit(work, n) for n in range(count)]) if error]


@pytest.mark.parametrize(
    ("root", "option"),
    [("/lakes/one", "--lake /lakes/one"), ("s3://bucket/lake", "--lake s3://bucket/lake"),
     ("/my lake; rm -r x", "--lake '/my lake; rm -r x'")],
)  # fmt: skip
def test_commands_that_messages_name_can_be_pasted_whatever_a_lake_is_called(root, option):
    assert Lake(root).option == option


def test_appends_of_several_runs_all_arrive(tmp_path):
    lake = Lake(str(tmp_path))
    lake.ensure(METRICS)

    errors = in_threads(lambda n: [lake.add(METRICS, [metric(f"{n}-{k}")]) for k in range(6)], 3)

    assert errors == []
    assert len(lake.rows(METRICS)) == 18


def test_constraints_a_killed_run_left_out_are_added_by_the_next(tmp_path):
    lake = Lake(str(tmp_path))
    whole = Lake(str(tmp_path / "whole"))
    lake._create(PAIR_DAYS)
    whole.ensure(PAIR_DAYS)

    lake.ensure(PAIR_DAYS)

    def rules(of):
        return DeltaTable(of.uri(PAIR_DAYS)).metadata().configuration

    assert rules(lake) == rules(whole) != {}


def test_the_record_of_a_failed_step_never_hides_why_it_failed(tmp_path, new_run, monkeypatch):
    run = new_run(tmp_path)

    def no_room(*_):
        raise OSError("no space left")

    monkeypatch.setattr(run.lake, "add", no_room)
    with pytest.raises(AuditFailed, match="too many rows"), run.step("ingest"):
        raise AuditFailed("too many rows")


def test_a_failed_step_is_recorded_with_its_sentence(tmp_path, new_run):
    run = new_run(tmp_path)

    with pytest.raises(AuditFailed), run.step("ingest"):
        raise AuditFailed("too many rows")

    (row,) = run.lake.rows(RUNS)
    assert (row["state"], row["message"]) == ("failed", "AuditFailed: too many rows")


@pytest.mark.parametrize(
    ("warnings", "remarks", "expected"),
    [
        (["carried forward"], ["by spark", "by local"], "twitter: carried forward; twitter by local; twitter by spark"),
        (["carried forward", "not calibrated"], [], "twitter: carried forward; twitter: not calibrated"),
        ([], ["by local"], "twitter by local"),
        ([], [], None),
    ],
)  # fmt: skip
def test_a_step_is_recorded_with_what_it_warned_of_and_every_remark(tmp_path, warnings, remarks, expected):
    run = Run(config.load(str(ENVIRONMENT)), str(tmp_path / "lake"), name="tests")

    with run.step("score") as record:
        for remark in remarks:
            record.remark(remark, network="twitter", is_warning=False)
        for warning in warnings:
            record.remark(warning, network="twitter")

    (row,) = run.lake.rows(RUNS)
    assert (row["state"], row["message"]) == ("done", expected)


def test_data_files_are_those_of_the_version_asked_for(tmp_path):
    lake = Lake(str(tmp_path))
    lake.add(PAIR_DAYS, [acts("twitter", 1)])
    first = lake.version(PAIR_DAYS)
    lake.add(PAIR_DAYS, [acts("twitter", 2), acts("facebook", 3)])

    (pinned,) = lake.log(PAIR_DAYS, version=first).data_files()

    assert pinned.partition == {"network": "twitter", "event_date": "2016-05-01"}
    assert pinned.rows == 1
    assert pyarrow.parquet.read_table(pinned.path, partitioning=None)["actor_key"].to_pylist() == [1]
    assert {(file.partition["network"], file.rows) for file in lake.log(PAIR_DAYS).data_files()} == {
        ("twitter", 1),
        ("facebook", 1),
    }
    assert len(lake.log(PAIR_DAYS).data_files()) == 3
    assert lake.log(CALIBRATIONS).data_files() == []


def test_files_that_rows_are_deleted_of_are_not_read_as_they_are(tmp_path):
    lake = Lake(str(tmp_path))
    lake.add(PAIR_DAYS, [acts("twitter", 1)])
    DeltaTable(lake.uri(PAIR_DAYS)).alter.add_feature(TableFeatures.DeletionVectors, True)

    with pytest.raises(InfrastructureError, match="pair_days: deletion vectors are on"):
        lake.log(PAIR_DAYS).data_files()


def claim(account, other, on, **about):
    names = {"network": "forum", "account": account, "other_network": other and "forum", "other_account": other}
    says = {"relation": "same_as", "author": "us", "confirmed": True, "valid_from": date(2016, 5, 1)}
    return {**names, **says, "delivered_on": on, **about}


def claims(*rows):
    return pyarrow.Table.from_pylist(list(rows), IDENTITY_ASSERTIONS.arrow)


def test_a_row_told_again_takes_the_place_of_the_first_also_where_its_key_has_no_value(tmp_path):
    lake, first, later = Lake(str(tmp_path)), date(2016, 5, 2), date(2016, 5, 4)
    newer = "new.delivered_on >= old.delivered_on"
    lake.merge_arrow(IDENTITY_ASSERTIONS, claims(claim("a", None, later), claim("a", "b", first)), when=newer)

    ended = {"valid_to": date(2016, 6, 1)}
    lake.merge_arrow(IDENTITY_ASSERTIONS, claims(), when=newer)
    again = claims(claim("a", None, first, **ended), claim("a", "b", later, **ended), claim("c", None, first))
    lake.merge_arrow(IDENTITY_ASSERTIONS, again, when=newer)

    rows = lake.dataset(IDENTITY_ASSERTIONS).to_table().to_pylist()
    assert {(row["account"], row["other_account"]): row["valid_to"] for row in rows} == {
        ("a", None): None,
        ("a", "b"): date(2016, 6, 1),
        ("c", None): None,
    }
    assert len(rows) == 3


def test_rows_are_removed_by_key_also_where_it_has_no_value(tmp_path):
    lake, on = Lake(str(tmp_path)), date(2016, 5, 2)
    lake.merge_arrow(IDENTITY_ASSERTIONS, claims(claim("a", None, on), claim("a", "b", on)), when="true")

    lake.delete_arrow(IDENTITY_ASSERTIONS, claims(claim("a", None, on)).select(list(IDENTITY_ASSERTIONS.key)))

    assert [row["other_account"] for row in lake.dataset(IDENTITY_ASSERTIONS).to_table().to_pylist()] == ["b"]


def test_of_several_merges_of_one_version_one_holds(tmp_path):
    lake, on = Lake(str(tmp_path)), date(2016, 5, 2)
    lake.merge_arrow(IDENTITY_ASSERTIONS, claims(claim("a", None, on)), when="true")
    merges = [
        lake._merging(IDENTITY_ASSERTIONS, DeltaTable(lake.uri(IDENTITY_ASSERTIONS)), claims(told))
        .when_matched_update_all()
        .when_not_matched_insert_all()
        for told in (claim("a", None, on, evidence=text) for text in ("one", "other"))
    ]

    merges[0].execute()
    with pytest.raises(LeaseHeld, match="identity_assertions was changed"), one_writer(IDENTITY_ASSERTIONS):
        merges[1].execute()

    assert [row["evidence"] for row in lake.dataset(IDENTITY_ASSERTIONS).to_table().to_pylist()] == ["one"]


def test_what_was_merged_in_is_found_by_its_text_in_sql_and_in_arrow(tmp_path):
    lake = Lake(str(tmp_path))
    about = {"dataset": "scores", "score_date": date(2016, 5, 1), "published_at": datetime(2016, 5, 2, tzinfo=UTC)}
    for attempt in ("first", "then"):
        versions = ("a-1", "b-1", "c-1")
        lake.put(PUBLISHED, [about | {"algorithm_version": version, "attempt": attempt} for version in versions])

    in_sql = over(lake, PUBLISHED).execute("SELECT attempt FROM published WHERE algorithm_version = 'b-1'").fetchall()
    where = pyarrow.compute.field("algorithm_version") == "b-1"
    in_arrow = [row for batch in lake.batches(PUBLISHED, ["attempt"], where=where) for row in batch.to_pylist()]

    assert in_sql == [("then",)]
    assert in_arrow == [{"attempt": "then"}]


def test_no_table_is_merged_into_that_is_read_file_by_file(tmp_path):
    with pytest.raises(AssertionError, match="string_view"):
        Lake(str(tmp_path)).put(IDENTITY_ISSUES, [dict.fromkeys(IDENTITY_ISSUES.columns, "a") | {"entity_ids": ["e"]}])


def written_by_hand(lake, table):
    """A table of METRICS' name that another program made."""
    lake._make_room()
    write_deltalake(lake.uri(METRICS), table)


@pytest.mark.parametrize("read", ["rows", "batches", "dataset", "version", "log"])
def test_a_table_with_other_columns_is_not_read(tmp_path, read):
    lake = Lake(str(tmp_path))
    lake.add(METRICS, [metric("one")])
    good = lake.dataset(METRICS).to_table()
    other = Lake(str(tmp_path / "other"))
    written_by_hand(other, good.drop_columns("outcome").set_column(5, "value", good["value"].cast("string")))

    with pytest.raises(ContractBroken, match=r"metrics breaks its contract: value: .*double.*string.*; outcome: .*not"):
        list(other.batches(METRICS, ["name"])) if read == "batches" else getattr(other, read)(METRICS)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"colour": "red"}, "expected its columns, found colour"),
        ({"value": "much"}, "much"),
        ({"name": None}, "name"),
    ],
)
def test_a_row_that_breaks_the_contract_is_not_written(tmp_path, row, reason):
    lake = Lake(str(tmp_path))

    with pytest.raises(ContractBroken, match=f"metrics breaks its contract: .*{reason}"):
        lake.add(METRICS, [metric("one") | row])
    assert lake.rows(METRICS) == []


@pytest.mark.parametrize("batches", [[], [0], [0, 0]])
def test_a_slice_without_rows_is_written_as_such(tmp_path, batches):
    lake = Lake(str(tmp_path))
    lake.add(METRICS, [metric("one")])
    (row,) = pyarrow.Table.from_pylist([metric("one")], schema=METRICS.arrow).to_batches()

    lake.replace_arrow(METRICS, iter([row.slice(0, size) for size in batches]), where="true")

    assert lake.rows(METRICS) == []


def test_batches_that_break_the_contract_are_not_written(tmp_path):
    lake = Lake(str(tmp_path))
    (good,) = pyarrow.Table.from_pylist([metric("one")], schema=METRICS.arrow).to_batches()

    with pytest.raises(ContractBroken, match="expected outcome, found nothing"):
        lake.replace_arrow(METRICS, iter([good.drop_columns(["outcome"])]), where="true")
    nobody = good.set_column(1, "name", pyarrow.array([None], pyarrow.string()))
    with pytest.raises(ContractBroken, match=r"metrics breaks its contract: .*name"):
        lake.replace_arrow(METRICS, iter([nobody]), where="true")
    assert lake.rows(METRICS) == []


READ_AND_END = """
import sys
from sway.contracts.tables.acts import INTERACTIONS
from sway.runtime.lake import Lake
print(len(Lake(sys.argv[1]).dataset(INTERACTIONS).to_table(columns=["set_aside"])))
"""


def test_a_process_that_ends_with_its_reading_ends_well(tmp_path):
    """Half of them aborted, after all was read, while files were read through a file system in Python."""
    at = datetime(2016, 1, 1, tzinfo=UTC)
    values = {"string": "x", "bigint": 1, "timestamp": at, "date": date(2016, 1, 1)}
    about = {field.name: values[field.type] for field in INTERACTIONS.fields}
    days = [date(2016, 1, day) for day in range(1, 11)]
    acts = [
        about | {"event_date": day, "event_id": f"{day}/{n}", "set_aside": None} for day in days for n in range(1000)
    ]
    rows = pyarrow.Table.from_pylist(acts, schema=INTERACTIONS.arrow)
    Lake(str(tmp_path)).replace_arrow(INTERACTIONS, iter(rows.to_batches()), where="true")

    command = [sys.executable, "-c", READ_AND_END, str(tmp_path)]
    ended = [subprocess.run(command, capture_output=True, text=True, check=False) for _ in range(8)]

    assert [(one.returncode, one.stdout.strip()) for one in ended] == [(0, "10000")] * 8


def test_a_lake_goes_on_when_a_column_is_described_better(tmp_path):
    def of_before(contract):
        return replace(contract, fields=tuple(replace(field, meaning="as it was") for field in contract.fields))

    lake = Lake(str(tmp_path))
    for contract in (METRICS, PUBLISHED, IDENTITY_ISSUES):
        lake.ensure(of_before(contract))
    issue = dict.fromkeys(IDENTITY_ISSUES.columns, "a") | {"entity_ids": ["e"]}
    issues = pyarrow.Table.from_pylist([issue], schema=IDENTITY_ISSUES.arrow)
    published = {"dataset": "scores", "algorithm_version": "v", "score_date": date(2016, 5, 1), "attempt": "a"}

    lake.add(METRICS, [metric("one")])
    for _ in range(2):
        lake.put(PUBLISHED, [published | {"published_at": datetime.now(UTC)}])
    lake.replace_table(IDENTITY_ISSUES, issues)
    lake.replace_arrow(IDENTITY_ISSUES, iter(issues.to_batches()), where="rule = 'a'")

    assert [len(lake.rows(contract)) for contract in (METRICS, PUBLISHED, IDENTITY_ISSUES)] == [1, 1, 1]


def test_work_needs_a_folder(tmp_path):
    assert Lake(str(tmp_path)).work_folder("twitter", "x") == tmp_path / "work" / "twitter" / "x"
    with pytest.raises(ConfigError, match=r's3://bucket/lake.*set executor = "auto"'):
        Lake("s3://bucket/lake").work_folder("twitter")


def acts(network, actor):
    return {
        "network": network,
        "event_date": date(2016, 5, 1),
        "actor_key": actor,
        "target_key": 9,
        "action": "mention",
        "count": 1,
        "last_at": datetime(2016, 5, 1, tzinfo=UTC),
    }
