"""Which executor a network gets, and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from sway.contracts.method import Method
from sway.engine.executor import PairDays
from sway.engine.scatter import row_counts

EDGE_BYTES = 8  # idx and share, mapped while sweeping
ACCOUNT_BYTES = 64  # influence, trust, keys, and of who speaks voice and what is passed on
ROW_BYTES = 200  # of the block each thread works on in pass 2


class Need(NamedTuple):
    """What the executor local would need for a network, from its files' footers. bytes: of blocks, vectors and work."""

    rows: int
    accounts: int
    bytes: int


class Choice(NamedTuple):
    """An executor's name, and a sentence for the log and the run's record."""

    name: str
    why: str


def need(pair_days: PairDays, method: Method, as_of: date, *, threads: int, most_rows: int) -> Need:
    """By the footers of the files within the horizon: a row of acts becomes one edge at most."""
    horizon = range(method.strength.horizon_days)
    files = [file for file in pair_days.files if file.day is not None and (as_of - file.day).days in horizon]
    rows = sum(map(sum, row_counts(files)))
    working = threads * min(rows, most_rows) * ROW_BYTES
    return Need(rows, pair_days.accounts, rows * EDGE_BYTES + pair_days.accounts * ACCOUNT_BYTES + working)


def choose(asked: str, looked: Callable[[], Need], *, memory: int, has_folder: bool = True) -> Choice:
    """The executor asked for; for `auto` local where there is a folder for it and its need fits `memory` bytes."""
    if asked != "auto":
        return Choice(asked, f"{asked}, as the environment says")
    if not has_folder:
        return Choice("dataframe", "dataframe: the lake is no folder of this machine")
    wanted = looked()
    sizes = f"{wanted.rows:,} rows of acts and {wanted.accounts:,} accounts need {shown(wanted.bytes)}"
    if wanted.bytes <= memory:
        return Choice("local", f"local: {sizes}, within {shown(memory)}")
    return Choice("dataframe", f"dataframe: {sizes}, more than {shown(memory)}")


def shown(size: float) -> str:
    """A size in words: 3.2 GB."""
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.1f} {unit}" if unit != "bytes" else f"{size:.0f} bytes"
        size /= 1000
    return f"{size:,.1f} GB"
