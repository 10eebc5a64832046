"""opt_outs, profiles, entity links -> accounts that are neither scored nor shown."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa

from sway.contracts.queries import Tables, last_of_each, select
from sway.contracts.tables.identity import OPT_OUTS
from sway.networks.holders import IS_HANDLE, to_accounts
from sway.networks.registry import ENTITY

if TYPE_CHECKING:
    from sway.contracts.queries import Rows


def to_opt_outs(told: pa.Table) -> pa.Table:
    """Rows of OPT_OUTS of all that was told; of several deliveries of one the last one holds."""
    return last_of_each(OPT_OUTS, told)


def to_erasures_by_id(asked: pa.Table, profiles: Rows) -> pa.Table:
    """Rows of OPT_OUTS of kind erase that name an account by its `handle`, under its id.

    The profile that tells whose handle it is may be among what is never ingested: this keeps what it told.
    """
    return select(ERASED_BY_HANDLE, found=_with_accounts(asked, profiles))


def to_suppressed(opt_outs: pa.Table, profiles: Rows, entities: Rows, entity_links: Rows, *, now: date) -> pa.Table:
    """network, account_id, kind (suppress or erase), reason (opt_out or minor): accounts neither scored nor shown.

    All of it holds as of `now`, for every score date. A handle means whoever had it on the day they asked, or, where
    no profile tells, first afterwards. An entity's opt-out, also under an id that was merged into another, holds for
    the accounts it owns by `entity_links`. An account is under age where the last of its profiles that tells an age
    says so.
    """
    of_entities = to_opted_out_entities(opt_outs, entities, now=now)
    with Tables(found=_with_accounts(opt_outs, profiles), profiles=profiles, links=entity_links) as held:
        held.add("of_entities", of_entities)
        return held.find(SUPPRESSED, now=now)


def to_opted_out_entities(opt_outs: pa.Table, entities: Rows, *, now: date) -> pa.Table:
    """entity_id, kind: entities that opted out by `now` under their id, or under one that was merged into theirs."""
    with Tables(opt_outs=opt_outs, entities=entities) as held:
        return held.find(OPTED_OUT_ENTITIES, now=now, entity=ENTITY)


def to_unlinked_opt_outs(opt_outs: pa.Table, profiles: Rows) -> pa.Table:
    """rule, network, account, reason: opt-outs that hide nobody, since their handle means no account, or several.

    A handle of several accounts is settled once one of them opts out by its id, of erase by erase.
    """
    return select(UNLINKED, found=_with_accounts(opt_outs, profiles))


def _with_accounts(opt_outs: pa.Table, profiles: Rows) -> pa.Table:
    """Opt-outs of accounts with their day, holders and account_id, as to_accounts finds them."""
    with Tables(opt_outs=opt_outs) as held:
        held.make("asked", "SELECT *, since AS day FROM opt_outs WHERE network <> $entity", entity=ENTITY)
        references = held.find("SELECT DISTINCT network, account, day FROM asked")
        held.add("found", to_accounts(references, profiles, or_later=True))
        return held.find("SELECT * FROM asked JOIN found USING (network, account, day)")


ERASED_BY_HANDLE = f"""
    SELECT * REPLACE (account_id AS account), account AS handle FROM found
    WHERE kind = 'erase' AND {IS_HANDLE} AND account_id IS NOT NULL ORDER BY ALL
"""
UNLINKED = """
    SELECT DISTINCT CASE WHEN len(holders) = 0 THEN 'opt_out_unlinked' ELSE 'opt_out_held_twice' END AS rule,
        network, account,
        CASE WHEN len(holders) = 0 THEN 'no profile of ' || network || ' has this handle on ' || day || ' or later'
             ELSE 'asked on ' || day || ', held by the accounts ' || array_to_string(holders, ', ') END AS reason
    FROM found WHERE account_id IS NULL AND NOT EXISTS (
        FROM found AS by_id WHERE by_id.network = found.network AND by_id.account IN found.holders
        AND by_id.kind <= found.kind  -- erase before suppress
    ) ORDER BY ALL
"""
SUPPRESSED = """
    WITH hidden AS (
        SELECT network, account_id, kind, 'opt_out' AS reason FROM found
        WHERE since <= $now AND account_id IS NOT NULL UNION ALL
        SELECT network, account_id, kind, 'opt_out' FROM of_entities JOIN links USING (entity_id)
        WHERE role = 'owner' UNION ALL
        SELECT network, account_id, 'suppress', 'minor' FROM profiles
        WHERE is_minor IS NOT NULL AND valid_from <= $now
        GROUP BY network, account_id HAVING arg_max(is_minor, valid_from)
    )
    SELECT network, account_id, min(kind) AS kind, max(reason) AS reason  -- erase before suppress
    FROM hidden GROUP BY ALL ORDER BY ALL
"""
OPTED_OUT_ENTITIES = """
    SELECT coalesce(merged_into, account) AS entity_id, min(kind) AS kind
    FROM opt_outs LEFT JOIN entities ON entity_id = account
    WHERE network = $entity AND since <= $now
    GROUP BY ALL ORDER BY ALL
"""
