"""What a world is made of: its size, and the constants of each network in it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sway.errors import ConfigError

ACTS_PER_ACCOUNT_DAY = 0.625  # towards another; 20,000 accounts and 40 days give half a million
PEOPLE_PER_ACCOUNT = 1.5  # of one network: two of three people on one network are on the other
CONVERSATION_SHARE = 0.28  # of all acts: talk among friends, whatever their pull
POST_MENTION_SHARE = 0.08  # of posts: name a friend
THREAD_SHARE = 0.04  # of posts: continued by their author in a reply to it
RESPONSIVENESS = (0.02, 0.05, 0.12, 0.3, 0.6, 1.0)  # chance to react to a post that has one's attention
RESPONSIVENESS_SHARES = (0.25, 0.25, 0.2, 0.15, 0.1, 0.05)
ATTENTION_EXPONENT = -0.45  # a follower's attention falls as (1 + followers)**-0.45
STRANGER_SHARE = 0.12  # exposure beyond the followers, over exposure of the followers
VIRALITY_SIGMA = 0.8  # lognormal spread of posts of one author, mean 1
BOT_SHARE = 0.005
REACTION_DAYS = 2  # a post is reacted to for two days, then no more

# Kinds of act, the numbers of Acts.kind.
POST, MENTION, REPLY, RESHARE, QUOTE, LIKE, TAG = range(7)

FIRST_START = date(2011, 1, 1)  # Twitter's present ids count from November 2010


@dataclass(frozen=True, kw_only=True)
class World:
    """A world is a pure function of these. `accounts` are on each network; days run from `start`."""

    accounts: int
    days: int
    seed: int
    start: date

    def __post_init__(self) -> None:
        faults = []
        if self.accounts < 50:
            faults.append(f"accounts: expected at least 50, found {self.accounts}")
        if self.days < 1:
            faults.append(f"days: expected at least 1, found {self.days}")
        if self.seed < 0:
            faults.append(f"seed: expected a number >= 0, found {self.seed}")
        if self.start < FIRST_START:
            faults.append(f"start: expected {FIRST_START} or later, found {self.start}")
        if faults:
            raise ConfigError("generate: " + "; ".join(faults))

    @property
    def people(self) -> int:
        return round(self.accounts * PEOPLE_PER_ACCOUNT)

    def day(self, index: int) -> date:
        return self.start + timedelta(days=index)

    def midnight_ms(self, index: int) -> int:
        """Milliseconds from 1970 to the UTC start of a day."""
        return seconds_since_1970(self.day(index)) * 1000


def seconds_since_1970(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


@dataclass(frozen=True, kw_only=True)
class Network:
    """How people behave on one network. Shares are of what the name says and sum to 1."""

    name: str
    posts_per_account_day: float
    reactions: dict[int, float]  # kind -> share of reactions to posts
    openers: dict[int, float]  # kind -> share of first acts of conversations
    weekdays: tuple[float, ...]  # Monday to Sunday, relative; made to average 1
    hours: tuple[float, ...]  # local hours 0 to 23, relative

    def weekday_factor(self, day: date) -> float:
        return self.weekdays[day.weekday()] * 7 / sum(self.weekdays)


TWITTER = Network(
    name="twitter",
    posts_per_account_day=0.2,
    reactions={RESHARE: 0.55, REPLY: 0.25, QUOTE: 0.1, MENTION: 0.1},
    openers={MENTION: 1.0},
    weekdays=(1.0, 1.05, 1.08, 1.06, 1.0, 0.78, 0.82),
    hours=(5, 3, 2, 1, 1, 2, 4, 7, 9, 10, 10, 10, 11, 11, 10, 10, 10, 11, 12, 13, 14, 14, 12, 8),
)
FACEBOOK = Network(
    name="facebook",
    posts_per_account_day=0.15,
    reactions={LIKE: 0.68, REPLY: 0.18, RESHARE: 0.1, MENTION: 0.04},
    openers={MENTION: 0.5, TAG: 0.5},
    weekdays=(0.95, 0.95, 0.97, 1.0, 0.98, 1.06, 1.12),
    hours=(4, 2, 1, 1, 1, 2, 4, 7, 8, 8, 8, 9, 11, 10, 9, 9, 9, 10, 12, 14, 16, 16, 12, 7),
)
