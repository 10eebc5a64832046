"""follows, page_links as of a date -> relations between account keys that count for a network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sway.contracts.method import Action
from sway.kernels.keys import starts_of

FOLLOW_COLUMNS = ("actor_id", "target_id", "action")
SCHEMA = pa.schema([("actor_key", pa.int64()), ("target_key", pa.int64()), ("action", pa.string())])


def standing_actions(actions: Mapping[str, Action]) -> list[str]:
    """The actions a network declares to be relations that stand until they end, by name."""
    return sorted(name for name, action in actions.items() if action.standing)


def to_standing(
    follows: Iterable[pa.RecordBatch], links: pa.Table, accounts: pa.Table, actions: Mapping[str, Action]
) -> pa.Table | None:
    """actor_key, target_key, action of every relation that the network declares standing.

    `follows`: rows of FOLLOWS that hold on the date; `links`: actor_id, target_id of page links that do
    (stages/redirects.py); both, and `accounts`, of one network. None where the network declares no standing relation.
    A relation takes some 30 bytes here.
    """
    declared = standing_actions(actions)
    if not declared:
        return None
    named = [batch.select(FOLLOW_COLUMNS).filter(pc.is_in(batch["action"], pa.array(declared))) for batch in follows]
    if "page_link" in declared:
        named += links.append_column("action", pa.repeat("page_link", len(links))).to_batches()
    ids, keys = accounts["account_id"].combine_chunks(), accounts["account_key"].combine_chunks()
    found = [_with_keys(batch, ids, keys) for batch in named if len(batch)]
    return pa.Table.from_batches(found, SCHEMA)


def _with_keys(named: pa.RecordBatch, ids: pa.Array, keys: pa.Array) -> pa.RecordBatch:
    """Ids as keys; relations with accounts that have none are left out."""
    actor, target = (keys.take(pc.index_in(named[side], ids)) for side in ("actor_id", "target_id"))
    found = pa.RecordBatch.from_arrays([actor, target, named["action"]], schema=SCHEMA)
    return found.filter(pc.and_(actor.is_valid(), target.is_valid()))


def to_inlinks(standing: pa.Table) -> pa.Table:
    """account_key, links: how many others have a relation towards an account, of rows of `to_standing`."""
    actor, target = standing["actor_key"].to_numpy(), standing["target_key"].to_numpy()
    actor, target = actor[actor != target], target[actor != target]
    order = np.lexsort((actor, target))
    actor, target = actor[order], target[order]
    pairs = starts_of(target, actor)
    first = starts_of(target[pairs])
    links = np.diff(first, append=len(pairs))
    return pa.table({"account_key": target[pairs][first], "links": links.astype(np.int64)})
