"""What a world is made of: its size, and the constants of each network in it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sway.errors import ConfigError

PEOPLE_PER_ACCOUNT = 1.5  # of a network that has them all: two of three people on one are on the other
BRAND_SHARE = 0.02  # of people: organisations and brands, whose accounts are pages where a network has such
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

LATE_ONE_IN = 251  # acts: delivered one to LATEST_DAYS days after they occurred; primes, so that some are both
LATEST_DAYS = 3
TAKEN_BACK_ONE_IN = 241  # acts: taken back by their authors within TAKEN_BACK_WITHIN_S
TAKEN_BACK_WITHIN_S = 2 * 86_400
RENAMED_SHARE = 0.01  # of accounts: another handle while the world runs
MINOR_SHARE = 0.01  # of people: under age, where a network says so

# Kinds of act, the numbers of Acts.kind.
POST, MENTION, REPLY, RESHARE, QUOTE, LIKE, TAG, WALL = range(8)

FIRST_START = date(2012, 1, 1)  # all five networks are there, and Twitter's present ids since November 2010
LAST_DAY = date(2100, 12, 31)  # that a verb takes


@dataclass(frozen=True, kw_only=True)
class World:
    """A world is a pure function of these. `accounts` are on Twitter, others have a share; days run from `start`."""

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
        elif self.days - 1 > (LAST_DAY - self.start).days:
            faults.append(f"days: expected the last on or before {LAST_DAY}, found {self.days} from {self.start} on")
        if faults:
            raise ConfigError("generate: " + "; ".join(faults))

    @property
    def people(self) -> int:
        return round(self.accounts * PEOPLE_PER_ACCOUNT)

    def accounts_on(self, network: "Network") -> int:
        return round(self.accounts * network.account_share)

    def day(self, index: int) -> date:
        return self.start + timedelta(days=index)

    def midnight_ms(self, index: int) -> int:
        """Milliseconds from 1970 to the UTC start of a day."""
        return seconds_since_1970(self.day(index)) * 1000


def seconds_since_1970(day: date) -> int:
    """Seconds from 1970 to the UTC start of a day."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


@dataclass(frozen=True, kw_only=True)
class Network:
    """How people behave on one network. Shares are of what the name says; those of kinds sum to 1.

    account_share: accounts, over the world's. acts_per_account_day: acts towards another. audience: mean followers.
    is_mutual: people befriend each other, so that followers are friends; only pages have followers that are not.
    has_brands: whether organisations hold accounts.
    """

    name: str
    account_share: float
    acts_per_account_day: float
    posts_per_account_day: float
    audience: float
    is_mutual: bool = False
    has_brands: bool = True
    id_prefix: str = ""  # of the ids of accounts, before their number
    has_handles: bool = True
    reactions: dict[int, float]  # kind -> share of reactions to posts
    openers: dict[int, float]  # kind -> share of first acts of conversations
    weekdays: tuple[float, ...]  # Monday to Sunday, relative; made to average 1
    hours: tuple[float, ...]  # local hours 0 to 23, relative

    def weekday_factor(self, day: date) -> float:
        return self.weekdays[day.weekday()] * 7 / sum(self.weekdays)


TWITTER = Network(
    name="twitter",
    account_share=1.0,
    acts_per_account_day=0.625,  # 20,000 accounts and 40 days give half a million
    posts_per_account_day=0.2,
    audience=20.0,
    reactions={RESHARE: 0.4, LIKE: 0.27, REPLY: 0.18, QUOTE: 0.08, MENTION: 0.07},
    openers={MENTION: 1.0},
    weekdays=(1.0, 1.05, 1.08, 1.06, 1.0, 0.78, 0.82),
    hours=(5, 3, 2, 1, 1, 2, 4, 7, 9, 10, 10, 10, 11, 11, 10, 10, 10, 11, 12, 13, 14, 14, 12, 8),
)
FACEBOOK = Network(
    name="facebook",
    account_share=1.0,
    acts_per_account_day=0.3125,  # a quarter of a million
    posts_per_account_day=0.12,
    audience=8.0,
    is_mutual=True,
    reactions={LIKE: 0.68, REPLY: 0.18, RESHARE: 0.1, MENTION: 0.04},
    openers={MENTION: 0.4, TAG: 0.35, WALL: 0.25},
    weekdays=(0.95, 0.95, 0.97, 1.0, 0.98, 1.06, 1.12),
    hours=(4, 2, 1, 1, 1, 2, 4, 7, 8, 8, 8, 9, 11, 10, 9, 9, 9, 10, 12, 14, 16, 16, 12, 7),
)
WIKIPEDIA, REGISTRY = "wikipedia", "registry"  # have no acts: see wikipedia.py and registry.py
LINKEDIN = Network(
    name="linkedin",
    account_share=0.5,
    acts_per_account_day=0.15,  # 60,000
    posts_per_account_day=0.05,
    audience=8.0,
    is_mutual=True,
    has_brands=False,
    id_prefix="yr",
    reactions={LIKE: 0.68, REPLY: 0.2, RESHARE: 0.12},
    openers={MENTION: 1.0},
    weekdays=(1.1, 1.25, 1.3, 1.25, 1.0, 0.3, 0.3),
    hours=(1, 1, 1, 1, 1, 2, 5, 10, 14, 14, 12, 11, 10, 10, 10, 9, 9, 9, 7, 6, 5, 4, 3, 2),
)
GOOGLE_PLUS = Network(
    name="google_plus",
    account_share=0.4,
    acts_per_account_day=0.1875,  # 60,000
    posts_per_account_day=0.06,
    audience=8.0,
    id_prefix="100000",
    has_handles=False,
    reactions={LIKE: 0.6, REPLY: 0.25, RESHARE: 0.15},
    openers={MENTION: 1.0},
    weekdays=(1.0, 1.02, 1.02, 1.0, 0.98, 1.0, 1.02),
    hours=(4, 2, 1, 1, 1, 2, 4, 7, 9, 10, 10, 10, 10, 10, 10, 10, 10, 10, 11, 12, 13, 12, 10, 7),
)
