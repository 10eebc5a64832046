"""What is computed: a version's frozen constants, and scores."""

from sway.contracts.contract import Contract, Field
from sway.contracts.tables.columns import ACCOUNT, ATTEMPT, NETWORK, RUN, SCORE_DATE, VERSION

CALIBRATIONS = Contract(
    name="calibrations",
    grain="the frozen constants of one version on one network",
    key=("algorithm_version", "network"),
    fields=(
        VERSION,
        NETWORK,
        Field("calibrated_on", "date", "reference date the constants were taken on"),
        Field("accounts", "bigint", "accounts with reach they were taken over, 1 and up", "accounts >= 1"),
        Field("z50", "double", "median raw score of accounts with reach, no unit, of either sign"),
        Field("z95", "double", "raw score at the version's high percentile, no unit, above z50", "z95 > z50"),
        Field(
            "m0",
            "double",
            "voiced reactions per original post over the network, 0 and up; 0: efficiency is 1",
            "m0 >= 0",
        ),
        Field(
            "shift",
            "double",
            "points that bring the network onto one scale with the others, of either sign; by sway-1.0 -15 to 15",
        ),
        Field(
            "links",
            "bigint",
            "people on this and another network the shift rests on, once a network, 0 and up",
            "links >= 0",
        ),
        Field("has_profiles", "boolean", "whether the network delivered profiles by the reference date"),
        Field("has_posts", "boolean", "whether the network delivered posts by the reference date"),
        Field("method_hash", "string", "SHA-256 of the version's constants they belong to"),
        RUN,
    ),
)


def _score(null_where: str) -> Field:
    meaning = f"published score, 0 to 100 points; NULL {null_where}"
    return Field("score", "double", meaning, "score >= 0 AND score <= 100", optional=True)


_LINEAR = Field(
    "linear", "double", "score before the soft cap, points, 0 and up; NULL where score is", "linear >= 0", optional=True
)
_ERROR = Field(
    "error",
    "double",
    "standard error of score, points, 0 and up; NULL without score, without reach, and by algorithms other than sway",
    "error >= 0 AND error <= 1e6",
    optional=True,
)
_GRADE = Field(
    "grade",
    "string",
    "evidence, A (most) to D; NULL without score, and by algorithms other than sway",
    "grade IN ('A', 'B', 'C', 'D')",
    optional=True,
)

ACCOUNT_SCORES = Contract(
    name="account_scores",
    grain="one account's score on its network, by one version, as of one date, in one attempt",
    key=("algorithm_version", "score_date", "attempt", "network", "account_id"),
    fields=(
        VERSION,
        SCORE_DATE,
        ATTEMPT,
        NETWORK,
        ACCOUNT,
        _score(
            "where no reaction (of a page no link) was observed, for suspended accounts, where the network is not "
            "calibrated, and by algorithms other than sway where their number is 0 or not known"
        ),
        _LINEAR,
        _ERROR,
        _GRADE,
        Field(
            "percentile", "double", "percent of the network's scored accounts below, equals counting half, 0 to 100",
            "percentile >= 0 AND percentile <= 100", optional=True,
        ),
        Field(
            "rank", "bigint", "place by score, 1 and up: 1 for the network's highest; equal scores share a place",
            "rank >= 1", optional=True,
        ),
        Field(
            "raw_score", "double", "z, what is put on the scale, no unit, of either sign; NULL as score, but for a "
            "network not calibrated", optional=True,
        ),
        Field("influence", "double", "influence, 0 and up, 1 = a trusted account nobody reacts to", "influence >= 0"),
        Field(
            "reach", "double", "distinct reactors, each counted by trust, habit and age, 0 and up; of a page the pages "
            "that link to it", "reach >= 0",
        ),
        Field(
            "effective_reactors", "double", "reactors of equal weight that say as much, 0 and up, behind error and "
            "grade", "effective_reactors >= 0",
        ),
        Field(
            "efficiency", "double", "factor for reactions per original post, above 0; by sway-1.0 0.667 to 1.5",
            "efficiency > 0",
        ),
        Field(
            "break_days", "double", "days of silence credited and not forgotten, 0 and up; by sway-1.0 at most 12",
            "break_days >= 0",
        ),
        Field(
            "break_credit", "double", "what break_days add to the raw score, no unit, 0 and up; by sway-1.0 at "
            "most 0.28", "break_credit >= 0",
        ),
        Field(
            "title_bonus", "double", "what a senior title adds to the raw score, no unit, 0 and up; by sway-1.0 at "
            "most 0.25", "title_bonus >= 0",
        ),
        Field(
            "trust", "double", "how far the account itself is believed, 0 and up, 1 = an ordinary account; by sway-1.0 "
            "at most 5", "trust >= 0",
        ),
        Field("reactions", "bigint", "acts received in the horizon, 0 and up", "reactions >= 0"),
        Field("reactors", "bigint", "distinct accounts that reactions came from, 0 and up", "reactors >= 0"),
        Field("acts_given", "bigint", "acts towards others in the horizon, 0 and up", "acts_given >= 0"),
        Field("targets", "bigint", "distinct accounts that acts given went to, 0 and up", "targets >= 0"),
        Field(
            "received", "map<string,bigint>", "acts received in the horizon by action, as declared for the network: "
            "1 and up, an action without any left out",
        ),
        Field(
            "given", "map<string,bigint>", "acts towards others in the horizon by action, as declared for the network: "
            "1 and up, an action without any left out",
        ),
        Field(
            "posts", "bigint", "posts in the horizon, 0 and up, reshares included: reshared = posts - original_posts",
            "posts >= 0",
        ),
        Field("original_posts", "bigint", "posts in the horizon, reshares left out, 0 to posts", "original_posts >= 0"),
        Field(
            "as_of", "date", "day the network speaks for: the score date, or its last good date", "as_of <= score_date"
        ),
        Field(
            "flags", "array<string>", "those of stale_network, broadcast_only, negative_attention that hold, none or "
            "more: docs/method.md, 9",
        ),
        Field(
            "entity_id", "string", "entity the account belongs to as of the score date, NULL without link; of several "
            "its owner, then the largest share, then the smallest id", "entity_id <> ''", optional=True,
        ),
    ),
    partitions=("algorithm_version", "score_date", "attempt"),
)  # fmt: skip

