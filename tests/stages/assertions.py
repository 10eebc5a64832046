"""Drawn assertions, what a night makes of them, and the ids of entities, hashed anew."""

import hashlib
import json
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
from sway.contracts.contract import arrow_type
from sway.contracts.tables.identity import ENTITIES, IDENTITY_ASSERTIONS
from sway.contracts.tables.states import PROFILES
from sway.kernels.components import components
from sway.stages.identity import to_identity
from sway.stages.identity_conflicts import to_conflicts

from tests.tables import drawn_in_arrow

NIGHT = date(2016, 5, 3)
CONFLICT = ("rule", "network", "account", "entity_ids", "reason")

PROFILES_DRAWN = """
    network:string | account_id:string | handle:string | valid_from:date | valid_to:date
    twitter        | 1                 | Ann_B         | 2016-01-01      | 2016-03-01
    twitter        | 1                 | Ann_New       | 2016-03-01      | null
    twitter        | 2                 | ann_b         | 2016-04-01      | null
    facebook       | 11                | Ann.Page      | 2016-01-01      | null
    google_plus    | 111               | +AnnB         | 2016-01-01      | null
    wikipedia      | 1111              | Ann B.        | 2016-01-01      | null
    forum          | f1                | Ann           | 2016-01-01      | null
    forum          | f2                | ann           | 2016-01-01      | null
    twitter        | 3                 | both          | 2016-01-01      | null
    twitter        | 4                 | BOTH          | 2016-01-01      | null
"""

# Assertions are drawn with accounts as network:id or network:@handle, and these names of columns.
SHORT = {"type": "entity_type", "since": "valid_from", "until": "valid_to"}


def entity(day, network, account_id):
    written = json.dumps([day, network, account_id], separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()[:32]


def as_contract(rows, contract, **defaults):
    """Drawn rows with all columns of their contract: those not drawn are NULL or as `defaults` says."""
    return pa.table(
        {
            field.name: rows[field.name]
            if field.name in rows.column_names
            else pa.array([defaults.get(field.name)] * len(rows), arrow_type(field.type))
            for field in contract.fields
        }
    )


NOBODY = ENTITIES.arrow.empty_table()


def in_parts(accounts):
    """network and account of `network:account`, NULL of NULL."""
    parted = pc.split_pattern(accounts, ":")
    return [pc.list_element(parted, place) for place in (0, 1)]


def identity(assertions, *, as_of=NIGHT, known=NOBODY, connect=components):
    """What to_identity makes of drawn assertions."""
    said = drawn_in_arrow(assertions) if isinstance(assertions, str) else assertions
    said = said.rename_columns([SHORT.get(name, name) for name in said.column_names])
    if "other" not in said.column_names:
        said = said.append_column("other", pa.nulls(len(said), pa.string()))
    network, account = in_parts(said["account"])
    other_network, other_account = in_parts(said["other"])
    said = said.drop_columns(["account", "other"])
    names = {"network": network, "account": account, "other_network": other_network, "other_account": other_account}
    for name, column in names.items():
        said = said.append_column(name, column)
    claims = as_contract(
        said,
        IDENTITY_ASSERTIONS,
        relation="same_as",
        author="us",
        confirmed=True,
        valid_from=date(2016, 4, 1),
        delivered_on=NIGHT,
    )
    profiles = as_contract(drawn_in_arrow(PROFILES_DRAWN), PROFILES)
    return Found(to_identity(claims, profiles, known, as_of=as_of, connect=connect))


def in_order(conflict):
    return str([conflict[name] for name in CONFLICT])


class Found:
    """What was found as rows: entities, links, conflicts, unlinked."""

    def __init__(self, made):
        links = made.entity_links.to_pylist()
        self.links = {(row["network"], row["account_id"], row["entity_id"]): row for row in links}
        self.entities = {row["entity_id"]: row for row in made.entities.to_pylist()}
        self.conflicts = sorted(to_conflicts(*made.claims).to_pylist(), key=in_order)
        self.unlinked = sorted(tuple(row.values()) for row in made.unlinked.to_pylist())

    def as_known(self):
        return pa.Table.from_pylist(list(self.entities.values()), ENTITIES.arrow)

    def groups(self):
        """{entity_id: accounts linked to it}"""
        accounts = {}
        for network, account_id, entity_id in self.links:
            accounts.setdefault(entity_id, set()).add(f"{network}:{account_id}")
        return accounts
