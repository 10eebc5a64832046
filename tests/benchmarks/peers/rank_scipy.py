"""PageRank in SciPy, float64: what all others are checked against."""

from edges import main, ranks_of
from scipy.sparse import coo_array


def rank(keys, source, target, share):
    matrix = coo_array((share, (target, source)), shape=(len(keys), len(keys))).tocsr()
    return ranks_of(lambda ranks: matrix @ ranks, keys, source)


if __name__ == "__main__":
    main(rank)
