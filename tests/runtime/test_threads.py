"""Work at once: results in order, errors raised, the next item made while one is worked on."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, current_thread

import pytest
from sway.runtime import threads
from sway.runtime.threads import MOST_AT_ONCE, ahead, both, side_by_side


def test_works_give_their_results_in_order_and_the_first_error_once_all_have_ended():
    assert side_by_side(lambda n: n * n, range(5)) == [0, 1, 4, 9, 16]
    ended = Event()

    def work(n):
        if n == 0:
            raise ZeroDivisionError
        ended.set()

    with pytest.raises(ZeroDivisionError):
        side_by_side(work, range(2))
    assert ended.is_set()


def test_an_interrupt_lets_no_further_work_begin(monkeypatch):
    begun, all_begun, may_end = [], Barrier(MOST_AT_ONCE + 1), Event()

    def interrupted():
        all_begun.wait(10)
        raise KeyboardInterrupt

    class Pool(ThreadPoolExecutor):
        def submit(self, *arguments):
            coming = super().submit(*arguments)
            coming.result = interrupted  # Ctrl-C comes to the thread that waits for it
            return coming

        def shutdown(self, wait=True, *, cancel_futures=False):
            super().shutdown(wait=False, cancel_futures=cancel_futures)
            may_end.set()
            super().shutdown(wait=wait)

    def work(n):
        begun.append(n)
        if n < MOST_AT_ONCE:
            all_begun.wait(10)
        may_end.wait(10)

    monkeypatch.setattr(threads, "ThreadPoolExecutor", Pool)
    with pytest.raises(KeyboardInterrupt):
        side_by_side(work, range(20))
    assert sorted(begun) == list(range(MOST_AT_ONCE))


def test_two_works_run_at_once():
    there, back = Event(), Event()

    assert both(lambda: (there.set(), back.wait(10))[1], lambda: (there.wait(10), back.set())[0]) == (True, True)


def test_the_next_item_is_made_while_one_is_worked_on_and_no_further_one():
    made = [Event() for _ in range(4)]

    def items():
        for n, one in enumerate(made):
            one.set()
            yield n, current_thread()

    for n, (number, maker) in enumerate(ahead(items())):
        assert number == n
        assert maker is not current_thread()
        assert all(one.wait(10) for one in made[: n + 2])
        assert not any(one.is_set() for one in made[n + 2 :])


def test_an_error_in_the_making_is_raised_in_its_place():
    def items():
        yield 1
        raise ZeroDivisionError

    coming = ahead(items())
    assert next(coming) == 1
    with pytest.raises(ZeroDivisionError):
        next(coming)


def test_nothing_is_made_of_nothing():
    assert list(ahead(iter([]))) == []
