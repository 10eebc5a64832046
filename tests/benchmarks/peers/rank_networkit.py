"""PageRank in NetworKit, to a tolerance, since it takes no number of sweeps; dangling mass to everybody."""

import networkit
import numpy as np
from edges import DAMPING, main
from scipy.sparse import coo_matrix


def rank(keys, source, target, share):
    n = len(keys)
    edges = coo_matrix((share, (source, target)), shape=(n, n))
    edges.sum_duplicates()
    graph = networkit.GraphFromCoo(edges, n=n, weighted=True, directed=True)
    ranks = networkit.centrality.PageRank(
        graph, DAMPING, 1e-8, distributeSinks=networkit.centrality.SinkHandling.DistributeSinks
    )
    ranks.run()
    return np.array(ranks.scores())


if __name__ == "__main__":
    main(rank)
