"""Wikipedia: pages about people, brands and topics, as the MediaWiki and the pageviews APIs gave them.

A page's account id is its title as a URL has it, with underscores.
"""

from collections.abc import Iterator
from json import dumps

import numpy as np
import pyarrow as pa

from sway.worlds.arrays import Array, chunks, distinct, draw_index, stream
from sway.worlds.parameters import World, seconds_since_1970
from sway.worlds.people import People
from sway.worlds.registry import Presence
from sway.worlds.times import IsoTimes
from sway.worlds.words import HASHTAGS, PLACES, TRADES, names

PAGES_PER_ACCOUNT = 0.1  # of Twitter's accounts; 2,000 pages for 20,000
SUBJECT_SHARE = 0.5  # of pages: are about somebody of the world
LINKS_PER_PAGE = 20
REDIRECT_SHARE = 0.1  # of pages: have a second title that leads to them
BY_REDIRECT_SHARE = 0.3  # of links to such a page: by that title
NEW_SHARE = 0.03  # of pages: written while the world runs
EDITED_SHARE = 0.01  # of pages, a day: have links taken out and put in
VIEWS_PER_DAY = 40.0  # of a page, on average
LINES_PER_BATCH = 2_000
LAUNCHED_S = 979_600_000  # 2001-01-15
FEEDS = ("pages", "redirects", "page_links", "page_views")


