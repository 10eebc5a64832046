"""Last pass, per owner of targets: influence and edges -> accounts as Parquet, and who gives each account most.

The ten strongest reactors are kept with the blocks for whoever wants to explain a score; no code reads them yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sway.engine.files import Reader, write, write_parquet
from sway.engine.plan import Plan
from sway.engine.slices import Slice, open_slices
from sway.kernels.reach import Received, Strongest, received, rows_of, strongest

Floats = NDArray[np.float64]


def to_accounts(
    plan: Plan,
    rooms: tuple[str, str],
    block: int,
    known: Mapping[str, NDArray[Any]],
) -> None:
    """One block's rows of Propagated -> rooms[0], as Parquet; the ten strongest reactors -> rooms[1].

    known: offsets (b + 1,) where blocks begin among all members, influence (n,) y of all members; and of all speakers
    reactors (s,) keys, passed (s,) q y.
    rooms[1]: ptr (h + 1,) where each member's reactors begin, reactor (k,) keys, influence_term and reach_term (k,).
    """
    members, voices, given = (
        Reader(plan.path(room, block), plan.fingerprint).mapped() for room in ("members", "voices", "reactions")
    )
    y = known["influence"][slice(*known["offsets"][block : block + 2].tolist())]
    sums, most, counts = [], [], [np.zeros(0, np.int64)]
    for held in open_slices(Reader(plan.path("edges", block), plan.fingerprint)):
        found, first = _slice(plan, held, given, y, known["passed"])
        sums.append(found)
        most.append((known["reactors"].take(held.idx[first.edge]), first.influence_term, first.reach_term))
        counts.append(np.bincount(rows_of(held.ptr)[first.edge], minlength=held.height))
    ptr = np.concatenate([[0], np.cumsum(np.concatenate(counts))])
    names = ("reactor", "influence_term", "reach_term")
    kept = {name: np.concatenate([of[n] for of in most]) for n, name in enumerate(names)} if most else {}
    write(plan.path(rooms[1], block), plan.fingerprint, {"ptr": ptr, **kept})
    write_parquet(plan.path(rooms[0], block, "parquet"), _columns(members, voices, y, sums))


def _slice(
    plan: Plan, held: Slice, given: dict[str, NDArray[Any]], influence: Floats, passed: Floats
) -> tuple[Received, Strongest]:
    here = slice(held.first_edge, held.first_edge + len(held.idx))
    rows = rows_of(held.ptr)
    contribution, acts = given["contribution"][here], given["acts"][here]
    found = received(rows, held.height, contribution, acts)
    first = strongest(
        held.ptr,
        rows,
        held.share * passed.take(held.idx),
        contribution,
        influence[held.first_target : held.first_target + held.height],
        found.reach,
        continuation=plan.method.influence.continuation,
    )
    return found, first


def _columns(
    members: dict[str, NDArray[Any]], voices: dict[str, NDArray[Any]], influence: Floats, sums: list[Received]
) -> dict[str, NDArray[Any]]:
    """The columns of Propagated."""
    columns = {"account_key": members["key"], "influence": influence}
    for n, name in enumerate(Received._fields):
        columns[name] = np.concatenate([of[n] for of in sums]) if sums else np.empty(0, np.int64)
    for name in ("acts_given", "targets"):
        columns[name] = np.zeros(len(influence), np.int64)
        columns[name][voices["speaker"]] = voices[name]
    return columns
