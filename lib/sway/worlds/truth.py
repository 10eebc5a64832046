"""What is true in the world: how many people react to an account's posts, in closed form.

A post of i has virality v, lognormal with mean 1. Follower k reacts to it with probability
1 - exp(-rate_i v r_k), rate_i = theta pull_i (1 + followers_i)**-0.45, r_k the responsiveness of k.
Beyond the followers, strangers react: on average STRANGER_SHARE rate_i (followers_i + 5) r per post,
r the mean responsiveness of all accounts. Hence, if everybody is there and posts are independent,

    distinct(n posts) = sum over k of 1 - (E_v exp(-rate_i v r_k))**n
                        + n STRANGER_SHARE rate_i (followers_i + 5) r

E_v is taken by Gauss-Hermite quadrature. Strangers who react twice are not deducted (few do). Talk among
friends is not in it: it does not depend on pull. Breaks and later joiners lower what is seen by some 4 %.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sway.worlds.arrays import Array, chunks
from sway.worlds.followers import Followers
from sway.worlds.parameters import (
    ATTENTION_EXPONENT,
    CONVERSATION_SHARE,
    RESPONSIVENESS,
    STRANGER_SHARE,
    VIRALITY_SIGMA,
    Network,
    World,
)
from sway.worlds.people import Accounts

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(9)
VIRALITIES = np.exp(VIRALITY_SIGMA * _NODES - VIRALITY_SIGMA**2 / 2)
VIRALITY_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True)
class Truth:
    """One entry per account.

    rate: reactions per post, follower and unit of responsiveness. presence: share of the days it is there.
    """

    rate: Array
    presence: Array

    def stranger_candidates(self, followers: Array) -> Array:
        """Strangers a post of each account comes before, before their responsiveness decides."""
        candidates: Array = STRANGER_SHARE * self.rate * (followers + 5)
        return candidates


def distinct_reactors(rate: Array, by_level: Array, mean_responsiveness: float, posts: int) -> Array:
    """Expected distinct reactors to `posts` posts of each account; see the formula above.

    by_level: (accounts, levels) followers of each responsiveness.
    """
    result: Array = np.empty(len(rate))
    responsiveness = np.array(RESPONSIVENESS)
    for rows in chunks(len(rate), 50_000):
        missed = np.zeros((rows.stop - rows.start, len(responsiveness)))
        for virality, weight in zip(VIRALITIES, VIRALITY_WEIGHTS, strict=True):
            missed += weight * np.exp(-virality * rate[rows, None] * responsiveness)
        result[rows] = (by_level[rows] * (1 - missed**posts)).sum(axis=1)
    strangers = STRANGER_SHARE * rate * (by_level.sum(axis=1) + 5) * mean_responsiveness
    result += posts * strangers
    return result


def find_truth(world: World, network: Network, accounts: Accounts, followers: Followers) -> Truth:
    """Fix theta so that the world has the wanted number of acts, and with it every account's rate."""
    presence = np.zeros(len(accounts))
    for day in range(world.days):
        presence += accounts.present(day)
    presence /= world.days
    responsiveness = np.array(RESPONSIVENESS)[accounts.level]
    others_present = float(np.average(presence, weights=responsiveness * (followers.following + 1)))

    shape = accounts.pull * (1.0 + followers.count()) ** ATTENTION_EXPONENT
    posts_per_day = accounts.activity * presence
    wanted = network.acts_per_account_day * (1 - CONVERSATION_SHARE) * len(accounts)
    posting = np.flatnonzero(posts_per_day > 0)
    theta, ratio = 0.02, 0.0
    for _ in range(20):  # reactions grow slower than theta, so each step comes nearer
        if abs(ratio - 1) < 0.002:
            break
        reactors = distinct_reactors(
            theta * shape[posting], followers.by_level[posting], float(responsiveness.mean()), posts=1
        )
        ratio = wanted / float((posts_per_day[posting] * reactors).sum() * others_present)
        theta *= ratio
    return Truth(rate=theta * shape, presence=presence)


def truth_table(network: Network, accounts: Accounts, followers: Followers, truth: Truth) -> pa.Table:
    """The truth file's rows of one network: one account each."""
    mean_responsiveness = float(np.array(RESPONSIVENESS)[accounts.level].mean())

    def expected(posts: int) -> Array:
        # Six decimals: exp() differs in its last bit between processors, the file must not.
        return distinct_reactors(truth.rate, followers.by_level, mean_responsiveness, posts).round(6)

    return pa.table(
        {
            "person_id": pa.array(accounts.person, pa.int64()),
            "network": pa.array([network.name]).take(pa.array(np.zeros(len(accounts), np.int32))),
            "account_id": pa.array(accounts.texts(), pa.string()),
            "pull": pa.array(accounts.pull, pa.float64()),
            "activity": pa.array(accounts.activity, pa.float64()),
            "community": pa.array(accounts.community, pa.int32()),
            "followers": pa.array(followers.count(), pa.int64()),
            "is_bot": pa.array(accounts.is_bot),
            "is_brand": pa.array(accounts.is_brand),
            "joined_day": pa.array(accounts.joined, pa.int32()),
            "expected_distinct_reactors_per_post": expected(posts=1),
            "expected_distinct_reactors_ten_posts": expected(posts=10),
        }
    )
