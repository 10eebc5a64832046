"""How a table is declared, and how rows and frames are held to the declaration.

One declaration serves four ends: `conform` checks a frame's columns on the way in and out, `fault` names the
first rule a row breaks, the lake turns rules into CHECK constraints and sentences into column comments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from sway.errors import ContractBroken

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

LARGEST = 10**18  # no double of any table comes near; delta-rs writes literals out in full
# Checks that doubles are numbers: to Spark and delta-rs NaN is above every number, so a bound refuses NaN as it does
# infinity. A map is checked by its greatest and least value, since delta-rs knows no forall (1.6: "Invalid function").
# Both writers take these.
_NUMBERS = {
    "double": f"abs({{name}}) < {LARGEST}",
    "map<string,double>": (
        f"(cardinality({{name}}) = 0 OR (array_max(map_values({{name}})) < {LARGEST}"
        f" AND array_min(map_values({{name}})) > -{LARGEST}))"
    ),
}

_ARROW = {
    "string": pa.string(),
    "boolean": pa.bool_(),
    "int": pa.int32(),
    "bigint": pa.int64(),
    "double": pa.float64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
}


@dataclass(frozen=True)
class Field:
    """One column: its Spark type, a sentence with unit and range, and what must hold for a value.

    `rule` is a SQL predicate that both Spark and DuckDB understand; NULL passes it where the field is optional.
    """

    name: str
    type: str
    meaning: str
    rule: str | None = None
    optional: bool = False

    @property
    def check(self) -> str | None:
        """The rule, and for doubles, those of a map as well, that they are numbers."""
        parts = [self.rule, _NUMBERS[self.type].format(name=self.name) if "double" in self.type else None]
        return " AND ".join(part for part in parts if part is not None) or None

    @property
    def constraint(self) -> str | None:
        """The check as a CHECK constraint, which must not be NULL for a good row."""
        if self.check is None:
            return None
        return f"{self.name} IS NULL OR ({self.check})" if self.optional else self.check


@dataclass(frozen=True)
class Contract:
    """One table: what a row is, what identifies it, its columns in order."""

    name: str
    grain: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    partitions: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)

    @property
    def ddl(self) -> str:
        """The columns as Spark reads them in a schema string."""
        return ", ".join(f"`{field.name}` {field.type}" for field in self.fields)

    @property
    def arrow(self) -> pa.Schema:
        """What rows look like. Without comments: delta-rs takes no rows whose comments differ from their table's, so
        that a better sentence would end every lake that is there.
        """
        return pa.schema([pa.field(field.name, arrow_type(field.type), field.optional) for field in self.fields])

    @property
    def arrow_with_comments(self) -> pa.Schema:
        """What a new table is made of."""
        comments = ({"comment": field.meaning} for field in self.fields)
        return pa.schema([field.with_metadata(comment) for field, comment in zip(self.arrow, comments, strict=True)])

    def conform(self, frame: DataFrame) -> DataFrame:
        """The declared columns of `frame` in declared order.

        Raises ContractBroken naming every column that is missing or has another type.
        """
        found = {column.name: column.dataType.simpleString() for column in frame.schema}
        self.hold(found, {field.name: field.type for field in self.fields})
        return frame.select(*self.columns)

    def hold(self, found: Mapping[str, Any], declared: Mapping[str, Any]) -> None:
        """Raise ContractBroken naming every column that is missing or has another type than declared.

        Types of both are in one language: Spark's, Delta's or Arrow's.
        """
        faults = [
            f"{name}: expected {kind}, found {found.get(name, 'nothing')}"
            for name, kind in declared.items()
            if found.get(name) != kind
        ]
        if faults:
            raise ContractBroken(f"{self.name} breaks its contract: {'; '.join(faults)}")

    def conform_arrow(self, rows: pa.Table) -> pa.Table:
        """The declared columns of `rows` in declared order and with declared types.

        Raises ContractBroken for a column that is missing, or that holds what its type or `optional` does not allow.
        """
        missing = [name for name in self.columns if name not in rows.column_names]
        if missing:
            raise ContractBroken(f"{self.name} breaks its contract: expected {', '.join(missing)}, found nothing")
        try:
            return rows.select(list(self.columns)).cast(self.arrow)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, ValueError) as error:
            raise ContractBroken(f"{self.name} breaks its contract: {error}") from error

    def fault(self) -> Column:
        """The first rule a row breaks, as struct<rule, reason>; NULL for a good row."""
        from pyspark.sql import functions as F

        def broken(holds: Column, rule: str, reason: str) -> Column:
            return F.when(~holds, F.struct(F.lit(rule).alias("rule"), F.lit(reason).alias("reason")))

        checks = []
        for field in self.fields:
            if not field.optional:
                checks.append(broken(F.col(field.name).isNotNull(), "missing", f"{field.name} is missing"))
            if field.check is not None:
                holds = F.coalesce(F.expr(field.check), F.lit(field.optional))
                checks.append(broken(holds, "out_of_range", f"{field.name}: expected {field.check}"))
        return F.coalesce(*checks)


def arrow_type(name: str) -> pa.DataType:
    """The Arrow type of a Spark type name, such as `bigint` or `map<string,double>`."""
    if name in _ARROW:
        return _ARROW[name]
    outer, _, rest = name.partition("<")
    inner = rest.removesuffix(">")
    if outer == "array":
        return pa.list_(arrow_type(inner))
    if outer == "map":
        key, value = _split(inner)
        return pa.map_(arrow_type(key), arrow_type(value))
    if outer == "struct":
        members = (member.split(":", 1) for member in _split(inner))
        return pa.struct([pa.field(label, arrow_type(kind)) for label, kind in members])
    raise ContractBroken(f"no Arrow type for {name}")


def _split(inner: str) -> Iterator[str]:
    """Members of a nested type, cut at the commas that stand outside any brackets."""
    depth, start = 0, 0
    for place, letter in enumerate(inner):
        depth += (letter == "<") - (letter == ">")
        if letter == "," and depth == 0:
            yield inner[start:place]
            start = place + 1
    yield inner[start:]
