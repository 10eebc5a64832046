"""Rows and batches as Arrow tables that a contract declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from sway.contracts.contract import Contract
from sway.errors import ContractBroken

ROWS_AT_ONCE = 1_000_000  # of a table written from batches, about 400 MB


def to_table(contract: Contract, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows as a table; a column that a row lacks is NULL.

    Raises ContractBroken for columns that are unknown, or that hold what their type or `optional` does not allow.
    """
    unknown = sorted({name for row in rows for name in row} - {*contract.columns})
    if unknown:
        raise ContractBroken(f"{contract.name} breaks its contract: expected its columns, found {', '.join(unknown)}")
    try:
        return contract.conform_arrow(pa.Table.from_pylist([dict(row) for row in rows], schema=contract.arrow))
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise ContractBroken(f"{contract.name} breaks its contract: {error}") from error


def to_tables(contract: Contract, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    """The batches as tables of ROWS_AT_ONCE rows or a few more; one table at least, if an empty one.

    Raises ContractBroken for batches that are not of the contract's columns.
    """
    held: list[pa.RecordBatch] = []
    is_first = True
    for batch in batches:
        held.append(batch)
        if sum(len(one) for one in held) >= ROWS_AT_ONCE:
            yield contract.conform_arrow(pa.Table.from_batches(held))
            held, is_first = [], False
    if held:
        yield contract.conform_arrow(pa.Table.from_batches(held))
    elif is_first:
        yield contract.arrow.empty_table()
