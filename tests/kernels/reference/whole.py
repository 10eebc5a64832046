# ruff: noqa: N806  (capitals are the design's: C, D, U, E, B)
"""All of it, for one network and date."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from tests.kernels.reference.graph import (
    TWITTER,
    Account,
    Act,
    Action,
    contributions,
    dated,
    decayed_counts,
    influence_swept,
    reach,
    shares,
    strengths,
    voice,
)
from tests.kernels.reference.points import (
    break_credit,
    credited_days,
    effective_reactors,
    efficiency,
    grade,
    linear_score,
    points_per_unit,
    published_error,
    quantile,
    raw_score,
    soft_cap,
    usual_reactions_per_post,
    voiced_reactions,
)

# --- the whole of it, for one network and date


# In what versions differ: exponent and bounds of efficiency (5.6), the design's and those of sway-1.0, and how many
# days before the horizon's end acts and posts begin to fade out (5.1), none by the design.
DESIGN = {"exponent": 0.25, "lowest": 0.8, "highest": 1.25}
SWAY_1_0 = {"exponent": 0.5, "lowest": 0.667, "highest": 1.5}
FADE_OUT_DAYS = 60


@dataclass(frozen=True)
class Raw:
    """What is known before the scale: of each account, and how efficiency is damped."""

    damping: Mapping[str, float]
    trust: dict[Account, float]
    influence: dict[Account, float]
    reach: dict[Account, float]
    squares: dict[Account, float]
    reactions: dict[Account, float]  # voiced
    original_posts: dict[Account, float]  # each by what lasting leaves of it
    has_score: dict[Account, bool]
    break_days: dict[Account, float]


@dataclass(frozen=True)
class Scale:
    z50: float
    z95: float
    m0: float


@dataclass(frozen=True)
class Score:
    influence: float
    reach: float
    efficiency: float
    score: float | None
    linear: float | None
    error: float | None
    grade: str | None


def raw(
    acts: Collection[Act],
    score_date: date,
    *,
    actions: Mapping[str, Action] = TWITTER,
    m: Mapping[Account, float] | None = None,
    suspended: Collection[Account] = (),
    original_posts: Mapping[Account, float] | None = None,
    also: Collection[Account] = (),
    standing: Collection[tuple[Account, Account, float]] = (),
    post_ages: Mapping[Account, Collection[int]] | None = None,
    damping: Mapping[str, float] = DESIGN,
    fade_out_days: int = 0,
) -> Raw:
    """5.1 to 5.5 for every account that acted or was acted upon in the horizon, stands in a relation, or is in `also`.

    `m` defaults to 1 for whoever it does not name. `also`: accounts that only posted. `standing`: valid relations
    (j, i, weight). `post_ages`: days ago of the days with posts, where breaks are credited. `damping`: of
    efficiency. Whoever gives `fade_out_days` counts `original_posts` by `lasting` too. A score needs a dated reaction
    in the horizon and no suspension (5.6).
    """
    posted = post_ages or {}  # nobody is credited who never posts
    current = dated(acts, score_date)
    targets = {act.target for act, _ in current}
    related = {account for j, i, _ in standing for account in (j, i)}
    accounts = sorted({act.actor for act, _ in current} | targets | related | set(also))
    trusts = {account: (m or {}).get(account, 1.0) for account in accounts}
    q = {account: voice(trusts[account]) for account in accounts}
    d = decayed_counts(acts, score_date, fade_out_days=fade_out_days)
    C = shares(strengths(d, actions, standing=standing))
    total, squares = reach(contributions(acts, score_date, q, actions, fade_out_days=fade_out_days))
    reactions = voiced_reactions(acts, score_date, q, fade_out_days=fade_out_days)
    return Raw(
        damping=damping,
        trust=trusts,
        influence=influence_swept(accounts, C, trusts, q),
        reach={account: total.get(account, 0.0) for account in accounts},
        squares={account: squares.get(account, 0.0) for account in accounts},
        reactions={account: reactions.get(account, 0.0) for account in accounts},
        original_posts={account: (original_posts or {}).get(account, 0) for account in accounts},
        has_score={account: account in targets and account not in suspended for account in accounts},
        break_days={account: credited_days(ages) if (ages := posted.get(account)) else 0.0 for account in accounts},
    )


def efficiencies(known: Raw, m0: float) -> dict[Account, float]:
    """5.6: E of every account."""
    return {
        account: efficiency(known.reactions[account], known.original_posts[account], m0, **known.damping)
        for account in known.trust
    }


def raw_scores(known: Raw, m0: float) -> dict[Account, float]:
    """5.6: z of the accounts that have one."""
    E = efficiencies(known, m0)
    return {
        account: raw_score(
            known.influence[account],
            known.reach[account],
            E[account],
            break_credit(
                known.break_days[account], known.influence[account], known.trust[account], known.reach[account]
            ),
        )
        for account, has_score in known.has_score.items()
        if has_score
    }


def calibrated(known: Raw, *, has_posts: bool, fewest_accounts: int = 100) -> Scale | None:
    """5.7: m0, and the median and 95th percentile of z over accounts with U > 0; None if too few of them."""
    m0 = usual_reactions_per_post(known.reactions, known.original_posts) if has_posts else 0.0
    reached = [z for account, z in raw_scores(known, m0).items() if known.reach[account] > 0.0]
    if len(reached) < fewest_accounts:
        return None
    return Scale(z50=quantile(reached, 0.5), z95=quantile(reached, 0.95), m0=m0)


def scored(known: Raw, scale: Scale, *, shift: float = 0.0) -> dict[Account, Score]:
    """5.6 to 5.8: every account's score, error and grade; None for the three where it has no score."""
    E, z = efficiencies(known, scale.m0), raw_scores(known, scale.m0)
    B = points_per_unit(scale.z50, scale.z95)
    result = {}
    for account in known.trust:
        n_eff = effective_reactors(known.reach[account], known.squares[account])
        linear = linear_score(z[account], scale.z50, scale.z95, shift=shift) if account in z else None
        result[account] = Score(
            influence=known.influence[account],
            reach=known.reach[account],
            efficiency=E[account],
            score=None if linear is None else soft_cap(linear),
            linear=linear,
            error=None if linear is None else published_error(linear, B, n_eff),
            grade=None if linear is None else grade(n_eff),
        )
    return result
