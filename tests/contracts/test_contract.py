"""How a table is declared, and how frames are held to it."""

import pyarrow as pa
import pytest
from sway.contracts.contract import Contract, Field, arrow_type
from sway.errors import ContractBroken, InfrastructureError

PAIRS = Contract(
    name="pairs",
    grain="one pair",
    key=("actor",),
    fields=(
        Field("actor", "string", "who acted", "actor <> ''"),
        Field("count", "bigint", "acts", "count >= 1"),
        Field("weight", "double", "their weight", "weight >= 0", optional=True),
    ),
)


def test_a_frame_that_conforms_has_the_declared_columns_in_order(table):
    frame = table("""
        extra:int | weight:double | count:bigint | actor:string
        1         | 2.5           | 3            | ann
    """)

    assert PAIRS.conform(frame).columns == ["actor", "count", "weight"]


def test_every_fault_of_a_frame_is_named_at_once(table):
    frame = table("""
        count:int | weight:string
        1         | heavy
    """)

    with pytest.raises(ContractBroken) as caught:
        PAIRS.conform(frame)

    assert str(caught.value) == (
        "pairs breaks its contract: actor: expected string, found nothing; count: expected bigint, found int; "
        "weight: expected double, found string"
    )
    assert isinstance(caught.value, InfrastructureError)


def test_a_row_is_told_the_first_rule_it_breaks(table):
    frame = table("""
        actor:string | count:bigint | weight:double
        ann          | 1            | null
                     | 0            | -1
        ann          | 0            | -1
        ann          | 1            | -1
        null         | null         | null
    """)
    found = [row["fault"] for row in frame.select(PAIRS.fault().alias("fault")).collect()]

    assert found[0] is None
    assert [tuple(fault) for fault in found[1:]] == [
        ("out_of_range", "actor: expected actor <> ''"),
        ("out_of_range", "count: expected count >= 1"),
        ("out_of_range", "weight: expected weight >= 0 AND abs(weight) < 1000000000000000000"),
        ("missing", "actor is missing"),
    ]


def test_constraints_let_nothing_pass_that_is_not_known_to_hold():
    assert [field.constraint for field in PAIRS.fields] == [
        "actor <> ''",
        "count >= 1",
        "weight IS NULL OR (weight >= 0 AND abs(weight) < 1000000000000000000)",
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("bigint", pa.int64()),
        ("timestamp", pa.timestamp("us", tz="UTC")),
        ("array<string>", pa.list_(pa.string())),
        ("map<string,bigint>", pa.map_(pa.string(), pa.int64())),
        ("array<array<double>>", pa.list_(pa.list_(pa.float64()))),
        (
            "map<string,struct<a:map<string,double>,b:array<date>>>",
            pa.map_(
                pa.string(),
                pa.struct({"a": pa.map_(pa.string(), pa.float64()), "b": pa.list_(pa.date32())}),
            ),
        ),
        ("struct<a:struct<b:int,c:boolean>>", pa.struct({"a": pa.struct({"b": pa.int32(), "c": pa.bool_()})})),
    ],
)
def test_a_type_of_spark_has_its_arrow_type(name, expected):
    assert arrow_type(name) == expected


def test_a_type_nobody_declared_is_refused():
    with pytest.raises(ContractBroken, match="no Arrow type for decimal"):
        arrow_type("decimal(10,2)")


def test_the_arrow_schema_carries_sentences_and_what_may_be_null():
    schema = PAIRS.arrow_with_comments

    assert schema.field("count").metadata == {b"comment": b"acts"}
    assert schema.remove_metadata() == PAIRS.arrow
    assert [field.nullable for field in schema] == [False, False, True]
