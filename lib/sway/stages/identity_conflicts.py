"""What claims about accounts come to -> conflicts: what was said, and why it does not hold together."""

from __future__ import annotations

import pyarrow as pa

from sway.contracts.queries import select


def to_conflicts(asked: pa.Table, refused: pa.Table, stated: pa.Table, types: pa.Table) -> pa.Table:
    """rule, network and account where one account is at issue, entity_ids list of string, reason.

    The tables are those of Identity.claims in stages/identity.py.
    """
    each = (HELD_TWICE, MERGING_CONFIRMED, CONTRADICTING_LINKS, CLAIMED_TOO_OFTEN, CONTRADICTING_TYPES)
    every = f"{' UNION ALL BY NAME '.join(f'({sql})' for sql in each)} ORDER BY ALL"
    return select(every, asked=asked, refused=refused, stated=stated, types=types)


HELD_TWICE = """
    SELECT 'handle_held_twice' AS rule, network, account, CAST([] AS VARCHAR[]) AS entity_ids,
        'held on ' || day || ' by the accounts ' || array_to_string(holders, ', ') || ': write the id' AS reason
    FROM asked WHERE len(holders) > 1
"""
MERGING_CONFIRMED = """
    SELECT 'merges_confirmed' AS rule, network, account_id AS account,
        list_sort([entity_id, other_entity_id]) AS entity_ids,
        'same as ' || other_network || ':' || other_id || ' from ' || valid_from || ' says ' || author
        || ', not confirmed, and both belong to confirmed entities: confirm it or end it' AS reason
    FROM refused
"""
CONTRADICTING_LINKS = """
    SELECT 'links_differ' AS rule, network, account_id AS account, [entity_id] AS entity_ids,
        'the latest assertions say '
        || array_to_string(list_transform(says, lambda one: one.role || ' of ' || one.share), ' and ')
        || ': end all but one' AS reason
    FROM stated WHERE len(says) > 1
"""
CLAIMED_TOO_OFTEN = """
    SELECT CASE WHEN count_if(share = 1) > 1 THEN 'claimed_whole_twice' ELSE 'shares_above_one' END AS rule,
        network, account_id AS account, list(DISTINCT entity_id ORDER BY entity_id) AS entity_ids,
        'shares sum to more than 1: '
        || string_agg(share || ' to ' || entity_id, ', ' ORDER BY share || ' to ' || entity_id)
        || '; until one is lowered or ended '
        || CASE WHEN bool_and(is_surely_above) THEN 'it has no entity'
                ELSE 'links that are not confirmed are left out' END AS reason
    FROM stated WHERE CASE WHEN is_surely_above THEN confirmed ELSE is_above END
    GROUP BY network, account_id
"""
CONTRADICTING_TYPES = """
    SELECT 'types_differ' AS rule, [entity_id] AS entity_ids,
        'the latest assertions say ' || array_to_string(types, ' and ') || ': end all but one' AS reason
    FROM types WHERE len(types) > 1
"""
