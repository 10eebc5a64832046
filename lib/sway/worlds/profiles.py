"""The counters of accounts as days go by, and whose profile a network delivers when."""

import numpy as np

from sway.worlds.arrays import Array, distinct, mixed, stream
from sway.worlds.followers import Followers
from sway.worlds.parameters import Network, World
from sway.worlds.people import Accounts
from sway.worlds.words import PLACES

OUTSIDE_FACTOR = 7.0  # the world is a sample: profiles count followers outside it as well
DAILY_SHARE = 0.04  # at most so many of all accounts are delivered again a day
NOTABLE_GROWTH = 0.1  # of the statuses counted last time, and at least ten


class Profiles:
    """Everybody is delivered on the first day, then new accounts, those with other handles, and those that grew.

    is_verified, is_protected: by account. candour: in [0, 1), how much an account leaves out of its profile.
    """

    def __init__(self, world: World, network: Network, accounts: Accounts, followers: Followers) -> None:
        rng = stream(world.seed, network.name, "profiles")
        count = len(accounts)
        self._accounts = accounts
        wobble = rng.lognormal(0, 0.15, count)
        self._followers = (followers.count() * OUTSIDE_FACTOR * wobble).astype(np.int64)
        following = followers.following * OUTSIDE_FACTOR * rng.lognormal(0, 0.3, count)
        self._following = np.where(accounts.is_bot, following + rng.integers(1_500, 5_000, count), following).astype(
            np.int64
        )
        self._growth = np.exp(rng.normal(-7, 1, count))  # share of followers won per day, about 0.1 %
        self._age_days = (accounts.created.max() - accounts.created) / 86_400
        self._statuses = (accounts.activity * np.minimum(self._age_days, 1_500) * 2).astype(np.int64)
        self._delivered = self._statuses.copy()
        self.is_verified = (self._followers > np.quantile(self._followers, 0.997)) & ~accounts.is_bot
        self.is_protected = (accounts.activity == 0) & (rng.random(count) < 0.06)
        self.lacks_created = rng.random(count) < 0.005
        self.candour = rng.random(count)

    def delivered_on(self, day: int, authors: Array, renamed: list[int]) -> Array:
        """Count the day's posts, given by their authors; returns the accounts to deliver, ascending."""
        accounts = self._accounts
        self._statuses += np.bincount(authors, minlength=len(accounts))
        if day == 0:
            due = np.flatnonzero(accounts.joined == 0)
        else:
            grown = self._statuses - self._delivered
            notable = np.flatnonzero(
                (grown >= np.maximum(10, NOTABLE_GROWTH * self._delivered)) & (accounts.joined < day)
            )
            most = np.argsort(-(grown[notable] / (self._delivered[notable] + 10)), kind="stable")
            chosen = notable[most[: int(DAILY_SHARE * len(accounts))]]
            new = np.flatnonzero(accounts.joined == day)
            due = distinct(np.concatenate([chosen, new, np.array(renamed, np.int64)]))
        self._delivered[due] = self._statuses[due]
        return due

    def followers(self, day: int, rows: Array) -> Array:
        """Followers at the end of the day, those outside the world among them."""
        grown: Array = (self._followers[rows] * (1 + self._growth[rows] * day)).astype(np.int64)
        return grown

    def following(self, rows: Array) -> Array:
        count: Array = self._following[rows]
        return count

    def statuses(self, rows: Array) -> Array:
        """Posts so far, those before the world among them."""
        count: Array = self._statuses[rows]
        return count

    def places(self, rows: Array) -> list[str]:
        """Where accounts say they are; nothing for a fifth of them."""
        said = (self._accounts.zone[rows], mixed(self._accounts.account_id[rows] + 4, 6), self.candour[rows] < 0.8)
        return [
            PLACES[zone][k % len(PLACES[zone])] if is_said else ""
            for zone, k, is_said in zip(*(column.tolist() for column in said), strict=True)
        ]
