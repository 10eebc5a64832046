"""What accounts did and received, counted from batches of rows: acts by action, whom linked accounts
hear from and address, post days.

Accounts are places 0 to n - 1; rows of places -1 are of accounts that are no members and are left out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sway.contracts.method import Action, Breaks, Strength
from sway.kernels.breaks import credited_days, days_needed
from sway.kernels.strength import ExactSums, fade_out

Integers = NDArray[np.int64]
Places = NDArray[np.int32]
CHUNK = 1 << 14  # accounts whose days are walked at once: their days fit the processor's cache


def _lasting(strength: Strength) -> NDArray[np.float64]:
    """(horizon_days,) what an act or a post counts by its age."""
    ages = np.arange(strength.horizon_days)
    return fade_out(ages, horizon_days=strength.horizon_days, fade_out_days=strength.fade_out_days)


class ActTally:
    """Acts within the horizon, by account and action, and those of the last days that flags look at.

    voice: (n,) q of accounts, 0 to 1. is_followed: (n,) bool, accounts whose reactors and targets are kept, for those
    of their entities. days: how many days up to the score date there are acts of, from the first one counted; a young
    network has fewer than the horizon.
    """

    def __init__(
        self,
        actions: dict[str, Action],
        voice: NDArray[np.float64],
        is_followed: NDArray[np.bool_],
        strength: Strength,
        *,
        burst_days: int,
    ) -> None:
        self.names = tuple(sorted(name for name, action in actions.items() if not action.standing))
        self._declared = [actions[name] for name in self.names]
        self._voice, self._is_followed, self._burst_days = voice, is_followed, burst_days
        self._lasting = _lasting(strength)
        self._voiced = ExactSums(len(is_followed))
        size = (len(is_followed), len(self.names))
        self.received, self.given = np.zeros(size, np.int64), np.zeros(size, np.int64)
        self._lately = np.zeros(size, np.int64)
        self.days = 0
        self._reactors: list[Integers] = []
        self._targets: list[Integers] = []

    def add(self, actor: Places, target: Places, action: Places, count: Integers, age_days: Places) -> None:
        """Rows of acts; `action` is the place of the action's name among `names`, -1 where it is not declared."""
        is_known = (actor >= 0) & (target >= 0) & (action >= 0)
        if not is_known.all():
            actor, target, action = actor[is_known], target[is_known], action[is_known]
            count, age_days = count[is_known], age_days[is_known]
        self.days = max(self.days, int(age_days.max(initial=-1)) + 1)
        doer, done_to, what = (column.astype(np.int64) for column in (actor, target, action))
        is_late = age_days < self._burst_days
        cell = done_to * len(self.names) + what
        np.add.at(self.received.reshape(-1), cell, count)
        np.add.at(self.given.reshape(-1), doer * len(self.names) + what, count)
        self._voiced.add(done_to, self._voice.take(doer) * self._lasting.take(age_days), count)
        np.add.at(self._lately.reshape(-1), cell[is_late], count[is_late])
        self._reactors.append(self._followed_pairs(done_to, doer))
        self._targets.append(self._followed_pairs(doer, done_to))

    @property
    def voiced_reactions(self) -> NDArray[np.float64]:
        """(n,) acts received, each by its actor's voice; those of the horizon's last days in part (method 6)."""
        return self._voiced.total

    @property
    def audience(self) -> tuple[Integers, Integers]:
        """Places of followed accounts and of their reactors, each pair once."""
        return self._once(self._reactors)

    @property
    def addressed(self) -> tuple[Integers, Integers]:
        """Places of followed accounts and of their targets, each pair once."""
        return self._once(self._targets)

    def _followed_pairs(self, followed: Integers, other: Integers) -> Integers:
        """Pairs of a followed account and another as one number each, each once."""
        is_followed = self._is_followed[followed]
        return np.unique(followed[is_followed] * len(self._is_followed) + other[is_followed])

    def _once(self, parts: Sequence[Integers]) -> tuple[Integers, Integers]:
        pairs = np.unique(np.concatenate(parts)) if parts else np.empty(0, np.int64)
        first, second = np.divmod(pairs, max(1, len(self._is_followed)))
        return first, second

    def disputing(self) -> tuple[Integers, Integers, Integers]:
        """Replies and quotes received, those of the last days, and shares and likes of the last days: (n,) each."""
        is_disputing = np.array([action.disputing for action in self._declared], bool)
        is_endorsing = np.array([action.endorsing for action in self._declared], bool)
        return (
            self.received[:, is_disputing].sum(axis=1),
            self._lately[:, is_disputing].sum(axis=1),
            self._lately[:, is_endorsing].sum(axis=1),
        )


class PostTally:
    """Posts within the horizon, and the days with posts that breaks are judged by: a bit an account and day.

    lasting_posts: original posts, those of the horizon's last days in part (method 6).
    """

    def __init__(self, accounts: int, strength: Strength, breaks: Breaks | None) -> None:
        self._strength, self._breaks = strength, breaks
        self.posts, self.original_posts = np.zeros(accounts, np.int64), np.zeros(accounts, np.int64)
        self._by_age, self._lasting = _lasting(strength), ExactSums(accounts)
        self._bits = np.zeros((accounts, -(-self.days // 8)), np.uint8)

    @property
    def days(self) -> int:
        """How many days up to the score date are looked at."""
        if self._breaks is None:
            return self._strength.horizon_days
        return days_needed(
            horizon_days=self._strength.horizon_days,
            last_day=self._breaks.last_day,
            window_days=self._breaks.window_days,
        )

    def add(self, author: Places, is_original: NDArray[np.bool_], age_days: Places) -> None:
        """Rows of posts, 0 <= age_days < days."""
        is_known = author >= 0
        author, is_original, age_days = author[is_known], is_original[is_known], age_days[is_known]
        is_counted = age_days < self._strength.horizon_days
        np.add.at(self.posts, author[is_counted], 1)
        is_own = is_counted & is_original
        np.add.at(self.original_posts, author[is_own], 1)
        own = author[is_own].astype(np.int64)
        self._lasting.add(own, self._by_age.take(age_days[is_own]), np.ones(len(own), np.int64))
        byte, bit = np.divmod(age_days.astype(np.int64), 8)
        np.bitwise_or.at(self._bits, (author, byte), np.left_shift(1, bit).astype(np.uint8))

    @property
    def lasting_posts(self) -> NDArray[np.float64]:
        """(n,) whole numbers where nothing fades out; the same bits in any order of the rows."""
        return self._lasting.total

    def break_days(self) -> NDArray[np.float64]:
        """p of every account, in days; 0 where the version credits none (method 6)."""
        found = np.zeros(len(self.posts))
        if self._breaks is None:
            return found
        rules = self._breaks
        # Who posted on fewer days in all has fewer in any window.
        posting = np.flatnonzero(np.bitwise_count(self._bits).sum(axis=1) >= rules.fewest_post_days)
        for first in range(0, len(posting), CHUNK):
            chunk = posting[first : first + CHUNK]
            by_age = np.unpackbits(self._bits[chunk], axis=1, count=self.days, bitorder="little")
            found[chunk] = credited_days(
                np.ascontiguousarray(by_age.T[::-1]).astype(bool),
                horizon_days=self._strength.horizon_days,
                half_life_days=self._strength.half_life_days,
                first_day=rules.first_day,
                last_day=rules.last_day,
                window_days=rules.window_days,
                fewest_post_days=rules.fewest_post_days,
                most_days=rules.most_days,
                per_days=rules.per_days,
            )
        return found
