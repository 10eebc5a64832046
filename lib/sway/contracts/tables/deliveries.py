"""What landed and what became of it, with the rows that were refused."""

from sway.contracts.contract import Contract, Field
from sway.contracts.tables.columns import DELIVERED_ON, FEED, NETWORK, RUN

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
        Field("files", "bigint", "files read, 0 and up", "files >= 0"),
        Field("rows_read", "bigint", "rows read, 0 and up: the sum of the four fates", "rows_read >= 0"),
        Field("accepted", "bigint", "rows whose content went on, 0 and up", "accepted >= 0"),
        Field("duplicate", "bigint", "rows that repeat an accepted row exactly, 0 and up", "duplicate >= 0"),
        Field(
            "tombstone",
            "bigint",
            "rows that take a row back, were taken back, or are erased, 0 and up",
            "tombstone >= 0",
        ),
        Field("quarantined", "bigint", "rows refused, kept in quarantine, 0 and up", "quarantined >= 0"),
        Field("late", "bigint", "accepted rows of days before their delivery day, 0 and up", "late >= 0"),
        RUN,
    ),
)

QUARANTINE = Contract(
    name="quarantine",
    grain="one refused row, in a file once a rule; what is wrong with a whole file stands in feed_days.reason",
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
