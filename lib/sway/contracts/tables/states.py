"""What holds from a day until another: profiles, labels, relations; and views of a day."""

from sway.contracts.contract import Contract, Field
from sway.contracts.tables.columns import ACCOUNT, DELIVERED_ON, EVENT_DATE, FEED, NETWORK, RECORD_HASH

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
        Field("followers", "bigint", "accounts following it, 0 and up", "followers >= 0", optional=True),
        Field("following", "bigint", "accounts it follows, 0 and up", "following >= 0", optional=True),
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
        Field("views", "bigint", "views by people, as the network counts them, 0 and up", "views >= 0"),
        FEED,
        DELIVERED_ON,
        RECORD_HASH,
    ),
    partitions=("network", "event_date"),
)
