"""Every table's contract: what its rules say of rows, and that it is whole."""

import re
from datetime import UTC, date, datetime

import pytest
from sway.contracts.contract import Contract
from sway.contracts.tables import CONTROL, DATA, FROM_ARROW, MERGED, SCORES, TABLES

VALUES = {
    "string": "x",
    "boolean": True,
    "int": 0,
    "bigint": 1,
    "double": 1.0,
    "map<string,double>": {"a": 1.0, "b": -1.0},
    "date": date(2016, 5, 1),
    "timestamp": datetime(2016, 5, 1, tzinfo=UTC),
}
# Where a rule wants another value than its type's, or a column is compared with another.
GOOD = {
    ("feed_days", "state"): "ready",
    ("interactions", "target_id"): "y",
    ("interactions", "set_aside"): "absorbed",
    ("posts", "kind"): "original",
    ("posts", "set_aside"): "changed_record",
    ("labels", "label"): "spam",
    ("labels", "valid_to"): date(2016, 5, 2),
    ("identity_assertions", "relation"): "same_as",
    ("identity_assertions", "role"): "owner",
    ("identity_assertions", "entity_type"): "person",
    ("identity_assertions", "valid_to"): date(2016, 5, 2),
    ("entities", "type"): "person",
    ("entities", "merged_into"): "y",
    ("entity_links", "role"): "owner",
    ("entity_links", "valid_to"): date(2016, 5, 2),
    ("opt_outs", "kind"): "suppress",
    ("follows", "valid_to"): date(2016, 5, 2),
    ("page_links", "action"): "page_link",
    ("page_links", "valid_to"): date(2016, 5, 2),
    ("pair_days", "target_key"): 2,
    ("calibrations", "z95"): 2.0,
    ("account_scores", "grade"): "A",
    ("entity_scores", "grade"): "A",
    ("runs", "state"): "done",
    ("published", "dataset"): "scores",
}
# What breaks each rule, by the rule's words, less the column's name.
BAD = {
    "<> ''": "",
    ">= 0": -1,
    ">= 1": 0,
    "> 0": 0.0,
    "<> actor_id": "x",
    "<> actor_key": 1,
    "<> entity_id": "x",
    "> 0 AND share <= 1": 1.1,
    "> z50": 1.0,
    "<= score_date": date(2016, 5, 2),
    "> valid_from": date(2016, 5, 1),
    ">= 0 AND score <= 100": 100.1,
    ">= 0 AND percentile <= 100": -0.1,
    ">= 0 AND percentile_in_type <= 100": 100.1,
    "> 0 AND audience_overlap <= 1": 1.1,
    ">= 0 AND error <= 1e6": 1e7,
}
# The forms in which a comment tells the range of a number, and the words by which it tells the unit.
RANGE = re.compile(r"\d and up\b|(-?\d|\babove \d) to (\d|[a-z])|\babove [a-z0-9]|\bof either sign\b")
UNIT = re.compile(r"\b(no unit|points|percent|place|share|part|factor|1 =|acts|accounts|reactors|posts|days)(?!\w)")


def good_row(contract):
    return {
        field.name: GOOD.get((contract.name, field.name), VALUES.get(field.type, {} if field.type[:3] == "map" else []))
        for field in contract.fields
    }


def broken_rows(contract):
    """(what is broken, row, rule, column) for each way to break each field."""
    for field in contract.fields:
        good = good_row(contract)
        if not field.optional:
            yield f"{field.name} is NULL", {**good, field.name: None}, "missing", field.name
        if field.rule is not None:
            words = field.rule.removeprefix(field.name).strip()
            bad = "never heard of" if words.startswith("IN (") else BAD[words]
            bad = float(bad) if field.type == "double" else bad
            yield f"{field.name} = {bad!r}", {**good, field.name: bad}, "out_of_range", field.name
        for number in (float("nan"), float("inf"), float("-inf")) if "double" in field.type else ():
            held = [number] if field.type == "double" else [{"a": number, "b": 0.5}, {"b": 0.5, "a": number}]
            for value in held:
                yield f"{field.name} = {value}", {**good, field.name: value}, "out_of_range", field.name


@pytest.mark.parametrize("contract", TABLES, ids=lambda contract: contract.name)
def test_each_rule_is_named_when_it_is_broken_and_a_good_row_passes(spark, contract):
    broken = list(broken_rows(contract))
    empty = {field.name: None for field in contract.fields if field.optional}
    rows = [good_row(contract), {**good_row(contract), **empty}, *(row for _, row, _, _ in broken)]
    numbered = Contract(contract.name, contract.grain, contract.key, contract.fields)
    frame = spark.createDataFrame(
        [(n, *row.values()) for n, row in enumerate(rows)], f"n int, {numbered.ddl}", verifySchema=False
    )

    judged = {row["n"]: row["fault"] for row in frame.select("n", contract.fault().alias("fault")).collect()}

    found = {n: fault for n, fault in judged.items() if fault is not None}
    assert sorted(judged.keys() - found.keys()) == [0, 1]
    assert len(found) == len(broken)
    for n, (what, _, rule, column) in enumerate(broken, start=2):
        assert (found[n]["rule"], found[n]["reason"].split(":")[0].removesuffix(" is missing")) == (rule, column), what


