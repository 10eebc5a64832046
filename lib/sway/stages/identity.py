"""identity_assertions, profiles -> entities, entity_links: who is behind accounts.

Nothing is guessed. Who cannot be found is returned as unlinked; of claims that contradict each other only those links
stay that are confirmed and agree, and stages/identity_conflicts.py says which do.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from sway.contracts.queries import Tables, last_of_each
from sway.contracts.tables.identity import ENTITIES, ENTITY_LINKS, IDENTITY_ASSERTIONS
from sway.kernels.components import Connect, components, settle
from sway.networks.holders import to_accounts, to_unlinked

if TYPE_CHECKING:
    from sway.contracts.queries import Rows

SLACK = 1e-9  # shares such as 0.1 + 0.2 + 0.7 sum to a little more than 1


class Claims(NamedTuple):
    """What the claims come to, as stages/identity_conflicts.py reads it.

    `asked`: references with `holders`. `refused`: claims that would merge two confirmed entities. `stated`: links
    with `says`, and whether shares sum to more than 1. `types`: entity_id, types.
    """

    asked: pa.Table
    refused: pa.Table
    stated: pa.Table
    types: pa.Table


class Identity(NamedTuple):
    """Who is behind accounts as of a date.

    `entities` and `entity_links` are rows of their contracts. `unlinked`: network, account, day, reason; references
    that no account is known for. `claims`: where conflicts show.
    """

    entities: pa.Table
    entity_links: pa.Table
    unlinked: pa.Table
    claims: Claims


def to_assertions(told: pa.Table) -> pa.Table:
    """Rows of IDENTITY_ASSERTIONS of all that was told; of several deliveries of one the last one holds."""
    return last_of_each(IDENTITY_ASSERTIONS, told)


def to_identity(
    assertions: pa.Table,
    profiles: Rows,
    known: pa.Table,
    *,
    as_of: date,
    connect: Connect = components,
) -> Identity:
    """Entities and their accounts as the assertions valid on `as_of` say.

    `known`: rows of ENTITIES of earlier nights, so that an id which was merged into an older one is not lost.
    `connect`: who finds components. What merges is told in kernels/components.py. An entity's id is the hash of its
    earliest asserted account (valid_from, network, account_id), so no order of input or of nights changes it.

    The links of an account whose shares sum to more than 1 are left out: if the confirmed ones alone do, all of
    them, else those that are not confirmed.
    """
    with Tables(assertions=assertions, known=known) as held:
        held.make("past", PAST, as_of=as_of)
        held.add("found", to_accounts(held.find(REFERENCES), profiles))
        for name, sql in (("claims", CLAIMS), ("asserted", ASSERTED), ("numbered", NUMBERED)):
            held.make(name, sql)
        held.add("roots", _to_roots(held.find(PAIRS), connect))
        for name, sql in (("members", MEMBERS), ("placed", PLACED), ("standing", STANDING), ("said", SAID)):
            held.make(name, sql)
        held.make("stated", STATED, slack=SLACK)
        held.make("types", TYPES)
        asked = held.find("SELECT * FROM found WHERE is_valid")
        claims = Claims(asked, held.find(REFUSED), held.find("FROM stated"), held.find("FROM types"))
        entities = ENTITIES.conform_arrow(held.find(ENTITIES_NOW, as_of=as_of))
        links = ENTITY_LINKS.conform_arrow(held.find(LINKS))
    return Identity(entities, links, to_unlinked(asked), claims)


def _to_roots(pairs: pa.Table, connect: Connect) -> pa.Table:
    """vertex, root: the earliest vertex of the entity that each vertex of the pairs is part of."""
    left, right, day, confirmed = (
        pairs[name].to_numpy() for name in ("left_vertex", "right_vertex", "day", "confirmed")
    )
    settled = settle(left, right, confirmed.astype(bool), day, connect=connect)
    vertices, first = np.unique(np.concatenate([left, right]), return_index=True)
    return pa.table({"vertex": vertices, "root": np.concatenate(settled)[first]})


# Assertions that began by `as_of`, with is_valid: those that have not ended.
PAST = """
    SELECT *, valid_to IS NULL OR $as_of < valid_to AS is_valid FROM assertions WHERE valid_from <= $as_of
