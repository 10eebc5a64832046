"""Work on several networks or tables at once, in threads of one process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

MOST_AT_ONCE = 3  # each keeps its rows in memory
Item = TypeVar("Item")
Result = TypeVar("Result")
Other = TypeVar("Other")


def side_by_side(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """What `work` gives for each item, in their order. The first error in that order is raised once all have ended.

    After Ctrl-C, which comes to the thread that waits, no further item is begun, and those begun end first.
    Spark shares its cores among them: while one plan is made another one's rows are computed.
    """
    with ThreadPoolExecutor(max_workers=MOST_AT_ONCE) as pool:
        # Each in a copy of this thread's context, where the run's id stands for the log.
        try:
            begun = [pool.submit(copy_context().run, work, item) for item in items]
            return [one.result() for one in begun]
        except (KeyboardInterrupt, SystemExit):
            pool.shutdown(cancel_futures=True)
            raise


def both(one: Callable[[], Result], other: Callable[[], Other]) -> tuple[Result, Other]:
    """The results of two functions run at once, the first in this thread. An error is raised once both have ended."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        coming = pool.submit(copy_context().run, other)
        return one(), coming.result()


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The same items, none of them None: the next one is made in another thread while one is worked on."""

    def following() -> Item | None:
        return next(items, None)

    with ThreadPoolExecutor(max_workers=1) as pool:
        coming = pool.submit(copy_context().run, following)
        while (item := coming.result()) is not None:
            coming = pool.submit(copy_context().run, following)
            yield item
