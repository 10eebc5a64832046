"""The views of lib/sway/sql over a lake, in Spark or in DuckDB: per session, with no metastore."""

from __future__ import annotations

from contextlib import redirect_stdout
from importlib.resources import files
from io import StringIO
from typing import TYPE_CHECKING

from sway.contracts.contract import Contract
from sway.contracts.queries import connected
from sway.contracts.tables import TABLES
from sway.contracts.tables.record import PROMOTIONS, PUBLISHED
from sway.errors import ConfigError
from sway.runtime.lake import Lake

if TYPE_CHECKING:
    import duckdb

# Each may stand on those before it.
VIEWS = (
    "current_version",
    "account_scores_published", "account_scores_history", "account_scores_current",
    "entity_scores_published", "entity_scores_history", "entity_scores_current",
)  # fmt: skip
# Tables in the order in which they are opened: an attempt that is published while a reader opens one after the other
# must not be pointed to from before its rows were.
POINTERS_FIRST = (PROMOTIONS, PUBLISHED, *(table for table in TABLES if table not in (PROMOTIONS, PUBLISHED)))
MANY = 10**9  # rows and letters


def view_sql(name: str) -> str:
    """The SELECT behind a view."""
    return (files("sway") / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def register_in_spark(lake: Lake) -> None:
    """Make every table and view of the lake a temporary view of its Spark session."""
    for contract in POINTERS_FIRST:
        lake.read(contract).createOrReplaceTempView(contract.name)
    for name in VIEWS:
        lake.spark.sql(view_sql(name)).createOrReplaceTempView(name)


def in_duckdb(lake: Lake) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection that sees the lake's tables and views, and no other file of this machine.

    Needs no Spark and answers in a second or two.
    """
    connection = over(lake, *POINTERS_FIRST)
    for name in VIEWS:
        connection.execute(f"CREATE VIEW {name} AS {view_sql(name)}")
    return connection


def over(lake: Lake, *contracts: Contract) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection that sees some of the lake's tables."""
    connection = connected()
    for contract in contracts:
        connection.register(contract.name, lake.dataset(contract))
    return connection


def query(lake: Lake, sql: str) -> duckdb.DuckDBPyRelation:
    """The rows of one SELECT over the lake. Raises ConfigError with DuckDB's sentence when it cannot be run."""
    import duckdb

    try:
        found = in_duckdb(lake).sql(sql)
        if found is None:
            raise ConfigError("sql: expected one SELECT, found a statement without rows")
        return found.materialize()
    except duckdb.Error as error:
        raise ConfigError(f"sql: {error}") from error


def as_text(found: duckdb.DuckDBPyRelation) -> str:
    """All rows as a table: DuckDB by itself shows twenty, and wide cells in part."""
    shown = StringIO()
    with redirect_stdout(shown):
        found.show(max_rows=MANY, max_width=MANY, max_col_width=MANY)
    return shown.getvalue().rstrip("\n")
