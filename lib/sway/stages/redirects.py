"""page_links as of a date -> links between pages, those onto redirects credited to the page they end at."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sway.contracts.dates import is_valid

MOST_STEPS = 5
LINK_COLUMNS = ("action", "actor_id", "target_id", "valid_from", "valid_to")
NONE = -1

Places = NDArray[np.int64]


def to_resolved_links(page_links: pa.Table, as_of: date) -> pa.Table:
    """actor_id, target_id of the links valid on `as_of` (rows of PAGE_LINKS of one network), one row per link.

    A link onto a redirect is one to the page its chain ends at after at most MOST_STEPS steps; a longer chain, or one
    that comes back to itself, leads nowhere. A redirect links to nothing itself, links of a page to itself are none.
    Of several redirects of one page the first target counts, compared as bytes.
    """
    valid = page_links.filter(is_valid(as_of)).select(LINK_COLUMNS[:3])
    pages = pa.concat_arrays(
        [chunk for side in LINK_COLUMNS[1:3] for chunk in valid[side].chunks] or [pa.array([], "string")]
    )
    pages = pages.unique()
    pages = pages.take(pc.sort_indices(pages))  # as bytes
    actor, target = (_places(valid[side], pages) for side in LINK_COLUMNS[1:3])
    is_redirect, is_link = (pc.equal(valid["action"], name).to_numpy() for name in ("redirect", "page_link"))
    leads_to = _leads_to(actor[is_redirect], target[is_redirect], len(pages))
    actor, end = actor[is_link], _ends(leads_to)[target[is_link]]
    counts = (leads_to[actor] == NONE) & (end != NONE) & (end != actor)
    pairs = np.unique(actor[counts] * len(pages) + end[counts])
    found = (pairs // max(len(pages), 1), pairs % max(len(pages), 1))
    return pa.table(dict(zip(LINK_COLUMNS[1:3], (pages.take(pa.array(side)) for side in found), strict=True)))


def _places(ids: pa.ChunkedArray, pages: pa.Array) -> Places:
    return np.asarray(pc.index_in(ids, pages).to_numpy(), np.int64)


def _leads_to(page: Places, target: Places, pages: int) -> Places:
    """Where each page leads, NONE where it is no redirect."""
    first = np.full(pages, pages, np.int64)
    np.minimum.at(first, page, target)
    return np.where(first == pages, NONE, first)


def _ends(leads_to: Places) -> Places:
    """The page each leads to in the end, itself if it is no redirect, NONE where a redirect ends at no page."""
    at = np.arange(len(leads_to))
    for _ in range(MOST_STEPS):
        at = np.where(leads_to[at] == NONE, at, leads_to[at])
    return np.where(leads_to[at] == NONE, at, NONE)
