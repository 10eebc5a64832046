"""Pass 1: Parquet rows -> exchanges by owner. Days of acts, members, and standing relations, each by tasks of its own.

A row of acts: actor and target key, and in one number its count, age in days and action code. Rows of endorsing
actions go to the owner of their target as well, turned round and under the code of a returned action, so that the
reverse weight stands where favours are netted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pyarrow.fs import FileSystem

from sway.engine.exchange import put, take
from sway.engine.executor import DayFile
from sway.engine.files import Writer, write_parquet
from sway.engine.plan import Place, Plan
from sway.errors import InfrastructureError
from sway.kernels.keys import owner, starts_of

Keys = NDArray[np.int64]
ACTS = {"self_key": "<i8", "other_key": "<i8", "what": "<u8"}
EDGES = {"self_key": "<i8", "other_key": "<i8", "weight": "<f8"}
MEMBERS = {"key": "<i8", "trust": "<f8", "voice": "<f8"}
SEEN = {"key": "<i8"}

BATCH_ROWS = 1 << 20
TASK_ROWS = 1 << 22
AGE, CODE = np.uint64(32), np.uint64(48)
MOST_COUNT = 2**31
MOST = {"trust": 1e18, "voice": 1.0, "weight": 1e18}
UNDECLARED = 255


def row_counts(files: Sequence[DayFile]) -> list[list[int]]:
    """Rows of each row group of each file, from their footers."""
    footers = (_opened(file.path).metadata for file in files)
    return [[footer.row_group(n).num_rows for n in range(footer.num_row_groups)] for footer in footers]


def in_tasks(files: Sequence[DayFile], counts: Sequence[Sequence[int]]) -> list[tuple[DayFile, ...]]:
    """Row groups shared out to tasks of about 4 million rows, in the order of days and names."""
    known = sorted(zip(files, counts, strict=True), key=lambda one: (one[0].day or date.min, one[0].path))
    tasks: list[dict[int, list[int]]] = [{}]
    held = 0
    for place, (_, of_file) in enumerate(known):
        for n, rows in enumerate(of_file):
            if held and held + rows > TASK_ROWS:
                tasks.append({})
                held = 0
            # Groups of one file together: it is opened, and its footer read, once a task.
            tasks[-1].setdefault(place, []).append(n)
            held += rows
    files = [file for file, _ in known]
    return [
        tuple(DayFile(files[place].path, files[place].day, tuple(groups)) for place, groups in task.items())
        for task in tasks
        if task
    ]


def scatter_acts(plan: Plan, rooms: tuple[str, str], number: int, files: Sequence[DayFile]) -> None:
    """Acts, or standing relations where a file has no day -> exchange rooms[0]; the keys they name -> rooms[1]."""
    with (  # who is opened last gets its name first: a task counts as done by its file in rooms[0]
        Writer(plan.path(rooms[0], number), plan.fingerprint) as out,
        Writer(plan.path(rooms[1], number), plan.fingerprint) as seen,
    ):
        for piece, (file, batch) in enumerate(_batches(files, ("actor_key", "target_key", "action", "count"))):
            actor, target = (_numbers(batch, name, file.path) for name in ("actor_key", "target_key"))
            named = _distinct(np.concatenate([actor, target]))
            put(seen, piece, owner(named, plan.bits), {"key": named}, bits=plan.bits)
            code = _codes(batch, plan, file.path)
            what = _counts(batch, file.path) | (np.uint64(_age(plan, file)) << AGE) | (code.astype(np.uint64) << CODE)
            rows = _told(plan, actor, target, what, code)
            put(out, piece, owner(rows["self_key"], plan.bits), rows, bits=plan.bits)


def gather_present(plan: Plan, room: str, block: int, files: Sequence[Path]) -> None:
    """One block's accounts that acts name -> Parquet: account_key, once each."""
    keys = take(files, plan.fingerprint, block, SEEN)["key"]
    write_parquet(plan.path(room, block, "parquet"), {"account_key": _distinct(keys)})


def scatter_members(plan: Place, room: str, number: int, files: Sequence[DayFile]) -> None:
    """Members -> exchange `room`. Raises InfrastructureError naming the column where one has no usable value."""
    with Writer(plan.path(room, number), plan.fingerprint) as out:
        for piece, (file, batch) in enumerate(_batches(files, ("account_key", "trust", "voice"))):
            key = _numbers(batch, "account_key", file.path)
            rows = {"key": key, **{name: _amounts(batch, name, file.path) for name in ("trust", "voice")}}
            put(out, piece, owner(key, plan.bits), rows, bits=plan.bits)


def scatter_edges(place: Place, room: str, number: int, files: Sequence[DayFile]) -> None:
    """Edges with a weight above 0, 1 where there is no such column -> exchange `room` by owner of the actor."""
    with Writer(place.path(room, number), place.fingerprint) as out:
        for piece, (file, batch) in enumerate(_batches(files, ("actor_key", "target_key", "weight"))):
            actor, target = (_numbers(batch, name, file.path) for name in ("actor_key", "target_key"))
            has_weight = "weight" in batch.schema.names
            weight = _amounts(batch, "weight", file.path) if has_weight else np.ones(len(batch))
            if len(weight) and weight.min() == 0.0:
                raise InfrastructureError(f"{file.path}: weight: expected numbers above 0, found 0")
            rows = {"self_key": actor, "other_key": target, "weight": weight}
            put(out, piece, owner(actor, place.bits), rows, bits=place.bits)


