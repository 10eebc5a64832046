"""Twitter's users, as its API v1.1 gave them: the state of an account at the end of a day."""

from collections.abc import Iterator

import numpy as np

from sway.worlds.arrays import Array, chunks, mixed
from sway.worlds.people import ZONES, Accounts
from sway.worlds.profiles import Profiles
from sway.worlds.times import EnglishTimes
from sway.worlds.twitter import LINES_PER_BATCH
from sway.worlds.words import descriptions, names

_BOOLEAN = {True: "true", False: "false"}


class Users:
    """Turns accounts into user lines."""

    def __init__(self, accounts: Accounts, profiles: Profiles, handles: list[str]) -> None:
        self._accounts, self._profiles, self._handles = accounts, profiles, handles
        self._timestamp = EnglishTimes()

    def lines(self, day: int, due: Array) -> Iterator[list[str]]:
        for rows in chunks(len(due), LINES_PER_BATCH):
            yield self._batch(day, due[rows])

    def _batch(self, day: int, rows: Array) -> list[str]:
        accounts, profiles = self._accounts, self._profiles
        ids = accounts.account_id[rows]
        followers, statuses = profiles.followers(day, rows), profiles.statuses(rows)
        columns = (
            rows,
            ids,
            accounts.created[rows] * 1000,
            profiles.lacks_created[rows],
            followers,
            profiles.following(rows),
            followers // 80,
            statuses,
            (statuses * 0.7).astype(np.int64) + mixed(ids, 400),
            profiles.is_verified[rows],
            profiles.is_protected[rows],
            accounts.zone[rows],
            profiles.candour[rows] > 0.97,
        )
        words = (names(accounts.person[rows], accounts.is_brand[rows]), profiles.places(rows), descriptions(ids))
        return [self._line(*row) for row in zip(*(column.tolist() for column in columns), *words, strict=True)]

    def _line(
        self,
        row: int,
        number: int,
        created_ms: int,
        lacks_created: bool,
        followers: int,
        following: int,
        listed: int,
        statuses: int,
        favourites: int,
        is_verified: bool,
        is_protected: bool,
        zone: int,
        hides_language: bool,
        name: str,
        place: str,
        description: str,
    ) -> str:
        created = "null" if lacks_created else f'"{self._timestamp(created_ms)}"'
        language = "null" if hides_language else f'"{ZONES[zone][1]}"'
        return (
            f'{{"id":{number},"id_str":"{number}","screen_name":"{self._handles[row]}","name":"{name}",'
            f'"created_at":{created},"followers_count":{followers},"friends_count":{following},'
            f'"listed_count":{listed},"statuses_count":{statuses},"favourites_count":{favourites},'
            f'"verified":{_BOOLEAN[is_verified]},"protected":{_BOOLEAN[is_protected]},'
            f'"location":"{place}","lang":{language},"description":"{description}"}}'
        )
