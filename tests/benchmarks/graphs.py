"""Seeded graphs as Parquet files of edges: actor_key, target_key (bigint, spread over their whole range), weight."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

EDGES_PER_ACCOUNT = 16
FILES = 24
RMAT = (0.57, 0.19, 0.19)  # chances of three of a matrix's quarters, as Graph500 has them
COMMUNITY, ACROSS = 500, 0.03  # accounts in one, and the share of edges that leave it


def write_graph(folder, family, *, edges, seed, edges_per_account=EDGES_PER_ACCOUNT):
    """About `edges` edges of a family in FILES files, and their number. An edge may stand in several files."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(seed)
    accounts = max(COMMUNITY, edges // edges_per_account)
    bits = accounts.bit_length()
    keys = rng.integers(-(2**63), 2**63 - 1, 1 << bits)
    written = 0
    for number in range(FILES):
        actor, target = FAMILIES[family](rng, accounts, edges // FILES)
        is_kept = actor != target
        actor, target = actor[is_kept], target[is_kept]
        weight = rng.integers(1, 9, len(actor)).astype(np.float64)
        rows = {"actor_key": keys[actor], "target_key": keys[target], "weight": weight}
        pq.write_table(pa.table(rows), folder / f"part-{number:02}.parquet", row_group_size=1 << 20)
        written += len(actor)
    return written


def rmat(rng, accounts, edges):
    """Edges that fall into quarters of quarters of the matrix of actors and targets."""
    actor, target = np.zeros(edges, np.int64), np.zeros(edges, np.int64)
    a, b, c = RMAT
    for _ in range(accounts.bit_length() - 1):
        at = rng.random(edges)
        actor = 2 * actor + (at >= a + b)
        target = 2 * target + (((at >= a) & (at < a + b)) | (at >= a + b + c))
    return actor, target


def communities(rng, accounts, edges):
    """Actors and targets of a power law, both of one community but for a share of the edges."""
    actor = (accounts * rng.random(edges) ** 1.8).astype(np.int64)
    anywhere = (accounts * rng.random(edges) ** 3).astype(np.int64)
    at_home = np.minimum(actor // COMMUNITY * COMMUNITY + anywhere % COMMUNITY, accounts - 1)
    return actor, np.where(rng.random(edges) < ACROSS, anywhere, at_home)


FAMILIES = {"rmat": rmat, "communities": communities}
