"""What no sweep can beat, random 8 bytes for each edge, in threads: `python gather_bound.py EDGES ACCOUNTS`."""

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

AT_ONCE, REPEATS = 1 << 17, 3


def main(edges, accounts):
    rng = np.random.default_rng(5)
    ranks = rng.random(accounts)
    places = rng.integers(0, accounts, edges, dtype=np.int32)
    threads = len(os.sched_getaffinity(0))

    def gather(first):
        return ranks.take(places[first : first + AT_ONCE]).sum()

    seconds = []
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(REPEATS):
            began = time.monotonic()
            list(pool.map(gather, range(0, edges, AT_ONCE)))
            seconds.append(time.monotonic() - began)
    print(json.dumps({"seconds": sorted(seconds)[REPEATS // 2]}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
