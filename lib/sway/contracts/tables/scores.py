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
        Field("accounts", "bigint", "accounts with reach they were taken over", "accounts >= 1"),
        Field("z50", "double", "median raw score of accounts with reach, no unit"),
        Field("z95", "double", "raw score at the version's high percentile, no unit", "z95 > z50"),
        Field(
            "m0",
            "double",
            "voiced reactions per original post over the network; 0: efficiency is 1",
            "m0 >= 0",
        ),
        Field("has_profiles", "boolean", "whether the network delivered profiles by the reference date"),
        Field("has_posts", "boolean", "whether the network delivered posts by the reference date"),
        Field("method_hash", "string", "SHA-256 of the version's constants they belong to"),
        RUN,
    ),
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
        Field(
            "score", "double", "published score, 0 to 100 points; NULL where no reaction was observed",
            "score >= 0 AND score <= 100", optional=True,
        ),
        Field("linear", "double", "score before the soft cap, points, 0 and up", "linear >= 0", optional=True),
        Field(
            "error", "double", "standard error of score, points; NULL without reach",
            "error >= 0 AND error <= 1e6", optional=True,
        ),
        Field("grade", "string", "evidence, A (most) to D", "grade IN ('A', 'B', 'C', 'D')", optional=True),
        Field(
            "percentile", "double", "share of scored accounts of the network below, ties half, 0 to 100",
            "percentile >= 0 AND percentile <= 100", optional=True,
        ),
        Field("rank", "bigint", "1 for the network's highest score; equal scores share a rank", "rank >= 1", True),
        Field("influence", "double", "influence, 1 = a trusted account nobody reacts to", "influence >= 0"),
        Field("reach", "double", "distinct reactors, each counted by trust, habit and age", "reach >= 0"),
        Field("efficiency", "double", "factor for reactions per original post, 0.8 to 1.25", "efficiency > 0"),
        Field("trust", "double", "how far the account itself is believed, 1 = ordinary", "trust >= 0"),
        Field("reactions", "bigint", "acts received in the horizon", "reactions >= 0"),
        Field("reactors", "bigint", "distinct accounts they came from", "reactors >= 0"),
        Field("acts_given", "bigint", "acts towards others in the horizon", "acts_given >= 0"),
        Field("targets", "bigint", "distinct accounts they went to", "targets >= 0"),
        Field("posts", "bigint", "posts in the horizon, reshares included", "posts >= 0"),
        Field("original_posts", "bigint", "posts in the horizon, reshares left out", "original_posts >= 0"),
        Field(
            "as_of", "date", "day the network speaks for: the score date, or its last good date", "as_of <= score_date"
        ),
        Field("flags", "array<string>", "stale_network: as_of is before the score date, since a feed is missing"),
        Field(
            "entity_id", "string", "entity the account belongs to as of the score date, NULL without link; of several "
            "its owner, then the largest share, then the smallest id", "entity_id <> ''", optional=True,
        ),
    ),
    partitions=("algorithm_version", "score_date", "attempt"),
)  # fmt: skip
