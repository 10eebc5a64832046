"""What belongs to no network, a lake's own lists about accounts of all: who is who, labels, and who opted out.

Confirmed claims are true in the world; some that are not confirmed join two people whose own claims are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from json import dumps
from typing import Any
from urllib.parse import quote

import numpy as np

from sway.worlds.arrays import Array, chunks, mixed, stream
from sway.worlds.parameters import World
from sway.worlds.people import People
from sway.worlds.words import handle

LINKED_SHARE = 0.3  # of people with several accounts: somebody says so
CONFIRMED_SHARE = 0.6  # of those
LATER_SHARE = 0.1  # of them: said while the world runs
MISTAKEN_SHARE = 0.005  # of confirmed people: taken for another by a claim without confirmation
MANAGED_SHARE = 0.3  # of linked brands: have accounts of others managed for them, or employ people
CONTRACT_DAYS = 25  # of an account that is managed for one brand alone: then it is its owner's again
LABELLED_BOTS, SUSPENDED_SHARE, SEED_SHARE = 0.6, 0.001, 0.001  # of bots; of all accounts
OPT_OUT_SHARE = 0.001  # of all accounts
FEEDS = ("identity", "labels", "opt_outs")
PEOPLE_PER_BATCH = 2_000


@dataclass(frozen=True)
class Presence:
    """Accounts of one network, by row. `person` and `account_id` say whose they are and which.

    handle_until: the day a row's first handle is given up, 0 where a network has no handles. titles: what stands in
    the place of ids on Wikipedia. joined, is_bot: as of Accounts.
    """

    network: str
    person: Array
    account_id: Array
    id_prefix: str
    joined: Array
    is_bot: Array
    handle_until: Array
    titles: list[str] | None = None

    def row_of(self, world: World) -> Array:
        """The account of each person, -1 where there is none."""
        row = np.full(world.people, -1, np.int64)
        known = self.person >= 0
        row[self.person[known]] = np.flatnonzero(known)
        return row

    def text(self, row: int) -> str:
        return self.titles[row] if self.titles else f"{self.id_prefix}{self.account_id[row]}"

    def reference(self, row: int, day: int) -> str:
        """The account as a list writes it: its id, its handle as of the day, or its URL."""
        style = (int(self.account_id[row]) + row) % 3
        has_handle = day < self.handle_until[row]
        name = handle(self.account_id[row], row) if has_handle else ""
        if style == 1 and has_handle:
            return f"@{name}"
        if style == 2 and (has_handle or self.network in ("google_plus", "wikipedia")):
            return _url(self.network, self.text(row), name)
        return self.text(row)


class Registry:
    """The lists, by day."""

    def __init__(self, world: World, people: People, networks: list[Presence]) -> None:
        rng = stream(world.seed, "registry")
        self._world, self._people, self._networks = world, people, networks
        self._rows = [presence.row_of(world) for presence in networks]
        for presence, row in zip(networks, self._rows, strict=True):
            is_bot = (row >= 0) & presence.is_bot[np.maximum(row, 0)]
            row[is_bot] = -1  # nobody says whose a bot is
        accounts = sum((row >= 0).astype(np.int64) for row in self._rows)
        luck = rng.random(world.people)
        self._is_linked = (accounts >= 2) & (luck < LINKED_SHARE)
        self._is_confirmed = self._is_linked & (luck < LINKED_SHARE * CONFIRMED_SHARE)
        joined = np.zeros(world.people, np.int64)
        for presence, row in zip(networks, self._rows, strict=True):
            joined = np.maximum(joined, np.where(row >= 0, presence.joined[np.maximum(row, 0)], 0))
        later = np.where(rng.random(world.people) < LATER_SHARE, rng.integers(0, world.days, world.people), 0)
        self._day = np.maximum(joined, later)
        self._mistaken = self._mistakes(rng)
        self._parts = self._parts_of_brands(rng)

    def feeds(self, day: int) -> dict[str, Iterator[list[str]]]:
        """Labels and wishes are rare: but for the first day, a day without any delivers none."""
        rare = {"labels": list(self._labels(day)), "opt_outs": list(self._opt_outs(day))}
        said = {feed: iter(batches) for feed, batches in rare.items() if day == 0 or any(batches)}
        return {"identity": self._identity(day), **said}

    def _identity(self, day: int) -> Iterator[list[str]]:
        people = np.flatnonzero(self._is_linked & (self._day == day))
        for part in chunks(len(people), PEOPLE_PER_BATCH):
            yield [dumps(line, ensure_ascii=False) for person in people[part].tolist() for line in self._same(person)]
        wrong = [self._mistake(*pair, day) for pair in self._mistaken if self._day[list(pair)].max() == day]
        parts = [line for on, lines in self._parts if on == day for line in lines]
        yield [dumps(line, ensure_ascii=False) for line in (*wrong, *parts)]

    def _same(self, person: int) -> Iterator[dict[str, Any]]:
        """Claims that all accounts of a person are one: the first with each other."""
        day, entity_type = int(self._day[person]), self._type(person)
        accounts = self._accounts(person)
        first, first_row = accounts[0]
        for presence, row in accounts[1:]:
            other = presence.reference(row, day)
            yield {
                "network": first.network,
                "account": first.reference(first_row, day),
                # A URL says its network.
                **({} if other.startswith("http") else {"other_network": presence.network}),
                "other_account": other,
                "relation": "same_as",
                "entity_type": entity_type,
                "evidence": "links to it in the profile",
                "author": "editors",
                "confirmed": bool(self._is_confirmed[person]),
                "valid_from": str(self._world.day(day)),
            }

    def _accounts(self, person: int) -> list[tuple[Presence, int]]:
        found = [(presence, int(row[person])) for presence, row in zip(self._networks, self._rows, strict=True)]
        return [(presence, row) for presence, row in found if row >= 0]

    def _type(self, person: int) -> str:
        if not self._people.is_brand[person]:
            return "person"
        return "brand" if person % 2 else "organisation"

    def _mistakes(self, rng: np.random.Generator) -> list[tuple[int, int]]:
        """Pairs of confirmed people that somebody takes for one."""
        sure = np.flatnonzero(self._is_confirmed)
        count = round(MISTAKEN_SHARE * len(sure))
        pairs = rng.permutation(sure)[: 2 * count].reshape(count, 2)
        return [(int(one), int(other)) for one, other in pairs]

    def _mistake(self, one: int, other: int, day: int) -> dict[str, Any]:
        (presence, row), (others, other_row) = self._accounts(one)[0], self._accounts(other)[-1]
        return {
            "network": presence.network,
            "account": presence.text(row),
            "other_network": others.network,
            "other_account": others.text(other_row),
            "relation": "same_as",
            "evidence": "the same name",
            "author": "crowd",
            "confirmed": False,
            "valid_from": str(self._world.day(day)),
        }

    def _parts_of_brands(self, rng: np.random.Generator) -> list[tuple[int, list[dict[str, Any]]]]:
        """Accounts of people nobody linked: managed for one brand or for two, or of somebody a brand employs."""
        brands = np.flatnonzero(self._is_linked & self._people.is_brand)
        brands = brands[rng.random(len(brands)) < MANAGED_SHARE]
        is_free = (self._rows[0] >= 0) & ~self._is_linked & ~self._people.is_brand
        free = rng.permutation(np.flatnonzero(is_free))[: len(brands)]
        parts = []
        for n, (brand, person) in enumerate(zip(brands.tolist(), free.tolist(), strict=False)):
            day = int(max(self._day[brand], self._day[person]))
            if n % 3 == 0:
                lines = [self._part(person, brand, day, "managed", 1.0, until=day + CONTRACT_DAYS)]
            elif n % 3 == 1 and n + 1 < len(brands):
                second = int(brands[n - 1])
                day = int(max(day, self._day[second]))
                lines = [
                    self._part(person, brand, day, "managed", 0.6),
                    self._part(person, second, day, "managed", 0.4),
                ]
            else:
                lines = [self._own(person, day, 0.8), self._part(person, brand, day, "employer", 0.2)]
            parts.append((day, lines))
        return parts

    def _part(
        self, person: int, brand: int, day: int, role: str, share: float, *, until: int | None = None
    ) -> dict[str, Any]:
        presence, row = self._networks[0], int(self._rows[0][person])
        owner, owner_row = self._accounts(brand)[0]
        return {
            "network": presence.network,
            "account": presence.reference(row, day),
            "other_network": owner.network,
            "other_account": owner.reference(owner_row, day),
            "relation": "part_of",
            "role": role,
            "share": share,
            "entity_type": self._type(brand),
            "evidence": "contract",
            "author": "editors",
            "confirmed": True,
            "valid_from": str(self._world.day(day)),
            **({} if until is None else {"valid_to": str(self._world.day(until))}),
        }

    def _own(self, person: int, day: int, share: float) -> dict[str, Any]:
        presence, row = self._networks[0], int(self._rows[0][person])
        return {
            "network": presence.network,
            "account": presence.reference(row, day),
            "relation": "same_as",
            "role": "owner",
            "share": share,
            "entity_type": "person",
            "author": "editors",
            "confirmed": True,
            "valid_from": str(self._world.day(day)),
        }

    def _labels(self, day: int) -> Iterator[list[str]]:
        """Bots that were noticed, some on the first day; accounts suspended; and, on the first day, seeds."""
        for presence in self._networks:
            if presence.titles is None:
                yield [dumps(line) for line in self._labels_on(presence, day)]

    def _labels_on(self, presence: Presence, day: int) -> Iterator[dict[str, Any]]:
        rng = stream(self._world.seed, "registry", "labels", presence.network)
        count = len(presence.person)
        noticed = np.maximum(presence.joined, rng.integers(-self._world.days, self._world.days, count))
        luck = rng.random(count)
        is_spam = presence.is_bot & (luck < LABELLED_BOTS) & (np.maximum(noticed, 0) == day)
        is_suspended = ~presence.is_bot & (luck < SUSPENDED_SHARE) & (noticed == day) & (day > 0)
        is_seed = ~presence.is_bot & (luck > 1 - SEED_SHARE) & (presence.joined == 0) & (day == 0)
        for label, rows, reason in (
            ("spam", is_spam, "posts by machine"),
            ("suspended", is_suspended, "broke the rules"),
            ("seed", is_seed, "known in person"),
        ):
            for row in np.flatnonzero(rows).tolist():
                yield {
                    "network": presence.network,
                    "account_id": presence.text(row),
                    "label": label,
                    "author": "editors",
                    "reason": reason,
                    "valid_from": str(self._world.day(day)),
                }

    def _opt_outs(self, day: int) -> Iterator[list[str]]:
        for presence in self._networks:
            rng = stream(self._world.seed, "registry", "opt_outs", presence.network)
            count = len(presence.person)
            since = np.maximum(presence.joined, rng.integers(0, self._world.days, count))
            wishes = (rng.random(count) < OPT_OUT_SHARE) & ~presence.is_bot & (since == day)
            yield [
                dumps(
                    {
                        "network": presence.network,
                        "account": presence.reference(row, day),
                        "kind": "erase" if mixed(presence.account_id[row : row + 1] + 1, 4)[0] == 0 else "suppress",
                        "since": str(self._world.day(day)),
                        "author": "help desk",
                        "reason": "asked by mail",
                    },
                    ensure_ascii=False,
                )
                for row in np.flatnonzero(wishes).tolist()
            ]


def _url(network: str, account_id: str, name: str) -> str:
    if network == "wikipedia":
        return f"https://en.wikipedia.org/wiki/{quote(account_id)}"
    shown = account_id if network == "google_plus" else name
    return {
        "twitter": f"https://twitter.com/{shown}",
        "facebook": f"https://www.facebook.com/{shown}",
        "google_plus": f"https://plus.google.com/{shown}/posts",
        "linkedin": f"https://www.linkedin.com/in/{shown}",
    }[network]
