"""Twitter's users feed: everybody on the first day, then only new accounts and those whose counters moved."""

from collections.abc import Iterator

import numpy as np

from sway.worlds.arrays import Array, chunks, mixed, stream
from sway.worlds.followers import Followers
from sway.worlds.parameters import World
from sway.worlds.people import ZONES, Accounts
from sway.worlds.twitter import LINES_PER_BATCH, Timestamps
from sway.worlds.words import PLACES, descriptions, full_names

OUTSIDE_FACTOR = 7.0  # the world is a sample: profiles count followers outside it as well
DAILY_SHARE = 0.04  # at most so many of all accounts are delivered again a day
NOTABLE_GROWTH = 0.1  # of the statuses counted last time, and at least ten


class Profiles:
    """The counters of one network's accounts as days go by."""

    def __init__(self, world: World, accounts: Accounts, followers: Followers, handles: list[str]) -> None:
        rng = stream(world.seed, "twitter", "profiles")
        count = len(accounts)
        self._accounts, self._handles = accounts, handles
        self._timestamp = Timestamps()
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
        self._is_verified = (self._followers > np.quantile(self._followers, 0.997)) & ~accounts.is_bot
        self._is_protected = (accounts.activity == 0) & (rng.random(count) < 0.06)
        self._lacks_created = rng.random(count) < 0.005
        self._candour = rng.random(count)

    def delivered_on(self, day: int, actors: Array) -> Array:
        """Count the day's statuses, given by their authors; returns the accounts to deliver, ascending."""
        accounts = self._accounts
        self._statuses += np.bincount(actors, minlength=len(accounts))
        if day == 0:
            due = np.flatnonzero(accounts.joined == 0)
        else:
            grown = self._statuses - self._delivered
            notable = np.flatnonzero(
                (grown >= np.maximum(10, NOTABLE_GROWTH * self._delivered)) & (accounts.joined < day)
            )
            most = np.argsort(-(grown[notable] / (self._delivered[notable] + 10)), kind="stable")
            chosen = notable[most[: int(DAILY_SHARE * len(accounts))]]
            due = np.union1d(chosen, np.flatnonzero(accounts.joined == day))
        self._delivered[due] = self._statuses[due]
        return due

    def lines(self, day: int, due: Array) -> Iterator[list[str]]:
        """Batches of user lines: the state at the end of the day."""
        for rows in chunks(len(due), LINES_PER_BATCH):
            yield self._batch(day, due[rows])

    def _batch(self, day: int, rows: Array) -> list[str]:
        accounts, timestamp = self._accounts, self._timestamp
        ids = accounts.account_id[rows]
        followers = (self._followers[rows] * (1 + self._growth[rows] * day)).astype(np.int64)
        favourites = (self._statuses[rows] * 0.7 + mixed(ids, 400)).astype(np.int64)
        columns = (
            ids,
            accounts.created[rows] * 1000,
            self._lacks_created[rows],
            followers,
            self._following[rows],
            followers // 80,
            self._statuses[rows],
            favourites,
            self._is_verified[rows],
            self._is_protected[rows],
            accounts.zone[rows],
            self._candour[rows],
            rows,
        )
        lines = []
        for (
            number,
            created_ms,
            lacks_created,
            follower_count,
            following,
            listed,
            statuses,
            favourite_count,
            is_verified,
            is_protected,
            zone,
            candour,
            row,
        ), name, description in zip(
            zip(*(column.tolist() for column in columns), strict=True),
            full_names(ids),
            descriptions(ids),
            strict=True,
        ):
            created = "null" if lacks_created else f'"{timestamp(created_ms)}"'
            location = PLACES[zone][number % len(PLACES[zone])] if candour < 0.8 else ""
            language = "null" if candour > 0.97 else f'"{ZONES[zone][1]}"'
            lines.append(
                f'{{"id":{number},"id_str":"{number}","screen_name":"{self._handles[row]}","name":"{name}",'
                f'"created_at":{created},"followers_count":{follower_count},"friends_count":{following},'
                f'"listed_count":{listed},"statuses_count":{statuses},"favourites_count":{favourite_count},'
                f'"verified":{"true" if is_verified else "false"},'
                f'"protected":{"true" if is_protected else "false"},'
                f'"location":"{location}","lang":{language},"description":"{description}"}}'
            )
        return lines
