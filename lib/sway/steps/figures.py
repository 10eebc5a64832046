"""One network's accounts as arrays: what propagation found, and what tables say of acts, posts and titles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sway.contracts.dates import is_valid, is_within
from sway.contracts.method import Method, Network
from sway.contracts.tables.acts import PAIR_DAYS, POSTS
from sway.contracts.tables.states import PROFILES
from sway.kernels.keys import Dictionary
from sway.kernels.titles import senior_titles
from sway.runtime.threads import ahead, both
from sway.stages.links import Links, to_links
from sway.stages.tallies import ActTally, PostTally
from sway.steps.propagation import Found, Inputs

Known = dict[str, NDArray[Any]]
DOUBLES = ("influence", "reach", "reach_squares")
COUNTS = ("reactions", "reactors", "acts_given", "targets")
NO_FLAGS_DAYS = 1
ROWS_AT_ONCE = 16_000_000  # of posts, about 30 bytes each


@dataclass(frozen=True)
class Figures:
    """Accounts of one network, by rising key.

    known: arrays (n,): the columns of Propagated, trust, voiced_reactions, posts, original_posts, lasting_posts,
    break_days, title_bonus, and followers where profiles tell (NaN where not). acts: by action, and reactors of
    accounts of entities that have several.
    """

    network: str
    ids: pa.Array
    known: Known
    acts: ActTally
    links: Links


def to_figures(inputs: Inputs, found: Found, method: Method, on: date, links: pa.Table, entities: pa.Array) -> Figures:
    """What scores of one network as of `on` are worked out from. `links`: rows of ENTITY_LINKS; `entities`: all ids."""
    network = inputs.network
    declared = method.networks[network]
    keys, ids, trust, voice = _members(found.members)
    known = _propagated(found, keys)
    own = to_links(links, network, entities, ids)
    is_followed = _followed(own, links, entities, len(keys))
    acts, posts = both(  # arrays are added up without the interpreter's lock
        lambda: _acts(inputs, method, declared, on, keys, voice, is_followed),
        lambda: _posts(inputs, method, on, ids),
    )
    known |= {
        "trust": trust,
        "voiced_reactions": acts.voiced_reactions,
        "posts": posts.posts,
        "original_posts": posts.original_posts,
        "lasting_posts": posts.lasting_posts,
        "break_days": posts.break_days(),
        "title_bonus": np.zeros(len(keys)),
    }
    if method.algorithm == "followers":
        followers = _profiles(inputs, on, ids, "followers")
        known["followers"] = np.array([np.nan if count is None else count for count in followers], np.float64)
    if declared.senior_titles:
        titles = _profiles(inputs, on, ids, "title")
        known["title_bonus"] = np.where(own.confirmed(len(keys)), senior_titles(titles, declared.senior_titles), 0.0)
    return Figures(network, ids, known, acts, own)


def _members(members: pa.Table) -> tuple[NDArray[np.int64], pa.Array, NDArray[np.float64], NDArray[np.float64]]:
    """Keys, rising, ids, trust and voice."""
    order = np.argsort(members["account_key"].to_numpy())
    members = members.take(pa.array(order)).combine_chunks()
    keys, trust, voice = (members[name].to_numpy() for name in ("account_key", "trust", "voice"))
    return keys, members["account_id"].combine_chunks(), trust, voice


def _propagated(found: Found, keys: NDArray[np.int64]) -> Known:
    """The columns of Propagated by rising key; of pages reach is the links that lead to them."""
    rows = found.propagated
    place = Dictionary(keys).find(rows["account_key"].to_numpy())
    known: Known = {}
    for name in (*DOUBLES, *COUNTS):
        known[name] = np.zeros(len(keys), np.float64 if name in DOUBLES else np.int64)
        known[name][place] = rows[name].to_numpy()
    if found.inlinks is not None:
        known["reach"] = np.zeros(len(keys))
        linked = Dictionary(keys).find(found.inlinks["account_key"].to_numpy())
        known["reach"][linked] = found.inlinks["links"].to_numpy()
        known["reach_squares"] = known["reach"].copy()
    return known


def _followed(own: Links, links: pa.Table, entities: pa.Array, accounts: int) -> NDArray[np.bool_]:
    """Accounts of entities that have several: of those alone audiences can overlap."""
    numbers = pc.index_in(links["entity_id"], entities).to_numpy()
    is_several = np.bincount(numbers, minlength=len(entities)) > 1
    found = np.zeros(accounts, bool)
    found[own.place[is_several[own.entity]]] = True
    return found


def _acts(
    inputs: Inputs,
    method: Method,
    declared: Network,
    on: date,
    keys: NDArray[np.int64],
    voice: NDArray[np.float64],
    is_followed: NDArray[np.bool_],
) -> ActTally:
    burst_days = method.flags.burst_days if method.flags else NO_FLAGS_DAYS
    tally = ActTally(declared.actions, voice, is_followed, method.strength, burst_days=burst_days)
    for rows in ahead(_placed(inputs, tally.names, on, keys, method.strength.horizon_days)):
        tally.add(*rows)
    return tally


def _placed(
    inputs: Inputs,
    names: Sequence[str],
    on: date,
    keys: NDArray[np.int64],
    horizon_days: int,
) -> Iterator[tuple[NDArray[Any], ...]]:
    """Rows of acts as ActTally takes them: places of actor, target and action, count and age."""
    at, known = Dictionary(keys), pa.array(names, pa.string())
    columns = ("actor_key", "target_key", "action", "count", "event_date")
    for rows in inputs.batches(PAIR_DAYS, columns, is_within(on, horizon_days), words=("action",)):
        codes = pc.fill_null(pc.index_in(rows["action"].dictionary, known), -1).to_numpy()
        yield (
            at.find(rows["actor_key"].to_numpy()),
            at.find(rows["target_key"].to_numpy()),
            codes.take(rows["action"].indices.to_numpy()),
            rows["count"].to_numpy(),
            _ages(rows, on),
        )


def _posts(inputs: Inputs, method: Method, on: date, ids: pa.Array) -> PostTally:
    tally = PostTally(len(ids), method.strength, method.breaks)
    columns = ("author_id", "kind", "event_date")
    where = pc.field("set_aside").is_null() & is_within(on, tally.days)
    rows = inputs.batches(POSTS, columns, where, words=("kind",))
    for some in _gathered(rows):
        is_original = pc.equal(some["kind"].dictionary, "original").to_numpy(zero_copy_only=False)
        tally.add(
            pc.fill_null(pc.index_in(some["author_id"], ids), -1).to_numpy(),
            is_original.take(some["kind"].indices.to_numpy()),
            _ages(some, on),
        )
    return tally


def _gathered(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows, many million at a time: all accounts' ids are hashed anew for each batch."""
    held: list[pa.RecordBatch] = []
    for batch in batches:
        held.append(batch)
        if sum(map(len, held)) >= ROWS_AT_ONCE:
            yield from _joined(held)
            held = []
    if held:
        yield from _joined(held)


def _joined(batches: Sequence[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """One batch, or a few where a column would be too large; their dictionaries are merged into one."""
    return iter(pa.Table.from_batches(batches).unify_dictionaries().combine_chunks().to_batches())


def _ages(rows: pa.RecordBatch, on: date) -> NDArray[np.int32]:
    ages = np.datetime64(on, "D") - rows["event_date"].to_numpy(zero_copy_only=False)
    whole: NDArray[np.int32] = ages.astype("timedelta64[D]").astype(np.int32)
    return whole


def _profiles(inputs: Inputs, on: date, ids: pa.Array, column: str) -> list[Any]:
    """A column of the profile valid on the date, by account; None where there is none."""
    found: list[Any] = [None] * len(ids)
    for rows in inputs.batches(PROFILES, ("account_id", column), is_valid(on)):
        places = pc.fill_null(pc.index_in(rows["account_id"], ids), -1).to_pylist()
        for place, value in zip(places, rows[column].to_pylist(), strict=True):
            if place >= 0:
                found[place] = value
    return found
