"""Every table of a lake, in flow order. A column's sentence is its documentation, its rule is its check.

Data tables are written by Spark, control tables (CONTROL) by delta-rs in single small commits; see
docs/decisions/control-tables.md.
"""

from sway.contracts.contract import Contract, Field

NETWORK = Field("network", "string", "network the row belongs to, as its folder in landing/", "network <> ''")
ACCOUNT = Field("account_id", "string", "the network's own id of the account, compared exactly", "account_id <> ''")
VERSION = Field("algorithm_version", "string", "release of the method, as its file in conf/scoring/")
SCORE_DATE = Field("score_date", "date", "the day a score speaks for, UTC; events up to and including it count")
ATTEMPT = Field("attempt", "string", "run that wrote the row; readers see the one `published` names")
FEED = Field("feed", "string", "feed of the network that delivered the row")
DELIVERED_ON = Field("delivered_on", "date", "day of delivery, as the folder dt= in landing/")
EVENT_DATE = Field("event_date", "date", "UTC day of the act")
RUN = Field("run_id", "string", "run that wrote the row")
RECORD_HASH = Field("record_hash", "bigint", "hash of the source record's content, to tell a repeat from a change")

# What becomes of a row that was read: exactly one of these.
FATES = ("accepted", "duplicate", "tombstone", "quarantined")

FEED_DAYS = Contract(
    name="feed_days",
    grain="one delivery day of one feed, as the last run that looked found it",
    key=("network", "feed", "delivered_on"),
    fields=(
        NETWORK,
        FEED,
        DELIVERED_ON,
        Field(
            "state",
            "string",
            "ready: its rows are in; broken: refused; late: landed without its manifest; absent: not landed",
            "state IN ('ready', 'broken', 'late', 'absent')",
        ),
        Field("reason", "string", "why it is not ready", optional=True),
        Field("manifest_hash", "string", "SHA-256 of the manifest that was read; NULL without one", optional=True),
        Field("files", "bigint", "files read", "files >= 0"),
        Field("rows_read", "bigint", "rows read: the sum of the four fates", "rows_read >= 0"),
        Field("accepted", "bigint", "rows whose content went on", "accepted >= 0"),
        Field("duplicate", "bigint", "rows that repeat an accepted row exactly", "duplicate >= 0"),
        Field("tombstone", "bigint", "rows that take a row back, were taken back, or are erased", "tombstone >= 0"),
        Field("quarantined", "bigint", "rows refused, kept in quarantine", "quarantined >= 0"),
        Field("late", "bigint", "accepted rows of days before their delivery day", "late >= 0"),
        RUN,
    ),
)

QUARANTINE = Contract(
    name="quarantine",
    grain="one refused row or file",
    key=("network", "feed", "delivered_on", "file", "rule", "payload_sha256"),
    fields=(
        NETWORK,
        FEED,
        DELIVERED_ON,
        Field("file", "string", "name of the file in its landing folder"),
        Field("rule", "string", "short name of the rule it broke"),
        Field("reason", "string", "what was expected, what was found, what to do"),
        Field("payload", "string", "the row as it was read, shortened", optional=True),
        Field("payload_sha256", "string", "SHA-256 of the whole row", optional=True),
        RUN,
    ),
    partitions=("network",),
)

ACCOUNTS = Contract(
    name="accounts",
    grain="one account ever seen",
    key=("network", "account_id"),
    fields=(
        NETWORK,
        ACCOUNT,
        Field(
            "account_key",
            "bigint",
            "64-bit key of the account over all networks: xxhash64 of network, id, salt",
        ),
        Field("salt", "int", "0, or the number of collisions its key was moved away from", "salt >= 0"),
        Field(
            "first_seen",
            "timestamp",
            "earliest time of any row naming the account as actor, target or author; NULL if only a profile does",
            optional=True,
        ),
    ),
    partitions=("network",),
)

