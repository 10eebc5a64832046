"""How many rows of each landing file have which fate, counted once and corrected where fates change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sway.contracts.tables.columns import FATES
from sway.stages.fates import to_file_fates

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

FILE = ("network", "feed", "delivered_on", "file")
READ = ("rows_read", "bytes_read")  # raw rows, with a byte for the end of each
LOOKED_FOR = ("take_back", "changed")  # counts of rows that are looked for where there are any: at most so many

FileFates = list[dict[str, Any]]  # one row a file


def by_file(fates: DataFrame) -> FileFates:
    """Rows of each file: rows_read, bytes_read, one count per fate, and of those that go on how many take others back.

    changed: how many came with another content than on an earlier day.
    """
    files: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in to_file_fates(fates).collect():
        file = {name: row[name] for name in FILE}
        of_file = files.setdefault(tuple(file.values()), file | dict.fromkeys((*READ, *FATES, *LOOKED_FOR), 0))
        of_file["rows_read"] += row["rows"]
        of_file["bytes_read"] += row["bytes"]
        of_file[row["fate"]] += row["rows"]
        of_file["take_back"] += row["rows"] * (row["takes_back"] and row["fate"] in ("accepted", "tombstone"))
        of_file["changed"] += row["rows"] * row["is_changed"]
    return list(files.values())


def recounted(counted: FileFates, changed: tuple[FileFates, FileFates]) -> FileFates:
    """Rows by file and fate once records named in `changed` have other fates; only these were counted again."""
    again = {tuple(row[name] for name in FILE): dict(row) for row in counted}
    for sign, rows in zip((-1, 1), changed, strict=True):
        for row in rows:
            of_file = again[tuple(row[name] for name in FILE)]
            for fate in FATES:
                of_file[fate] += sign * row[fate]
    return list(again.values())
