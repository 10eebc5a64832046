"""One day of a network: posts, the reactions they draw, and talk among friends."""

from dataclasses import dataclass, fields

import numpy as np

from sway.worlds.arrays import Array, distinct, draw_index, mixed, stream
from sway.worlds.followers import Followers
from sway.worlds.parameters import (
    CONVERSATION_SHARE,
    LATE_ONE_IN,
    LATEST_DAYS,
    MENTION,
    POST,
    POST_MENTION_SHARE,
    REACTION_DAYS,
    REPLY,
    RESPONSIVENESS,
    TAG,
    TAKEN_BACK_ONE_IN,
    TAKEN_BACK_WITHIN_S,
    THREAD_SHARE,
    VIRALITY_SIGMA,
    WALL,
    Network,
    World,
)
from sway.worlds.people import SNOWFLAKE_EPOCH_MS, ZONES, Accounts
from sway.worlds.times import DAY_MS
from sway.worlds.truth import Truth

FRIENDS = 6  # an account talks with at most so many of its followers
GOES_ON = 0.65  # chance that a conversation gets one more reply
LONGEST = 12  # replies in a conversation
DELAY_SCALE_S = 1_500  # delays are Lomax: half within 22 minutes, a tail of days
DELAY_EXPONENT = 1.1


@dataclass(frozen=True)
class Acts:
    """What was done, one row per act (a status, on Twitter). Arrays of one length; -1 says there is none.

    act_id: the network's number. at_ms: milliseconds since 1970. target: account acted upon or named.
    parent: row of the act it answers, reshares, quotes or likes, while the day is made; then parent_id,
    parent_at_ms and parent_mention (whom the parent names) say the same for good. root_id, root_actor: the post a
    chain of replies began with and its author, so parent_id itself where that is a post.
    """

    act_id: Array
    at_ms: Array
    actor: Array
    kind: Array
    target: Array
    parent: Array
    parent_id: Array
    parent_at_ms: Array
    parent_mention: Array
    root_id: Array
    root_actor: Array

    def __len__(self) -> int:
        return len(self.act_id)

    def take(self, rows: Array | slice) -> "Acts":
        return Acts(*(getattr(self, field.name)[rows] for field in fields(self)))

    @property
    def is_towards_another(self) -> Array:
        is_another: Array = (self.target >= 0) & (self.target != self.actor)
        return is_another

    def of_kind(self, *kinds: int, is_it: bool = True) -> "Acts":
        """Those of these kinds; those of no such kind, if not `is_it`."""
        return self.take(np.flatnonzero(np.isin(self.kind, kinds) == is_it))

    @property
    def days_late(self) -> Array:
        """How many days after its own an act is delivered: 0 for nearly all."""
        is_late = mixed(self.act_id, LATE_ONE_IN) == 0
        days: Array = np.where(is_late, 1 + mixed(self.act_id + 1, LATEST_DAYS), 0)
        return days

    @property
    def taken_back_ms(self) -> Array:
        """When an act is taken back, an hour after it and later; never, which is beyond all days, for nearly all."""
        is_taken_back = mixed(self.act_id + 2, TAKEN_BACK_ONE_IN) == 0
        after_s = 3_600 + mixed(self.act_id + 3, TAKEN_BACK_WITHIN_S)
        return np.where(is_taken_back, self.at_ms + after_s * 1000, np.iinfo(np.int64).max)


def concat(parts: list[Acts]) -> Acts:
    return Acts(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Acts)))


def _acts(at_ms: Array, actor: Array, kind: Array | int, target: Array, parent: Array | int = -1) -> Acts:
    count = len(actor)
    nothing = np.full(count, -1, np.int64)
    return Acts(
        act_id=nothing,
        at_ms=at_ms.astype(np.int64),
        actor=actor.astype(np.int32),
        kind=np.broadcast_to(np.asarray(kind, np.int8), count),
        target=target.astype(np.int32),
        parent=np.broadcast_to(np.asarray(parent, np.int64), count),
        parent_id=nothing,
        parent_at_ms=nothing,
        parent_mention=np.full(count, -1, np.int32),
        root_id=nothing,
        root_actor=np.full(count, -1, np.int32),
    )


