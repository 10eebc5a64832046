"""Influence and reach of a whole network with SciPy, from acts: a second, independent computation.

It shares no code with lib/sway and was written from the design's sections 5.1 to 5.5, so that on real data
two ways to the same figures can be compared. reference/ beside the kernels' tests is the slow third.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy import sparse

# 5.1's "fixed order", Twitter and its like; an action that is not here never takes part.
ORDER = {
    "retweet": 0, "share": 0, "reshare": 0, "quote": 1, "reply": 2, "comment": 2, "mention": 3, "tag": 4,
}  # fmt: skip

# 5.1's column Twitter.
WEIGHTS = {"retweet": 6.0, "quote": 6.0, "mention": 4.0, "list_add": 4.0, "reply": 3.0, "favourite": 1.0}
ENDORSING = ("retweet", "favourite")
CONVERSATION = ("mention", "reply")


def one_act_once(acts: pd.DataFrame, record: str = "occurred_at") -> pd.DataFrame:
    """5.1: without acts towards oneself; of what one record yields for an actor and target, the first action.

    `acts` has actor, target, action and `record`: what tells records apart, in the open format the instant.
    Rows of the same action all stay; likes and their like never take part.
    """
    others = acts[acts["actor"] != acts["target"]]
    place = others["action"].map(ORDER)
    first = place.groupby([others["actor"], others["target"], others[record]]).transform("min")
    return others[place.isna() | (place == first)]


@dataclass(frozen=True)
class Figures:
    """One row per account that acted or was acted upon in the horizon; arrays run along `accounts`."""

    accounts: np.ndarray
    influence: np.ndarray
    reach: np.ndarray
    squares: np.ndarray  # of the contributions to reach
    is_target: np.ndarray

    def frame(self) -> pd.DataFrame:
        return pd.DataFrame(
            {"influence": self.influence, "reach": self.reach, "is_target": self.is_target},
            index=pd.Index(self.accounts, name="account_id"),
        )


def figures(
    acts: pd.DataFrame,
    score_date: date,
    *,
    trust: pd.Series | None = None,
    half_life: float = 30.0,
    horizon: int = 180,
    sweeps: int = 20,
) -> Figures:
    """5.1 to 5.5 from acts (actor, target, action, event_date), each row one act, none towards oneself.

    `trust` by account, 1 for whoever it does not name; the voice follows from it, with v = 1.
    """
    event_date = pd.to_datetime(acts["event_date"])
    age = (pd.Timestamp(score_date) - event_date).dt.days
    current = acts[(age >= 0) & (age < horizon)].assign(age=age)
    accounts = np.unique(np.concatenate([current["actor"].to_numpy(), current["target"].to_numpy()]))
    count = len(accounts)
    pairs = _pairs(current, accounts, half_life)
    actor, target = pairs["actor"].to_numpy(), pairs["target"].to_numpy()

    m = np.ones(count) if trust is None else trust.reindex(accounts).fillna(1.0).to_numpy(dtype=np.float64)
    q = np.clip((m - 0.1) / 0.2, 0.0, 1.0)  # 5.4
    share = _shares(actor, pairs["g"].to_numpy(), count)
    passed_on = sparse.csr_matrix((0.5 * share * q[actor], (target, actor)), shape=(count, count))
    y = m.copy()
    for _ in range(sweeps):  # 5.5: y = m + c C'(q y), from y = m
        y = m + passed_on @ y

    k = np.bincount(actor, minlength=count)
    contribution = q[actor] * (k / (k + 5.0))[actor] * _recency(pairs, count, half_life)
    return Figures(
        accounts=accounts,
        influence=y,
        reach=np.bincount(target, contribution, count),
        squares=np.bincount(target, contribution**2, count),
        is_target=np.bincount(target, minlength=count) > 0,
    )


def _pairs(current: pd.DataFrame, accounts: np.ndarray, half_life: float) -> pd.DataFrame:
    """5.1 and 5.2: one row per pair, accounts as places in `accounts`; g, e, n and the latest act's age."""
    acts = pd.DataFrame(
        {
            "actor": np.searchsorted(accounts, current["actor"].to_numpy()),
            "target": np.searchsorted(accounts, current["target"].to_numpy()),
            "action": current["action"].to_numpy(),
            "age": current["age"].to_numpy(),
        }
    )
    acts["d"] = np.exp2(-acts["age"] / half_life)
    by_action = acts.groupby(["actor", "target", "action"], as_index=False)["d"].sum()
    by_action["g"] = by_action["action"].map(WEIGHTS) * np.log1p(by_action["d"])
    by_action["e"] = by_action["g"].where(by_action["action"].isin(ENDORSING), 0.0)
    by_action["n"] = by_action["g"].where(by_action["action"].isin(CONVERSATION), 0.0)
    strengths = by_action.groupby(["actor", "target"])[["g", "e", "n"]].sum()
    return strengths.join(acts.groupby(["actor", "target"])["age"].min()).reset_index()


def _shares(actor: np.ndarray, g: np.ndarray, count: int, cap: float = 0.2, reserve: float = 3.0) -> np.ndarray:
    """5.3: C = min(0.2, g/D) with D = s + sum min(g, 0.2 D), by Newton's method from above.

    With the targets above 0.2 D held as capped, D = (s + sum of the others) / (1 - 0.2 * capped). From
    s + sum g it only falls, so the capped only grow in number, to four at most: done when none is added.
    """
    total = reserve + np.bincount(actor, g, count)
    is_capped = g > cap * total[actor]
    while True:
        free = np.bincount(actor, np.where(is_capped, 0.0, g), count)
        total = np.minimum(total, (reserve + free) / (1.0 - cap * np.bincount(actor, is_capped, count)))
        following = is_capped | (g > cap * total[actor])
        if (following == is_capped).all():
            return np.minimum(cap, g / total[actor])
        is_capped = following


def _recency(pairs: pd.DataFrame, count: int, half_life: float) -> np.ndarray:
    """5.2 and 5.5: r = 2^(-age of the latest act / H) * (nu + (1 - nu) min(1, n/7)) of every pair."""
    actor, target, e = (pairs[name].to_numpy() for name in ("actor", "target", "e"))
    given = sparse.csr_matrix((e, (actor, target)), shape=(count, count))
    returned = np.asarray(given[target, actor]).ravel()
    with np.errstate(divide="ignore", invalid="ignore"):
        netted = np.where(e > 0.0, np.minimum(e, returned) / e, returned > 0.0)
    nu = 1.0 - 0.95 * netted
    restored = np.minimum(1.0, pairs["n"].to_numpy() / 7.0)
    return np.exp2(-pairs["age"].to_numpy() / half_life) * (nu + (1.0 - nu) * restored)
