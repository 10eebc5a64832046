"""PageRank in python-graphblas (SuiteSparse)."""

import graphblas as gb
import numpy as np
from edges import main, ranks_of


def rank(keys, source, target, share):
    n = len(keys)
    matrix = gb.Matrix.from_coo(target, source, share, nrows=n, ncols=n, dup_op=gb.binary.plus)

    def arriving(ranks):
        return (matrix @ gb.Vector.from_dense(ranks)).new().to_dense(fill_value=0.0, dtype=np.float64)

    return ranks_of(arriving, keys, source)


if __name__ == "__main__":
    main(rank)
