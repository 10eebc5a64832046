"""SQL over Arrow tables by DuckDB, in memory: for what one machine holds and Spark would plan longer than read.

Text is compared byte by byte and no statement may depend on the time zone of the machine, as everywhere in sway.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa
    import pyarrow.dataset

    from sway.contracts.contract import Contract

    Rows: TypeAlias = pa.Table | pyarrow.dataset.Dataset


def connected() -> duckdb.DuckDBPyConnection:
    """DuckDB in memory, which sees no file of this machine."""
    import duckdb

    return duckdb.connect(config={"enable_external_access": "false"})


class Tables(AbstractContextManager["Tables"]):
    """Tables that SQL sees by name, and no other table or file: those given, and those made of them.

    A data set is read when it is asked for, and of it those columns and files that a statement needs. Values go in by
    name, as `$name`; what people wrote is never part of a statement.
    """

    def __init__(self, **given: Rows) -> None:
        self._connection = connected()
        for name, rows in given.items():
            self.add(name, rows)

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def add(self, name: str, rows: Rows) -> None:
        self._connection.register(name, rows)

    def make(self, name: str, sql: str, **values: Any) -> None:
        """Keep the rows of a SELECT as a table for the statements that follow."""
        self._connection.execute(f"CREATE TABLE {name} AS {sql}", values or None)

    def find(self, sql: str, **values: Any) -> pa.Table:
        """The rows of a SELECT, out of DuckDB."""
        return self._connection.sql(sql, params=values or None).to_arrow_table()


def select(sql: str, /, **tables: Rows) -> pa.Table:
    """The rows of one SELECT over `tables`."""
    with Tables(**tables) as held:
        return held.find(sql)


def last_of_each(contract: Contract, told: pa.Table) -> pa.Table:
    """Rows of the contract as they were told; of several with one key the one delivered last holds."""
    key = ", ".join(contract.key)
    last = f"SELECT * FROM told QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY delivered_on DESC, told) = 1"
    return contract.conform_arrow(select(last, told=told))
