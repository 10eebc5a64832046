"""What raw scores are measured against, taken once and frozen (method 6 and 7), on arrays of accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sway.contracts.calibration import Calibration
from sway.contracts.method import Equating, Scale
from sway.errors import AuditFailed
from sway.kernels.raw_score import reactions_per_post
from sway.kernels.shifts import linked_differences, shifts

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
Known = Mapping[str, NDArray[Any]]


class Ends(NamedTuple):
    """Raw scores of the median and of the high percentile, over how many accounts."""

    accounts: int
    z50: float
    z95: float


class Shift(NamedTuple):
    """Points, and how many linked people they rest on."""

    points: float
    links: int


def to_m0(known: Known) -> float:
    """Voiced reactions per original post over the network. fsum is exact, so order makes no difference."""
    return reactions_per_post(fsum(known["voiced_reactions"]), fsum(known["lasting_posts"]))


def taken_over(is_counted: Booleans, is_linked: Booleans | None, scale: Scale) -> Booleans:
    """(n,) the accounts a scale is taken over: those that count. Where `is_linked` is given, as for pages, only those
    of them that belong to an entity, unless these are too few."""
    if is_linked is None or (is_counted & is_linked).sum() < scale.fewest_accounts:
        return is_counted
    return is_counted & is_linked


def to_ends(raw_score: Floats, is_counted: Booleans, is_linked: Booleans | None, scale: Scale) -> Ends | None:
    """The ends of one network's scale, over accounts that count; None where they are too few.

    Percentiles lie linearly between neighbours. The same bits in any order of accounts.

    Raises AuditFailed where the high percentile is not above the median.
    """
    raw = np.sort(raw_score[taken_over(is_counted, is_linked, scale)])
    if len(raw) < scale.fewest_accounts:
        return None
    z50, z95 = (float(value) for value in np.percentile(raw, [50.0, scale.high_percentile]))
    if not z95 > z50:
        raise AuditFailed(
            f"expected the raw score at percentile {scale.high_percentile:g} above the median, "
            f"found {z95!r} and {z50!r} over {len(raw):,} accounts with reach; take a date with more acts"
        )
    return Ends(len(raw), z50, z95)


def to_shifts(
    linked: Sequence[tuple[NDArray[np.int64], Floats]],
    accounts: Sequence[int],
    frozen: Sequence[Calibration | None],
    equating: Equating,
) -> list[Shift]:
    """What brings networks onto one scale, those frozen already held.

    Args, one entry a network: linked: of accounts with reach whose link to an entity is confirmed, by rising entity,
    the entity's number and unfloored points. accounts: with reach. frozen: the calibration that holds, if any.
    """
    count = len(linked)
    entity = np.concatenate([one for one, _ in linked]) if linked else np.empty(0, np.int64)
    points = np.concatenate([one for _, one in linked]) if linked else np.empty(0)
    network = np.repeat(np.arange(count), [len(one) for one, _ in linked])
    differences, links = linked_differences(entity, network, points, count)
    held = np.array([np.nan if one is None else one.shift for one in frozen])
    found = shifts(
        differences,
        links,
        np.array(accounts, np.int64),
        held,
        half_links=equating.half_links,
        most_points=equating.most_points,
    )
    return [Shift(float(s), int(total)) for s, total in zip(found, links.sum(axis=1), strict=True)]
