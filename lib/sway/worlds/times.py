"""Instants as the networks write them, from milliseconds since 1970. Each day's words are made once."""

from abc import ABC, abstractmethod
from datetime import date, timedelta

DAY_MS = 86_400_000
_CLOCK = [f"{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}" for s in range(86_400)]
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_EPOCH = date(1970, 1, 1)


class _Times(ABC):
    """What stands before and after the clock, by day."""

    def __init__(self) -> None:
        self._days: dict[int, tuple[str, str]] = {}

    def __call__(self, at_ms: int) -> str:
        day, within_ms = divmod(at_ms, DAY_MS)
        if day not in self._days:
            self._days[day] = self._around(_EPOCH + timedelta(days=day))
        before, after = self._days[day]
        return before + _CLOCK[within_ms // 1000] + after

    @abstractmethod
    def _around(self, then: date) -> tuple[str, str]: ...


class EnglishTimes(_Times):
    """ "Tue May 03 15:01:09 +0000 2016", as Twitter has it: English whatever the locale."""

    def _around(self, then: date) -> tuple[str, str]:
        return f"{_WEEKDAYS[then.weekday()]} {_MONTHS[then.month - 1]} {then.day:02} ", f" +0000 {then.year}"


class IsoTimes(_Times):
    """ "2016-05-03T15:01:09" and an ending, such as +0000 or Z."""

    def __init__(self, ending: str) -> None:
        super().__init__()
        self._ending = ending

    def _around(self, then: date) -> tuple[str, str]:
        return f"{then.isoformat()}T", self._ending
