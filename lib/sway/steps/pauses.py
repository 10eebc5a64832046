"""Days on which a feed stayed away longer than it does."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from sway.runtime.config import Volume

State = Literal["over", "going_on", "for_good"]


@dataclass(frozen=True)
class Pause:
    """Days in a row without a feed, oldest first, and whether it came again since.

    for_good: it stayed away for more than the weeks looked back; `days` are those of these weeks.
    """

    network: str
    feed: str
    days: tuple[date, ...]
    state: State


def to_pauses(came: Mapping[tuple[str, str], Collection[date]], newest: date, limits: Volume) -> list[Pause]:
    """When feeds stayed away more than twice as long as ever in the weeks before; by network and feed, oldest first.

    `came`: days of each feed. `newest`: the day by which a pause goes on; it is one from the second day on, since
    today's may still be on its way. Fewer days than are compared have no rhythm yet.
    """
    return [Pause(*name, *pause) for name in sorted(came) for pause in _of_feed(sorted(came[name]), newest, limits)]


def _of_feed(came: Sequence[date], newest: date, limits: Volume) -> Iterator[tuple[tuple[date, ...], State]]:
    weeks = timedelta(weeks=limits.weeks)
    for place, last in enumerate(came):
        after = came[place + 1] if place + 1 < len(came) else None
        away = (newest - last).days if after is None else (after - last).days - 1
        lately = came[bisect_right(came, last - weeks) : place + 1]
        if away < (2 if after is None else 1) or len(lately) < max(limits.fewest_days, 2):
            continue
        longest = max((later - day).days - 1 for day, later in pairwise(lately))
        if away > 2 * longest:
            days = tuple(last + timedelta(days=n) for n in range(1, min(away, weeks.days) + 1))
            yield days, "over" if after else "going_on" if away <= weeks.days else "for_good"