@pytest.mark.parametrize("contract", TABLES, ids=lambda contract: contract.name)
def test_a_contract_is_whole(contract):
    assert len(set(contract.columns)) == len(contract.columns)
    assert set(contract.key) <= set(contract.columns)
    assert set(contract.partitions) <= set(contract.columns)
    assert contract.grain
    assert all(field.meaning for field in contract.fields)
    assert contract.arrow.names == list(contract.columns)
    partitioned = [field for field in contract.fields if field.name in contract.partitions]
    assert not any(field.optional for field in partitioned)


@pytest.mark.parametrize("contract", TABLES, ids=lambda contract: contract.name)
def test_the_comment_of_a_number_tells_its_range_and_of_a_score_table_its_unit(contract):
    """Of a map, a list or a struct with numbers in it likewise."""
    numbers = [field for field in contract.fields if re.search(r"\b(int|bigint|double)\b", field.type)]

    assert [field.name for field in numbers if not RANGE.search(field.meaning)] == []
    if contract in SCORES:
        assert [field.name for field in numbers if not UNIT.search(field.meaning)] == []


@pytest.mark.parametrize("contract", SCORES, ids=lambda contract: contract.name)
def test_no_batch_that_breaks_a_rule_gets_into_a_table_of_scores(tmp_path, contract):
    """Neither NaN nor infinity, nor a score above 100, and nothing of such a batch."""
    from sway.runtime.arrow import to_table
    from sway.runtime.lake import Lake
    from sway.runtime.slices import slice_of

    lake, about = Lake(str(tmp_path)), {"algorithm_version": "x", "score_date": date(2016, 5, 1), "attempt": "x"}

    def write(*rows):
        lake.replace_arrow(contract, to_table(contract, rows).to_batches(), where=slice_of(**about))

    write(good_row(contract) | about)
    for what, row, _, column in broken_rows(contract):
        if column not in about:
            with pytest.raises(Exception, match=r"(?i)check|constraint|null|invalid"):
                write(good_row(contract) | about, row | about)
            assert lake.dataset(contract).count_rows() == 1, what


@pytest.mark.parametrize(
    ("contract", "how"),
    [(c, "replace") for c in FROM_ARROW] + [(c, "merge") for c in FROM_ARROW if c in MERGED],
    ids=lambda one: getattr(one, "name", one),
)
def test_no_row_that_breaks_a_rule_gets_into_a_table_written_from_arrow(tmp_path, contract, how):
    """Neither new nor in the place of another row, and nothing of what comes with it."""
    from sway.runtime.arrow import to_table
    from sway.runtime.lake import Lake

    lake, good = Lake(str(tmp_path)), good_row(contract)

    def write(*rows):
        if how == "replace":
            lake.replace_arrow(contract, iter(to_table(contract, rows).to_batches()), where="true")
        else:
            lake.merge_arrow(contract, to_table(contract, rows), when="true")

    write(good)
    for what, row, _, _ in broken_rows(contract):
        with pytest.raises(Exception, match=r"(?i)check|constraint|null|invalid"):
            write(row)
        assert lake.dataset(contract).to_table().to_pylist() == [good], what


def test_every_table_is_listed_once_and_has_one_writer():
    names = [contract.name for contract in TABLES]

    assert len(set(names)) == len(names)
    assert set(FROM_ARROW) < set(DATA)
    assert set(MERGED) < {*FROM_ARROW, *CONTROL}
    assert sorted(contract.name for contract in (*DATA, *SCORES, *CONTROL)) == sorted(names)


@pytest.mark.parametrize("contract", CONTROL, ids=lambda contract: contract.name)
def test_a_table_of_delta_refuses_what_its_contract_refuses(tmp_path, contract):
    """Control tables by delta-rs; data tables have the same constraints, enforced by Spark's Delta."""
    from sway.runtime.lake import Lake

    lake = Lake(str(tmp_path))
    lake.add(contract, [good_row(contract)])
    for what, row, _, _ in broken_rows(contract):
        with pytest.raises(Exception, match=r"(?i)failed validation check|null"):
            lake.add(contract, [row])
        assert len(lake.rows(contract)) == 1, what
