"""The names accounts are addressed by, which some change and a few take over from others."""

import numpy as np

from sway.worlds.arrays import Array, stream
from sway.worlds.parameters import RENAMED_SHARE, Network, World
from sway.worlds.people import Accounts
from sway.worlds.words import handles

TAKEN_OVER_ONE_IN = 4  # renamed accounts: take the handle the one renamed before them gave up


class Handles:
    """Handles of one network's accounts: `now`, as of the last day asked for. Days are asked for in order."""

    def __init__(self, world: World, network: Network, accounts: Accounts) -> None:
        self.now = handles(accounts.account_id)
        day = first_handle_until(world, network, accounts)
        order = np.argsort(day, kind="stable")
        self._rows = order[: np.count_nonzero(day < world.days)]
        self._days = day[self._rows]
        self._given_up: str | None = None

    def renamed_on(self, day: int) -> list[int]:
        """Give the accounts renamed on this day their new handles; returns them."""
        first, last = np.searchsorted(self._days, [day, day + 1]).tolist()
        for place in range(first, last):
            row, old = int(self._rows[place]), self._given_up
            takes_over = place % TAKEN_OVER_ONE_IN == TAKEN_OVER_ONE_IN - 1 and old is not None
            self._given_up = None if takes_over else self.now[row]
            self.now[row] = old if takes_over and old else f"its{row}"
        return [int(row) for row in self._rows[first:last]]


def first_handle_until(world: World, network: Network, accounts: Accounts) -> Array:
    """For each account, the day its first handle is given up; the number of days where it is kept."""
    rng = stream(world.seed, network.name, "renames")
    count = len(accounts)
    is_renamed = (rng.random(count) < RENAMED_SHARE) & (accounts.joined == 0) & (world.days > 1)
    return np.where(is_renamed, rng.integers(1, max(world.days, 2), count), world.days)
