"""The method: what a version's file in conf/scoring/ declares, one frozen class per TOML table.

Every constant is in days, points, counts or shares. Field names are the file's keys; the files carry
unit and meaning beside each value. Ranges are checked when the file is loaded (runtime/config.py).
"""

from dataclasses import field
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic.dataclasses import dataclass

STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Days = Annotated[int, Field(ge=1, le=36_500)]  # a century: dates that far back can still be named
Count = Annotated[int, Field(ge=1)]
Name = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,62}$")]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Strength:
    """Method 1: how acts fade."""

    half_life_days: Positive
    horizon_days: Days
    fade_out_days: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _fades_out_within_the_horizon(self) -> Self:
        if self.fade_out_days > self.horizon_days:
            raise ValueError(f"fade_out_days: expected horizon_days, {self.horizon_days}, at most")
        return self


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Favours:
    """Method 2: mutual endorsement netted, conversation restoring it."""

    netting: Share
    restoring_conversation: Positive


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Shares:
    """Method 3: what part of a voice one target gets at most."""

    cap: Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)]
    reserve: Positive


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Labels:
    """Method 4: factor of each label on trust; the lowest valid one counts."""

    spam: Share
    restricted: Share
    suspended: Annotated[float, Field(ge=0, le=0)]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Trust:
    """Method 4: how far an account itself is believed."""

    floor: Share
    full_age_days: Positive
    first_days_of_data: Days
    followers_grace: NotNegative
    lowest_follow_ratio: Share
    seed_trust: Positive
    silent_at: NotNegative
    full_voice_after: Positive
    labels: Labels


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Influence:
    """Method 5: y = m + continuation * C'(q y)."""

    continuation: Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]
    sweeps: Count


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Reach:
    """Method 5: distinct reactors, those who act towards few counting less."""

    habit_targets: NotNegative


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Efficiency:
    """Method 6: reactions per original post, damped and clipped."""

    prior_posts: Positive
    exponent: NotNegative
    lowest: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
    highest: Annotated[float, Field(ge=1, allow_inf_nan=False)]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Breaks:
    """Method 6: what regular posters are credited for days of silence."""

    first_day: Days
    last_day: Days
    window_days: Days
    fewest_post_days: Count
    most_days: Count
    per_days: Days

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.last_day < self.first_day:
            raise ValueError(f"last_day must not be before first_day ({self.first_day})")
        return self


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Scale:
    """Method 7 and 8: from raw score to points."""

    median_points: NotNegative
    high_points: Positive
    high_percentile: Annotated[float, Field(gt=50, lt=100, allow_inf_nan=False)]
    fewest_accounts: Count
    soft_cap_from: Annotated[float, Field(gt=0, lt=100, allow_inf_nan=False)]

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if self.high_points <= self.median_points:
            raise ValueError(f"high_points must be above median_points ({self.median_points})")
        return self


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Grades:
    """Method 8: effective number of reactors from which evidence has grade A, B, C; D below."""

    a: Positive
    b: Positive
    c: Positive

    @model_validator(mode="after")
    def _falls(self) -> Self:
        if not self.a > self.b > self.c:
            raise ValueError("a must be above b, and b above c")
        return self


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Equating:
    """Method 7: how far people on two networks move one network's scale towards the other's."""

    half_links: Positive
    most_points: NotNegative


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Entities:
    """Method 8: how scores of one entity's accounts add up. Without it a version scores accounts alone."""

    bend_points: Positive


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Flags:
    """Method 9: what is marked beside a score."""

    broadcast_posts: Count
    burst_days: Days
    burst_acts: Count
    burst_times_usual: Positive
    burst_endorsed: Share


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Action:
    """Method 1: what one action weighs, whether it endorses or converses, and whether it is a standing relation.

    disputing: replies and quotes, what a burst of negative attention is made of (method 9). open_format: that the
    network's adapter does not deliver it, but somebody's rows of the open format do; of it no score depends, so it is
    no part of a version's constants.
    """

    weight: Positive
    endorsing: bool = False
    conversation: bool = False
    standing: bool = False
    disputing: bool = False
    open_format: Annotated[bool, Field(exclude=True)] = False


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Network:
    """One network as a version sees it.

    form: acts, or links where nothing is dated (method 6). weight: of its points in an entity's sum. senior_titles:
    what a position adds to the raw score of a confirmed person.
    """

    actions: Annotated[dict[Name, Action], Field(min_length=1)]
    form: Literal["acts", "links"] = "acts"
    weight: NotNegative = 1.0
    senior_titles: dict[str, Annotated[float, Field(ge=0, le=0.25, allow_inf_nan=False)]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Suppression:
    """Method 4: whether what suppressed accounts do to others counts, or has no voice."""

    reactions_count: bool = True


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Method:
    """One algorithm version, whole.

    algorithm: sway, or what gives the one number x whose logarithm is the raw score (stages/raw_scores.py).
    """

    strength: Strength
    favours: Favours
    shares: Shares
    trust: Trust
    influence: Influence
    reach: Reach
    efficiency: Efficiency
    scale: Scale
    grades: Grades
    networks: Annotated[dict[Name, Network], Field(min_length=1)]
    suppression: Suppression = Suppression()
    breaks: Breaks | None = None
    equating: Equating | None = None
    entities: Entities | None = None
    flags: Flags | None = None
    algorithm: Literal["sway", "pagerank", "reactions", "reactors", "followers"] = "sway"

    @model_validator(mode="after")
    def _weighs(self) -> Self:
        if all(network.weight == 0.0 for network in self.networks.values()):
            raise ValueError("at least one of networks.<name>.weight must be above 0")
        if self.flags is not None and self.flags.burst_days >= self.strength.horizon_days:
            raise ValueError(f"flags.burst_days must be below strength.horizon_days ({self.strength.horizon_days})")
        return self
