"""What every executor of the graph engine takes and gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa

from sway.contracts.method import Method, Network
from sway.kernels.keys import Keys

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


@dataclass(frozen=True)
class DayFile:
    """A Parquet file with rows of one day; no day where they are not acts. Row groups None: all of them."""

    path: str
    day: date | None = None
    row_groups: tuple[int, ...] | None = None


@dataclass(frozen=True)
class PairDays:
    """PAIR_DAYS rows of one network at one version, as a frame and as the files behind it: an executor reads either.

    Rows of any date, of which those within the horizon count, and of them the actions that the network declares. Each
    (actor, target, action, day) stands once. `frame` makes the frame, for executors that need Spark for it. accounts,
    relations: of the network at most, as far as is known without reading.
    """

    frame: Callable[[], DataFrame]
    files: tuple[DayFile, ...] = ()
    accounts: int = 0
    relations: int = 0


@dataclass(frozen=True)
class Figures:
    """How a propagation went.

    residual: summed change of influence in the last sweep, over all influence. error_bound: summed distance
    from the fixed point is at most this, over all influence: a sweep shrinks a summed distance to
    `continuation` or less, so error_bound = residual * continuation / (1 - continuation). accounts: members.
    pairs: actors and targets with acts or a standing relation that count. seconds: wall time by part.
    blocks, block_bytes: what sweeps read, 0 where there are no blocks.
    """

    sweeps: int
    residual: float
    error_bound: float
    accounts: int
    pairs: int
    seconds: Mapping[str, float] = field(default_factory=dict)
    blocks: int = 0
    block_bytes: int = 0


@dataclass(frozen=True)
class Propagated:
    """One row per member: account_key, influence, reach, reach_squares, reactions, reactors,
    acts_given, targets.

    influence: 1 = a trusted account nobody reacts to. reach: sum of contributions c of distinct reactors;
    reach_squares: sum of c^2. reactions and acts_given count acts, reactors and targets distinct accounts.
    """

    accounts: pa.Table
    figures: Figures


class Executor(Protocol):
    """Method 1 to 5 on one network: strengths, favours, shares, influence, reach."""

    def present(self, pair_days: PairDays, *, network: Network, method: Method, as_of: date) -> Keys:
        """Keys of everybody who acts or is acted upon within the horizon, by any action, once each."""
        ...

    def propagate(
        self,
        pair_days: PairDays,
        members: pa.Table,
        standing: pa.Table | None = None,
        *,
        network: Network,
        method: Method,
        as_of: date,
    ) -> Propagated:
        """Influence and reach of `members` as of the date.

        Args:
            members: account_key bigint, trust double (0 and up), voice double (0 to 1), one row per account.
                Every actor and target of a row that counts must be among them: acts of and towards others
                are lost without a word.
            standing: actor_key, target_key, action of relations that hold on the date; of them the actions that
                `network` declares count, in influence alone. None where there are none.
        """
        ...

    def release(self) -> None:
        """Let go of what the executor holds."""
        ...