@dataclass(frozen=True)
class Society:
    """Everything that a day of one network is drawn from."""

    world: World
    network: Network
    accounts: Accounts
    followers: Followers
    truth: Truth

    def acts_begun_on(self, day: int) -> Acts:
        """Posts and conversations of this day and all that follows from them, by time, numbered.

        Reactions may fall on the days after: whoever delivers days keeps them until then.
        """
        rng = stream(self.world.seed, self.network.name, "day", day)
        present = [self.accounts.present(day + later) for later in range(REACTION_DAYS + 1)]
        posts = self._posts(rng, day, present[0])
        reactions = self._reactions(rng, day, posts, present)
        threads = self._threads(rng, posts)
        parts = [posts, reactions, threads]
        parts += self._conversation(rng, day, present[0], begins_at=sum(map(len, parts)))
        return _numbered(concat(parts), day)

    def _times_ms(self, rng: np.random.Generator, day: int, actor: Array) -> Array:
        """An instant of the UTC day for each actor, by the rhythm of the local day."""
        hour = draw_index(rng, np.array(self.network.hours), len(actor))
        offset_hours = np.array([offset for offset, _, _ in ZONES])[self.accounts.zone[actor]]
        within_ms = ((hour - offset_hours + rng.random(len(actor))) % 24 * 3_600_000).astype(np.int64)
        at_ms: Array = self.world.midnight_ms(day) + np.minimum(within_ms, DAY_MS - 1)
        return at_ms

    def _friend(self, rng: np.random.Generator, actor: Array) -> Array:
        """One of the few followers the actor talks with, always the same few; -1 where nobody follows."""
        size = np.maximum(self.followers.start[actor + 1] - self.followers.start[actor], 1)
        place = np.minimum(rng.geometric(0.35, len(actor)) - 1, FRIENDS - 1)
        return self.followers.pick(actor, (actor.astype(np.int64) * 7_919 + place) % size / size + 1e-9)

    def _posts(self, rng: np.random.Generator, day: int, present: Array) -> Acts:
        """Original posts; a few name a friend."""
        factor = self.network.weekday_factor(self.world.day(day))
        author = np.repeat(np.arange(len(present)), rng.poisson(self.accounts.activity * factor * present))
        friend = self._friend(rng, author)
        names = (rng.random(len(author)) < POST_MENTION_SHARE) & (friend >= 0) & present[friend]
        return _acts(
            self._times_ms(rng, day, author),
            author,
            np.where(names, MENTION, POST),
            np.where(names, friend, -1),
        )

    def _reactions(self, rng: np.random.Generator, day: int, posts: Acts, present: list[Array]) -> Acts:
        """Draw candidates from followers and strangers, let their responsiveness decide, once per post.

        Followers come up as often as a Poisson number with mean `rate * virality` each: so each reacts with
        probability 1 - exp(-rate * virality * responsiveness), as truth.py has it.
        """
        virality = rng.lognormal(-(VIRALITY_SIGMA**2) / 2, VIRALITY_SIGMA, len(posts))
        audience = self.followers.count()[posts.actor]
        rate = self.truth.rate[posts.actor]
        by_follower = np.repeat(np.arange(len(posts)), rng.poisson(rate * virality * audience))
        reactor = self.followers.pick(posts.actor[by_follower], rng.random(len(by_follower)))
        strangers = self.truth.stranger_candidates(self.followers.count())[posts.actor] * virality
        by_stranger = np.repeat(np.arange(len(posts)), rng.poisson(strangers))
        post = np.concatenate([by_follower, by_stranger])
        reactor = np.concatenate([reactor, rng.integers(0, len(self.accounts), len(by_stranger))])

        accepts = rng.random(len(post)) < np.array(RESPONSIVENESS)[self.accounts.level[reactor]]
        reacts = accepts & (reactor != posts.actor[post])
        pairs = distinct(post[reacts] * len(self.accounts) + reactor[reacts])
        post, reactor = pairs // len(self.accounts), pairs % len(self.accounts)

        at_ms = posts.at_ms[post] + _delays_ms(rng, len(post))
        later = (at_ms - self.world.midnight_ms(day)) // DAY_MS
        is_there = np.stack(present)[later, reactor]
        post, reactor, at_ms = post[is_there], reactor[is_there], at_ms[is_there]
        kind = _kinds(rng, self.network.reactions, len(post))
        return _acts(at_ms, reactor, kind, posts.actor[post], np.where(kind == MENTION, -1, post))

    def _threads(self, rng: np.random.Generator, posts: Acts) -> Acts:
        """Authors who go on in a reply to their own post, a few minutes later."""
        post = np.flatnonzero(rng.random(len(posts)) < THREAD_SHARE)
        at_ms = posts.at_ms[post] + 20_000 + rng.exponential(120_000, len(post)).astype(np.int64)
        return _acts(at_ms, posts.actor[post], REPLY, posts.actor[post], post)

    def _conversation(self, rng: np.random.Generator, day: int, present: Array, begins_at: int) -> list[Acts]:
        """Friends talk in turns: an opening act, then replies, each to the one before.

        `begins_at` is the row the first opening act will have; returns the rounds in order.
        """
        opener = np.repeat(np.arange(len(present)), rng.poisson(self._opening_rate(day) * present))
        friend = self._friend(rng, opener)
        talks = (friend >= 0) & present[friend] & ~self.accounts.is_bot[friend]
        opener, friend = opener[talks], friend[talks]
        length = np.minimum(rng.geometric(1 - GOES_ON, len(opener)), LONGEST)
        at_ms = self._times_ms(rng, day, opener)
        row = begins_at + np.arange(len(opener))
        rounds = [_acts(at_ms, opener, _kinds(rng, self.network.openers, len(opener)), friend)]
        speaker, listener = friend, opener
        for turn in range(1, LONGEST + 1):
            goes_on = length >= turn
            speaker, listener, row = speaker[goes_on], listener[goes_on], row[goes_on]
            at_ms, length = at_ms[goes_on] + _pauses_ms(rng, len(speaker)), length[goes_on]
            begins_at += len(rounds[-1])
            rounds.append(_acts(at_ms, speaker, REPLY, listener, row))
            row = begins_at + np.arange(len(speaker))
            speaker, listener = listener, speaker
        return rounds

    def _opening_rate(self, day: int) -> Array:
        """Conversations opened per day and account, so that talk makes up its share of all acts."""
        accounts = self.accounts
        acts_each = 1 + (1 - GOES_ON**LONGEST) / (1 - GOES_ON)
        posts_naming = POST_MENTION_SHARE * float((accounts.activity * self.truth.presence).mean())
        wanted = CONVERSATION_SHARE * self.network.acts_per_account_day - posts_naming
        can_talk = accounts.chattiness * self.truth.presence**2 * (self.followers.count() > 0)
        factor = self.network.weekday_factor(self.world.day(day))
        rates: Array = accounts.chattiness * (wanted * factor / acts_each / float(can_talk.mean()))
        return rates


