"""Pass 2, per owner of actors: acts -> pairs with strength, sincerity and share -> exchange by owner of targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sway.engine.exchange import put, take
from sway.engine.files import Writer, write
from sway.engine.plan import Plan
from sway.engine.scatter import ACTS, AGE, CODE, MEMBERS
from sway.errors import InfrastructureError
from sway.kernels.favours import sincerity
from sway.kernels.keys import Dictionary, group_order, owner, starts_of
from sway.kernels.reach import contributions, heard
from sway.kernels.shares import divisors, shares
from sway.kernels.strength import decay, decayed, saturated, segment_least, segment_sum

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

GIVEN = {"target_key": "<i8", "speaker": "<i4", "share": "<f4", "contribution": "<f4", "acts": "<u4"}
COUNT_MASK, AGE_MASK = np.uint64(0xFFFFFFFF), np.uint64(0xFFFF)
NO_AGE = np.int32(2**16)
MOST_ACTS = 2**31  # of one block, so that strengths are exact


@dataclass(frozen=True)
class Acts:
    """Rows of one block's actors, grouped by actor, target and action: all (n,)."""

    actor: NDArray[np.int32]  # place among the block's members
    target: Integers  # key
    action: NDArray[np.uint8]  # code
    age: NDArray[np.int32]  # days
    count: Integers  # 0 for a standing relation


@dataclass(frozen=True)
class Pairs:
    """Actors and targets, an actor's together, by rising actor: all (p,). Sums as in kernels/strength.py."""

    actor: NDArray[np.int32]
    target: Integers
    acts: Integers
    age: NDArray[np.int32]  # of the latest act; NO_AGE without acts
    weight: Floats
    endorsement: Floats
    conversation: Floats
    returned: Floats


def gather_members(plan: Plan, room: str, block: int, files: Sequence[Path]) -> None:
    """The block's members by rising key -> `room`: keys, trust, voice. Raises InfrastructureError for a key twice."""
    rows = take(files, plan.fingerprint, block, MEMBERS)
    order = np.argsort(rows["key"], kind="stable")
    key = rows["key"][order]
    if len(starts_of(key)) < len(key):
        twice = key[1:][key[1:] == key[:-1]][0]
        raise InfrastructureError(f"members: account_key {twice} stands twice; expected one row per account")
    write(
        plan.path(room, block),
        plan.fingerprint,
        {"key": key, "trust": rows["trust"][order], "voice": rows["voice"][order]},
    )


def to_voices(
    plan: Plan, rooms: tuple[str, str], block: int, members: dict[str, NDArray[Any]], files: Sequence[Path]
) -> None:
    """How a block's members speak -> rooms[0]; what they give, to whom -> exchange rooms[1].

    rooms[0]: speaker (s,) places of members with pairs, acts_given (s,), targets (s,) of acts, pairs (1,).
    """
    acts = to_acts(members["key"], take(files, plan.fingerprint, block, ACTS), plan)
    pairs = to_pairs(acts, plan)
    del acts
    starts = starts_of(pairs.actor)
    counts = np.diff(starts, append=len(pairs.actor))
    targets = segment_sum((pairs.acts > 0).astype(np.int64), starts)
    given = to_given(plan, pairs, starts, counts, targets, members["voice"])
    with Writer(plan.path(rooms[1], block), plan.fingerprint) as out:
        put(out, 0, owner(pairs.target, plan.bits), given, bits=plan.bits)
    spoken: dict[str, NDArray[Any]] = {
        "speaker": pairs.actor[starts],
        "acts_given": segment_sum(pairs.acts, starts),
        "targets": targets,
        "pairs": np.array([len(pairs.actor)]),
    }
    write(plan.path(rooms[0], block), plan.fingerprint, spoken)


def to_acts(keys: Integers, rows: dict[str, NDArray[Any]], plan: Plan) -> Acts:
    """A block's rows grouped, without those of accounts that are no members."""
    actor = Dictionary(keys).find(rows.pop("self_key"))
    target, what = rows.pop("other_key"), rows.pop("what")
    if len(actor) and actor.min() < 0:
        is_known = actor >= 0
        actor, target, what = actor[is_known], target[is_known], what[is_known]
    action = (what >> CODE).astype(np.uint8)
    order = group_order(actor, target, action, minors=2 * len(plan.names))
    order = _without_returned_alone(order, actor, target, action, len(plan.names))
    what = what[order]
    count = (what & COUNT_MASK).view(np.int64)
    if count.sum() >= MOST_ACTS:
        raise InfrastructureError(
            f"{count.sum():,} acts in one block of {plan.blocks}: expected fewer than {MOST_ACTS:,}; "
            "ask for smaller blocks"
        )
    age = ((what >> AGE) & AGE_MASK).astype(np.int32)
    return Acts(actor[order], target[order], action[order], age, count)


def _without_returned_alone(
    order: Integers, actor: NDArray[np.int32], target: Integers, action: NDArray[np.uint8], names: int
) -> Integers:
    """The order without pairs whose actor did nothing itself: own actions stand before returned ones."""
    starts = starts_of(actor[order], target[order])
    is_own = action[order[starts]] < names
    return order if is_own.all() else order[np.repeat(is_own, np.diff(starts, append=len(order)))]


def to_pairs(acts: Acts, plan: Plan) -> Pairs:
    """Acts folded by day and action."""
    groups = starts_of(acts.actor, acts.target, acts.action)
    actor, target, action = acts.actor[groups], acts.target[groups], acts.action[groups]
    d = decayed(np.maximum(acts.count, 1), acts.age, groups, **asdict(plan.method.strength))
    is_own = acts.action < len(plan.names)
    age = np.where(is_own & (acts.count > 0), acts.age, NO_AGE)
    starts = starts_of(actor, target)
    weights = plan.weights
    return Pairs(
        actor=actor[starts],
        target=target[starts],
        acts=segment_sum(acts.count * is_own, groups[starts]),
        age=segment_least(age, groups[starts]),
        weight=saturated(d, weights.strength.take(action), starts),
        endorsement=saturated(d, weights.endorsement.take(action), starts),
        conversation=saturated(d, weights.conversation.take(action), starts),
        returned=saturated(d, weights.returned.take(action), starts),
    )


def to_given(
    plan: Plan, pairs: Pairs, starts: Integers, counts: Integers, targets: Integers, voice: Floats
) -> dict[str, NDArray[Any]]:
    """What each pair gives its target, as the columns of GIVEN: the share C and c = q h r (method 3 and 5).

    `speaker` counts the block's actors that have pairs.
    """
    method = plan.method
    divisor = divisors(pairs.weight, starts, cap=method.shares.cap, reserve=method.shares.reserve)
    loud = heard(voice.take(pairs.actor[starts]), targets, habit_targets=method.reach.habit_targets)
    ages = decay(np.arange(method.strength.horizon_days), **asdict(method.strength))
    fresh = np.append(ages, 0.0).take(np.minimum(pairs.age, len(ages)))
    left = sincerity(
        pairs.endorsement,
        pairs.returned,
        pairs.conversation,
        netting=method.favours.netting,
        restoring_conversation=method.favours.restoring_conversation,
    )
    return {
        "target_key": pairs.target,
        "speaker": np.repeat(np.arange(len(starts), dtype=np.int32), counts),
        "share": shares(pairs.weight, np.repeat(divisor, counts), cap=method.shares.cap).astype(np.float32),
        "contribution": contributions(np.repeat(loud, counts), fresh, left).astype(np.float32),
        "acts": pairs.acts.astype(np.uint32),
    }