INTERACTIONS = Contract(
    name="interactions",
    grain="one act of one account towards another, counted unless set aside",
    key=("network", "feed", "event_id"),
    fields=(
        NETWORK,
        EVENT_DATE,
        Field(
            "event_id",
            "string",
            "the source's id of the act; record/action/target where a record yields several",
        ),
        Field("record_id", "string", "id of the source record that brought the act", "record_id <> ''"),
        Field("actor_id", "string", "account that acted, the network's own id", "actor_id <> ''"),
        Field("target_id", "string", "account acted upon, the network's own id", "target_id <> ''"),
        Field("action", "string", "which act it was, as declared for the network", "action <> ''"),
        Field("occurred_at", "timestamp", "instant of the act, UTC"),
        Field("object_id", "string", "post or page the act is about, the network's own id", optional=True),
        Field(
            "set_aside",
            "string",
            "why it does not count: self_act, absorbed by another row of the same act, or changed_record, "
            "delivered with several contents; NULL: it counts",
            "set_aside IN ('self_act', 'absorbed', 'changed_record')",
            optional=True,
        ),
        FEED,
        DELIVERED_ON,
        RECORD_HASH,
    ),
    partitions=("network", "event_date"),
)

POSTS = Contract(
    name="posts",
    grain="one post",
    key=("network", "feed", "post_id"),
    fields=(
        NETWORK,
        EVENT_DATE,
        Field("post_id", "string", "the network's own id of the post", "post_id <> ''"),
        Field("author_id", "string", "account that posted, the network's own id", "author_id <> ''"),
        Field("created_at", "timestamp", "instant of the post, UTC"),
        Field("kind", "string", "original or reshare", "kind IN ('original', 'reshare')"),
        Field("client", "string", "application it was posted with, as the network names it", optional=True),
        Field("hashtags", "array<string>", "hashtags in order of appearance, without the sign", optional=True),
        Field(
            "set_aside",
            "string",
            "why it does not count: changed_record, delivered with several contents; NULL: it counts",
            "set_aside IN ('changed_record')",
            optional=True,
        ),
        FEED,
        DELIVERED_ON,
        RECORD_HASH,
    ),
    partitions=("network", "event_date"),
)

PROFILES = Contract(
    name="profiles",
    grain="one account's state from a day until the next one known",
    key=("network", "account_id", "valid_from"),
    fields=(
        NETWORK,
        ACCOUNT,
        Field("valid_from", "date", "first day the state held: its day of delivery"),
        Field("valid_to", "date", "day the next state begins; NULL while it is the last known", optional=True),
        Field("handle", "string", "name the account is addressed by", optional=True),
        Field("name", "string", "display name", optional=True),
        Field("created_at", "timestamp", "when the account was opened, UTC", optional=True),
        Field("followers", "bigint", "accounts following it", "followers >= 0", optional=True),
        Field("following", "bigint", "accounts it follows", "following >= 0", optional=True),
        Field("type", "string", "kind of account as the network names it", optional=True),
        Field("title", "string", "position held", optional=True),
        Field("place", "string", "place as the account states it", optional=True),
        Field("language", "string", "language code as the network gives it", optional=True),
        Field("is_minor", "boolean", "labelled under age by the network", optional=True),
    ),
    partitions=("network",),
)

LABELS = Contract(
    name="labels",
    grain="one label on one account by one author from a day on",
    key=("network", "account_id", "label", "author", "valid_from"),
    fields=(
        NETWORK,
        ACCOUNT,
        Field(
            "label", "string", "spam, restricted, suspended or seed",
            "label IN ('spam', 'restricted', 'suspended', 'seed')",
        ),
        Field("author", "string", "who says so", "author <> ''"),
        Field("reason", "string", "why", optional=True),
        Field("valid_from", "date", "first day it holds"),
        Field("valid_to", "date", "first day it no longer holds; NULL while it does", "valid_to > valid_from", True),
        DELIVERED_ON,
    ),
    partitions=("network",),
)  # fmt: skip

