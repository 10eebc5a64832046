"""What every executor of the graph engine takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Protocol

from sway.contracts.method import Method, Network

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


@dataclass(frozen=True)
class Figures:
    """How a propagation went.

    residual: summed change of influence in the last sweep, over all influence. error_bound: summed distance
    from the fixed point is at most this, over all influence: a sweep shrinks a summed distance to
    `continuation` or less, so error_bound = residual * continuation / (1 - continuation). accounts: members.
    pairs: actors and targets with acts or a standing relation that count. seconds: wall time by part.
    """

    sweeps: int
    residual: float
    error_bound: float
    accounts: int
    pairs: int
    seconds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Propagated:
    """One row per member: account_key, influence, reach, reach_squares, voiced_reactions, reactions,
    reactors, acts_given, targets; already computed, whatever becomes of the inputs.

    influence: 1 = a trusted account nobody reacts to. reach: sum of contributions c of distinct reactors;
    reach_squares: sum of c^2. voiced_reactions: acts received, undecayed, each times its actor's voice.
    reactions and acts_given count acts, reactors and targets distinct accounts.
    """

    accounts: DataFrame
    figures: Figures


class Executor(Protocol):
    """Method 1 to 5 on one network: strengths, favours, shares, influence, reach."""

    def propagate(
        self,
        pair_days: DataFrame,
        members: DataFrame,
        standing: DataFrame | None = None,
        *,
        network: Network,
        method: Method,
        as_of: date,
    ) -> Propagated:
        """Influence and reach of `members` as of the date.

        Args:
            pair_days: PAIR_DAYS rows of one network, of any date; those within the horizon count, and of them
                the actions that `network` declares. Each (actor, target, action, day) stands once.
            members: account_key bigint, trust double (0 and up), voice double (0 to 1), one row per account.
                Every actor and target of a row that counts must be among them: acts of and towards others
                are lost without a word.
            standing: actor_key, target_key, action of relations that hold on the date; of them the actions that
                `network` declares count, in influence alone. None where there are none.
        """
        ...
