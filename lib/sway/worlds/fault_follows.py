"""Bad rows, and odd ones that are good, among follows: changes, and pages of lists."""

from typing import Any

from sway.worlds.fault_rows import FIRST_NUMBER, HOUR_MS, Entry, Rows, as_json, in_zone
from sway.worlds.parameters import World
from sway.worlds.times import EnglishTimes

FOLLOWS = "twitter/follows"
FOLLOWER = FIRST_NUMBER + 9_100  # two accounts a change from here on


def follows_to_plant(world: World) -> list[Rows]:
    """Every kind of row, in the order in which the feed's files take them."""
    return [*_pages(world), *_changes(world), _undone(world)]


def _pages(world: World) -> list[Rows]:
    def page(planted: str, rule: str, **more: Any) -> Rows:
        asked = {"endpoint": "followers/ids", "user_id": str(FOLLOWER), "polled_at": f"{world.start}T00:00:00Z"}
        line = as_json({**asked, "cursor": -1, "ids": [FOLLOWER + 1], "next_cursor": 0, **more})
        return Rows(FOLLOWS, planted, "quarantined", rule, lambda day, lines: [line])

    return [
        page("a list of nobody's", "missing", user_id=None),
        page("a list with a gap", "missing", ids=[FOLLOWER + 1, None]),
        page("a list that is none", "malformed", ids="planted"),
        Rows(FOLLOWS, "a row twice", "duplicate", None, lambda day, lines: [lines[len(lines) // 3]]),
    ]


def _changes(world: World) -> list[Rows]:
    def row(planted: str, rule: str | None, n: int, *, hour: int = 12, hours_ahead: int = 0, **more: Any) -> Rows:
        def lines(day: int, _: list[bytes]) -> list[bytes]:
            return [as_json({**_change(world, day, "follow", n, hour=hour, hours_ahead=hours_ahead), **more})]

        return Rows(FOLLOWS, planted, "quarantined" if rule else "accepted", rule, lines)

    return [
        row("a change of no known kind", "out_of_range", 1, event="block"),
        row("a follow of nobody", "missing", 2, target=None),
        row("a follow at no time", "impossible_time", 3, created_at="Fri Jan 32 12:00:00 +0000 2016"),
        row("a follow in the future", "after_delivery", 4, hour=49),
        row("a follow five days late", "too_late", 5, hour=-5 * 24),
        row("a follow on the next day where it was written", None, 6, hour=23, hours_ahead=2),
    ]


def _undone(world: World) -> Rows:
    def lines(day: int, _: list[bytes]) -> list[bytes]:
        return [as_json(_change(world, day, event, 7)) for event in ("unfollow", "follow")]

    return Rows(FOLLOWS, "a follow undone at its instant", "accepted", None, lines)


def _change(world: World, day: int, event: str, n: int, *, hour: int = 12, hours_ahead: int = 0) -> Entry:
    """What two accounts of their own begin or end at an hour of the day in UTC, where clocks are so far ahead."""
    source, target = ({"id": FOLLOWER + 2 * n + side, "screen_name": "planted"} for side in (0, 1))
    at = in_zone(EnglishTimes(), world.midnight_ms(day) + hour * HOUR_MS, hours_ahead)
    return {"event": event, "created_at": at, "source": source, "target": target}
