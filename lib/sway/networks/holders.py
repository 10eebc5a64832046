"""Whom a reference of networks/references.py means: an id means itself, an @handle whoever had it on the day.

Who asks to be left out may have asked before any profile told whose the handle is: then it is whoever has it first.

The expressions are SQL that Spark and DuckDB read alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sway.contracts.queries import Tables, select

if TYPE_CHECKING:
    import pyarrow as pa

    from sway.contracts.queries import Rows

IS_HANDLE = "account LIKE '@%'"  # else `account` is an id


def folded(network: str, handle: str) -> str:
    """What handles of one account have in common on a network, without @, as SQL: where two are equal, so are these.

    Twitter, Facebook, Google+ and LinkedIn take no notice of case, Facebook none of dots, Google+ none of the plus
    that its URLs have. Wikipedia takes a blank for _ and begins each title with a capital. Others compare exactly.
    """
    bare = f"regexp_replace({handle}, '^@', '')"
    title = f"replace({bare}, ' ', '_')"
    # Spark's lower case of a final sigma and of a dotted capital i is not DuckDB's.
    low = f"replace(replace(lower({bare}), '\u03c2', '\u03c3'), 'i\u0307', 'i')"
    return f"""
        CASE WHEN {network} IN ('twitter', 'linkedin') THEN {low}
             WHEN {network} = 'facebook' THEN replace({low}, '.', '')
             WHEN {network} = 'google_plus' THEN regexp_replace({low}, '^[+]', '')
             WHEN {network} = 'wikipedia' THEN upper(substring({title}, 1, 1)) || substring({title}, 2)
             ELSE {bare} END
    """


HOLDERS = f"""
    WITH wanted AS (
        SELECT DISTINCT network, account, day, {folded("network", "account")} AS handle FROM refs WHERE {IS_HANDLE}
    ), states AS (
        SELECT network, {folded("network", "handle")} AS handle, account_id, valid_from, valid_to
        FROM profiles WHERE handle IS NOT NULL
    ), first_had AS (
        SELECT network, account, day, account_id FROM wanted JOIN states USING (network, handle)
        WHERE (valid_from <= day OR $or_later) AND (valid_to IS NULL OR day < valid_to)
        QUALIFY rank() OVER (PARTITION BY network, account, day ORDER BY greatest(valid_from, day)) = 1
    ), had AS (
        SELECT network, account, day, list(DISTINCT account_id ORDER BY account_id) AS holders
        FROM first_had GROUP BY ALL
    ), found AS (
        SELECT refs.*, CASE WHEN {IS_HANDLE} THEN coalesce(holders, []) ELSE [account] END AS holders
        FROM refs LEFT JOIN had USING (network, account, day)
    )
    SELECT *, CASE WHEN len(holders) = 1 THEN holders[1] END AS account_id FROM found
"""
UNLINKED = """
    SELECT DISTINCT network, account, day,
        CASE WHEN len(holders) = 0 THEN 'no profile of ' || network || ' has this handle on ' || day
             ELSE 'several accounts have this handle on the day: write the id' END AS reason
    FROM found WHERE account_id IS NULL ORDER BY ALL
"""


def to_accounts(references: pa.Table, profiles: Rows, *, or_later: bool = False) -> pa.Table:
    """`references` (network, account, day) with `holders`, the ids of the accounts they may mean, and `account_id`.

    A handle means the account whose profile has it on that day; `or_later`: where none has, the account whose profile
    has it first afterwards. account_id is NULL where it is none, or more than one.
    """
    with Tables(refs=references, profiles=profiles) as held:
        return held.find(HOLDERS, or_later=or_later)


def to_unlinked(found: pa.Table) -> pa.Table:
    """network, account, day, reason: what to_accounts found no account for, or several."""
    return select(UNLINKED, found=found)
