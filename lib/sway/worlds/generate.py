"""Generate a world: Twitter in its own JSON, Facebook in the open format, and the truth beside the lake."""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from sway.errors import ConfigError
from sway.worlds import open_format, twitter
from sway.worlds.acts import DAY_MS, Acts, Society, concat
from sway.worlds.delivery import Landing
from sway.worlds.followers import follow
from sway.worlds.parameters import FACEBOOK, TWITTER, Network, World
from sway.worlds.people import People, open_accounts, populate
from sway.worlds.profiles import Profiles
from sway.worlds.truth import find_truth, truth_table

FORMAT = 1  # raised when the same parameters begin to give other bytes
NETWORKS = (TWITTER, FACEBOOK)
FEEDS = (("twitter", "statuses"), ("twitter", "users"), ("facebook", "events"))
WORLD, GENERATING, TRUTH = "world.json", "generating.json", "accounts.parquet"
PROGRESS_SECONDS = 3.0

Progress = Callable[[str], None]


@dataclass
class Summary:
    """What was written. acts: towards another account, per network; rows and bytes: per feed."""

    already_there: bool = False
    acts: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    bytes: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        acts = ", ".join(f"{network} {count:,} acts" for network, count in sorted(self.acts.items()))
        return f"{'already there' if self.already_there else 'written'}: {acts}; {self.megabytes:.1f} MB"

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
    progress: Progress | None = None,
) -> Summary:
    """Write a world of `accounts` accounts on each network. Same arguments, same bytes.

    Networks are written one after the other and days one by one, so memory holds one network's
    follower lists and one day. The same world again is left alone; an unfinished one is begun again;
    anything else in the landing folder is refused.
    """
    world = World(accounts=accounts, days=days, seed=seed, start=start)
    note = {"format": FORMAT, **asdict(world), "start": start.isoformat()}
    tell = _every_few_seconds(progress or (lambda text: None))
    finished = _prepare(landing, note)
    if finished is not None:
        return Summary(already_there=True, **finished)

    summary = Summary()
    people = populate(world)
    truths = [_generate_network(landing, world, network, people, summary=summary, tell=tell) for network in NETWORKS]
    landing.write_table_beside(TRUTH, pa.concat_tables(truths))
    written = {"acts": summary.acts, "rows": summary.rows, "bytes": summary.bytes}
    landing.write_note(WORLD, {"parameters": note, "written": written})
    landing.remove_note(GENERATING)
    return summary


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
    landing.write_note(GENERATING, {"parameters": note, "feeds": [list(feed) for feed in FEEDS]})
    return None


def _generate_network(
    landing: Landing, world: World, network: Network, people: People, *, summary: Summary, tell: Progress
) -> pa.Table:
    """Write all days of one network; returns its rows of the truth file."""
    tell(f"{network.name}: accounts")
    accounts = open_accounts(world, network, people)
    tell(f"{network.name}: followers")
    followers = follow(world, network, accounts)
    tell(f"{network.name}: truth")
    truth = find_truth(world, network, accounts, followers)
    society = Society(world, network, accounts, followers, truth)
    deliver = (
        _twitter_writer(landing, society, summary) if network is TWITTER else _open_writer(landing, society, summary)
    )
    for day, acts in enumerate(_days(society)):
        deliver(day, acts)
        towards_another = int(np.count_nonzero(acts.is_towards_another))
        summary.acts[network.name] = summary.acts.get(network.name, 0) + towards_another
        tell(f"{network.name}: day {day + 1} of {world.days}, {summary.acts[network.name]:,} acts")
    return truth_table(network, accounts, followers, truth)


def _days(society: Society) -> Iterator[Acts]:
    """The acts of each day by time, with what earlier days began; what falls after the last is lost."""
    waiting: list[Acts] = []
    for day in range(society.world.days):
        known = concat([*waiting, society.acts_begun_on(day)])
        end_ms = society.world.midnight_ms(day) + DAY_MS
        is_due = known.at_ms < end_ms
        waiting = [known.take(~is_due)]
        due = known.take(is_due)
        yield due.take(np.argsort(due.act_id, kind="stable"))


def _twitter_writer(landing: Landing, society: Society, summary: Summary) -> Callable[[int, Acts], None]:
    statuses = twitter.Statuses(society.accounts)
    profiles = Profiles(society.world, society.accounts, society.followers, statuses.handles)

    def deliver(day: int, acts: Acts) -> None:
        date_ = society.world.day(day)
        with landing.day("twitter", "statuses", date_) as delivery:
            delivery.write_lines(statuses.lines(acts), ".jsonl.gz")
        summary.count("twitter/statuses", delivery.rows, delivery.bytes)
        due = profiles.delivered_on(day, acts.actor)
        with landing.day("twitter", "users", date_) as delivery:
            delivery.write_lines(profiles.lines(day, due), ".jsonl.gz")
        summary.count("twitter/users", delivery.rows, delivery.bytes)

    return deliver


def _open_writer(landing: Landing, society: Society, summary: Summary) -> Callable[[int, Acts], None]:
    def deliver(day: int, acts: Acts) -> None:
        suffix, events = open_format.suffix_on(day), open_format.tables(acts, society.accounts)
        with landing.day(society.network.name, "events", society.world.day(day)) as delivery:
            if suffix == ".parquet":
                delivery.write_table(open_format.together(events))
            elif suffix == ".csv.gz":
                delivery.write_lines(map(open_format.csv_lines, events), suffix, open_format.CSV_HEADER)
            else:
                delivery.write_lines(map(open_format.json_lines, events), suffix)
        summary.count(f"{society.network.name}/events", delivery.rows, delivery.bytes)

    return deliver


def _every_few_seconds(progress: Progress) -> Progress:
    """Pass on a message at most every PROGRESS_SECONDS. The clock decides what is told, not the bytes."""
    told = [float("-inf")]

    def tell(text: str) -> None:
        now = time.monotonic()
        if now - told[0] >= PROGRESS_SECONDS:
            told[0] = now
            progress(text)

    return tell
