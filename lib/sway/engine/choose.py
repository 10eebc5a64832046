"""Which executor a network gets, and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from sway.contracts.method import Method
from sway.engine.executor import PairDays
from sway.engine.memory import available_bytes
from sway.engine.scatter import row_counts
from sway.errors import InfrastructureError

EDGE_BYTES = 8  # idx and share, mapped while sweeping
ACCOUNT_BYTES = 64  # influence, trust, keys, and of who speaks voice and what is passed on
ROW_BYTES = 200  # of the block each thread works on in pass 2
RELATION_BYTES = 30  # keys and action, in this process whoever propagates


class Need(NamedTuple):
    """What a network would need, from its files' footers and its tables' logs.

    rows: of acts. bytes: of blocks, vectors, relations and work in one process; vectors: of vectors and relations
    alone, which the driver of `spark` holds.
    """

    rows: int
    relations: int
    accounts: int
    bytes: int
    vectors: int


class Choice(NamedTuple):
    """An executor's name, and a sentence for the log and the run's record."""

    name: str
    why: str


def need(pair_days: PairDays, method: Method, as_of: date, *, threads: int, most_rows: int) -> Need:
    """By the footers of the files within the horizon: a row of acts or a relation becomes one edge at most."""
    horizon = range(method.strength.horizon_days)
    files = [file for file in pair_days.files if file.day is not None and (as_of - file.day).days in horizon]
    rows, relations = sum(map(sum, row_counts(files))), pair_days.relations
    edges = rows + relations
    working = threads * min(edges, most_rows) * ROW_BYTES
    vectors = pair_days.accounts * ACCOUNT_BYTES + relations * RELATION_BYTES
    return Need(rows, relations, pair_days.accounts, edges * EDGE_BYTES + vectors + working, vectors)


def choose(
    asked: str, looked: Callable[[], Need], *, memory: int, has_folder: bool = True, is_cluster: bool = False
) -> Choice:
    """The executor asked for; for `auto`, by what it needs in bytes against `memory`:

    `local` where that fits and the lake is a folder, else `spark` on a cluster while the vectors fit this process, else
    `dataframe`, which takes longest. Raises InfrastructureError where `local` is asked for and memory is lacking.
    """
    if asked == "local":
        refuse_if_too_large(looked())
    if asked != "auto":
        return Choice(asked, f"{asked}, as the environment says")
    if not has_folder and not is_cluster:
        return Choice("dataframe", "dataframe: the lake is no folder of this machine, and there is no cluster")
    wanted = looked()
    sizes = _sizes(wanted)
    if wanted.bytes <= memory and has_folder:
        return Choice("local", f"local: {sizes}, within {shown(memory)}")
    reason = f"{sizes}, more than {shown(memory)}" if has_folder else f"{sizes}, and the lake is no folder here"
    if is_cluster and wanted.vectors <= memory:
        return Choice(
            "spark", f"spark: {reason}; the {shown(wanted.vectors)} of vectors fit, and workers hold the rest"
        )
    if is_cluster:
        return Choice("dataframe", f"dataframe: {reason}, and so are {shown(wanted.vectors)} of vectors alone")
    return Choice("dataframe", f"dataframe: {reason}, and there is no cluster")


def refuse_if_too_large(wanted: Need) -> None:
    """Raise InfrastructureError where `local` needs more memory than there is, where the system tells."""
    there = available_bytes()
    if there is not None and wanted.bytes > there:
        raise InfrastructureError(
            f"local: {_sizes(wanted)} of memory, and {shown(there)} are available here; nothing was started. It needs"
            " less with fewer engine.threads or engine.rows_per_block in the environment file; the executor spark needs"
            f" {shown(wanted.vectors)} here, and the rest on its workers"
        )


def _sizes(wanted: Need) -> str:
    things = f"{wanted.rows:,} rows of acts, {wanted.relations:,} relations and {wanted.accounts:,} accounts"
    return f"{things} need {shown(wanted.bytes)}"


def shown(size: float) -> str:
    """A size in words: 3.2 GB."""
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.1f} {unit}" if unit != "bytes" else f"{size:.0f} bytes"
        size /= 1000
    return f"{size:,.1f} GB"
