"""How a function of numpy arrays is applied to a frame, so that a kernel's arithmetic is written once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sway.contracts.contract import arrow_type

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

Floats = NDArray[np.float64]
Compute = Callable[[Mapping[str, Floats]], Mapping[str, NDArray[Any]]]


def with_arrays(frame: DataFrame, compute: Compute, *, reads: tuple[str, ...], adds: dict[str, str]) -> DataFrame:
    """`frame` with the columns `adds` (name: Spark type), as `compute` makes them from those it `reads`.

    `compute` gets float64 arrays of one batch of rows, NULL as NaN, and returns arrays as long; NaN becomes
    NULL. A batch is any run of rows, so each result may depend on its own row only.
    """

    def extended(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield _extended(batch, compute, reads, adds)

    return frame.mapInArrow(extended, _schema(frame, adds))


def with_arrays_at_once(
    frame: DataFrame, compute: Compute, *, reads: tuple[str, ...], adds: dict[str, str]
) -> DataFrame:
    """As with_arrays, but `compute` gets all rows at once, in any order, in one task: keep `frame` narrow."""

    def extended(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        held = list(batches)
        if held:
            yield _extended(pa.concat_batches(held), compute, reads, adds)

    return frame.repartition(1).mapInArrow(extended, _schema(frame, adds))


def _schema(frame: DataFrame, adds: dict[str, str]) -> str:
    there = [f"`{field.name}` {field.dataType.simpleString()}" for field in frame.schema]
    return ", ".join(there + [f"`{name}` {kind}" for name, kind in adds.items()])


def _extended(batch: pa.RecordBatch, compute: Compute, reads: tuple[str, ...], adds: dict[str, str]) -> pa.RecordBatch:
    made = compute({name: to_floats(batch.column(name)) for name in reads})
    columns = [*batch.columns, *(_to_arrow(made[name], kind) for name, kind in adds.items())]
    return pa.RecordBatch.from_arrays(columns, names=[*batch.schema.names, *adds])


def to_floats(column: pa.Array) -> Floats:
    """A column as a fresh float64 array, NULL as NaN.

    Fresh, aligned and contiguous: numpy has other loops for other arrays, which round the last bit otherwise.
    """
    values = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return np.array(values, dtype=np.float64, order="C", copy=True)


def _to_arrow(values: NDArray[Any], kind: str) -> pa.Array:
    if kind == "bigint":
        return pa.array(values, pa.float64(), from_pandas=True).cast(pa.int64())
    return pa.array(values, arrow_type(kind), from_pandas=True)