def _told(
    plan: Plan, actor: Keys, target: Keys, what: NDArray[np.uint64], code: NDArray[np.uint8]
) -> dict[str, NDArray[Any]]:
    """Rows as their actor's owner, and returned rows as their target's owner gets them."""
    is_told = (code != UNDECLARED) & (actor != target)
    weights = plan.weights.returned[len(plan.names) :] * (plan.method.favours.netting > 0.0)
    is_endorsing = np.append(weights, np.zeros(UNDECLARED + 1 - len(weights))) > 0.0
    told = [actor, target, what]
    if not is_told.all():
        told = [column[is_told] for column in told]
        code = code[is_told]
    rows = np.flatnonzero(is_endorsing.take(code))
    returned = (told[1].take(rows), told[0].take(rows), told[2].take(rows) + (np.uint64(len(plan.names)) << CODE))
    return {name: np.concatenate(pair) for name, *pair in zip(ACTS, told, returned, strict=True)}


def _age(plan: Plan, file: DayFile) -> int:
    """Whole days before the date; 0 for standing relations."""
    return (plan.as_of - file.day).days if file.day is not None else 0


def is_in_horizon(plan: Plan, file: DayFile) -> bool:
    return 0 <= _age(plan, file) < plan.method.strength.horizon_days


def _batches(files: Sequence[DayFile], columns: Sequence[str]) -> Iterator[tuple[DayFile, pa.RecordBatch]]:
    for file in files:
        opened = _opened(file.path, words=[name for name in columns if name == "action"])
        there = [name for name in columns if name in opened.schema_arrow.names]
        wanted = {"batch_size": BATCH_ROWS, "row_groups": file.row_groups, "columns": there, "use_threads": False}
        try:
            yield from ((file, batch) for batch in opened.iter_batches(**wanted))
        except (OSError, pa.ArrowException) as error:
            raise InfrastructureError(f"{file.path}: cannot be read: {error}") from error


def _opened(path: str, *, words: Sequence[str] = ()) -> pq.ParquetFile:
    """A Parquet file, columns of `words` to be read as codes and dictionary."""
    try:
        system, place = FileSystem.from_uri(path) if "://" in path else (None, path)
        return pq.ParquetFile(place, read_dictionary=list(words), filesystem=system)
    except KeyError as error:
        raise InfrastructureError(f"{path}: expected a column {error.args[0].decode()}") from error
    except (OSError, pa.ArrowException) as error:
        raise InfrastructureError(f"{path}: cannot be read: {error}") from error


def _column(batch: pa.RecordBatch, name: str, path: str) -> pa.Array:
    """A column without a NULL."""
    if name not in batch.schema.names:
        raise InfrastructureError(f"{path}: expected a column {name}, found {', '.join(batch.schema.names)}")
    column = batch.column(name)
    if column.null_count:
        raise InfrastructureError(f"{path}: {name} is NULL in {column.null_count:,} rows; every row needs one")
    return column


def _numbers(batch: pa.RecordBatch, name: str, path: str) -> Keys:
    column = _column(batch, name, path)
    if column.type != pa.int64():
        raise InfrastructureError(f"{path}: {name}: expected bigint, found {column.type}")
    found: Keys = column.to_numpy()
    return found


def _amounts(batch: pa.RecordBatch, name: str, path: str) -> NDArray[np.float64]:
    """A column of finite doubles, 0 up to MOST of it."""
    column = _column(batch, name, path)
    if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
        raise InfrastructureError(f"{path}: {name}: expected double, found {column.type}")
    found: NDArray[np.float64] = column.to_numpy().astype(np.float64, copy=False)
    is_bad = ~((found >= 0.0) & (found <= MOST[name]))  # NaN is neither
    if is_bad.any():
        raise InfrastructureError(
            f"{path}: {name}: expected 0 to {MOST[name]:g}, found {found[is_bad][0]} and {is_bad.sum() - 1:,} more"
        )
    return found


def _counts(batch: pa.RecordBatch, path: str) -> NDArray[np.uint64]:
    """Acts of each row, 1 and up; 0 for a standing relation, which has no column of counts."""
    if "count" not in batch.schema.names:
        return np.zeros(len(batch), np.uint64)
    found = _numbers(batch, "count", path)
    if len(found) and not 1 <= found.min() <= found.max() < MOST_COUNT:
        raise InfrastructureError(
            f"{path}: count: expected 1 to {MOST_COUNT - 1:,}, found {found.min():,} to {found.max():,}"
        )
    return found.view(np.uint64)


def _codes(batch: pa.RecordBatch, plan: Plan, path: str) -> NDArray[np.uint8]:
    """Action codes; UNDECLARED for actions the network does not declare."""
    column = _column(batch, "action", path)
    if not pa.types.is_dictionary(column.type):
        column = pc.dictionary_encode(column)
    code_of = {name: code for code, name in enumerate(plan.names)}
    codes = np.array([code_of.get(name, UNDECLARED) for name in column.dictionary.to_pylist()] or [0], np.uint8)
    found: NDArray[np.uint8] = codes.take(column.indices.to_numpy())
    return found


def _distinct(keys: Keys) -> Keys:
    """The keys in order, each once; `keys` itself is sorted."""
    keys.sort()
    return keys[starts_of(keys)]