class Wikipedia:
    """The pages of one world. Days are asked for in order.

    subject: person by page, -1 for topics. titles: by page, with blanks. joined: day a page is written, 0 for those
    there before. popularity: how often a page is linked and viewed, relative.
    """

    def __init__(self, world: World, people: People) -> None:
        rng = stream(world.seed, "wikipedia", "pages")
        self._world = world
        count = max(20, round(world.accounts * PAGES_PER_ACCOUNT))
        about = np.argsort(-people.pull - rng.standard_normal(world.people), kind="stable")
        about = about[: round(count * SUBJECT_SHARE)]
        self.subject = np.full(count, -1)
        self.subject[np.sort(rng.permutation(count)[: len(about)])] = about
        self.joined = np.where(rng.random(count) < NEW_SHARE, rng.integers(0, world.days, count), 0)
        spread = np.where(self.subject >= 0, people.pull[self.subject], rng.standard_normal(count))
        self.popularity = np.exp(1.2 * spread + 0.5 * rng.standard_normal(count))
        self.community = np.where(self.subject >= 0, people.community[self.subject], -1)
        self.titles = _titles(self.subject, people)
        oldest, start = LAUNCHED_S + 86_400, seconds_since_1970(world.start)
        created = oldest + rng.random(count) * (start - 86_400 - oldest)
        self._created = np.where(self.joined > 0, start + self.joined * 86_400 + 30_000, created).astype(np.int64)
        self._is_redirected = rng.random(count) < REDIRECT_SHARE
        self._number = 1_000 + np.arange(count) * 7
        self._time = IsoTimes("Z")
        self._links = self._first_links(rng)
        self._first_day_links = list(self._links)

    def presence(self) -> Presence:
        """The pages as accounts of those they are about."""
        count = len(self.titles)
        return Presence(
            network="wikipedia",
            person=self.subject,
            account_id=self._number,
            id_prefix="",
            joined=self.joined,
            is_bot=np.zeros(count, bool),
            handle_until=np.zeros(count, np.int64),
            titles=[account_id(title) for title in self.titles],
        )

    def feeds(self, day: int) -> dict[str, Iterator[list[str]]]:
        rng = stream(self._world.seed, "wikipedia", "day", day)
        there = np.flatnonzero(self.joined <= day)
        new = there if day == 0 else np.flatnonzero(self.joined == day)
        edited = np.empty(0, np.int64) if day == 0 else np.flatnonzero(rng.random(len(self.titles)) < EDITED_SHARE)
        edited = edited[self.joined[edited] < day]
        for page in edited.tolist():
            self._links[page] = self._edited(rng, page)
        views = rng.poisson(self._expected_views(there))
        return {
            "pages": self._pages(new),
            "redirects": self._redirects(new[self._is_redirected[new]]),
            "page_links": self._page_links(distinct(np.concatenate([new, edited]))),
            "page_views": self._page_views(day, there, views),
        }

    def links(self, day: int) -> tuple[Array, Array]:
        """From and to which page each link leads at the end of a day, the last whose feeds were asked for."""
        there = np.flatnonzero(self.joined <= day)
        sizes = [len(self._links[page]) for page in there.tolist()]
        target = np.concatenate([self._links[page] for page in there.tolist()]).astype(np.int64)
        return np.repeat(there, sizes), target

    def truth_table(self) -> pa.Table:
        """Rows of the truth file: followers are the pages that link to a page on the first day."""
        count = len(self.titles)
        nothing = pa.nulls(count, pa.float64())
        old = np.flatnonzero(self.joined == 0)
        targets = np.concatenate([self._first_day_links[page] for page in old.tolist()])
        return pa.table(
            {
                "person_id": pa.array(self.subject, pa.int64(), mask=self.subject < 0),
                "network": pa.array(["wikipedia"] * count, pa.string()),
                "account_id": pa.array([account_id(title) for title in self.titles], pa.string()),
                "pull": pa.array(self.popularity.round(6), pa.float64()),
                "activity": pa.array(np.zeros(count), pa.float64()),
                "community": pa.array(self.community, pa.int32()),
                "followers": pa.array(np.bincount(targets, minlength=count), pa.int64()),
                "is_bot": pa.array(np.zeros(count, bool)),
                "is_brand": pa.array(np.zeros(count, bool)),
                "joined_day": pa.array(self.joined, pa.int32()),
                "expected_distinct_reactors_per_post": nothing,
                "expected_distinct_reactors_ten_posts": nothing,
            }
        )

    def _first_links(self, rng: np.random.Generator) -> list[Array]:
        """Pages each page links to, ascending: those that are popular, never itself."""
        count = len(self.titles)
        size = np.maximum(rng.poisson(LINKS_PER_PAGE * rng.lognormal(-0.32, 0.8, count)), 1)
        drawn = draw_index(rng, self.popularity, int(size.sum()))
        lists = np.split(drawn, np.cumsum(size)[:-1])
        return [distinct(linked[linked != page]).astype(np.int32) for page, linked in enumerate(lists)]

    def _edited(self, rng: np.random.Generator, page: int) -> Array:
        """The links of a page after an edit: a tenth taken out, two put in."""
        kept = self._links[page][rng.random(len(self._links[page])) > 0.1]
        put_in = draw_index(rng, self.popularity, 2).astype(np.int32)
        linked = distinct(np.concatenate([kept, put_in]))
        others: Array = linked[linked != page]
        return others

    def _expected_views(self, pages: Array) -> Array:
        expected: Array = VIEWS_PER_DAY * self.popularity[pages] / self.popularity.mean()
        return expected

    def _pages(self, pages: Array) -> Iterator[list[str]]:
        for rows in chunks(len(pages), LINES_PER_BATCH):
            yield [
                f'{{"pageid":{self._number[page]},"ns":0,"title":"{self.titles[page]}",'
                f'"created":"{self._time(int(self._created[page]) * 1000)}","pagelanguage":"en"}}'
                for page in pages[rows].tolist()
            ]

    def _redirects(self, pages: Array) -> Iterator[list[str]]:
        yield [f'{{"from":"{self._other_title(page)}","to":"{self.titles[page]}"}}' for page in pages.tolist()]

    def _page_links(self, pages: Array) -> Iterator[list[str]]:
        """All links of each page, some by the title of a redirect, and one to a category, which is no account."""
        for rows in chunks(len(pages), LINES_PER_BATCH):
            yield [
                f'{{"ns":0,"title":"{self.titles[page]}","links":[{",".join(self._linked(page))}]}}'
                for page in pages[rows].tolist()
            ]

    def _linked(self, page: int) -> list[str]:
        linked = self._links[page]
        # Whether a link goes by the redirect is the link's own: the same in every list of its page.
        by_redirect = self._is_redirected[linked] & ((linked + page) % 10 < BY_REDIRECT_SHARE * 10)
        shown = (
            self._other_title(target) if is_other else self.titles[target]
            for target, is_other in zip(linked.tolist(), by_redirect.tolist(), strict=True)
        )
        category = f'{{"ns":14,"title":"Category:{TRADES[page % len(TRADES)]}"}}'
        return [*(f'{{"ns":0,"title":"{title}"}}' for title in shown), category]

    def _page_views(self, day: int, pages: Array, views: Array) -> Iterator[list[str]]:
        stamp = f"{self._world.day(day):%Y%m%d}00"
        for rows in chunks(len(pages), LINES_PER_BATCH):
            yield [
                f'{{"project":"en.wikipedia","article":{dumps(account_id(self.titles[page]), ensure_ascii=False)},'
                f'"granularity":"daily","timestamp":"{stamp}","access":"all-access","agent":"user","views":{count}}}'
                for page, count in zip(pages[rows].tolist(), views[rows].tolist(), strict=True)
            ]

    def _other_title(self, page: int) -> str:
        return f"The {self.titles[page]}"


def account_id(title: str) -> str:
    return title.replace(" ", "_")


def _titles(subject: Array, people: People) -> list[str]:
    """A title for each page, unique by the number at its end."""
    called = names(np.maximum(subject, 0), people.is_brand[np.maximum(subject, 0)])
    places = [place for those in PLACES for place in those]
    topics = [
        f"{HASHTAGS[page % len(HASHTAGS)].title()} in {places[page % len(places)]}" for page in range(len(subject))
    ]
    return [
        f"{name if person >= 0 else topic} ({page})"
        for page, (person, name, topic) in enumerate(zip(subject.tolist(), called, topics, strict=True))
    ]