IDENTITY_ASSERTIONS = Contract(
    name="identity_assertions",
    grain="one claim by one author, from a day on, that accounts belong to one entity, or what an entity is",
    key=("network", "account", "other_network", "other_account", "relation", "author", "valid_from"),
    fields=(
        NETWORK,
        Field("account", "string", "account the claim is about: its id, or @handle as of valid_from", "account <> ''"),
        Field(
            "other_network", "string", "network of the other account; NULL where only one is named",
            "other_network <> ''", optional=True,
        ),
        Field(
            "other_account", "string", "the other account, written likewise; NULL where only one is named",
            "other_account <> ''", optional=True,
        ),
        Field(
            "relation", "string", "same_as: one entity, or one account of its own; part_of: of the other's entity",
            "relation IN ('same_as', 'part_of')",
        ),
        Field(
            "role", "string", "what the entity is to the account: owner, managed, employer; NULL: owner",
            "role IN ('owner', 'managed', 'employer')", optional=True,
        ),
        Field(
            "share", "double", "share of the account that belongs to the entity, above 0, at most 1; NULL: all",
            "share > 0 AND share <= 1", optional=True,
        ),
        Field(
            "entity_type", "string", "what the entity is (part_of: the other's); NULL: not said",
            "entity_type IN ('person', 'brand', 'organisation', 'bot', 'feed', 'unknown')", optional=True,
        ),
        Field("evidence", "string", "what the claim rests on", optional=True),
        Field("author", "string", "who says so", "author <> ''"),
        Field("confirmed", "boolean", "checked; what is not never merges two confirmed entities"),
        Field("valid_from", "date", "first day it holds; handles are read as of this day"),
        Field("valid_to", "date", "first day it no longer holds; NULL while it does", "valid_to > valid_from", True),
        DELIVERED_ON,
    ),
)  # fmt: skip

ENTITIES = Contract(
    name="entities",
    grain="one person, brand or organisation, with every id it ever had",
    key=("entity_id",),
    fields=(
        Field("entity_id", "string", "hash of its earliest asserted account; survives mergers", "entity_id <> ''"),
        Field(
            "type", "string", "person, brand, organisation, bot, feed; unknown where not said or disputed",
            "type IN ('person', 'brand', 'organisation', 'bot', 'feed', 'unknown')",
        ),
        Field("first_seen", "date", "earliest day an assertion about one of its accounts holds from"),
        Field(
            "merged_into", "string", "the older entity it is part of now; NULL while it stands by itself",
            "merged_into <> entity_id", optional=True,
        ),
        Field("confirmed", "boolean", "whether any assertion behind it is confirmed"),
    ),
)  # fmt: skip

ENTITY_LINKS = Contract(
    name="entity_links",
    grain="one account's belonging to one entity",
    key=("entity_id", "network", "account_id", "valid_from"),
    fields=(
        Field("entity_id", "string", "entity the account belongs to, as in entities", "entity_id <> ''"),
        NETWORK,
        ACCOUNT,
        Field(
            "share", "double", "share of the account, above 0; an account's shares sum to at most 1",
            "share > 0 AND share <= 1",
        ),
        Field(
            "role", "string", "what the entity is to the account: owner, managed, employer",
            "role IN ('owner', 'managed', 'employer')",
        ),
        Field("evidence", "string", "what the assertions behind it rest on, sorted, parted by ;", optional=True),
        Field("confirmed", "boolean", "whether any assertion that says so is confirmed"),
        Field("valid_from", "date", "earliest day such an assertion holds from"),
        Field("valid_to", "date", "first day none holds any more; NULL while open", "valid_to > valid_from", True),
    ),
    partitions=("network",),
)  # fmt: skip

IDENTITY_ISSUES = Contract(
    name="identity_issues",
    grain="one thing about identity that could not be settled, and was not guessed",
    key=("rule", "network", "account", "reason"),
    fields=(
        Field("rule", "string", "unlinked, or the kind of conflict"),
        Field("network", "string", "network of the account at issue; NULL where entities are", optional=True),
        Field("account", "string", "account at issue, as it was written; NULL where entities are", optional=True),
        Field("entity_ids", "array<string>", "entities at issue, if any", optional=True),
        Field("reason", "string", "what was said, and why it does not hold together"),
    ),
)

