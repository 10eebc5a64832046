"""Rows that change owner: written by many tasks, each into one file, and taken up by owner block.

A file holds pieces. In a piece the rows of block 0 stand first, then those of block 1, and so on; `offsets` tells where
each begins. Rows of one block keep the order they came in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sway.engine.files import Reader, Writer

Columns = Mapping[str, NDArray[Any]]
BYTE = 8


def put(out: Writer, piece: int, owners: NDArray[np.uint16], columns: Columns, *, bits: int) -> None:
    """Write one piece: columns (n,), the same rows in each, each row to the block that `owners` (n,) names."""
    counts = np.bincount(owners, minlength=1 << bits)
    out.add(f"{piece}/offsets", np.concatenate([[0], np.cumsum(counts)]))
    # numpy sorts small integers by radix: 4 ns a row of one byte, 13 of two
    narrow = owners.astype(np.uint8) if bits <= BYTE else owners
    order = np.argsort(narrow, kind="stable") if bits else None
    for name, column in columns.items():
        out.add(f"{piece}/{name}", column if order is None else column.take(order))


def take(files: Sequence[Path], fingerprint: str, block: int, dtypes: Mapping[str, str]) -> dict[str, NDArray[Any]]:
    """One block's rows from all files, in the order of files and pieces, with the columns `dtypes` names.

    Besides them a column `source`: (f + 1,) where each file's rows begin.
    """
    parts = [_parts(Reader(path, fingerprint), block) for path in files]
    source = np.cumsum([0, *(sum(last - first for _, _, first, last in of_file) for of_file in parts)])
    found: dict[str, NDArray[Any]] = {name: np.empty(source[-1], dtype) for name, dtype in dtypes.items()}
    place = 0
    for reader, piece, first, last in (part for of_file in parts for part in of_file):
        for name, column in found.items():
            reader.read_into(f"{piece}/{name}", first, column[place : place + last - first])
        place += last - first
    return {**found, "source": source}


def _parts(reader: Reader, block: int) -> list[tuple[Reader, str, int, int]]:
    """(file, piece, first, last) of every piece in which the block has rows."""
    pieces = [name.removesuffix("/offsets") for name in reader.names if name.endswith("/offsets")]
    bounds = ((piece, reader.read(f"{piece}/offsets", block, block + 2).tolist()) for piece in pieces)
    return [(reader, piece, first, last) for piece, (first, last) in bounds if first < last]