ENTITY_SCORES = Contract(
    name="entity_scores",
    grain="one entity's score over all its networks, by one version, as of one date, in one attempt",
    key=("algorithm_version", "score_date", "attempt", "entity_id"),
    fields=(
        VERSION,
        SCORE_DATE,
        ATTEMPT,
        Field("entity_id", "string", "entity with an account in account_scores of that date", "entity_id <> ''"),
        Field("type", "string", "person, brand, organisation, bot, feed or unknown, as in entities", "type <> ''"),
        _score(
            "where none of its accounts on a network of weight above 0 has a score and, by the algorithm sway, reach"
        ),
        _LINEAR,
        _ERROR,
        _GRADE,
        Field(
            "percentile", "double", "percent of scored entities below, equals counting half, 0 to 100",
            "percentile >= 0 AND percentile <= 100", optional=True,
        ),
        Field(
            "percentile_in_type", "double", "percent of scored entities of its type below, equals counting half, 0 "
            "to 100", "percentile_in_type >= 0 AND percentile_in_type <= 100", optional=True,
        ),
        Field(
            "rank", "bigint", "place by score, 1 and up: 1 for the highest; equal scores share a place", "rank >= 1",
            optional=True,
        ),
        Field(
            "effective_reactors", "double", "effective reactors of its scored accounts, summed, 0 and up, behind the "
            "grade", "effective_reactors >= 0",
        ),
        Field(
            "contributions", "map<string,double>",
            "part of the sum before the cap by network, above 0 to 1; they add up to 1; empty where there is no sum",
        ),
        Field("accounts", "bigint", "accounts with a row in account_scores, 1 and up", "accounts >= 1"),
        Field(
            "scored_accounts", "bigint", "its accounts whose score counts here, 0 to accounts",
            "scored_accounts >= 0",
        ),
        Field(
            "audience_overlap", "double", "distinct reactors over all networks, a person once, over the sum of those "
            "on each, above 0 to 1, 1 = nobody reacts on two of them; NULL without reactors",
            "audience_overlap > 0 AND audience_overlap <= 1", optional=True,
        ),
        Field("reactions", "bigint", "acts its accounts received in the horizon, 0 and up", "reactions >= 0"),
        Field(
            "reactors", "bigint", "distinct accounts that reactions came from, 0 and up, several of one person once "
            "where the entity has several accounts", "reactors >= 0",
        ),
        Field(
            "acts_given", "bigint", "acts of its accounts towards others in the horizon, 0 and up", "acts_given >= 0"
        ),
        Field(
            "targets", "bigint", "distinct accounts that acts given went to, 0 and up, several of one person once "
            "where the entity has several accounts", "targets >= 0",
        ),
        Field(
            "received", "map<string,bigint>", "acts its accounts received in the horizon by network.action: 1 and up, "
            "an action without any left out",
        ),
        Field(
            "given", "map<string,bigint>", "acts of its accounts towards others in the horizon by network.action: 1 "
            "and up, an action without any left out",
        ),
        Field(
            "posts", "bigint", "posts of its accounts in the horizon, 0 and up, reshares included: reshared = posts - "
            "original_posts", "posts >= 0",
        ),
        Field(
            "original_posts", "bigint", "posts of its accounts in the horizon, reshares left out, 0 to posts",
            "original_posts >= 0",
        ),
        Field(
            "flags", "array<string>", "those of stale_network, broadcast_only, negative_attention that any of its "
            "accounts has, none or more",
        ),
    ),
    partitions=("algorithm_version", "score_date", "attempt"),
)  # fmt: skip
