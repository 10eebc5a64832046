"""What the peers that work on arrays share: edges with dense numbers, and ranks back in a file."""

import os
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

DAMPING, SWEEPS = 0.85, 20


def dense(folder):
    """keys (n,), source and target (e,) int32, share (e,): an edge's weight over its source's."""
    table = pa.concat_tables([pq.read_table(path) for path in sorted(Path(folder).glob("*.parquet"))])
    both = pa.chunked_array([*table["actor_key"].chunks, *table["target_key"].chunks]).combine_chunks()
    coded = both.dictionary_encode()
    code = coded.indices.to_numpy()
    source, target = code[: len(table)], code[len(table) :]
    keys, weight = coded.dictionary.to_numpy(), table["weight"].to_numpy()
    if os.environ.get("UNWEIGHTED"):
        weight = np.ones_like(weight)
    return keys, source, target, weight / np.bincount(source, weight, len(keys))[source]


def ranks_of(sweep, keys, source):
    """SWEEPS sweeps of damped ranks over a uniform teleport vector; `sweep` gives what arrives along the edges."""
    n = len(keys)
    is_dangling = np.bincount(source, minlength=n) == 0
    rank = np.full(n, 1.0 / n)
    for _ in range(SWEEPS):
        rank = DAMPING * (sweep(rank) + rank[is_dangling].sum() / n) + (1.0 - DAMPING) / n
    return rank


def write(keys, rank, out):
    pq.write_table(pa.table({"account_key": keys, "rank": rank}), out, compression="none", use_dictionary=False)


def main(rank):
    """`python rank_<peer>.py EDGES OUT`."""
    folder, out = sys.argv[1:3]
    keys, source, target, share = dense(folder)
    write(keys, rank(keys, source, target, share), out)
