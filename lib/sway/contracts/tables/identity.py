"""Who is behind accounts, and who asked to be left out."""

from sway.contracts.contract import Contract, Field
from sway.contracts.tables.columns import ACCOUNT, DELIVERED_ON, NETWORK

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
            "share", "double", "share of the account that belongs to the entity, above 0 to 1; NULL: all",
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
    grain="one person, brand or organisation, under every id that a night knew it by",
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
            "share", "double", "share of the account, above 0 to 1; an account's shares sum to at most 1",
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
        Field(
            "rule",
            "string",
            "unlinked, handle_held_twice, merges_confirmed, links_differ, claimed_whole_twice, shares_above_one, "
            "types_differ, opt_out_unlinked or opt_out_held_twice: docs/method.md, Who is behind accounts",
        ),
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
            "account", "string", "account's id, or @handle as of since, else as it first is afterwards (erase: until "
            "it is known whose); or an entity's id", "account <> ''",
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
