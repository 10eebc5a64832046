"""Fetching 8 bytes at random for each edge, in threads: `python random_gather.py EDGES ACCOUNTS`. Prints its seconds.

Places are uniform: a sweep over a graph with locality finds more in the caches, and can be faster.
"""

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
    places = rng.integers(0, accounts, edges, dtype=np.intp)  # as take wants them
    threads = len(os.sched_getaffinity(0))

    def gather(number):
        room = np.empty(AT_ONCE)
        for first in range(number * AT_ONCE, edges, threads * AT_ONCE):
            here = places[first : first + AT_ONCE]
            ranks.take(here, out=room[: len(here)], mode="clip")  # by "raise" it would go through a buffer

    seconds = []
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(REPEATS):
            began = time.monotonic()
            list(pool.map(gather, range(threads)))
            seconds.append(time.monotonic() - began)
    print(json.dumps({"seconds": sorted(seconds)[REPEATS // 2]}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