def _kinds(rng: np.random.Generator, shares: dict[int, float], count: int) -> Array:
    return np.array(list(shares), np.int8)[draw_index(rng, np.array(list(shares.values())), count)]


def _delays_ms(rng: np.random.Generator, count: int) -> Array:
    """Time from post to reaction: a second to almost two days, heavy-tailed."""
    longest_s = REACTION_DAYS * 86_400 - 60
    least = (1 + longest_s / DELAY_SCALE_S) ** -DELAY_EXPONENT
    left = least + (1 - least) * rng.random(count)
    delays_s: Array = 1 + DELAY_SCALE_S * (left ** (-1 / DELAY_EXPONENT) - 1)
    return (delays_s * 1000).astype(np.int64)


def _pauses_ms(rng: np.random.Generator, count: int) -> Array:
    """Time between turns of a conversation: ten minutes on average."""
    return (5_000 + rng.exponential(600_000, count)).astype(np.int64)


def _numbered(acts: Acts, day: int) -> Acts:
    """Sort by time, give each act its number, and turn rows of parents into their numbers.

    The number is a snowflake: milliseconds, then two bits for the day it was made on (acts of
    three such days overlap in time) and twenty for its row.
    """
    order = np.argsort(acts.at_ms, kind="stable")
    row_of = np.empty(len(acts), np.int64)
    row_of[order] = np.arange(len(acts))
    acts = acts.take(order)
    act_id = (acts.at_ms - SNOWFLAKE_EPOCH_MS << 22) + ((day & 3) << 20) + (np.arange(len(acts)) & 0xFFFFF)
    has_parent = acts.parent >= 0
    parent = np.where(has_parent, row_of[acts.parent], 0)
    names_another = np.isin(acts.kind[parent], (MENTION, TAG, WALL))
    parent_names = has_parent & names_another
    root = _roots(np.where(has_parent, parent, -1))
    return Acts(
        act_id=act_id,
        at_ms=acts.at_ms,
        actor=acts.actor,
        kind=acts.kind,
        target=acts.target,
        parent=np.where(has_parent, parent, -1),
        parent_id=np.where(has_parent, act_id[parent], -1),
        parent_at_ms=np.where(has_parent, acts.at_ms[parent], -1),
        parent_mention=np.where(parent_names, acts.target[parent], -1).astype(np.int32),
        root_id=np.where(has_parent, act_id[root], -1),
        root_actor=np.where(has_parent, acts.actor[root], -1).astype(np.int32),
    )


def _roots(parent: Array) -> Array:
    """The row each chain of parents begins with; a row without parent begins its own."""
    root = np.where(parent >= 0, parent, np.arange(len(parent)))
    while np.any(root != root[root]):
        root = root[root]
    return root
