"""PageRank in NetworKit: so many sweeps at most, by a tolerance that none of them meets; dangling mass to all."""

import networkit
import numpy as np
from edges import DAMPING, SWEEPS, main
from scipy.sparse import coo_matrix


def rank(keys, source, target, share):
    n = len(keys)
    edges = coo_matrix((share, (source, target)), shape=(n, n))
    edges.sum_duplicates()
    graph = networkit.GraphFromCoo(edges, n=n, weighted=True, directed=True)
    ranks = networkit.centrality.PageRank(
        graph, DAMPING, 0.0, distributeSinks=networkit.centrality.SinkHandling.DistributeSinks
    )
    ranks.maxIterations = SWEEPS
    ranks.run()
    assert ranks.numberOfIterations() == SWEEPS, ranks.numberOfIterations()
    return np.array(ranks.scores())


if __name__ == "__main__":
    main(rank)
