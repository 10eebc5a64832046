"""Seeded tables that stages start from, written directly: days of acts for the engine, a lake for the score."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import write_deltalake
from sway.contracts.tables.acts import PAIR_DAYS, POSTS
from sway.steps.propagation import Found
from sway.steps.score import People, entity_ids

from tests.benchmarks.graphs import COMMUNITY, EDGES_PER_ACCOUNT, FAMILIES, FILES

LAST_DAY, NETWORK = date(2016, 5, 1), "twitter"
ACTIONS, SHARES = np.array(["retweet", "reply", "mention", "favourite"]), (0.3, 0.2, 0.3, 0.2)
PAIRS_PER_ACCOUNT, POSTS_PER_ACCOUNT, DAYS = 16, 4, 30


def write_acts(folder, family, *, rows, seed):
    """About `rows` PAIR_DAYS of a family, a file for each of FILES days before the last, and their number.

    Besides them in `members.parquet` every account they name, trusted alike.
    """
    folder.mkdir(parents=True)
    rng = np.random.default_rng(seed)
    accounts = max(COMMUNITY, rows // EDGES_PER_ACCOUNT)
    keys = rng.integers(-(2**63), 2**63 - 1, 1 << accounts.bit_length())
    is_named, written = np.zeros(len(keys), np.bool_), 0
    for age in range(FILES):
        actor, target = FAMILIES[family](rng, accounts, rows // FILES)
        # Once each: a pair's acts of one day and action are one row.
        actor, target = np.divmod(np.unique(actor * len(keys) + target), len(keys))
        is_kept = actor != target
        actor, target = actor[is_kept], target[is_kept]
        is_named[actor] = is_named[target] = True
        columns = {
            "actor_key": keys[actor],
            "target_key": keys[target],
            "action": ACTIONS.take(rng.choice(len(ACTIONS), len(actor), p=SHARES)),
            "count": rng.geometric(0.7, len(actor)),
        }
        day = LAST_DAY - timedelta(days=age)
        pq.write_table(pa.table(columns), folder / f"{day}.parquet", row_group_size=1 << 20)
        written += len(actor)
    named = keys[is_named]
    members = {"account_key": named, "trust": np.ones(len(named)), "voice": np.ones(len(named))}
    pq.write_table(pa.table(members), folder.parent / "members.parquet", row_group_size=1 << 20)
    return written


def to_found(accounts: int) -> Found:
    """Figures of accounts as an engine would leave them, as even as they are unlikely."""
    random = np.random.default_rng(2016)
    reactors = random.zipf(1.7, accounts).clip(0, accounts)
    reach = reactors * random.random(accounts)
    keys = np.sort(random.integers(-(2**62), 2**62, accounts))
    propagated = pa.table(
        {
            "account_key": keys,
            "influence": 1.0 + random.exponential(1.0, accounts),
            "reach": reach,
            "reach_squares": reach / 2,
            **dict.fromkeys(("reactions", "reactors", "acts_given", "targets"), reactors),
        }
    )
    ids = pa.array(np.arange(10**9, 10**9 + accounts)).cast(pa.string())
    believed = dict.fromkeys(("trust", "voice"), np.ones(accounts))
    return Found(pa.table({"account_key": keys, "account_id": ids, **believed}), propagated)


def write_days(lake: str, found: Found) -> None:
    """PAIR_DAYS and POSTS of a lake, a Parquet file for each day."""
    random, accounts = np.random.default_rng(7), len(found.members)
    keys, ids = found.members["account_key"].to_numpy(), found.members["account_id"].combine_chunks()
    for ago in range(DAYS):
        about = {"network": NETWORK, "event_date": LAST_DAY - timedelta(days=ago)}
        size = accounts * PAIRS_PER_ACCOUNT // DAYS
        actor, target = (random.integers(0, accounts, size) for _ in range(2))
        acts = {
            "actor_key": keys[actor],
            "target_key": keys[np.where(target == actor, (target + 1) % accounts, target)],
            "action": ACTIONS.take(random.integers(0, len(ACTIONS), size)),
            "count": random.integers(1, 4, size),
            "last_at": pa.repeat(pa.scalar(0, pa.timestamp("us", "UTC")), size),
        }
        append(lake, PAIR_DAYS, acts, about)
        size = accounts * POSTS_PER_ACCOUNT // DAYS
        authors = ids.take(pa.array(random.integers(0, accounts, size)))
        number = pa.array(np.arange(size)).cast(pa.string())
        texts = {name: pa.repeat("x", size) for name in ("feed",)}
        nothing = {name: pa.nulls(size) for name in ("client", "hashtags", "set_aside")}
        posts = {"post_id": number, "author_id": authors, "created_at": acts["last_at"][:size], **texts, **nothing}
        append(
            lake,
            POSTS,
            posts | {"kind": pa.repeat("original", size)},
            about | {"delivered_on": LAST_DAY, "record_hash": 0},
        )


def append(lake, contract, columns, about):
    size = len(next(iter(columns.values())))
    told = {name: pa.repeat(pa.scalar(value, contract.arrow.field(name).type), size) for name, value in about.items()}
    made = {**told, **columns}
    cast = [pa.array(made[f.name]).cast(f.type) if made[f.name] is not None else None for f in contract.arrow]
    table = pa.Table.from_arrays(cast, schema=contract.arrow)
    write_deltalake(f"{lake}/tables/{contract.name}", table, mode="append", partition_by=list(contract.partitions))


def to_people(found: Found) -> People:
    """A fifth of all accounts belongs to somebody, a hundredth two to one."""
    ids = found.members["account_id"].combine_chunks()
    owned = len(ids) // 5
    entity = pa.array(np.r_[np.arange(owned), np.arange(owned // 20)]).cast(pa.string())
    accounts = pa.concat_arrays([ids[:owned], ids[owned : owned + owned // 20]])
    size = len(accounts)
    links = {"entity_id": entity, "network": pa.repeat(NETWORK, size), "account_id": accounts}
    links |= {"share": np.ones(size), "role": pa.repeat("owner", size), "confirmed": pa.repeat(True, size)}
    links = pa.table(links)
    every = entity_ids(links)
    entities = pa.table({"entity_id": every, "type": pa.repeat("person", len(every))})
    nobody = pa.table({"network": pa.array([], pa.string()), "account_id": pa.array([], pa.string())})
    return People(entities, links, every, nobody, pa.table({"entity_id": pa.array([], pa.string())}))
