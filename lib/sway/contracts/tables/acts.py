"""Who did what to whom, as networks tell it, and what they took back; per pair and day."""

from sway.contracts.contract import Contract, Field
from sway.contracts.tables.columns import ACCOUNT, DELIVERED_ON, EVENT_DATE, FEED, NETWORK, RECORD_HASH

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
            "key of the account over all networks: xxhash64 of network, id, salt, 64 bits, of either sign",
        ),
        Field("salt", "int", "collisions its key was moved away from, 0 and up", "salt >= 0"),
        Field(
            "first_seen",
            "timestamp",
            "earliest time of any row naming the account as actor, target or author; NULL if only a profile does",
            optional=True,
        ),
    ),
    partitions=("network",),
)

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

PAIR_DAYS = Contract(
    name="pair_days",
    grain="one actor's acts of one kind towards one target on one day",
    key=("network", "event_date", "actor_key", "target_key", "action"),
    fields=(
        NETWORK,
        EVENT_DATE,
        Field("actor_key", "bigint", "account_key of the account that acted, of either sign"),
        Field(
            "target_key", "bigint", "account_key of the account acted upon, of either sign", "target_key <> actor_key"
        ),
        Field("action", "string", "which act it was"),
        Field("count", "bigint", "acts, 1 and up", "count >= 1"),
        Field("last_at", "timestamp", "instant of the last of them, UTC"),
    ),
    partitions=("network", "event_date"),
)
