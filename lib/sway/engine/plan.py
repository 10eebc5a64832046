"""What every task of a propagation is told: the same on any machine, for the same data and method."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from math import ceil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sway.contracts.method import Action, Method
from sway.errors import ConfigError

MOST_ACCOUNTS = 64_000  # of a block on average, so that none holds more than 2^16: that is six deviations off
MOST_ROWS = 3_000_000  # of a block on average
MOST_BITS = 16
MOST_ACTIONS = 100


@dataclass(frozen=True)
class Weights:
    """Weight b of each action code: (2a,) float64, 0 where the action has no part in the sum.

    Code n is the n-th action in order of names; code a + n the same action as the other account's, returned.
    """

    strength: NDArray[np.float64]
    endorsement: NDArray[np.float64]
    conversation: NDArray[np.float64]
    returned: NDArray[np.float64]


@dataclass(frozen=True)
class Place:
    """Where a propagation works, and over how many blocks.

    folder: its own; fingerprint: of everything its result depends on. bits: 2^bits blocks.
    """

    folder: Path
    fingerprint: str
    bits: int

    @property
    def blocks(self) -> int:
        return 1 << self.bits

    def path(self, room: str, number: int, suffix: str = "bin") -> Path:
        """The file of task or block `number` in a pass's folder."""
        return self.folder / room / f"{number:05d}.{suffix}"

    def paths(self, room: str, count: int) -> list[Path]:
        return [self.path(room, number) for number in range(count)]


@dataclass(frozen=True)
class Plan(Place):
    """A place, and by which method scores are propagated there."""

    as_of: date
    actions: dict[str, Action]
    method: Method

    def over(self, bits: int) -> Plan:
        """The same over 2^bits blocks."""
        return replace(self, bits=bits)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Actions in the order of their codes."""
        if len(self.actions) > MOST_ACTIONS:
            raise ConfigError(f"expected at most {MOST_ACTIONS} actions of a network, found {len(self.actions)}")
        return tuple(sorted(self.actions))

    @cached_property
    def weights(self) -> Weights:
        plain, endorsing, conversing = weights_by_name(self.actions)
        none = np.zeros(len(plain))
        pairs = ((plain, none), (endorsing, none), (conversing, none), (none, endorsing))
        return Weights(*(np.concatenate(pair) for pair in pairs))


def weights_by_name(
    actions: Mapping[str, Action],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Of each action, by rising name: its weight, its weight as endorsement, and as conversation; 0 where it is none.

    A relation that stands endorses nobody.
    """
    declared = [actions[name] for name in sorted(actions)]
    plain = np.array([action.weight for action in declared])
    endorsing = plain * [action.endorsing and not action.standing for action in declared]
    return plain, endorsing, plain * [action.conversation for action in declared]


def block_bits(rows: int, accounts: int, *, most_rows: int = MOST_ROWS) -> int:
    """b so that 2^b blocks hold at most 64,000 accounts and `most_rows` rows each on average.

    Chosen from the data alone: cores, memory and executor must not change a bit of the result.
    """
    blocks = max(ceil(rows / most_rows), ceil(accounts / MOST_ACCOUNTS), 1)
    return min(MOST_BITS, (blocks - 1).bit_length())
