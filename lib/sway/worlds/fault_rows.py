"""Bad rows, and odd ones that are good, for otherwise good files of a world."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sway.worlds.parameters import World
from sway.worlds.times import DAY_MS, EnglishTimes

STATUSES = "twitter/statuses"
DEPTH = 5_000
HOUR_MS = DAY_MS // 24
FIRST_NUMBER = 10**18  # beyond every number of the world
RIGHT_TO_LEFT = "\u202edetnalp\u202c"
LOOK_ALIKE = "\u0440l\u0430nt\u0435d"  # three of them Cyrillic

Entry = dict[str, Any]


@dataclass(frozen=True)
class Rows:
    """Rows planted in one file. `lines` makes them from the day's number and the file's own lines.

    `after`: what must have been planted on an earlier day. `clock`: the time of the day in UTC at which the act of its
    one status must stand.
    """

    feed: str
    planted: str
    expected: str
    rule: str | None
    lines: Callable[[int, list[bytes]], list[bytes]]
    after: str | None = None
    clock: str | None = None


def rows_to_plant(world: World) -> list[Rows]:
    """Every kind of row, in the order in which a feed's files take them."""
    return [*_Statuses(world).rows(), *_users(), *_page_views(), *_assertions()]


class _Statuses:
    """Bad and odd statuses of a world, each with a number of its own."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._times = EnglishTimes()
        self._numbers = iter(range(FIRST_NUMBER, FIRST_NUMBER + 1_000))
        self._first_of_two: Entry = {}

    def rows(self) -> list[Rows]:
        return [*self._broken(), *self._untimely(), *self._unread(), *self._odd(), *self._repeated()]

    def _broken(self) -> list[Rows]:
        return [
            _status_row("JSON broken off", "malformed", lambda day: self._line(day)[:-20]),
            _status_row("text after the object", "malformed", lambda day: self._line(day) + b" {}"),
            _status_row("no id", "missing", self._without("id")),
            _status_row("no author", "missing", self._without("user")),
        ]

    def _untimely(self) -> list[Rows]:
        without_zone = f"{self._times(self._world.midnight_ms(0))[:19]} {self._world.start.year}"
        return [
            _status_row("a 32nd of January", "impossible_time", self._at("Fri Jan 32 12:00:00 +0000 2016")),
            _status_row(
                "29 February of a year without one", "impossible_time", self._at("Sun Feb 29 12:00:00 +0000 2015")
            ),
            _status_row("1970", "impossible_time", self._at("Thu Jan 01 00:00:00 +0000 1970")),
            _status_row("a time without zone", "impossible_time", self._at(without_zone)),
            _status_row("the future", "after_delivery", self._days_off(2)),
            _status_row("five days late", "too_late", self._days_off(-5)),
            self._around_midnight("the next day where it was written", None, hour=23, hours_ahead=2),
            self._around_midnight("the day before where it was written", None, hour=4, hours_ahead=-5),
            self._around_midnight("the next day in UTC alone", "after_delivery", hour=25, hours_ahead=-2),
        ]

    def _unread(self) -> list[Rows]:
        """What parsers stumble over."""
        nested = b',"x":' + b"[" * DEPTH + b"]" * DEPTH + b"}"
        return [
            _status_row("a NUL byte", "malformed", self._with_byte(b"\x00")),
            _status_row("invalid UTF-8", "malformed", self._with_byte(b"\xff")),
            _status_row("5,000 levels deep", "malformed", lambda day: self._line(day)[:-1] + nested),
            _status_row("a key twice", "malformed", lambda day: self._line(day)[:-1] + b',"id_str":"1","id":1}'),
        ]

    def _odd(self) -> list[Rows]:
        """What is as it should be, although it does not look so."""
        return [
            _status_row("an escaped NUL", None, self._named("pla\0nted")),
            _status_row("a name that runs from right to left", None, self._named(RIGHT_TO_LEFT)),
            _status_row("a name of letters that look like others", None, self._named(LOOK_ALIKE)),
            _status_row("numbers as text", None, self._as_texts),
            _status_row("text as numbers", None, self._as_numbers),
            _status_row("an answer to oneself", "self_act", self._answering_itself, "set_aside"),
        ]

    def _repeated(self) -> list[Rows]:
        first = _status_row("a good row, which a later day changes", "changed_record", self._first, "set_aside")
        second = _status_row("another content of it", "changed_record", self._second)
        conflict = "two contents of one id in one day"
        return [
            Rows(STATUSES, "a row twice", "duplicate", None, lambda _, lines: [lines[len(lines) // 3]]),
            Rows(STATUSES, conflict, "quarantined", "conflicting_record", self._two_contents),
            first,
            replace(second, after=first.planted),
        ]

    def _status(self, day: int, **more: Any) -> Entry:
        number = next(self._numbers)
        author = {"id": number + 1_000, "id_str": str(number + 1_000), "screen_name": "planted"}
        at = self._times(self._world.midnight_ms(day) + DAY_MS // 2)
        return {"created_at": at, "id": number, "id_str": str(number), "text": "planted", "user": author, **more}

    def _line(self, day: int) -> bytes:
        return as_json(self._status(day))

    def _at(self, text: str) -> Callable[[int], Entry]:
        return lambda day: self._status(day, created_at=text)

    def _days_off(self, days: int) -> Callable[[int], Entry]:
        return lambda day: self._status(day, created_at=self._times(self._world.midnight_ms(day) + days * DAY_MS))

    def _around_midnight(self, planted: str, rule: str | None, *, hour: int, hours_ahead: int) -> Rows:
        """An answer at an hour of the delivery day in UTC, written where clocks are so many hours ahead."""

        def make(day: int) -> Entry:
            at = in_zone(self._times, self._world.midnight_ms(day) + hour * HOUR_MS, hours_ahead)
            return {
                **self._status(day, created_at=at),
                "in_reply_to_status_id_str": "1",
                "in_reply_to_user_id_str": str(FIRST_NUMBER + 2_000),
            }

        return replace(_status_row(planted, rule, make), clock=None if rule else f"{hour:02}:00:00")

    def _without(self, name: str) -> Callable[[int], Entry]:
        return lambda day: {key: value for key, value in self._status(day).items() if not key.startswith(name)}

    def _with_byte(self, byte: bytes) -> Callable[[int], bytes]:
        return lambda day: self._line(day).replace(b'"planted"', b'"pla' + byte + b'nted"', 1)

    def _named(self, text: str) -> Callable[[int], Entry]:
        return lambda day: {**(own := self._status(day)), "text": text, "user": {**own["user"], "screen_name": text}}

    def _as_texts(self, day: int) -> Entry:
        own = self._status(day)
        return {**own, "id": str(own["id"]), "user": {**own["user"], "id": str(own["user"]["id"])}}

    def _as_numbers(self, day: int) -> Entry:
        own = self._status(day)
        return {**own, "id_str": own["id"], "user": {**own["user"], "screen_name": 12345}}

    def _answering_itself(self, day: int) -> Entry:
        own = self._status(day)
        return {**own, "in_reply_to_status_id_str": "1", "in_reply_to_user_id_str": own["user"]["id_str"]}

    def _two_contents(self, day: int, _: list[bytes]) -> list[bytes]:
        own = self._status(day)
        return [as_json(own), as_json({**own, "in_reply_to_user_id_str": "1", "in_reply_to_status_id_str": "1"})]

    def _first(self, day: int) -> Entry:
        self._first_of_two = self._status(day)
        return self._first_of_two

    def _second(self, day: int) -> Entry:
        return {**self._status(day), "id": self._first_of_two["id"], "id_str": self._first_of_two["id_str"]}


def _status_row(
    planted: str, rule: str | None, make: Callable[[int], Entry | bytes], expected: str | None = None
) -> Rows:
    """One line among statuses, made from the day's number. `expected`: unless it is by the rule alone."""

    def lines(day: int, _: list[bytes]) -> list[bytes]:
        made = make(day)
        return [made if isinstance(made, bytes) else as_json(made)]

    return Rows(STATUSES, planted, expected or ("quarantined" if rule else "accepted"), rule, lines)


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


def in_zone(times: EnglishTimes, at_ms: int, hours_ahead: int) -> str:
    """An instant as it is written where clocks are so many hours ahead of UTC."""
    return times(at_ms + hours_ahead * HOUR_MS).replace("+0000", f"{hours_ahead:+03}00")


def as_json(row: Entry) -> bytes:
    """A line as the networks write it, less its end."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()
