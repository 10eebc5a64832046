"""Columns that several tables have, and what becomes of a row that was read."""

from datetime import date

from sway.contracts.contract import Field

EARLIEST = date(1990, 1, 1)  # no network is older: neither an act nor a day of delivery

NETWORK = Field("network", "string", "network the row belongs to, as its folder in landing/", "network <> ''")
ACCOUNT = Field("account_id", "string", "the network's own id of the account, compared exactly", "account_id <> ''")
VERSION = Field("algorithm_version", "string", "release of the method, as its file in conf/scoring/")
SCORE_DATE = Field("score_date", "date", "the day a score speaks for, UTC; events up to and including it count")
ATTEMPT = Field("attempt", "string", "run that wrote the row; readers see the one `published` names")
FEED = Field("feed", "string", "feed of the network that delivered the row")
DELIVERED_ON = Field("delivered_on", "date", "day of delivery, as the folder dt= in landing/")
EVENT_DATE = Field("event_date", "date", "UTC day of the act")
RUN = Field("run_id", "string", "run that wrote the row")
RECORD_HASH = Field(
    "record_hash",
    "bigint",
    "64-bit hash of the source record's content, of either sign, to tell a repeat from a change",
)

# What becomes of a row that was read: exactly one of these.
FATES = ("accepted", "duplicate", "tombstone", "quarantined")
