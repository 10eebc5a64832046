"""The engine's arithmetic on arrays in memory, for evaluation: acts between numbered accounts -> influence and reach.

No files, no Spark: a million pairs a second or two. Ages may be fractions of a day here.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from sway.contracts.method import Method, Network
from sway.engine.plan import weights_by_name
from sway.kernels.favours import sincerity
from sway.kernels.keys import starts_of
from sway.kernels.reach import contributions, heard, sums
from sway.kernels.shares import divisors, shares
from sway.kernels.strength import ExactSums, decay, decayed, fade_out, saturated, segment_least, segment_sum

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
NO_AGE = np.inf


class Acts(NamedTuple):
    """Rows of acts, or of relations that hold: all (r,). Accounts are 0 to n - 1, rows in any order.

    action: place among the network's actions by name. age_days: whole or not, 0 and up; of relations 0. times: acts of
    the row; 0 for a relation.
    """

    actor: Integers
    target: Integers
    action: Integers
    age_days: NDArray[Any]
    times: Integers


def propagate(acts: Acts, trust: Floats, voice: Floats, network: Network, method: Method) -> dict[str, NDArray[Any]]:
    """The columns of Propagated, (n,) each, of accounts with this trust and voice (method 1 to 5).

    Rows beyond the horizon, and acts on oneself, are left out. Each (actor, target, action) may have many rows.
    """
    acts = _ordered(acts, method.strength.horizon_days)
    groups = starts_of(acts.actor, acts.target, acts.action)
    pairs = starts_of(acts.actor[groups], acts.target[groups])  # among groups
    rows = groups[pairs]  # where pairs begin among rows
    d, kind = _strengths(acts, groups, method), acts.action[groups]
    actor, target = acts.actor[rows], acts.target[rows]
    weight, endorsement, conversation = (saturated(d, of[kind], pairs) for of in weights_by_name(network.actions))
    left = sincerity(
        endorsement,
        _returned(actor, target, endorsement, len(trust)),
        conversation,
        netting=method.favours.netting,
        restoring_conversation=method.favours.restoring_conversation,
    )
    count = segment_sum(acts.times, rows)
    latest = segment_least(np.where(acts.times > 0, acts.age_days, NO_AGE), rows)
    targets = np.bincount(actor[count > 0], minlength=len(trust))
    loud = heard(voice, targets, habit_targets=method.reach.habit_targets)
    contribution = contributions(loud[actor], decay(latest, **asdict(method.strength)), left)
    share = _shares(actor, weight, method)
    influence = _swept(actor, target, share * voice[actor], trust, method)
    return {
        "influence": influence,
        "reach": sums(target, contribution, len(trust)),
        "reach_squares": sums(target, contribution**2, len(trust)),
        "reactions": sums(target, count, len(trust)).astype(np.int64),
        "reactors": np.bincount(target[count > 0], minlength=len(trust)),
        "acts_given": sums(actor, count, len(trust)).astype(np.int64),
        "targets": targets,
    }


def voiced_reactions(acts: Acts, voice: Floats, method: Method) -> Floats:
    """(n,) acts received, each by its actor's voice; those of the horizon's last days in part (method 6)."""
    strength = method.strength
    counted, found = _counted(acts, strength.horizon_days), ExactSums(len(voice))
    lasting = fade_out(counted.age_days, horizon_days=strength.horizon_days, fade_out_days=strength.fade_out_days)
    found.add(counted.target, voice[counted.actor] * lasting, counted.times)
    return found.total


def _counted(acts: Acts, horizon_days: int) -> Acts:
    """Rows within the horizon, and none of acts on oneself."""
    is_in = (acts.age_days >= 0) & (acts.age_days < horizon_days) & (acts.actor != acts.target)
    return Acts(*(column[is_in] for column in acts))


def _ordered(acts: Acts, horizon_days: int) -> Acts:
    kept = _counted(acts, horizon_days)
    order = np.lexsort((kept.age_days, kept.action, kept.target, kept.actor))
    return Acts(*(column[order] for column in kept))


def _strengths(acts: Acts, groups: Integers, method: Method) -> Floats:
    """d of every group: exact sums where ages are whole days."""
    counts, strength = np.maximum(acts.times, 1), asdict(method.strength)
    if np.issubdtype(acts.age_days.dtype, np.integer):
        return decayed(counts, acts.age_days, groups, **strength)
    return segment_sum(counts * decay(acts.age_days, **strength), groups)


def _returned(actor: Integers, target: Integers, endorsement: Floats, accounts: int) -> Floats:
    """e of the pair the other way round, 0 where there is none."""
    if not len(actor):
        return np.empty(0)
    pair, back = actor * accounts + target, target * accounts + actor
    place = np.minimum(np.searchsorted(pair, back), len(pair) - 1)
    return np.where(pair[place] == back, endorsement[place], 0.0)


def _shares(actor: Integers, weight: Floats, method: Method) -> Floats:
    starts = starts_of(actor)
    divisor = divisors(weight, starts, cap=method.shares.cap, reserve=method.shares.reserve)
    return shares(weight, np.repeat(divisor, np.diff(starts, append=len(actor))), cap=method.shares.cap)


def _swept(actor: Integers, target: Integers, passed: Floats, trust: Floats, method: Method) -> Floats:
    """y = m + c C'(q y), `sweeps` times from y = m."""
    edges = csr_matrix((passed, (target, actor)), shape=(len(trust), len(trust)))
    y = trust
    for _ in range(method.influence.sweeps):
        y = trust + method.influence.continuation * (edges @ y)
    return y
