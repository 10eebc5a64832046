"""Landing zones written from data sets of relations and endorsements: a day a data set, lists as networks answer them.

None of these data sets says since when a relation holds: it stood on the day the data set speaks of.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from tests.real import raw_relations
from tests.real.landing_of_real_data import delivery, write_csv_rows, write_json_lines, write_manifest
from tests.real.raw_relations import Pair

PAGES_ON = date(2017, 11, 1)
FRIENDS_ON = date(2012, 12, 1)
CIRCLES_ON = date(2012, 12, 2)
WIKISPEEDIA_ON = date(2007, 9, 1)
CHAMELEON_ON = date(2018, 12, 1)
RATED_UNTIL = date(2016, 1, 25)
CERTIFIED_ON = date(2014, 1, 1)
LAST = CHAMELEON_ON

PEOPLE_PER_PAGE = 100  # what people.list answered at most
DISTRUST = "distrust"

# A version of the two networks that have nothing but the open format: a level or rating is an action of its own, since
# the open format has no weights. Nobody declares what is no endorsement: a rating below 0, and Observer.
NETWORKS_OF_THE_TEST = "".join(
    f"\n[networks.{network}.actions]\n"
    + "".join(f"{action} = {{ weight = {weight}, endorsing = true }}\n" for action, weight in actions.items())
    for network, actions in {
        "bitcoin_otc": {f"rated_{rating}": float(rating) for rating in range(1, 11)},
        "advogato": {"apprentice": 6.0, "journeyer": 8.0, "master": 10.0},
    }.items()
)


def land_page_likes(landing: Path) -> None:
    """facebook/page_fans and facebook/pages: a mutual like makes each page a fan on the other's list."""
    fans = _lists(_both_ways(raw_relations.page_likes()))
    _land(
        landing,
        "facebook/page_fans",
        PAGES_ON,
        ({"id": page, "time": f"{PAGES_ON}T00:00:00+0000", "fans": {"data": _ids(its)}} for page, its in fans.items()),
    )
    pages = raw_relations.facebook_pages()
    _land(
        landing,
        "facebook/pages",
        PAGES_ON,
        (
            {"id": page.facebook_id, "name": page.page_name, "category": page.page_type}
            for page in pages.itertuples(index=False)
        ),
    )


def land_friendships(landing: Path) -> None:
    """facebook/friends: of either friend a list."""
    friends = _lists(_both_ways(raw_relations.friendships()))
    time = f"{FRIENDS_ON}T00:00:00+0000"
    lines = ({"id": user, "time": time, "friends": {"data": _ids(its)}} for user, its in friends.items())
    _land(landing, "facebook/friends", FRIENDS_ON, lines)


def land_circles(landing: Path) -> None:
    """google_plus/circles: lists in pages, as the API gave them."""

    def pages() -> Iterable[dict[str, Any]]:
        for user, its in _lists(raw_relations.circles()).items():
            for first in range(0, len(its), PEOPLE_PER_PAGE):
                page = {"userId": user, "polled_at": f"{CIRCLES_ON}T00:00:00Z"}
                page |= {"items": _ids(its[first : first + PEOPLE_PER_PAGE])}
                page |= {"pageToken": f"from {first}"} if first else {}
                following = first + PEOPLE_PER_PAGE
                yield page | ({"nextPageToken": f"from {following}"} if following < len(its) else {})

    _land(landing, "google_plus/circles", CIRCLES_ON, pages())


def land_wikispeedia(landing: Path) -> None:
    _land(landing, "wikipedia/page_links", WIKISPEEDIA_ON, _link_lists(raw_relations.wikispeedia_links()))


def land_chameleon(landing: Path) -> None:
    _land(landing, "wikipedia/page_links", CHAMELEON_ON, _link_lists(_both_ways(raw_relations.chameleon_links())))


def land_ratings(landing: Path) -> None:
    """bitcoin_otc/events: six years in one delivery, a first load."""
    rows = (
        {
            "event_id": f"{one.source}/{one.target}",
            "actor_id": one.source,
            "target_id": one.target,
            "action": action_of(one.weight),
            "occurred_at": one.at.isoformat(),
        }
        for one in raw_relations.ratings()
    )
    _land(landing, "bitcoin_otc/events", RATED_UNTIL, rows, history=True)


def action_of(rating: int) -> str:
    return f"rated_{rating}" if rating > 0 else DISTRUST


def land_certifications(landing: Path) -> None:
    """advogato/events, as CSV."""
    folder = delivery(landing, "advogato", "events", CERTIFIED_ON)
    columns = ("event_id", "actor_id", "target_id", "action", "occurred_at", "object_id")
    rows = [
        (f"{one}>{other}", one, other, level.lower(), f"{CERTIFIED_ON}T00:00:00Z", "")
        for one, other, level in raw_relations.certifications()
    ]
    write_csv_rows(folder / "part-000.csv.gz", columns, rows)
    write_manifest(folder, {"part-000.csv.gz": len(rows)})


LANDED: Mapping[str, Callable[[Path], None]] = {
    "facebook-pages-musae": land_page_likes,
    "facebook-ego-snap": land_friendships,
    "googleplus-konect": land_circles,
    "wikispeedia-links": land_wikispeedia,
    "wiki-pages-musae-chameleon": land_chameleon,
    "bitcoin-otc-trust": land_ratings,
    "advogato-certifications": land_certifications,
}


def _land(landing: Path, feed: str, day: date, lines: Iterable[dict[str, Any]], *, history: bool = False) -> None:
    written = list(lines)
    folder = delivery(landing, *feed.split("/"), day)
    write_json_lines(folder / "part-000.jsonl.gz", written)
    write_manifest(folder, {"part-000.jsonl.gz": len(written)}, history=history)


def _link_lists(links: Iterable[Pair]) -> Iterable[dict[str, Any]]:
    for page, its in _lists(links).items():
        yield {"ns": 0, "title": page, "links": [{"ns": 0, "title": other} for other in its]}


def _both_ways(pairs: Iterable[Pair]) -> Iterable[Pair]:
    for one, other in pairs:
        yield one, other
        yield other, one


def _lists(pairs: Iterable[Pair]) -> dict[str, list[str]]:
    """Each first with all its seconds."""
    lists = defaultdict(list)
    for owner, other in pairs:
        lists[owner].append(other)
    return lists


def _ids(accounts: Iterable[str]) -> list[dict[str, str]]:
    return [{"id": account} for account in accounts]
