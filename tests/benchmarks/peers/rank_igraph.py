"""PageRank in igraph (PRPACK), which converges instead of sweeping a fixed number of times."""

import json

import igraph
import numpy as np
from edges import DAMPING, main


def rank(keys, source, target, share):
    graph = igraph.Graph(len(keys), np.column_stack([source, target]), directed=True)
    return np.array(graph.pagerank(damping=DAMPING, weights=share.tolist()))


if __name__ == "__main__":
    print(json.dumps({"method": "to convergence, by PRPACK"}), flush=True)
    main(rank)
