"""Who follows whom: power-law audiences, mostly within the community, in one compact array."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sway.worlds.arrays import Array, chunks, distinct, stream
from sway.worlds.parameters import RESPONSIVENESS, Network, World
from sway.worlds.people import Accounts

COMMUNITY_SHARE = 0.7  # of followers come from the account's own community, until they are
COMMUNITY_PART = 0.3  # this part of the community: fame goes beyond it
EDGES_PER_CHUNK = 1_000_000  # 24 bytes each while a chunk is made


@dataclass(frozen=True)
class Followers:
    """Followers of account i: `index[start[i]:start[i + 1]]` (CSR, int32), ascending, distinct, never i.

    `by_level[i, r]` counts those of responsiveness level r. At one million accounts about 80 MB.
    """

    start: Array
    index: Array
    by_level: Array
    following: Array

    def count(self) -> Array:
        return np.diff(self.start)

    def pick(self, account: Array, fraction: Array) -> Array:
        """One follower of each account, at this fraction in [0, 1) of its list; -1 where there is none."""
        size = self.start[account + 1] - self.start[account]
        at = self.start[account] + np.minimum((fraction * size).astype(np.int64), np.maximum(size - 1, 0))
        return np.where(size > 0, self.index[np.minimum(at, len(self.index) - 1)], -1)


def follow(world: World, network: Network, accounts: Accounts) -> Followers:
    """Draw each account's followers in proportion to `followship`; repeated draws count once."""
    drawn = _drawn(world, network, accounts)
    if network.is_mutual:
        drawn = iter([_befriended(np.concatenate(list(drawn)), accounts)])
    count, levels = len(accounts), len(RESPONSIVENESS)
    by_level = np.zeros((count, levels), np.int32)
    pieces = []
    for edges in drawn:
        for rows in chunks(len(edges), EDGES_PER_CHUNK):
            target, follower = edges[rows] // count, (edges[rows] % count).astype(np.int32)
            pieces.append(follower)
            # Edges ascend: those of a chunk have neighbouring targets.
            first, height = target[0], target[-1] - target[0] + 1
            cells = np.bincount((target - first) * levels + accounts.level[follower], minlength=height * levels)
            by_level[first : first + height] += cells.reshape(height, levels).astype(np.int32)

    index = np.concatenate(pieces)
    start = np.concatenate([[0], np.cumsum(by_level.sum(axis=1))])
    return Followers(start, index, by_level, np.bincount(index, minlength=count).astype(np.int32))


def _drawn(world: World, network: Network, accounts: Accounts) -> Iterator[Array]:
    """Followers as target * accounts + follower, ascending and distinct, for chunks of targets in order."""
    rng = stream(world.seed, network.name, "followers")
    count = len(accounts)
    wanted = rng.poisson(accounts.audience)
    weight = np.concatenate([[0.0], np.cumsum(accounts.followship, dtype=np.float64)])
    first, last = _community_bounds(accounts.community)
    inside_share = np.minimum(COMMUNITY_SHARE, COMMUNITY_PART * (last - first) / np.maximum(wanted, 1))
    for rows in _chunks_of_targets(wanted):
        target = np.repeat(np.arange(rows.start, rows.stop), wanted[rows])
        is_inside = rng.random(len(target)) < inside_share[target]
        low = np.where(is_inside, weight[first[target]], 0.0)
        high = np.where(is_inside, weight[last[target]], weight[-1])
        drawn = np.searchsorted(weight, low + rng.random(len(target)) * (high - low), side="right") - 1
        drawn = np.minimum(drawn, count - 1)
        yield distinct((target * count + drawn)[drawn != target])


def _befriended(edges: Array, accounts: Accounts) -> Array:
    """Followers of people on both sides; of pages as they are. A page, which follows nobody, is nobody's friend."""
    count = len(accounts)
    target, follower = edges // count, edges % count
    edges = edges[~accounts.is_brand[follower]]
    is_between_people = ~accounts.is_brand[target] & ~accounts.is_brand[follower]
    return distinct(np.concatenate([edges, (follower * count + target)[is_between_people]]))


def _community_bounds(community: Array) -> tuple[Array, Array]:
    """First account of each account's community, and the one after its last."""
    return (
        np.searchsorted(community, community, side="left"),
        np.searchsorted(community, community, side="right"),
    )


def _chunks_of_targets(wanted: Array) -> list[slice]:
    """Consecutive accounts with about EDGES_PER_CHUNK followers together."""
    reached = np.cumsum(wanted)
    cuts = np.searchsorted(reached, np.arange(EDGES_PER_CHUNK, reached[-1], EDGES_PER_CHUNK)) + 1
    bounds = np.unique(np.concatenate([[0], cuts, [len(wanted)]]))
    return [slice(int(a), int(b)) for a, b in pairwise(bounds)]