"""
# network, account, day of every account they name, once each; is_valid if one of them is.
REFERENCES = """
    SELECT network, account, day, bool_or(is_valid) AS is_valid FROM (
        SELECT network, account, valid_from AS day, is_valid FROM past UNION ALL
        SELECT other_network, other_account, valid_from, is_valid FROM past WHERE other_account IS NOT NULL
    ) GROUP BY ALL
"""
# Assertions with account_id and other_id, NULL where not found; without those that then say nothing. same_as with
# one account found says that this one has an entity, so it stands in both places.
CLAIMS = """
    SELECT past.*, own.account_id, other.account_id AS other_id
    FROM past
    LEFT JOIN found own ON own.network = past.network AND own.account = past.account AND own.day = valid_from
    LEFT JOIN found other ON other.network = other_network AND other.account = other_account AND other.day = valid_from
    WHERE other_id IS NOT NULL OR relation = 'same_as' AND own.account_id IS NOT NULL
"""
# network, account_id, day: every account that has an entity by a claim, and each day such a claim begins. Claims that
# ended count too: an id does not change because its oldest claim did not last.
# entity_id, the id of an entity whose first account it is: 128 bits in hex.
ASSERTED = """
    SELECT DISTINCT *, substring(sha256(to_json([CAST(day AS VARCHAR), network, account_id])), 1, 32) AS entity_id
    FROM (
        SELECT network, account_id, valid_from AS day FROM claims
        WHERE relation = 'same_as' AND account_id IS NOT NULL UNION ALL
        SELECT other_network, other_id, valid_from FROM claims WHERE other_id IS NOT NULL
    )
"""
# The first day of each account, numbered in the order that decides an entity's id.
NUMBERED = """
    SELECT *, row_number() OVER (ORDER BY day, network, account_id) AS vertex FROM asserted
    QUALIFY row_number() OVER (PARTITION BY network, account_id ORDER BY day) = 1
"""
# What the claims say is one. A vertex paired with itself has an entity; so has the other account of part_of.
PAIRS = """
    WITH sides AS (
        SELECT CASE WHEN relation = 'same_as' THEN own.vertex END AS one, other.vertex AS two, confirmed, valid_from
        FROM claims
        LEFT JOIN numbered own ON own.network = claims.network AND own.account_id = claims.account_id
        LEFT JOIN numbered other ON other.network = other_network AND other.account_id = other_id
        WHERE is_valid
    )
    SELECT coalesce(one, two) AS left_vertex, coalesce(two, one) AS right_vertex, confirmed,
        CAST(valid_from - DATE '1970-01-01' AS BIGINT) AS day
    FROM sides
"""
# network, account_id, entity_id, first_seen: the entity of every account that has one by a valid claim.
MEMBERS = """
    SELECT own.network, own.account_id, earliest.entity_id, earliest.day AS first_seen
    FROM roots JOIN numbered own USING (vertex) JOIN numbered earliest ON earliest.vertex = root
"""
# Valid claims with entity_id of the account (NULL for part_of), other_entity_id, and who they are claimed_by.
PLACED = """
    WITH named AS (
        SELECT claims.*, CASE WHEN relation = 'same_as' THEN own.entity_id END AS entity_id,
            other.entity_id AS other_entity_id
        FROM claims
        LEFT JOIN members own ON own.network = claims.network AND own.account_id = claims.account_id
        LEFT JOIN members other ON other.network = other_network AND other.account_id = other_id
        WHERE is_valid
    )
    SELECT *, coalesce(entity_id, other_entity_id) AS claimed_by FROM named
"""
REFUSED = "SELECT * FROM placed WHERE relation = 'same_as' AND entity_id <> other_entity_id"
STANDING = "SELECT * FROM placed WHERE (relation = 'same_as' AND entity_id <> other_entity_id) IS NOT TRUE"
# entity_id, network, account_id of each account of a claim, with what it says; share and role are the first one's.
SAID = """
    SELECT claimed_by AS entity_id, network, account_id, share, role, evidence, confirmed, valid_from, valid_to
    FROM standing WHERE account_id IS NOT NULL UNION ALL
    SELECT other_entity_id, other_network, other_id, NULL, NULL, evidence, confirmed, valid_from, valid_to
    FROM standing WHERE other_id IS NOT NULL
