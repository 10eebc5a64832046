"""entity_links as arrays: which account of a network belongs to which entity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


@dataclass(frozen=True)
class Links:
    """Belongings of one network's accounts, by rising entity and place: all (l,).

    entity: number among all entities by id. place: of the account. share: of it. is_confirmed, is_owner.
    """

    entity: NDArray[np.int64]
    place: NDArray[np.int64]
    share: NDArray[np.float64]
    is_confirmed: NDArray[np.bool_]
    is_owner: NDArray[np.bool_]

    def shown(self, accounts: int, is_hidden: NDArray[np.bool_]) -> NDArray[np.int64]:
        """(accounts,) the entity shown with each, -1: none; its owner, then the largest share, the smallest id.

        is_hidden: (entities,) those that are shown nowhere.
        """
        order = np.lexsort((self.entity, -self.share, ~self.is_owner, self.place))
        order = order[~is_hidden[self.entity[order]]]
        found = np.full(accounts, -1, np.int64)
        found[self.place[order][::-1]] = self.entity[order][::-1]  # of several the first, written last
        return found

    def confirmed(self, accounts: int) -> NDArray[np.bool_]:
        """(accounts,) whether a confirmed link says whose the account is."""
        found = np.zeros(accounts, bool)
        found[self.place[self.is_confirmed]] = True
        return found


def entity_ids(links: pa.Table) -> pa.Array:
    """Every entity of ENTITY_LINKS, by rising id: its place is its number."""
    ids = links["entity_id"].combine_chunks().unique()
    return ids.take(pc.sort_indices(ids))


def to_links(links: pa.Table, network: str, entities: pa.Array, account_ids: pa.Array) -> Links:
    """Rows of ENTITY_LINKS of one network's accounts, those of others left out."""
    own = links.filter(pc.equal(links["network"], network))
    place = pc.index_in(own["account_id"], account_ids)
    own, place = own.filter(place.is_valid()), place.drop_null()
    entity = pc.index_in(own["entity_id"], entities)
    places, numbers = (np.array(column.to_numpy(), np.int64) for column in (place, entity))
    order = np.lexsort((places, numbers))
    return Links(
        entity=numbers[order],
        place=places[order],
        share=np.array(own["share"].to_numpy(), np.float64)[order],
        is_confirmed=np.array(own["confirmed"].to_numpy(), bool)[order],
        is_owner=np.array(pc.equal(own["role"], "owner").to_numpy(), bool)[order],
    )
