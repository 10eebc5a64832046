"""LinkedIn's people with their positions, as its API gave them: the state of each at the end of a day."""

from collections.abc import Iterator

import numpy as np

from sway.worlds.acts import Society
from sway.worlds.arrays import Array, chunks, mixed, stream
from sway.worlds.profiles import Profiles
from sway.worlds.words import SENIOR_TITLES, TITLES, TRADES, handles, names

LINES_PER_BATCH = 10_000
SENIOR_SHARE = 0.03  # of people with a position
WITHOUT_SHARE = 0.1
PROMOTED_SHARE = 0.02  # of people: another position while the world runs


class Positions:
    """Turns accounts into lines. Days are asked for in order."""

    def __init__(self, society: Society, profiles: Profiles) -> None:
        world, accounts = society.world, society.accounts
        rng = stream(world.seed, "linkedin", "positions")
        count = len(accounts)
        self._world, self._accounts, self._profiles = world, accounts, profiles
        self._ids, self._handles = accounts.texts(), handles(accounts.account_id)
        titles = [*TITLES, *SENIOR_TITLES]
        title = rng.integers(0, len(TITLES), count)
        senior = len(TITLES) + rng.integers(0, len(SENIOR_TITLES), count)
        title = np.where(rng.random(count) < SENIOR_SHARE, senior, title)
        self._titles = [titles[k] for k in title.tolist()]
        self._is_without = rng.random(count) < WITHOUT_SHARE
        self._new_titles = [titles[k] for k in senior.tolist()]
        is_promoted = (rng.random(count) < PROMOTED_SHARE) & ~self._is_without & (accounts.joined == 0)
        self._promoted_on = np.where(is_promoted, rng.integers(1, max(world.days, 2), count), world.days)

    def promoted_on(self, day: int) -> list[int]:
        """Whose position changes on this day."""
        return [int(row) for row in np.flatnonzero(self._promoted_on == day)]

    def lines(self, day: int, due: Array) -> Iterator[list[str]]:
        accounts = self._accounts
        for part in chunks(len(due), LINES_PER_BATCH):
            rows = due[part]
            columns = (rows, self._profiles.followers(day, rows), mixed(accounts.account_id[rows] + 5, 60))
            words = (names(accounts.person[rows], accounts.is_brand[rows]), self._profiles.places(rows))
            yield [
                f'{{"id":"{self._ids[row]}","formattedName":"{name}","vanityName":"{self._handles[row]}",'
                f'{_location(place)}"numConnections":{friends},'
                f'"positions":{{"values":[{self._positions(row, day, months)}]}}}}'
                for row, friends, months, name, place in zip(
                    *(column.tolist() for column in columns), *words, strict=True
                )
            ]

    def _positions(self, row: int, day: int, months: int) -> str:
        """Past and present positions; the first was taken so many months before the year of the world."""
        if self._is_without[row]:
            return ""
        year, month = self._world.start.year - 1 - months // 12, 1 + months % 12
        company = f'"company":{{"name":"{TRADES[row % len(TRADES)]}"}}'
        first = f'"title":"{self._titles[row]}",{company},"startDate":{{"year":{year},"month":{month}}}'
        if day < self._promoted_on[row]:
            return f'{{{first},"isCurrent":true}}'
        since = self._world.day(int(self._promoted_on[row]))
        then = f'{{"year":{since.year},"month":{since.month}}}'
        return (
            f'{{"title":"{self._new_titles[row]}",{company},"startDate":{then},"isCurrent":true}},'
            f'{{{first},"endDate":{then},"isCurrent":false}}'
        )


def _location(place: str) -> str:
    return f'"location":{{"name":"{place}"}},' if place else ""
