"""Arrays of scores -> Arrow batches with the columns of ACCOUNT_SCORES and ENTITY_SCORES."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sway.contracts.contract import Contract

BATCH = 1 << 16  # rows


def to_batches(
    contract: Contract,
    columns: Mapping[str, Any],
    about: Mapping[str, Any],
    maps: Mapping[str, tuple[Sequence[str], NDArray[Any]]],
    flags: Mapping[str, NDArray[np.bool_]],
) -> Iterator[pa.RecordBatch]:
    """Rows of a score table, some ten thousand at a time, so that no more of them is held as Arrow.

    Args:
        columns: arrays (n,) or Arrow arrays, by column; NaN and None become NULL. about: values all rows share. maps:
            keys, and (n, keys) values of which those above 0 are kept. flags: (n,) bool by name.
    """
    count = len(next(iter(columns.values())))
    for first in range(0, count, BATCH):
        here = slice(first, min(first + BATCH, count))
        size = here.stop - here.start
        made = {
            name: pa.repeat(pa.scalar(value, contract.arrow.field(name).type), size) for name, value in about.items()
        }
        for name, values in columns.items():
            made[name] = _column(values[here], contract.arrow.field(name).type)
        for name, (keys, values) in maps.items():
            made[name] = _map(keys, values[here], contract.arrow.field(name).type)
        made["flags"] = _list({name: values[here] for name, values in flags.items()}, size)
        yield pa.RecordBatch.from_arrays([made[name] for name in contract.columns], schema=contract.arrow)


def _column(values: Any, kind: pa.DataType) -> pa.Array:
    if isinstance(values, pa.Array):
        return values
    if kind == pa.int64() and values.dtype == np.float64:
        return pa.array(values, pa.float64(), from_pandas=True).cast(pa.int64())
    return pa.array(values, kind, from_pandas=True)


def _map(keys: Sequence[str], values: NDArray[Any], kind: pa.DataType) -> pa.Array:
    rows, places = np.nonzero(values > 0)
    offsets = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(values)))])
    names = pa.array(keys, pa.string()).take(pa.array(places))
    items = pa.array(values[rows, places], kind.item_type)
    return pa.MapArray.from_arrays(pa.array(offsets, pa.int32()), names, items).cast(kind)


def _list(flags: Mapping[str, NDArray[np.bool_]], size: int) -> pa.Array:
    told = np.stack(list(flags.values()), axis=1) if flags else np.zeros((size, 0), bool)
    rows, places = np.nonzero(told)
    offsets = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=size))])
    names = pa.array(list(flags), pa.string()).take(pa.array(places))
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), names)
