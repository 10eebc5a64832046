"""Generate a world: every feed of every network as the network itself gave it, and the truth beside the lake."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from sway.errors import ConfigError
from sway.runtime.landing_damage import Damaged
from sway.worlds.acts import Acts, Society, concat
from sway.worlds.delivery import Landing
from sway.worlds.fault_files import EVENTS, crowds_to_plant
from sway.worlds.faults import EVENT_NETWORKS, LEDGER, plant, refuse_too_small
from sway.worlds.followers import follow
from sway.worlds.handles import first_handle_until
from sway.worlds.parameters import FACEBOOK, GOOGLE_PLUS, LINKEDIN, REGISTRY, TWITTER, WIKIPEDIA, Network, World
from sway.worlds.people import People, open_accounts, populate
from sway.worlds.registry import FEEDS as REGISTRY_FEEDS
from sway.worlds.registry import Presence, Registry
from sway.worlds.times import DAY_MS
from sway.worlds.truth import find_truth, truth_table
from sway.worlds.wikipedia import FEEDS as WIKIPEDIA_FEEDS
from sway.worlds.wikipedia import Wikipedia
from sway.worlds.writers import WRITERS, Today

FORMAT = 5  # raised when the same parameters begin to give other bytes
NETWORKS = (TWITTER, FACEBOOK, GOOGLE_PLUS, LINKEDIN)
FEEDS = (
    *((network, feed) for network, (feeds, _) in WRITERS.items() for feed in feeds),
    *((WIKIPEDIA, feed) for feed in WIKIPEDIA_FEEDS),
    *((REGISTRY, feed) for feed in REGISTRY_FEEDS),
)
FAULTY = tuple((network, EVENTS) for network in EVENT_NETWORKS)
WORLD, GENERATING, TRUTH = "world.json", "generating.json", "accounts.parquet"
PROGRESS_SECONDS = 3.0

Progress = Callable[[str], None]


@dataclass
class Summary:
    """What was written. acts: towards another account, per network; rows and bytes: per feed.

    ledger: of faults planted, if any; not_planted: faults that it lacks, as they are planted with crowds alone.
    """

    already_there: bool = False
    ledger: str | None = None
    not_planted: list[str] = field(default_factory=list)
    acts: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    bytes: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        acts = ", ".join(f"{network} {count:,} acts" for network, count in sorted(self.acts.items()))
        written = f"{'already there' if self.already_there else 'written'}: {acts}; {self.megabytes:.1f} MB"
        ledger = f"; faults are listed in {self.ledger}" if self.ledger else ""
        missing = f"; for want of --crowds not planted: {', '.join(self.not_planted)}" if self.not_planted else ""
        return written + ledger + missing

    @property
    def megabytes(self) -> float:
        return sum(self.bytes.values()) / 1e6

    def count(self, feed: str, rows: int, size: int) -> None:
        self.rows[feed] = self.rows.get(feed, 0) + rows
        self.bytes[feed] = self.bytes.get(feed, 0) + size


def generate(
    landing: Landing,
    *,
    accounts: int,
    days: int,
    seed: int,
    start: date = date(2016, 1, 1),
    faults: bool = False,
    crowds: bool = False,
    progress: Progress | None = None,
) -> Summary:
    """Write a world of `accounts` accounts on Twitter, fewer on other networks. Same arguments, same bytes.

    `faults`: plant bad input of every kind, with a ledger of it beside the lake (see faults.py); with `crowds` what is
    bad by its number alone, too.

    Networks are written one after the other and days one by one, so memory holds one network's
    follower lists and one day. The same world again is left alone; an unfinished one is begun again, unless another
    process writes it (LeaseHeld); anything else in the landing folder is refused.
    """
    world = World(accounts=accounts, days=days, seed=seed, start=start)
    if crowds and not faults:
        raise ConfigError("generate: --crowds says more of --faults, which is missing")
    if faults:
        refuse_too_small(world)
    note = {"format": FORMAT, **asdict(world), "start": start.isoformat(), "faults": faults}
    if crowds:
        note["crowds"] = True
    told = _told_of_faults(landing, crowds=crowds) if faults else {}
    tell = _every_few_seconds(progress or (lambda text: None))
    with landing.alone():
        finished = _prepare(landing, note)
        if finished is not None:
            return Summary(already_there=True, **told, **finished)

        summary = Summary(**told)
        people = populate(world)
        made = [_generate_network(landing, world, network, people, summary=summary, tell=tell) for network in NETWORKS]
        made.append(_generate_wikipedia(landing, world, people, summary=summary, tell=tell))
        truths, presences = [truth for truth, _ in made], [presence for _, presence in made]
        tell("registry")
        registry = Registry(world, people, presences)
        for day in range(world.days):
            _deliver(landing, REGISTRY, world.day(day), registry.feeds(day), summary)
        landing.write_table_beside(TRUTH, pa.concat_tables(truths))
        if faults:
            tell("faults")
            plant(Damaged(landing.landing, landing.beside), world, crowds=crowds, count=summary.count)
        written = {"acts": summary.acts, "rows": summary.rows, "bytes": summary.bytes}
        landing.write_note(WORLD, {"parameters": note, "written": written})
        landing.remove_note(GENERATING)
        return summary


def _told_of_faults(landing: Landing, *, crowds: bool) -> dict[str, Any]:
    """What a summary says of them."""
    left_out = [] if crowds else [planted for planted, *_ in crowds_to_plant()]
    return {"ledger": str(landing.beside / LEDGER), "not_planted": left_out}


def _prepare(landing: Landing, note: dict[str, Any]) -> dict[str, Any] | None:
    """Make sure that the world can be written here; returns what was written if it is here already.

    WORLD is written last, and removed before GENERATING is written: where it is, the files are whole.
    """
    present = landing.read_note(WORLD)
    unfinished = landing.read_note(GENERATING)
    if unfinished is not None and present is None:
        for network, feed in unfinished["feeds"]:
            landing.remove(network, feed)
    elif not landing.is_empty():
        if present is not None and present["parameters"] == note:
            written: dict[str, Any] = present["written"]
            landing.remove_note(GENERATING)
            return written
        found = f"a world with {present['parameters']}" if present else "files of another origin"
        raise ConfigError(f"generate: expected an empty landing folder, found {found}; choose another lake")
    landing.remove_note(WORLD)
    landing.write_note(GENERATING, {"parameters": note, "feeds": [list(feed) for feed in (*FEEDS, *FAULTY)]})
    return None


def _generate_network(
    landing: Landing, world: World, network: Network, people: People, *, summary: Summary, tell: Progress
) -> tuple[pa.Table, Presence]:
    """Write all days of one network; returns its rows of the truth file, and whose accounts are whose."""
    tell(f"{network.name}: accounts")
    accounts = open_accounts(world, network, people)
    tell(f"{network.name}: followers")
    followers = follow(world, network, accounts)
    tell(f"{network.name}: truth")
    truth = find_truth(world, network, accounts, followers)
    society = Society(world, network, accounts, followers, truth)
    _, to_feeds = WRITERS[network.name]
    feeds = to_feeds(society)
    for today in _days(society):
        _deliver(landing, network.name, world.day(today.day), feeds(today), summary)
        towards_another = int(np.count_nonzero(today.acts.is_towards_another))
        summary.acts[network.name] = summary.acts.get(network.name, 0) + towards_another
        tell(f"{network.name}: day {today.day + 1} of {world.days}, {summary.acts[network.name]:,} acts")
    presence = Presence(
        network=network.name,
        person=accounts.person,
        account_id=accounts.account_id,
        id_prefix=accounts.id_prefix,
        joined=accounts.joined,
        is_bot=accounts.is_bot,
        handle_until=first_handle_until(world, network, accounts) * network.has_handles,
    )
    return truth_table(network, accounts, followers, truth), presence


def _generate_wikipedia(
    landing: Landing, world: World, people: People, *, summary: Summary, tell: Progress
) -> tuple[pa.Table, Presence]:
    """Write all days of Wikipedia; returns its rows of the truth file, and which pages are about whom."""
    tell("wikipedia: pages")
    wikipedia = Wikipedia(world, people)
    for day in range(world.days):
        _deliver(landing, WIKIPEDIA, world.day(day), wikipedia.feeds(day), summary)
        tell(f"wikipedia: day {day + 1} of {world.days}")
    return wikipedia.truth_table(), wikipedia.presence()


def _deliver(
    landing: Landing, network: str, on: date, feeds: Mapping[str, Iterator[list[str]]], summary: Summary
) -> None:
    for feed, lines in feeds.items():
        with landing.day(network, feed, on) as delivery:
            delivery.write_lines(lines, ".jsonl.gz")
        summary.count(f"{network}/{feed}", delivery.rows, delivery.bytes)


def _days(society: Society) -> Iterator[Today]:
    """What each day delivers: its acts and late ones of the days before, by number, and those taken back on it.

    What falls after the last day is lost.
    """
    waiting: list[Acts] = []
    standing: list[Acts] = []
    for day in range(society.world.days):
        midnight_ms = society.world.midnight_ms(day)
        begun = society.acts_begun_on(day)
        known = concat([*waiting, begun])
        delivered_ms = known.at_ms + known.days_late * DAY_MS
        is_due = delivered_ms < midnight_ms + DAY_MS
        waiting = [known.take(~is_due)]
        due = known.take(is_due)

        doomed = concat([*standing, begun.take(begun.taken_back_ms < np.iinfo(np.int64).max)])
        at_ms = doomed.taken_back_ms
        is_over = at_ms < midnight_ms + DAY_MS
        standing = [doomed.take(~is_over)]
        order = np.argsort(at_ms[is_over], kind="stable")
        taken_back = doomed.take(is_over).take(order)
        yield Today(day, due.take(np.argsort(due.act_id, kind="stable")), taken_back)


def _every_few_seconds(progress: Progress) -> Progress:
    """Pass on a message at most every PROGRESS_SECONDS. The clock decides what is told, not the bytes."""
    told = [float("-inf")]

    def tell(text: str) -> None:
        now = time.monotonic()
        if now - told[0] >= PROGRESS_SECONDS:
            told[0] = now
            progress(text)

    return tell
