"""PageRank in numba: rows of a CSR matrix in parallel."""

import numpy as np
from edges import main, ranks_of
from numba import njit, prange
from scipy.sparse import coo_array


@njit(parallel=True, cache=False)
def multiply(ptr, idx, data, ranks):
    arriving = np.empty(len(ptr) - 1)
    for row in prange(len(ptr) - 1):
        total = 0.0
        for place in range(ptr[row], ptr[row + 1]):
            total += data[place] * ranks[idx[place]]
        arriving[row] = total
    return arriving


def rank(keys, source, target, share):
    matrix = coo_array((share, (target, source)), shape=(len(keys), len(keys))).tocsr()
    return ranks_of(lambda ranks: multiply(matrix.indptr, matrix.indices, matrix.data, ranks), keys, source)


if __name__ == "__main__":
    main(rank)
