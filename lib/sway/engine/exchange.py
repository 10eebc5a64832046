"""Rows that change owner: written by many tasks, each into one file, and taken up by owner block.

A file holds pieces. In a piece the rows of block 0 stand first, then those of block 1, and so on; `offsets` tells where
each begins. Rows of one block keep the order they came in. Where there is no folder that all machines see, each
block's rows of a file travel as a cell: a work file of their own, whose `first` tells of which block its offsets begin.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sway.engine.files import Reader, Writer, packed

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


def cells_of(path: Path, fingerprint: str) -> Iterator[tuple[int, bytes]]:
    """(block, content of a work file) for every block that has rows in an exchange file."""
    reader = Reader(path, fingerprint)
    arrays = reader.mapped()
    offsets = {piece: arrays[f"{piece}/offsets"] for piece in _pieces(reader)}
    held = [np.diff(bounds) for bounds in offsets.values()]
    for block in np.flatnonzero(np.sum(held, axis=0)).tolist() if held else ():
        cell: dict[str, NDArray[Any]] = {}
        for piece, bounds in offsets.items():
            rows = slice(*bounds[block : block + 2].tolist())
            cell[f"{piece}/first"] = np.array([block])
            cell[f"{piece}/offsets"] = np.array([0, rows.stop - rows.start])
            columns = (name for name in arrays if name.startswith(f"{piece}/") and name != f"{piece}/offsets")
            cell |= {name: arrays[name][rows] for name in columns}
        yield block, packed(fingerprint, cell)


def _pieces(reader: Reader) -> list[str]:
    return [name.removesuffix("/offsets") for name in reader.names if name.endswith("/offsets")]


def _parts(reader: Reader, block: int) -> list[tuple[Reader, str, int, int]]:
    """(file, piece, first, last) of every piece in which the block has rows."""
    found = []
    for piece in _pieces(reader):
        begin = block - (int(reader.read(f"{piece}/first")[0]) if f"{piece}/first" in reader.names else 0)
        first, last = reader.read(f"{piece}/offsets", begin, begin + 2).tolist()
        if first < last:
            found.append((reader, piece, first, last))
    return found
