"""Bad input of every kind, planted in a world that is good without it, and a ledger of what was planted.

Rows go into otherwise good files, fewer than one in a hundred of a file's, spread over days. Files that must be refused
stand in the open format's feed `events` of networks that have none without faults, each in a delivery day of its own,
after a first load there with acts at odd times. A line of the ledger says network, feed, day, file, what was planted,
and what is expected of it:

    quarantined   `count` rows with `rule`
    refused       the file, and its feed's day with it; `rule` says what kind of fault it is
    accepted      `count` rows that look odd and are good
    set_aside     `count` rows that are taken and do not count; `rule` stands in set_aside
    duplicate     `count` rows that repeat an accepted one

Where an accepted act's time is what looks odd, `record_id` names its row and `occurred_at` is its instant in UTC.

What is bad by its number alone, a million reactions to one account and ten thousand files of a day, is most of a small
world, and planted only where crowds are asked for.
"""

import json
from collections.abc import Callable, Iterator
from datetime import date
from math import ceil

from sway.errors import ConfigError
from sway.runtime.landing_damage import Damaged
from sway.worlds.fault_files import EVENTS, EVENTS_PER_FILE, crowds_to_plant, events_of, files_to_plant
from sway.worlds.fault_follows import follows_to_plant
from sway.worlds.fault_rows import Entry, rows_to_plant
from sway.worlds.fault_times import MOMENTS, put_first_load, record_id
from sway.worlds.parameters import World

LARGEST_SHARE = 0.009  # of a file's rows
LEDGER = "faults.jsonl"
EVENT_NETWORKS = ("twitter", "facebook", "linkedin")
FEWEST_ACCOUNTS = 2_000  # a file must have room for a bad row
FEWEST_DAYS = 1 + ceil((len(files_to_plant()) + len(crowds_to_plant())) / len(EVENT_NETWORKS))  # each bad file has one


def refuse_too_small(world: World) -> None:
    """Raise ConfigError where a world has no room for every fault."""
    if world.accounts < FEWEST_ACCOUNTS or world.days < FEWEST_DAYS:
        raise ConfigError(
            f"generate: faults: expected at least {FEWEST_ACCOUNTS} accounts and {FEWEST_DAYS} days, "
            f"found {world.accounts} and {world.days}"
        )


def plant(landing: Damaged, world: World, *, crowds: bool, count: Callable[[str, int, int], None]) -> None:
    """Plant every kind of fault in a finished world and write the ledger beside the lake.

    `count` is told by how many rows and bytes a feed has grown.
    """
    places = iter([(network, world.day(day)) for day in range(1, world.days) for network in EVENT_NETWORKS])
    ledger = [
        *_plant_rows(landing, world, count),
        *_plant_times(landing, EVENT_NETWORKS[0], world.day(0), count),
        *_plant_files(landing, places, count),
    ]
    if crowds:
        ledger += _plant_crowds(landing, places, count)
    landing.write_ledger(LEDGER, [json.dumps(entry) for entry in ledger])


def _plant_rows(landing: Damaged, world: World, count: Callable[[str, int, int], None]) -> Iterator[Entry]:
    every = [*rows_to_plant(world), *follows_to_plant(world)]
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
                    entry = _entry(feed, str(world.day(day)), file, rows.planted, rows.expected, rows.rule, len(new))
                    yield entry | (_stands(world.day(day), rows.clock, new[0]) if rows.clock else {})
            if planted:
                grown = landing.rewrite(network, name, world.day(day), file, _spread(lines, planted))
                count(feed, len(planted), grown)
        if waiting:
            raise ConfigError(f"generate: faults: {feed} has no room for {len(waiting)} of them; more accounts or days")


def _stands(on: date, clock: str, status: bytes) -> Entry:
    return {"record_id": json.loads(status)["id_str"], "occurred_at": f"{on}T{clock}Z"}


def _plant_times(landing: Damaged, network: str, on: date, count: Callable[[str, int, int], None]) -> Iterator[Entry]:
    """Acts at odd times, in a first load on a day before those of the bad files."""
    file, rows = put_first_load(landing, network, on)
    count(f"{network}/{EVENTS}", rows, landing.size(network, EVENTS, on))
    for moment in MOMENTS:
        entry = _entry(f"{network}/{EVENTS}", str(on), file, moment.planted, moment.expected, moment.rule, 1)
        stands = {"record_id": record_id(on, moment), "occurred_at": moment.in_utc}
        yield entry | (stands if moment.in_utc else {})


def _plant_files(
    landing: Damaged, places: Iterator[tuple[str, date]], count: Callable[[str, int, int], None]
) -> Iterator[Entry]:
    """One file a delivery day, in turn over networks and days; the first is good but for one row."""
    for planted, expected, rule, bad, put in files_to_plant():
        network, on = next(places)
        name = put(landing, network, on, events_of(str(on)))
        count(f"{network}/{EVENTS}", EVENTS_PER_FILE, landing.size(network, EVENTS, on))
        yield _entry(f"{network}/{EVENTS}", str(on), name, planted, expected, rule, bad)


def _plant_crowds(
    landing: Damaged, places: Iterator[tuple[str, date]], count: Callable[[str, int, int], None]
) -> Iterator[Entry]:
    for planted, rows, put in crowds_to_plant():
        network, on = next(places)
        put(landing, network, on)
        count(f"{network}/{EVENTS}", rows, landing.size(network, EVENTS, on))
        yield _entry(f"{network}/{EVENTS}", str(on), None, planted, "accepted", None, rows)


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
        "record_id": None,
        "occurred_at": None,
    }
