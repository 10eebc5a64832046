"""Work folders: one for each fingerprint, held while a process uses it, and removed when no later night needs it.

<root>/<network>/<date>-<fingerprint>/
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import IO

from sway.engine.crew import clear_stops
from sway.errors import InfrastructureError, LeaseHeld

DONE, HELD = "accounts.done", "held"
BLOCKS = ("members", "voices", "edges", "reactions", "accounts", "strongest", "present")
ROW_DISK = 90  # bytes: a row of acts or a relation, its returned twin in pass 1, and what it becomes in pass 2
ACCOUNT_DISK = 400  # bytes: as member, as row of the result, and its ten strongest reactors

_lock = Lock()
_held: dict[Path, IO[str]] = {}


def hold(folder: Path) -> None:
    """Keep other processes off a folder until `release` or this process ends.

    Raises LeaseHeld where one is at it, InfrastructureError where the folder cannot be written or its file system knows
    no locks.
    """
    with _lock:
        if folder in _held:
            return
        with clear_stops(folder, f"writing {HELD}"):
            folder.mkdir(parents=True, exist_ok=True)
            file = (folder / HELD).open("w", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.close()
            raise LeaseHeld(f"{folder}: another process propagates the same night; wait for it, or stop it") from error
        except OSError as error:
            file.close()
            raise InfrastructureError(
                f"{folder}: cannot be locked: {error}; mount it with locks, make work/ of the lake a link to a folder "
                'that can be, or choose executor = "dataframe" in the environment file'
            ) from error
        _held[folder] = file


def release(folder: Path) -> None:
    """Let other processes at a folder again; nothing where this one does not hold it."""
    with _lock:
        if folder in _held:
            _held.pop(folder).close()


def tidy(root: Path, *, nights: int = 2) -> list[Path]:
    """Remove what later nights do not need: of each network all but the blocks of its newest `nights` dates.

    Folders that a process holds are left alone. Returns the folders that were removed. Raises InfrastructureError where
    one cannot be.
    """
    removed = []
    for network in _folders(root):
        done = [folder for folder in _folders(network) if (folder / DONE).exists()]
        newest = {_date(folder): folder for folder in sorted(done, key=lambda f: (f / DONE).stat().st_mtime_ns)}
        kept = {newest[date] for date in sorted(newest)[-nights:]}
        for folder in _folders(network):
            with _unless_held(folder) as is_free, clear_stops(folder, "removing work files"):
                if is_free and folder in kept:
                    _remove_all_but_blocks(folder)
                elif is_free:
                    shutil.rmtree(folder)
                    removed.append(folder)
    return removed


def disk_need(*, rows: int, accounts: int) -> int:
    """Bytes of work files that so many rows of acts and relations, and accounts, may take at a time."""
    return rows * ROW_DISK + accounts * ACCOUNT_DISK


def refuse_if_full(folder: Path, *, rows: int, accounts: int) -> None:
    """Raise InfrastructureError where the disk has less room than `disk_need` says."""
    folder.mkdir(parents=True, exist_ok=True)
    there = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    wanted, free = disk_need(rows=rows, accounts=accounts) - there, shutil.disk_usage(folder).free
    if wanted > free:
        raise InfrastructureError(
            f"{folder}: {rows:,} rows of acts and relations between {accounts:,} accounts may take "
            f"{wanted / 1e9:,.2f} GB of work files, and {free / 1e9:,.2f} GB are free; nothing was started"
        )


def _date(folder: Path) -> str:
    return folder.name[: len("2016-05-01")]


def _folders(root: Path) -> list[Path]:
    return sorted(path for path in root.iterdir() if path.is_dir()) if root.is_dir() else []


def _remove_all_but_blocks(folder: Path) -> None:
    """Markers of passes stay with their blocks, and the file by which the folder is held."""
    for path in folder.iterdir():
        if path.name.removesuffix(".done") in (*BLOCKS, HELD):
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


@contextmanager
def _unless_held(folder: Path) -> Iterator[bool]:
    """Hold a folder that nobody holds; false where somebody does."""
    if folder in _held:
        yield False
        return
    try:
        hold(folder)
    except LeaseHeld:
        yield False
        return
    try:
        yield True
    finally:
        release(folder)
