"""Bad input of every kind, planted in a world that is good without it, and a ledger of what was planted.

Rows go into otherwise good files, fewer than one in a hundred of a file's, spread over days. Files that must be refused
stand in the open format's feed `events`, which the world does not use, each in a delivery day of its own. A line of the
ledger says network, feed, day, file, what was planted, and what is expected of it:

    quarantined   `count` rows with `rule`
    refused       the file, and its feed's day with it; `rule` says what kind of fault it is
    accepted      `count` rows that look odd and are good
    set_aside     `count` rows that are taken and do not count; `rule` stands in set_aside
    duplicate     `count` rows that repeat an accepted one
"""

import gzip
import io
import json
import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pyarrow as pa

from sway.errors import ConfigError
from sway.runtime.landing_damage import Damaged, in_parquet
from sway.worlds.parameters import World
from sway.worlds.times import DAY_MS, EnglishTimes

FEWEST_ACCOUNTS, FEWEST_DAYS = 2_000, 7  # a file must have room for a bad row, and each bad file a day
LARGEST_SHARE = 0.009  # of a file's rows
LEDGER = "faults.jsonl"
EVENTS = "events"
EVENT_NETWORKS = ("twitter", "facebook", "google_plus", "linkedin")
EVENTS_PER_FILE = 200
LONG_LINE_BYTES = 200_000_000
DEPTH = 5_000
FIRST_NUMBER = 10**18  # beyond every number of the world

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


def refuse_too_small(world: World) -> None:
    """Raise ConfigError where a world has no room for every fault."""
    if world.accounts < FEWEST_ACCOUNTS or world.days < FEWEST_DAYS:
        raise ConfigError(
            f"generate: faults: expected at least {FEWEST_ACCOUNTS} accounts and {FEWEST_DAYS} days, "
            f"found {world.accounts} and {world.days}"
        )


def plant(landing: Damaged, world: World, *, count: Callable[[str, int, int], None]) -> None:
    """Plant every kind of fault in a finished world and write the ledger beside the lake.

    `count` is told by how many rows and bytes a feed has grown.
    """
    ledger = [*_plant_rows(landing, world, count), *_plant_files(landing, world, count)]
    landing.write_ledger(LEDGER, [json.dumps(entry) for entry in ledger])


def _plant_rows(landing: Damaged, world: World, count: Callable[[str, int, int], None]) -> Iterator[Entry]:
    every = [*_statuses(world), *_users(), *_page_views(), *_assertions()]
    for feed, waiting in {rows.feed: [one for one in every if one.feed == rows.feed] for rows in every}.items():
        network, name = feed.split("/")
        for day in range(world.days):
            if not waiting:
                break
            file, lines = landing.read_first(network, name, world.day(day))
            room = int(LARGEST_SHARE * len(lines))
            planted: list[bytes] = []
            not_yet = {rows.planted for rows in waiting}
            for rows in list(waiting):
                new = rows.lines(day, lines) if room and rows.after not in not_yet else []
                if new and len(planted) + len(new) <= room:
                    waiting.remove(rows)
                    planted += new
                    yield _entry(feed, str(world.day(day)), file, rows.planted, rows.expected, rows.rule, len(new))
            if planted:
                grown = landing.rewrite(network, name, world.day(day), file, _spread(lines, planted))
                count(feed, len(planted), grown)
        if waiting:
            raise ConfigError(f"generate: faults: {feed} has no room for {len(waiting)} of them; more accounts or days")


