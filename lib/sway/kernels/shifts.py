"""Networks brought onto one scale by people who are on two of them (method 7)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sway.kernels.components import components

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def linked_differences(entity: Integers, network: Integers, points: Floats, networks: int) -> tuple[Floats, Floats]:
    """d_ab, the mean of a - b over entities on both networks, and L_ab, how many those are.

    Args:
        entity: (r,) 0 and up, of each account; network: (r,) 0 to networks - 1; points: (r,) on the network's own
            unfloored scale. An entity's several accounts on one network count as their mean.

    Returns (networks, networks) each; d is 0 where L is. Sums run by rising entity, rows as they stand.
    """
    entities = int(entity.max(initial=-1)) + 1
    cell = entity * networks + network
    counts = np.bincount(cell, minlength=entities * networks).reshape(entities, networks)
    sums = np.bincount(cell, points, entities * networks).reshape(entities, networks)
    is_on = counts > 0
    means = np.divide(sums, counts, out=np.zeros(sums.shape), where=is_on)
    both = is_on[:, :, None] & is_on[:, None, :]
    links = both.sum(axis=0).astype(np.float64)
    differences = np.where(both, means[:, :, None] - means[:, None, :], 0.0).sum(axis=0)
    np.fill_diagonal(links, 0.0)
    return np.divide(differences, links, out=np.zeros(links.shape), where=links > 0.0), links


def shifts(
    differences: Floats, links: Floats, accounts: Integers, frozen: Floats, *, half_links: float, most_points: float
) -> Floats:
    """s that minimises sum over pairs of L_ab (d_ab + s_a - s_b)^2, shrunk: s L / (L + half_links), within most_points.

    In each set of networks connected by links, networks already frozen hold their shift; where none is, the network
    with most accounts (of equal ones the first) has 0. L of a network is the sum of its links.

    Args:
        differences, links: (k, k) d_ab = -d_ba and L_ab = L_ba. accounts: (k,) with reach. frozen: (k,) points, NaN for
            those to be fitted.

    Returns (k,) points to be added to each network's.
    """
    known = frozen.copy()
    for members in connected(links > 0.0):
        if np.isnan(known[members]).all():
            known[members[np.argmax(accounts[members])]] = 0.0
    free = np.flatnonzero(np.isnan(known))
    fixed = np.flatnonzero(~np.isnan(known))
    # The normal equations: for each free a, sum over b of L_ab (s_a - s_b) = -sum over b of L_ab d_ab.
    matrix = np.diag(links.sum(axis=1)) - links
    wanted = -(links * differences).sum(axis=1) - matrix[:, fixed] @ known[fixed]
    known[free] = np.linalg.solve(matrix[np.ix_(free, free)], wanted[free])
    total = links.sum(axis=1)
    shrunk = np.clip(known * total / (total + half_links), -most_points, most_points)
    return np.where(np.isnan(frozen), shrunk, frozen)


def connected(is_linked: NDArray[np.bool_]) -> list[Integers]:
    """The sets of places that chains of links connect, (k, k) symmetric in, each ascending."""
    alone = np.arange(len(is_linked))
    left, right = np.nonzero(is_linked)
    smallest = components(np.concatenate([alone, left]), np.concatenate([alone, right]))[: len(alone)]
    return [np.flatnonzero(smallest == one) for one in np.unique(smallest)]
