"""Bad rows, and odd ones that are good, for otherwise good files of a world."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sway.worlds.parameters import World
from sway.worlds.times import DAY_MS, EnglishTimes

DEPTH = 5_000
FIRST_NUMBER = 10**18  # beyond every number of the world
RIGHT_TO_LEFT = "\u202edetnalp\u202c"
LOOK_ALIKE = "\u0440l\u0430nt\u0435d"  # three of them Cyrillic

Entry = dict[str, Any]


@dataclass(frozen=True)
class Rows:
    """Rows planted in one file. `lines` makes them from the day's number and the file's own lines.

    `after`: what must have been planted on an earlier day.
    """

    feed: str
    planted: str
    expected: str
    rule: str | None
    lines: Callable[[int, list[bytes]], list[bytes]]
    after: str | None = None


def rows_to_plant(world: World) -> list[Rows]:
    """Every kind of row, in the order in which a feed's files take them."""
    return [*_statuses(world), *_users(), *_page_views(), *_assertions()]


def _statuses(world: World) -> list[Rows]:
    times = EnglishTimes()
    numbers = iter(range(FIRST_NUMBER, FIRST_NUMBER + 1_000))
    fixed: dict[str, int] = {}

    def status(day: int, **more: Any) -> Entry:
        number = next(numbers)
        author = {"id": number + 1_000, "id_str": str(number + 1_000), "screen_name": "planted"}
        at = times(world.midnight_ms(day) + DAY_MS // 2)
        return {"created_at": at, "id": number, "id_str": str(number), "text": "planted", "user": author, **more}

    def row(planted: str, rule: str | None, make: Callable[[int], Entry | bytes], expected: str = "") -> Rows:
        def lines(day: int, _: list[bytes]) -> list[bytes]:
            made = make(day)
            return [made if isinstance(made, bytes) else as_json(made)]

        return Rows("twitter/statuses", planted, expected or ("quarantined" if rule else "accepted"), rule, lines)

    def at(text: str) -> Callable[[int], Entry]:
        return lambda day: status(day, created_at=text)

    def without(name: str) -> Callable[[int], Entry]:
        return lambda day: {key: value for key, value in status(day).items() if not key.startswith(name)}

    def later(day: int) -> Entry:
        return status(day, created_at=times(world.midnight_ms(day) + 2 * DAY_MS))

    def too_late(day: int) -> Entry:
        return status(day, created_at=times(world.midnight_ms(day) - 5 * DAY_MS))

    def deep(day: int) -> bytes:
        return as_json(status(day))[:-1] + b',"x":' + b"[" * DEPTH + b"]" * DEPTH + b"}"

    def twice_named(day: int) -> bytes:
        return as_json(status(day))[:-1] + b',"id_str":"1","id":1}'

    def answers_itself(day: int) -> Entry:
        own = status(day)
        return {**own, "in_reply_to_status_id_str": "1", "in_reply_to_user_id_str": own["user"]["id_str"]}

    def as_texts(day: int) -> Entry:
        own = status(day)
        return {**own, "id": str(own["id"]), "user": {**own["user"], "id": str(own["user"]["id"])}}

    def as_numbers(day: int) -> Entry:
        own = status(day)
        return {**own, "id_str": own["id"], "user": {**own["user"], "screen_name": 12345}}

    def named(text: str) -> Callable[[int], Entry]:
        return lambda day: {**(own := status(day)), "text": text, "user": {**own["user"], "screen_name": text}}

    def several(day: int, _: list[bytes]) -> list[bytes]:
        own = status(day)
        return [as_json(own), as_json({**own, "in_reply_to_user_id_str": "1", "in_reply_to_status_id_str": "1"})]

    def first_of_two(day: int) -> Entry:
        own = status(day)
        fixed["number"] = own["id"]
        return own

    def second_of_two(day: int) -> Entry:
        return {**status(day), "id": fixed["number"], "id_str": str(fixed["number"])}

    first = row("a good row, which a later day changes", "changed_record", first_of_two, "set_aside")
    return [
        row("JSON broken off", "malformed", lambda day: as_json(status(day))[:-20]),
        row("text after the object", "malformed", lambda day: as_json(status(day)) + b" {}"),
        row("no id", "missing", without("id")),
        row("no author", "missing", without("user")),
        row("a 32nd of January", "impossible_time", at("Fri Jan 32 12:00:00 +0000 2016")),
        row("29 February of a year without one", "impossible_time", at("Sun Feb 29 12:00:00 +0000 2015")),
        row("1970", "impossible_time", at("Thu Jan 01 00:00:00 +0000 1970")),
        row("a time without zone", "impossible_time", at(f"{times(world.midnight_ms(0))[:19]} {world.start.year}")),
        row("the future", "after_delivery", later),
        row("five days late", "too_late", too_late),
        row("a NUL byte", "malformed", lambda day: as_json(status(day)).replace(b'"planted"', b'"pla\x00nted"', 1)),
        row("invalid UTF-8", "malformed", lambda day: as_json(status(day)).replace(b'"planted"', b'"pla\xffnted"', 1)),
        row("5,000 levels deep", "malformed", deep),
        row("a key twice", "malformed", twice_named),
        row("an escaped NUL", None, named("pla\0nted")),
        row("a name that runs from right to left", None, named(RIGHT_TO_LEFT)),
        row("a name of letters that look like others", None, named(LOOK_ALIKE)),
        row("numbers as text", None, as_texts),
        row("text as numbers", None, as_numbers),
        row("an answer to oneself", "self_act", answers_itself, "set_aside"),
        Rows("twitter/statuses", "a row twice", "duplicate", None, lambda _, lines: [lines[len(lines) // 3]]),
        Rows("twitter/statuses", "two contents of one id in one day", "quarantined", "conflicting_record", several),
        first,
        replace(row("another content of it", "changed_record", second_of_two), after=first.planted),
    ]


def _users() -> list[Rows]:
    def row(planted: str, rule: str | None, line: str) -> Rows:
        return Rows(
            "twitter/users", planted, "quarantined" if rule else "accepted", rule, lambda day, lines: [line.encode()]
        )

    def created(n: int, at: str) -> str:
        return f'{{"id":{FIRST_NUMBER + 5_000 + n},"screen_name":"planted","followers_count":{n},"created_at":"{at}"}}'

    def named(n: int, name: str) -> str:
        return as_json({"id": FIRST_NUMBER + 5_000 + n, "name": name, "screen_name": name}).decode()

    start = f'{{"id":{FIRST_NUMBER + 5_000},"screen_name":"planted","followers_count":'
    return [
        row("a negative count", "out_of_range", start + "-1}"),
        row("a count that is no number, NaN", "malformed", start + "NaN}"),
        row("an infinite count", "malformed", start + "Infinity}"),
        row("a count as text", None, start + '"12"}'),
        row("created on 29 February", None, created(1, "Wed Feb 29 12:00:00 +0000 2012")),
        row("created in the hour before clocks went back", None, created(2, "Sun Oct 30 02:30:00 +0200 2011")),
        row("created in the same hour after", None, created(3, "Sun Oct 30 02:30:00 +0100 2011")),
        row("a name that runs from right to left", None, named(4, RIGHT_TO_LEFT)),
        row("a name of letters that look like others", None, named(5, LOOK_ALIKE)),
    ]


def _page_views() -> list[Rows]:
    def row(planted: str, rule: str, views: str) -> Rows:
        def lines(_: int, those: list[bytes]) -> list[bytes]:
            line: Entry = json.loads(those[0])
            shown = {**line, "article": "Planted", "views": 0}
            return [as_json(shown).replace(b'"views":0', b'"views":' + views.encode())]

        return Rows("wikipedia/page_views", planted, "quarantined", rule, lines)

    return [
        row("no views", "missing", "null"),
        row("negative views", "out_of_range", "-5"),
        row("views that are no number", "out_of_range", '"NaN"'),
        row("infinitely many views", "out_of_range", '"Infinity"'),
    ]


def _assertions() -> list[Rows]:
    def row(planted: str, rule: str, **more: Any) -> Rows:
        def lines(_: int, those: list[bytes]) -> list[bytes]:
            known: Entry = json.loads(those[0])
            line = {
                "network": "twitter",
                "account": str(FIRST_NUMBER + 6_000),
                "other_network": "twitter",
                "other_account": str(FIRST_NUMBER + 6_001),
                "relation": "part_of",
                "share": 0.5,
                "author": "planted",
                "confirmed": True,
                "valid_from": known["valid_from"],
            }
            return [as_json({**line, **more})]

        return Rows("registry/identity", planted, "quarantined", rule, lines)

    return [
        row("a negative share", "out_of_range", share=-0.5),
        row("a share that is no number", "out_of_range", share="NaN"),
        row("an infinite share", "out_of_range", share="Infinity"),
        row("a network nobody declared", "unknown_network", network="planted"),
    ]


def as_json(row: Entry) -> bytes:
    """A line as the networks write it, less its end."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()
