"""Delivery days that are what a failed feed brings: too few rows or too many, what came before, or lists cut short."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import exp, log, sqrt
from statistics import median

from sway.runtime.config import IngestAudits, Volume
from sway.runtime.landing import Place

NORMAL_DEVIATION = 1.4826  # a normal distribution's standard deviation over its median absolute deviation
A_WEEK = 7  # days that hold every weekday, whatever it usually brings


@dataclass(frozen=True)
class AgainstKnown:
    """What accepted rows of delivery days say against what is known, beside their number.

    again: rows that say what an earlier delivery said already, where that has no fate of its own (page views).
    shortened: relations that owners of the day's lists had before, and how many fewer stand on these lists.
    """

    again: Mapping[Place, int] = field(default_factory=dict)
    shortened: Mapping[Place, tuple[int, int]] = field(default_factory=dict)

    def or_else(self, before: AgainstKnown, of: Callable[[Place], bool]) -> AgainstKnown:
        """The same, and what was said `before` of the days that `of` is true of."""
        return AgainstKnown(
            {**{place: count for place, count in before.again.items() if of(place)}, **self.again},
            {**{place: found for place, found in before.shortened.items() if of(place)}, **self.shortened},
        )


def repeats(place: Place, read: int, repeated: int, limits: IngestAudits) -> str | None:
    """Why a day is another day's content: most of its rows came before, whatever is known of such days."""
    if read < limits.repeats_judged_from or repeated <= limits.repeated_share * read:
        return None
    return f"{label(place)}: {repeated} of {read} rows came before, at most {limits.repeated_share:.2%} may"


def cut_short(place: Place, held: int, lost: int, limits: IngestAudits) -> str | None:
    """Why a day's lists are not whole: they are short of more of what stood on their owners' lists than may be."""
    if held < limits.lists_judged_from or lost <= limits.lost_share * held:
        return None
    return (
        f"{label(place)}: its lists are short of {lost} of the {held} relations their owners had (but the one who "
        f"lost most), at most {limits.lost_share:.2%} may be; they are right where what stood before was wrong"
    )


@dataclass(frozen=True)
class Volumes:
    """Accepted rows of delivery days against those of the weeks before: a day far off is broken.

    `accepted`: rows by day, those of the day judged too. `broken`: days that nothing is held against. `has_most`:
    whether a day may have too many rows.
    """

    accepted: Mapping[Place, int]
    broken: Collection[Place]
    limits: Volume
    has_most: bool = True

    def judge(self, place: Place) -> tuple[str | None, str | None]:
        """Why a day is broken, and what is to be remarked upon; at most one of them.

        A day is held against the median of the same weekday, with bounds that are wider for a feed whose days differ
        much; of a small feed, an empty day alone is broken. Until there are enough such weekdays, all days before tell.
        Weekdays differ, so a day is broken then where it is far below their second fewest rows or above their second
        most (the fewest and most may be a day cut short and a first load) once they are a week, and before that where
        it has no good row at all.
        """
        before = [one for one in self._before(place) if one in self.accepted and one not in self.broken]
        alike = [one for one in before if one[2].weekday() == place[2].weekday()]
        is_young = len(alike) < self.limits.fewest_days
        held_against = sorted(self.accepted[one] for one in (before if is_young else alike))
        if len(held_against) < self.limits.fewest_days:
            return None, None
        rows, usual = self.accepted[place], median(held_against)
        low, high = self._bounds(held_against, before, is_young=is_young)
        is_small = usual < self.limits.fewest_rows
        if is_small and (rows or low < 1 or usual < self.limits.empty_judged_from):
            return None, None  # so few rows halve and double by chance, but do not all stay away
        days = f"{len(before)} days before" if is_young else "such weekdays"
        sentence = f"{label(place)}: {rows} rows accepted, {rows / usual:.2f} of the {usual:g} of {days}"
        if not rows or rows < low or (rows > high and self.has_most):
            expected = f"{low / usual:.3g} to {high / usual:.3g}" if low and not is_small else "some"
            return f"{sentence}; expected {expected}", None
        is_remarkable = not self.limits.warn_low <= rows / usual <= self.limits.warn_high
        return None, sentence if is_remarkable else None

    def _bounds(self, held_against: list[int], before: Collection[Place], *, is_young: bool) -> tuple[float, float]:
        """Fewest and most rows of a day that is not broken, given other days' rows in order."""
        if not is_young:
            fewest = most = float(median(held_against))
            deviation = _deviation({one[2]: self.accepted[one] for one in before})
        elif len(held_against) < A_WEEK:
            return 0.0, float("inf")
        else:
            fewest, most, deviation = held_against[1], held_against[-2], 0.0
        return (
            fewest * min(self.limits.fail_low, exp(-self._chance(fewest, deviation))),
            most * max(self.limits.fail_high, exp(self._chance(most, deviation))),
        )

    def _chance(self, rows: float, deviation: float) -> float:
        """How far off a day may be, as a logarithm: rows that come by themselves differ by their number's root."""
        return self.limits.fail_deviations * max(deviation, 1 / sqrt(max(rows, 1)))

    def _before(self, place: Place) -> Iterator[Place]:
        network, feed, day = place
        return ((network, feed, day - timedelta(days=age)) for age in range(1, 7 * self.limits.weeks + 1))


def label(place: Place) -> str:
    """The day's folder in landing/."""
    network, feed, day = place
    return f"{network}/{feed}/dt={day}"


def _deviation(rows: Mapping[date, int]) -> float:
    """How much days differ from the median of the same weekday's other days: a standard deviation of logarithms.

    By the median of absolute deviations (Hampel, 1974), which single odd days do not move. Each day is left out of
    the median it is held against: of three days one is always the median itself. 0 without three days of any weekday.
    """
    found = []
    for weekday in range(7):
        of_weekday = [count for day, count in rows.items() if day.weekday() == weekday]
        for n, count in enumerate(of_weekday if len(of_weekday) >= 3 else ()):
            others = median([*of_weekday[:n], *of_weekday[n + 1 :]])
            found.append(abs(log(max(count, 0.5) / max(others, 0.5))))
    return NORMAL_DEVIATION * median(found) if found else 0.0