OPT_OUTS = Contract(
    name="opt_outs",
    grain="one account's or entity's wish to be left out, from a day on",
    key=("network", "account", "kind", "since"),
    fields=(
        Field("network", "string", "network of the account; entity: the account is an entity's id", "network <> ''"),
        Field(
            "account", "string", "account's id, or @handle as of since (erase: until it is known whose); or an "
            "entity's id", "account <> ''",
        ),
        Field(
            "kind", "string", "suppress: not scored, not shown; erase: never ingested again either",
            "kind IN ('suppress', 'erase')",
        ),
        Field("since", "date", "day it was asked for; it holds for every score date"),
        Field("author", "string", "who took it in", "author <> ''"),
        Field("reason", "string", "why, if said", optional=True),
        DELIVERED_ON,
    ),
)  # fmt: skip

TOMBSTONES = Contract(
    name="tombstones",
    grain="one record that takes another one back, which stays out whenever it is delivered",
    key=("network", "feed", "record_id"),
    fields=(
        NETWORK,
        FEED,
        Field("record_id", "string", "id of the row that takes the other back", "record_id <> ''"),
        Field("of_feed", "string", "feed that delivered the record taken back, or would have"),
        Field("of_record_id", "string", "id of the record taken back", "of_record_id <> ''"),
        DELIVERED_ON,
        RECORD_HASH,
    ),
    partitions=("network",),
)

FOLLOWS = Contract(
    name="follows",
    grain="one standing relation of an account towards another from a day on: follow, friend, circle, page fan ...",
    key=("network", "action", "actor_id", "target_id", "valid_from"),
    fields=(
        NETWORK,
        Field("action", "string", "which relation it is, as declared for the network", "action <> ''"),
        Field("actor_id", "string", "account that follows, befriends, endorses", "actor_id <> ''"),
        Field("target_id", "string", "account that is followed", "target_id <> ''"),
        Field("valid_from", "date", "first day it held, as far as delivered"),
        Field("valid_to", "date", "first day it no longer held; NULL while it does", "valid_to > valid_from", True),
        FEED,
        DELIVERED_ON,
    ),
    partitions=("network",),
)

PAGE_LINKS = Contract(
    name="page_links",
    grain="one link or redirect of a page to another from a day on",
    key=("network", "action", "actor_id", "target_id", "valid_from"),
    fields=(
        NETWORK,
        Field("action", "string", "page_link or redirect", "action IN ('page_link', 'redirect')"),
        Field("actor_id", "string", "page the link stands on", "actor_id <> ''"),
        Field("target_id", "string", "page it leads to, itself perhaps a redirect", "target_id <> ''"),
        Field("valid_from", "date", "first day it held, as far as delivered"),
        Field("valid_to", "date", "first day it no longer held; NULL while it does", "valid_to > valid_from", True),
        FEED,
        DELIVERED_ON,
    ),
    partitions=("network",),
)

PAGE_VIEWS = Contract(
    name="page_views",
    grain="one page's views on one day",
    key=("network", "event_date", "account_id"),
    fields=(
        NETWORK,
        EVENT_DATE,
        ACCOUNT,
        Field("views", "bigint", "views by people, as the network counts them", "views >= 0"),
        FEED,
        DELIVERED_ON,
        RECORD_HASH,
    ),
    partitions=("network", "event_date"),
)

PAIR_DAYS = Contract(
    name="pair_days",
    grain="one actor's acts of one kind towards one target on one day",
    key=("network", "event_date", "actor_key", "target_key", "action"),
    fields=(
        NETWORK,
        EVENT_DATE,
        Field("actor_key", "bigint", "key of the account that acted"),
        Field("target_key", "bigint", "key of the account acted upon", "target_key <> actor_key"),
        Field("action", "string", "which act it was"),
        Field("count", "bigint", "acts, at least 1", "count >= 1"),
        Field("last_at", "timestamp", "instant of the last of them, UTC"),
    ),
    partitions=("network", "event_date"),
)

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

