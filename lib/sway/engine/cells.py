"""The engine's tasks where workers see no common folder: cells in, a task over a folder of its own, cells out.

A cell is what Spark carries: the block it goes to, and of which room and number it is the work file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sway.engine.accounts import to_accounts
from sway.engine.crew import give_back_memory
from sway.engine.exchange import cells_of
from sway.engine.executor import DayFile
from sway.engine.files import CellReader, packed
from sway.engine.local import opened, read
from sway.engine.plan import Plan
from sway.engine.scatter import gather_present, scatter_acts, scatter_members
from sway.engine.slices import to_slices
from sway.engine.sweeps import block_inflow
from sway.engine.voices import gather_members, to_voices
from sway.engine.workers import scratch

HELD = ("members", "voices", "edges", "reactions")  # what the last pass reads of its block
ACTS_ROOMS, STANDING_ROOMS = ("acts", "seen"), ("standing", "standing_seen")


class Cell(NamedTuple):
    """A work file under way. block: whose it is."""

    block: int
    room: str
    number: int
    content: bytes


Cells = Iterable[Cell]


def act_cells(plan: Plan, number: int, files: Sequence[DayFile]) -> Iterator[Cell]:
    """Pass 1 of one task: acts and seen, to the owners of actors."""
    with _desk(plan) as here:
        scatter_acts(here, ACTS_ROOMS, number, files)
        for room in ACTS_ROOMS:
            yield from _sent(here, room, number)


def standing_cells(plan: Plan, number: int, file: Path) -> Iterator[Cell]:
    """Standing relations of one file, likewise."""
    with _desk(plan) as here:
        scatter_acts(here, STANDING_ROOMS, number, [DayFile(str(file))])
        yield from _sent(here, STANDING_ROOMS[0], number)


def member_cells(plan: Plan, number: int, file: Path) -> Iterator[Cell]:
    """Members of one file, to their owners."""
    with _desk(plan) as here:
        scatter_members(here, "told", number, [DayFile(str(file))])
        yield from _sent(here, "told", number)


def present_of(plan: Plan, block: int, cells: Cells) -> bytes:
    """One block's accounts that acts name, as Parquet."""
    with _desk(plan) as here:
        gather_present(here, "present", block, land(here, cells)["seen"])
        return here.path("present", block, "parquet").read_bytes()


def voice_cells(plan: Plan, block: int, cells: Cells) -> Iterator[Cell]:
    """Pass 2 of one block: its members, how they speak, and what they give, to the owners of targets."""
    with _desk(plan) as here:
        got = land(here, cells)
        gather_members(here, "members", block, got["told"])
        acts = got["acts"] + got["standing"]
        to_voices(here, ("voices", "given"), block, read(here, "members", block), acts)
        yield from _kept(here, block, "members", "voices")
        yield from _sent(here, "given", block)


def edge_cells(plan: Plan, block: int, cells: Cells, firsts: NDArray[np.int64]) -> Iterator[Cell]:
    """Pass 3 of one block: its files, and where its slices begin. firsts: of every block's speakers among all."""
    with _desk(plan) as here:
        got = land(here, cells)
        given = got["given"]
        begin = firsts.take([_number(path) for path in given])
        to_slices(here, ("edges", "reactions"), block, opened(here, "members", block).read("key"), begin, given)
        edges = opened(here, "edges", block)
        cuts = {"first_target": edges.read("first_target"), "edges": np.array([edges.length("idx")])}
        yield Cell(block, "cuts", block, packed(plan.fingerprint, cuts))
        yield from _kept(here, block, *HELD)


def inflow_of(plan: Plan, cell: Cell, passed: NDArray[np.float64]) -> bytes:
    """What arrives at one block's members, as it travels."""
    return block_inflow(CellReader(cell.content, plan.fingerprint, f"edges of block {cell.block}"), passed).tobytes()


def accounts_of(plan: Plan, block: int, cells: Cells, known: Mapping[str, NDArray[Any]]) -> bytes:
    """Last pass of one block: its accounts, as Parquet. The strongest reactors, ten times as many, are left behind."""
    with _desk(plan) as here:
        land(here, cells)
        to_accounts(here, ("accounts", "strongest"), block, known)
        return here.path("accounts", block, "parquet").read_bytes()


def land(here: Plan, cells: Cells) -> defaultdict[str, list[Path]]:
    """Cells as files, by room in the order of their numbers: Spark hands them over in any order."""
    paths = defaultdict(list)
    for _, room, number, content in cells:
        path = here.path(room, number)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        paths[room].append(path)
    return defaultdict(list, {room: sorted(those, key=_number) for room, those in paths.items()})


@contextmanager
def _desk(plan: Plan) -> Iterator[Plan]:
    """The plan in a folder of this worker's own."""
    with scratch() as folder:
        yield replace(plan, folder=folder)
    give_back_memory()


def _sent(here: Plan, room: str, number: int) -> Iterator[Cell]:
    for block, content in cells_of(here.path(room, number), here.fingerprint):
        yield Cell(block, room, number, content)


def _kept(here: Plan, block: int, *rooms: str) -> Iterator[Cell]:
    for room in rooms:
        yield Cell(block, room, block, here.path(room, block).read_bytes())


def _number(path: Path) -> int:
    return int(path.stem)
