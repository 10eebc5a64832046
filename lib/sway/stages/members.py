"""The accounts a night gives influence to, and how far each is believed (method 4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sway.contracts.arrays import Floats, to_floats
from sway.contracts.dates import is_valid
from sway.contracts.method import Labels, Trust
from sway.kernels.keys import Dictionary, Keys
from sway.kernels.trust import trust as to_trust
from sway.kernels.trust import voice as to_voice

EPOCH = date(1970, 1, 1)
DAY_MICROS = 86_400_000_000
ACCOUNT_COLUMNS = ("account_key", "account_id", "first_seen")
PROFILE_COLUMNS = ("account_id", "created_at", "followers", "following", "valid_from", "valid_to")
LABEL_COLUMNS = ("account_id", "label", "valid_from", "valid_to")


def to_members(
    acting: Keys,
    authors: pa.Array,
    accounts: pa.Table,
    profiles: pa.Table,
    labels: pa.Table,
    standing: pa.Table | None = None,
    silenced: pa.Array | None = None,
    *,
    as_of: date,
    has_profiles: bool,
    trust: Trust,
) -> pa.Table:
    """MEMBERS by rising account_key: account_key, account_id, trust, voice; every account that acted or was acted upon
    (`acting`, keys as the executor finds them), posted (`authors`, ids), or stands in a relation (`standing`:
    actor_key, target_key of those that hold and count). Who is `silenced` (ids) is believed like the suspended.

    All tables hold one network's rows, of their contracts the columns above; profiles and labels not valid on the
    date are left out here. `accounts` must be whole: its earliest first_seen is the network's first day. Without
    profiles (`has_profiles`, frozen with the calibration) age and the ratio of followers say nothing; labels count all
    the same. Trust and voice: kernels/trust.py.
    """
    present = to_present(acting, authors, accounts, standing)
    ids = present["account_id"].combine_chunks()
    facts = to_facts(present, profiles, as_of, trust.first_days_of_data, first_day=pc.min(accounts["first_seen"]))
    if not has_profiles:
        facts = {name: np.full(len(ids), np.nan) for name in facts}
    factor, is_seed, is_suspended = to_judgements(labels, ids, as_of, trust.labels)
    if silenced is not None:
        is_suspended |= pc.is_in(ids, silenced).to_numpy(zero_copy_only=False)
    believed = to_trust(
        facts["age_days"],
        facts["followers"],
        facts["following"],
        factor,
        is_seed,
        is_suspended,
        floor=trust.floor,
        full_age_days=trust.full_age_days,
        followers_grace=trust.followers_grace,
        lowest_follow_ratio=trust.lowest_follow_ratio,
        seed_trust=trust.seed_trust,
    )
    heard = to_voice(believed, silent_at=trust.silent_at, full_voice_after=trust.full_voice_after)
    return pa.table({"account_key": present["account_key"], "account_id": ids, "trust": believed, "voice": heard})


def to_present(acting: Keys, authors: pa.Array, accounts: pa.Table, standing: pa.Table | None = None) -> pa.Table:
    """Rows of `accounts`, by rising key, of everybody acting, of every author and of every standing relation."""
    related = [] if standing is None else [standing[side].to_numpy() for side in ("actor_key", "target_key")]
    ordered = accounts.take(pc.sort_indices(accounts["account_key"]))
    places = Dictionary(ordered["account_key"].to_numpy()).find(np.concatenate([acting, *related]))
    is_present = pc.is_in(ordered["account_id"], authors).to_numpy().copy()
    is_present[places[places >= 0]] = True
    return ordered.filter(pa.array(is_present))


def to_facts(
    present: pa.Table, profiles: pa.Table, as_of: date, first_days_of_data: int, *, first_day: pa.Scalar
) -> Mapping[str, Floats]:
    """age_days, followers, following of each account by the profile valid on the date, NaN where not known.

    Age: whole UTC days since the account was opened, else since it was first seen, 0 if that is after the date. It
    says nothing for accounts of unknown date of opening that were first seen in the first days of data, when everybody
    is.
    """
    valid = profiles.filter(is_valid(as_of))
    place = pc.index_in(valid["account_id"], present["account_id"].combine_chunks())
    valid, place = valid.filter(place.is_valid()), place.drop_null().to_numpy()
    known = {name: np.full(len(present), np.nan) for name in ("created_at", "followers", "following")}
    for name in ("followers", "following"):
        known[name][place] = to_floats(valid[name].combine_chunks())
    known["created_at"][place] = _days(valid["created_at"])
    seen = _days(present["first_seen"])
    seen[seen - _days(pa.chunked_array([pa.array([first_day])])) < first_days_of_data] = np.nan
    opened = known.pop("created_at")
    since = np.where(np.isnan(opened), seen, opened)
    return known | {"age_days": np.maximum((as_of - EPOCH).days - since, 0.0)}


def to_judgements(
    labels: pa.Table, ids: pa.Array, as_of: date, factors: Labels
) -> tuple[Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """Of each account by its labels valid on the date: the lowest factor, is_seed, is_suspended."""
    valid = labels.filter(is_valid(as_of))
    place = pc.index_in(valid["account_id"], ids)
    names, place = valid.filter(place.is_valid())["label"].to_numpy(), place.drop_null().to_numpy()
    factor, is_seed, is_suspended = np.ones(len(ids)), np.zeros(len(ids), bool), np.zeros(len(ids), bool)
    for name, lower in (("spam", factors.spam), ("restricted", factors.restricted)):
        np.minimum.at(factor, place[names == name], lower)
    is_seed[place[names == "seed"]] = True
    is_suspended[place[names == "suspended"]] = True
    return factor, is_seed, is_suspended


def _days(instants: pa.ChunkedArray) -> Floats:
    """Whole UTC days since 1970, NaN where there is no instant."""
    micros = instants.cast(pa.timestamp("us", "UTC")).cast(pa.int64())
    return np.floor_divide(to_floats(micros.combine_chunks()), DAY_MICROS)
