"""What each network delivers on a day: which acts, relations and profiles go to which of its feeds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from sway.worlds.acts import Acts, Society
from sway.worlds.facebook import Facebook
from sway.worlds.facebook_profiles import FacebookProfiles
from sway.worlds.google_plus import GooglePlus, given_outside
from sway.worlds.handles import Handles
from sway.worlds.linkedin import LinkedIn
from sway.worlds.linkedin_people import Positions
from sway.worlds.parameters import LIKE, REPLY, RESHARE
from sway.worlds.profiles import Profiles
from sway.worlds.relations import Relations
from sway.worlds.twitter import Statuses
from sway.worlds.twitter_events import Events, Memberships
from sway.worlds.twitter_users import Users

Batches = Iterator[list[str]]
Feeds = dict[str, Batches]


@dataclass(frozen=True)
class Today:
    """What one network delivers on a day: acts by number, and those taken back, by the time they are."""

    day: int
    acts: Acts
    taken_back: Acts


def twitter_feeds(society: Society) -> Callable[[Today], Feeds]:
    world, network, accounts, followers = society.world, society.network, society.accounts, society.followers
    handles = Handles(world, network, accounts)
    statuses = Statuses(accounts, handles.now)
    profiles = Profiles(world, network, accounts, followers)
    users = Users(accounts, profiles, handles.now)
    relations = Relations(world, network, accounts, followers)
    events, listed = Events(society, statuses), Memberships(society)

    def feeds(today: Today) -> Feeds:
        day, acts, back = today.day, today.acts, today.taken_back
        renamed = handles.renamed_on(day)
        statuses.rename(renamed)
        written, liked = acts.of_kind(LIKE, is_it=False), acts.of_kind(LIKE)
        due = profiles.delivered_on(day, written.actor, renamed)
        polled_at = f"{world.start}T00:00:00Z"
        return {
            "statuses": statuses.lines(written),
            "users": users.lines(day, due),
            "favourites": events.favourites(liked, back.of_kind(LIKE)),
            "follows": events.followers(relations, polled_at) if day == 0 else events.follows(relations.changes(day)),
            "list_memberships": events.memberships(listed, day),
            "deletions": events.deletions(back.of_kind(LIKE, is_it=False)),
        }

    return feeds


def facebook_feeds(society: Society) -> Callable[[Today], Feeds]:
    world, network, accounts, followers = society.world, society.network, society.accounts, society.followers
    handles, lines = Handles(world, network, accounts), Facebook(society)
    profiles = Profiles(world, network, accounts, followers)
    people = FacebookProfiles(society, profiles, handles.now)
    relations = Relations(world, network, accounts, followers)
    subscriptions = Relations(world, network, accounts, followers, one_in=SUBSCRIBED_ONE_IN, salt=3)
    is_person = ~accounts.is_brand

    def feeds(today: Today) -> Feeds:
        day, acts, back = today.day, today.acts, today.taken_back
        due = profiles.delivered_on(day, acts.of_kind(LIKE, REPLY, is_it=False).actor, handles.renamed_on(day))
        at = f"{world.start}T00:00:00+0000"
        changes, subscribed = relations.changes(day), subscriptions.changes(day)
        of_pages = accounts.is_brand[changes.target]
        return {
            "posts": lines.posts(acts.of_kind(LIKE, REPLY, is_it=False), back.of_kind(LIKE, REPLY, is_it=False)),
            "comments": lines.comments(acts.of_kind(REPLY), back.of_kind(REPLY)),
            "reactions": lines.reactions(acts.of_kind(LIKE), back.of_kind(LIKE)),
            "shares": lines.shares(acts, back),
            "page_fans": lines.lists(relations, np.flatnonzero(accounts.is_brand), "fans", at)
            if day == 0
            else lines.follower_changes(changes.where(of_pages)),
            "friends": lines.lists(relations, np.flatnonzero(is_person), "friends", at)
            if day == 0
            else lines.friend_changes(changes.where(~of_pages)),
            "subscribers": lines.lists(subscriptions, np.flatnonzero(is_person), "subscribers", at)
            if day == 0
            else lines.follower_changes(subscribed.where(is_person[subscribed.target])),
            "profiles": people.users(day, due),
            "pages": people.pages(day, due),
        }

    return feeds


def google_plus_feeds(society: Society) -> Callable[[Today], Feeds]:
    lines = GooglePlus(society)
    relations = Relations(society.world, society.network, society.accounts, society.followers)

    def feeds(today: Today) -> Feeds:
        day, acts = today.day, today.acts
        likes = acts.of_kind(LIKE)
        is_outside = given_outside(likes)
        polled_at = f"{society.world.start}T00:00:00Z"
        return {
            "activities": lines.activities(acts.of_kind(LIKE, REPLY, is_it=False)),
            "comments": lines.comments(acts.of_kind(REPLY)),
            "plusoners": lines.listed(likes.take(~is_outside)),
            "resharers": lines.listed(acts.of_kind(RESHARE)),
            "circles": lines.circles(relations, polled_at)
            if day == 0
            else lines.circle_changes(relations.changes(day)),
            "events": lines.events(likes.take(is_outside)),
        }

    return feeds


TWITTER_FEEDS = ("statuses", "users", "favourites", "follows", "list_memberships", "deletions")


def linkedin_feeds(society: Society) -> Callable[[Today], Feeds]:
    world, network, accounts, followers = society.world, society.network, society.accounts, society.followers
    lines, profiles = LinkedIn(society), Profiles(world, network, accounts, followers)
    positions = Positions(society, profiles)
    connected, endorsed, recommended = (
        Relations(world, network, accounts, followers, one_in=one_in, salt=salt)
        for salt, one_in in enumerate((1, ENDORSED_ONE_IN, RECOMMENDED_ONE_IN))
    )

    def feeds(today: Today) -> Feeds:
        day, acts, back = today.day, today.acts, today.taken_back
        due = profiles.delivered_on(day, acts.of_kind(LIKE, REPLY, is_it=False).actor, positions.promoted_on(day))
        relations: Feeds = {}
        for feed, relation, owner, other in (
            ("connections", connected, "owner", "to"),
            ("endorsements", endorsed, "endorsee", "endorser"),
            ("recommendations", recommended, "recommendee", "recommender"),
        ):
            relations[feed] = (
                lines.lists(relation, owner, other, world.midnight_ms(0))
                if day == 0
                else lines.changes(relation.changes(day), owner, other, has_skill=relation is endorsed)
            )
        return {
            "shares": lines.shares(acts.of_kind(LIKE, REPLY, is_it=False), back.of_kind(LIKE, REPLY, is_it=False)),
            "comments": lines.comments(acts.of_kind(REPLY), back.of_kind(REPLY)),
            "likes": lines.likes(acts.of_kind(LIKE), back.of_kind(LIKE)),
            **relations,
            "positions": positions.lines(day, due),
        }

    return feeds


# Primes, as a relation whose number divides that of those which end would never end.
SUBSCRIBED_ONE_IN = 19  # of a person's friends: also read what it posts in public
ENDORSED_ONE_IN, RECOMMENDED_ONE_IN = 13, 149  # connections that are such besides
FACEBOOK_FEEDS = (
    "posts",
    "comments",
    "reactions",
    "shares",
    "page_fans",
    "friends",
    "subscribers",
    "profiles",
    "pages",
)
GOOGLE_PLUS_FEEDS = ("activities", "comments", "plusoners", "resharers", "circles", "events")
LINKEDIN_FEEDS = (
    "shares",
    "comments",
    "likes",
    "connections",
    "endorsements",
    "recommendations",
    "positions",
)
WRITERS = {
    "twitter": (TWITTER_FEEDS, twitter_feeds),
    "facebook": (FACEBOOK_FEEDS, facebook_feeds),
    "google_plus": (GOOGLE_PLUS_FEEDS, google_plus_feeds),
    "linkedin": (LINKEDIN_FEEDS, linkedin_feeds),
}