RUNS = Contract(
    name="runs",
    grain="one attempt of one step for one network, version and date",
    key=("run_id", "step", "network", "algorithm_version", "score_date"),
    fields=(
        RUN,
        Field("step", "string", "ingest, roll_up, calibrate, score or publish"),
        Field("network", "string", "network it worked on; NULL for all", optional=True),
        Field("algorithm_version", "string", "version it worked for, if any", optional=True),
        Field("score_date", "date", "date it worked for, if any", optional=True),
        Field("state", "string", "done or failed", "state IN ('done', 'failed')"),
        Field("message", "string", "what failed, or a remark", optional=True),
        Field("started_at", "timestamp", "UTC"),
        Field("ended_at", "timestamp", "UTC"),
        Field("input_versions", "map<string,bigint>", "Delta version of each table it read"),
        Field("config_hash", "string", "SHA-256 of the resolved configuration"),
        Field("code_version", "string", "release of the code"),
        Field("counts", "map<string,bigint>", "rows by what became of them"),
        Field(
            "files",
            "array<struct<network:string,feed:string,delivered_on:date,file:string,rows_read:bigint,"
            "accepted:bigint,duplicate:bigint,tombstone:bigint,quarantined:bigint>>",
            "fate of each file's rows: the last four sum to rows_read",
        ),
        Field("checksums", "map<string,string>", "order-free checksum of each table slice written"),
        Field("figures", "map<string,double>", "seconds by part, and the engine's figures"),
    ),
)

METRICS = Contract(
    name="metrics",
    grain="one figure of one run",
    key=("run_id", "name", "algorithm_version", "score_date", "network"),
    fields=(
        RUN,
        Field("name", "string", "what was measured"),
        Field("algorithm_version", "string", "version it was measured on", optional=True),
        Field("score_date", "date", "date it was measured on", optional=True),
        Field("network", "string", "network it was measured on; NULL for all", optional=True),
        Field("value", "double", "the figure; NULL where there was nothing to compare with", optional=True),
        Field("low", "double", "least the audit accepts", optional=True),
        Field("high", "double", "most the audit accepts", optional=True),
        Field("outcome", "string", "passed, failed or no baseline"),
    ),
)

PUBLISHED = Contract(
    name="published",
    grain="the attempt readers see for one dataset, version and date",
    key=("dataset", "algorithm_version", "score_date"),
    fields=(
        Field("dataset", "string", "scores", "dataset IN ('scores', 'explanations')"),
        VERSION,
        SCORE_DATE,
        ATTEMPT,
        Field("published_at", "timestamp", "UTC"),
    ),
)

PROMOTIONS = Contract(
    name="promotions",
    grain="one decision which version is current; the highest sequence holds",
    key=("sequence",),
    fields=(
        Field("sequence", "bigint", "1, 2, 3, ... in order of decision", "sequence >= 1"),
        VERSION,
        Field("parent", "bigint", "sequence whose version a rollback of this row returns to", optional=True),
        Field("who", "string", "account of the operating system that decided"),
        Field("decided_at", "timestamp", "UTC"),
        Field("why", "string", "first publication, promotion or rollback, and the reason given"),
    ),
)

DATA = (
    QUARANTINE, ACCOUNTS, TOMBSTONES, INTERACTIONS, POSTS, PROFILES, LABELS, IDENTITY_ASSERTIONS, ENTITIES,
    ENTITY_LINKS, IDENTITY_ISSUES, OPT_OUTS, FOLLOWS, PAGE_LINKS, PAGE_VIEWS, PAIR_DAYS, ACCOUNT_SCORES,
)  # fmt: skip
CONTROL = (FEED_DAYS, CALIBRATIONS, RUNS, METRICS, PUBLISHED, PROMOTIONS)
TABLES = (*CONTROL[:1], *DATA[:-1], CALIBRATIONS, ACCOUNT_SCORES, *CONTROL[2:])
