"""Standing relations as days go by: whole lists on the first day, then what begins and ends."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sway.worlds.arrays import Array, chunks, mixed
from sway.worlds.followers import EDGES_PER_CHUNK, Followers
from sway.worlds.parameters import Network, World
from sway.worlds.people import Accounts

BEGINS_ONE_IN = 50  # so many relations of old accounts begin while the world runs
ENDS_ONE_IN = 60
OWNERS_PER_BATCH = 2_000


@dataclass(frozen=True)
class Changes:
    """Relations that began or ended on one day, by time. Arrays of one length."""

    actor: Array
    target: Array
    begins: Array
    at_ms: Array

    def __len__(self) -> int:
        return len(self.actor)

    def where(self, rows: Array) -> "Changes":
        return Changes(self.actor[rows], self.target[rows], self.begins[rows], self.at_ms[rows])


class Relations:
    """Who follows whom on each day of one network. Keeps the lists and, besides, only what changes.

    A relation between two accounts that can befriend each other begins and ends on both sides at once. `one_in`:
    of the followers, only so many stand in this relation to the account, each drawn by itself if not 1; `salt` tells
    such relations of one network apart.
    """

    def __init__(
        self,
        world: World,
        network: Network,
        accounts: Accounts,
        followers: Followers,
        *,
        one_in: int = 1,
        salt: int = 0,
    ) -> None:
        self._world, self._is_mutual = world, network.is_mutual and one_in == 1
        self._one_in, self._salt = one_in, salt
        self._accounts, self._followers = accounts, followers
        days, parts = [], []
        for target, follower in self._edges():
            begin, end = self._validity(target, follower)
            for begins, day in ((True, begin), (False, end)):
                rows = np.flatnonzero((day > 0) & (day < world.days) & (begin < world.days))
                days.append(day[rows])
                parts.append(np.stack([follower[rows], target[rows], np.full(len(rows), begins)]))
        order = np.argsort(np.concatenate(days), kind="stable")
        self._day = np.concatenate(days)[order]
        self._changes = np.concatenate(parts, axis=1)[:, order]

    def lists(self, owners: Array, *, owner_is: str = "target") -> Iterator[tuple[int, Array]]:
        """Each of the owners with the accounts related to it on the first day, ascending; those with none left out.

        `owner_is`: target, for lists of followers, or actor, for lists of those followed.
        """
        start, index = self._followers.start, self._followers.index
        if owner_is == "actor":
            start, index = self._turned()
        for rows in chunks(len(owners), OWNERS_PER_BATCH):
            some = owners[rows]
            size = start[some + 1] - start[some]
            owner = np.repeat(some, size)
            other = index[np.repeat(start[some] - np.cumsum(size) + size, size) + np.arange(size.sum())]
            begin, _ = self._validity(*((owner, other) if owner_is == "target" else (other, owner)))
            owner, other = owner[begin == 0], other[begin == 0]
            cuts = np.searchsorted(owner, some)
            for one, listed in zip(some.tolist(), np.split(other, cuts[1:]), strict=True):
                if len(listed):
                    yield one, listed

    def changes(self, day: int) -> Changes:
        """What began or ended on a day after the first."""
        first, last = np.searchsorted(self._day, [day, day + 1])
        actor, target, begins = self._changes[:, first:last]
        at_ms = self._world.midnight_ms(day) + mixed(self._key(target, actor) + day, 86_400) * 1000
        order = np.argsort(at_ms, kind="stable")
        return Changes(actor[order], target[order], begins[order] > 0, at_ms[order])

    def held_on(self, day: int) -> tuple[Array, Array]:
        """Actor and target of every relation that holds at the end of a day."""
        actors, targets = [], []
        for target, follower in self._edges():
            begin, end = self._validity(target, follower)
            is_held = (begin <= day) & (day < end)
            actors.append(follower[is_held])
            targets.append(target[is_held])
        return np.concatenate(actors), np.concatenate(targets)

    def _edges(self) -> Iterator[tuple[Array, Array]]:
        """Targets and their followers, in chunks."""
        start, index = self._followers.start, self._followers.index
        for rows in chunks(len(index), EDGES_PER_CHUNK):
            places = np.arange(rows.start, rows.stop)
            target = np.searchsorted(start, places, side="right") - 1
            yield target, index[rows].astype(np.int64)

    def _turned(self) -> tuple[Array, Array]:
        """The lists by follower: whom each follows."""
        start, index = self._followers.start, self._followers.index
        order = np.argsort(index, kind="stable")
        followed = (np.searchsorted(start, order, side="right") - 1).astype(np.int32)
        return np.searchsorted(index[order], np.arange(len(self._accounts) + 1)), followed

    def _validity(self, target: Array, follower: Array) -> tuple[Array, Array]:
        """Day a relation begins, 0 for those there before, and the day it ends; beyond the last for never.

        Accounts opened while the world runs follow and are followed from the next day on.
        """
        days, key = self._world.days, self._key(target, follower)
        opened = np.maximum(self._accounts.joined[target], self._accounts.joined[follower]).astype(np.int64)
        is_begun = mixed(key, BEGINS_ONE_IN) == 0
        begin = np.where(is_begun, 1 + mixed(key + 1, max(days - 1, 1)), 0)
        begin = np.where(opened > 0, opened + 1, begin)
        begin = np.where(mixed(key + 4, self._one_in) == 0, begin, days)
        ends = mixed(key + 2, ENDS_ONE_IN) == 0
        return begin, np.where(ends, begin + 1 + mixed(key + 3, days), days)

    def _key(self, target: Array, follower: Array) -> Array:
        count = len(self._accounts)
        one, other = target.astype(np.int64), follower.astype(np.int64)
        if self._is_mutual:
            one, other = np.minimum(one, other), np.maximum(one, other)
        return (one * count + other) * 97 + self._salt