"""
# Rows as of ENTITY_LINKS with `says`, distinct shares and roles of the strongest claims that give any: confirmed
# before not, then the latest. Besides, whether the account's shares sum to more than 1: those of confirmed links
# (is_surely_above), of all (is_above); and whether the link is_kept: no conflict.
STATED = """
    WITH strongest AS (
        SELECT * FROM said WHERE share IS NOT NULL OR role IS NOT NULL
        QUALIFY rank() OVER (PARTITION BY entity_id, network, account_id ORDER BY confirmed DESC, valid_from DESC) = 1
    ), told AS (
        SELECT entity_id, network, account_id,
            list_sort(list(DISTINCT {'share': coalesce(share, 1.0), 'role': coalesce(role, 'owner')})) AS says
        FROM strongest GROUP BY ALL
    ), links AS (
        SELECT entity_id, network, account_id, bool_or(confirmed) AS confirmed, min(valid_from) AS valid_from,
            nullif(string_agg(DISTINCT evidence, '; ' ORDER BY evidence), '') AS evidence,
            CASE WHEN count(*) = count(valid_to) THEN max(valid_to) END AS valid_to
        FROM said GROUP BY ALL
    ), shared AS (
        SELECT *, coalesce(says[1].share, 1.0) AS share, coalesce(says[1].role, 'owner') AS role
        FROM links LEFT JOIN told USING (entity_id, network, account_id)
    ), sums AS (
        SELECT network, account_id, sum(share ORDER BY entity_id) > 1 + $slack AS is_above,
            coalesce(sum(share ORDER BY entity_id) FILTER (WHERE confirmed) > 1 + $slack, FALSE) AS is_surely_above
        FROM shared GROUP BY ALL
    )
    SELECT *, coalesce(len(says), 0) <= 1 AND NOT is_surely_above AND (confirmed OR NOT is_above) AS is_kept
    FROM shared JOIN sums USING (network, account_id)
"""
LINKS = "SELECT * FROM stated WHERE is_kept ORDER BY entity_id, network, account_id"
# entity_id, types: what the strongest claims say an entity is, `unknown` left aside; several contradict.
TYPES = """
    WITH strongest AS (
        SELECT * FROM standing WHERE entity_type <> 'unknown'
        QUALIFY rank() OVER (PARTITION BY claimed_by ORDER BY confirmed DESC, valid_from DESC) = 1
    )
    SELECT claimed_by AS entity_id, list(DISTINCT entity_type ORDER BY entity_type) AS types FROM strongest GROUP BY ALL
"""
# Entities that stand, and known ones that do not: with the entity their first account is part of now, if any. A known
# id is one of its account's days: whichever it was hashed with, the account is in one entity today.
ENTITIES_NOW = """
    WITH sure AS (
        SELECT claimed_by AS entity_id, bool_or(confirmed) AS confirmed FROM standing GROUP BY ALL
    ), now AS (
        SELECT entity_id, CASE WHEN len(types) = 1 THEN types[1] ELSE 'unknown' END AS type, first_seen,
            CAST(NULL AS VARCHAR) AS merged_into, confirmed
        FROM (SELECT DISTINCT entity_id, first_seen FROM members)
        LEFT JOIN types USING (entity_id) LEFT JOIN sure USING (entity_id)
    ), grown AS (
        SELECT asserted.entity_id, members.entity_id AS merged_into
        FROM asserted JOIN members USING (network, account_id)
    )
    SELECT * FROM now UNION ALL
    SELECT entity_id, type, first_seen, grown.merged_into, confirmed
    FROM known ANTI JOIN now USING (entity_id) LEFT JOIN grown USING (entity_id)
    WHERE first_seen <= $as_of ORDER BY entity_id
"""