def _spread(lines: list[bytes], planted: list[bytes]) -> list[bytes]:
    """Planted lines among the others, evenly, in their order."""
    result = list(lines)
    for n, line in reversed(list(enumerate(planted))):
        result.insert((n + 1) * len(lines) // (len(planted) + 1), line)
    return result


def _entry(feed: str, day: str, file: str | None, planted: str, expected: str, rule: str | None, count: int) -> Entry:
    network, name = feed.split("/")
    return {
        "network": network,
        "feed": name,
        "day": day,
        "file": file,
        "planted": planted,
        "expected": expected,
        "rule": rule,
        "count": count,
    }


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
            return [made if isinstance(made, bytes) else _json(made)]

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
        return _json(status(day))[:-1] + b',"x":' + b"[" * DEPTH + b"]" * DEPTH + b"}"

    def twice_named(day: int) -> bytes:
        return _json(status(day))[:-1] + b',"id_str":"1","id":1}'

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
        return [_json(own), _json({**own, "in_reply_to_user_id_str": "1", "in_reply_to_status_id_str": "1"})]

    def first_of_two(day: int) -> Entry:
        own = status(day)
        fixed["number"] = own["id"]
        return own

    def second_of_two(day: int) -> Entry:
        return {**status(day), "id": fixed["number"], "id_str": str(fixed["number"])}

    first = row("a good row, which a later day changes", "changed_record", first_of_two, "set_aside")
    return [
        row("JSON broken off", "malformed", lambda day: _json(status(day))[:-20]),
        row("text after the object", "malformed", lambda day: _json(status(day)) + b" {}"),
        row("no id", "missing", without("id")),
        row("no author", "missing", without("user")),
        row("a 32nd of January", "impossible_time", at("Fri Jan 32 12:00:00 +0000 2016")),
        row("29 February of a year without one", "impossible_time", at("Sun Feb 29 12:00:00 +0000 2015")),
        row("1970", "impossible_time", at("Thu Jan 01 00:00:00 +0000 1970")),
        row("a time without zone", "impossible_time", at(f"{times(world.midnight_ms(0))[:19]} {world.start.year}")),
        row("the future", "after_delivery", later),
        row("five days late", "too_late", too_late),
        row("a NUL byte", "malformed", lambda day: _json(status(day)).replace(b'"planted"', b'"pla\x00nted"', 1)),
        row("invalid UTF-8", "malformed", lambda day: _json(status(day)).replace(b'"planted"', b'"pla\xffnted"', 1)),
        row("5,000 levels deep", "malformed", deep),
        row("a key twice", "malformed", twice_named),
        row("an escaped NUL", None, named("pla\0nted")),
        row("a name that runs from right to left", None, named("\u202edetnalp\u202c")),
        row("a name of letters that look like others", None, named("\u0440l\u0430nt\u0435d")),
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

    start = f'{{"id":{FIRST_NUMBER + 5_000},"screen_name":"planted","followers_count":'
    return [
        row("a negative count", "out_of_range", start + "-1}"),
        row("a count that is no number, NaN", "malformed", start + "NaN}"),
        row("an infinite count", "malformed", start + "Infinity}"),
        row("a count as text", None, start + '"12"}'),
    ]


def _page_views() -> list[Rows]:
    def row(planted: str, rule: str, views: str) -> Rows:
        def lines(_: int, those: list[bytes]) -> list[bytes]:
            line: Entry = json.loads(those[0])
            shown = {**line, "article": "Planted", "views": 0}
            return [_json(shown).replace(b'"views":0', b'"views":' + views.encode())]

        return Rows("wikipedia/page_views", planted, "quarantined", rule, lines)

    return [
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
            return [_json({**line, **more})]

        return Rows("registry/identity", planted, "quarantined", rule, lines)

    return [
        row("a negative share", "out_of_range", share=-0.5),
        row("a share that is no number", "out_of_range", share="NaN"),
        row("an infinite share", "out_of_range", share="Infinity"),
        row("a network nobody declared", "unknown_network", network="planted"),
    ]


def _plant_files(landing: Damaged, world: World, count: Callable[[str, int, int], None]) -> Iterator[Entry]:
    """One file a delivery day, in turn over networks and days; the first is good but for one row."""
    places = ((network, day) for day in range(1, world.days) for network in EVENT_NETWORKS)
    for (planted, expected, rule, bad, put), (network, day) in zip(_files(), places, strict=False):
        on = world.day(day)
        name = put(landing, network, on, _events(str(on)))
        count(f"{network}/{EVENTS}", EVENTS_PER_FILE, landing.size(network, EVENTS, on, name))
        yield _entry(f"{network}/{EVENTS}", str(on), name, planted, expected, rule, bad)


def _files() -> list[tuple[str, str, str, int, Callable[..., str]]]:
    """What is planted, what is expected, its rule, how many rows or files, and who puts it there."""
    refused = "refused"
    return [
        ("an action nobody declared", "quarantined", "unknown_action", 1, _unknown_action),
        ("gzip broken off", refused, "damaged_file", 1, _truncated),
        ("Parquet without a byte", refused, "damaged_file", 1, _empty_parquet),
        ("Parquet of garbage", refused, "damaged_file", 1, _garbage_parquet),
        ("a pickle named .parquet", refused, "damaged_file", 1, _pickle),
        ("a folder half written", refused, "no_manifest", 1, _half_written),
        ("a manifest with other bytes", refused, "manifest_disagrees", 1, _other_bytes),
        ("a manifest with other rows", refused, "manifest_disagrees", 1, _other_rows),
        ("a line of 200 MB in 200 kB of gzip", refused, "line_too_long", 1, _long_line),
        ("a new column", refused, "wrong_columns", 1, _new_column),
        ("a required column that is missing", refused, "wrong_columns", 1, _missing_column),
        ("a column of another type", refused, "wrong_columns", 1, _other_type),
        ("a symbolic link", refused, "bad_file_name", 1, _symbolic_link),
        ("a name with *", refused, "bad_file_name", 1, _glob_name),
        ("a name that leads elsewhere", refused, "bad_file_name", 1, _path_name),
        ("half of all rows malformed", refused, "malformed", EVENTS_PER_FILE // 2, _half_malformed),
    ]


def _events(day: str) -> list[Entry]:
    """Good rows of the open format, between accounts that no network of the world has."""
    return [
        {
            "event_id": f"planted-{day}-{n}",
            "actor_id": str(FIRST_NUMBER + 7_000 + n),
            "target_id": str(FIRST_NUMBER + 8_000 + n),
            "action": "mention",
            "occurred_at": f"{day}T12:00:00Z",
            "object_id": None,
        }
        for n in range(EVENTS_PER_FILE)
    ]


def _json(row: Entry) -> bytes:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()


def _lines(rows: list[Entry]) -> bytes:
    return b"".join(_json(row) + b"\n" for row in rows)


def _gzip(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def _table(rows: list[Entry]) -> pa.Table:
    return pa.Table.from_pylist(rows)


def _put(
    landing: Damaged, network: str, on: date, name: str, content: bytes, rows: int = EVENTS_PER_FILE, **how: Any
) -> str:
    landing.put(network, EVENTS, on, name, content, rows=rows, **how)
    return name


def _unknown_action(landing: Damaged, network: str, on: date, good: list[Entry]) -> str:
    rows = [*good[1:], {**good[0], "action": "poke"}]
    return _put(landing, network, on, "part-000.jsonl.gz", _gzip(_lines(rows)))


def _truncated(landing: Damaged, network: str, on: date, good: list[Entry]) -> str:
    content = _gzip(_lines(good))
    return _put(landing, network, on, "part-000.jsonl.gz", content[: len(content) // 2])


def _empty_parquet(landing: Damaged, network: str, on: date, _: list[Entry]) -> str:
    return _put(landing, network, on, "part-000.parquet", b"")


def _garbage_parquet(landing: Damaged, network: str, on: date, _: list[Entry]) -> str:
    return _put(landing, network, on, "part-000.parquet", bytes(n * 7 % 251 for n in range(4_096)))


def _pickle(landing: Damaged, network: str, on: date, good: list[Entry]) -> str:
    return _put(landing, network, on, "part-000.parquet", pickle.dumps(good, protocol=4))


def _half_written(landing: Damaged, network: str, on: date, good: list[Entry]) -> str:
    return _put(landing, network, on, "part-000.jsonl.gz", _gzip(_lines(good)), has_manifest=False)


def _other_bytes(landing: Damaged, network: str, on: date, good: list[Entry]) -> str:
    return _put(landing, network, on, "part-000.jsonl.gz", _gzip(_lines(good)), more_bytes=7)


def _other_rows(landing: Damaged, network: str, on: date, good: list[Entry]) -> str:
    return _put(landing, network, on, "part-000.jsonl.gz", _gzip(_lines(good)), rows=EVENTS_PER_FILE + 3)


def _long_line(landing: Damaged, network: str, on: date, good: list[Entry]) -> str:
    """The line is made and packed in pieces, so that it is never in memory as a whole."""
    packed = io.BytesIO()
    before, after = _json({**good[0], "object_id": "@"}).split(b"@")
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as out:
        out.write(_lines(good[1:]) + before)
        for _ in range(LONG_LINE_BYTES // 1_000_000):
            out.write(b"a" * 1_000_000)
        out.write(after + b"\n")
    return _put(landing, network, on, "part-000.jsonl.gz", packed.getvalue())


def _new_column(landing: Damaged, network: str, on: date, good: list[Entry]) -> str:
    return _put(landing, network, on, "part-000.parquet", in_parquet(_table([{**row, "weight": 1.0} for row in good])))


def _missing_column(landing: Damaged, network: str, on: date, good: list[Entry]) -> str:
    return _put(landing, network, on, "part-000.parquet", in_parquet(_table(good).drop_columns(["target_id"])))


def _other_type(landing: Damaged, network: str, on: date, good: list[Entry]) -> str:
    rows = [{**row, "actor_id": float(row["actor_id"])} for row in good]
    return _put(landing, network, on, "part-000.parquet", in_parquet(_table(rows)))


def _symbolic_link(landing: Damaged, network: str, on: date, good: list[Entry]) -> str:
    return _put(landing, network, on, "part-000.jsonl.gz", _gzip(_lines(good)), is_link=True)


def _glob_name(landing: Damaged, network: str, on: date, good: list[Entry]) -> str:
    return _put(landing, network, on, "part-*.jsonl.gz", _gzip(_lines(good)))


def _path_name(landing: Damaged, network: str, on: date, good: list[Entry]) -> str:
    content = _gzip(_lines(good))
    return _put(landing, network, on, "part-000.jsonl.gz", content, listed_as=f"../dt={on}/part-000.jsonl.gz")


def _half_malformed(landing: Damaged, network: str, on: date, good: list[Entry]) -> str:
    rows = [_json(row)[: -10 if n % 2 else None] for n, row in enumerate(good)]
    return _put(landing, network, on, "part-000.jsonl.gz", _gzip(b"".join(row + b"\n" for row in rows)))
