"""Rows whose key others have too, apart from those whose key comes once."""

import pytest
from sway.contracts import shared_keys
from sway.contracts.shared_keys import apart


@pytest.fixture
def rows(table):
    return table("""
        name:string | key:bigint
        once        | 1
        twice       | 2
        as well     | 2
        elsewhere   | 3
        without     | null
        without too | null
    """)


def names(frame):
    return sorted(row["name"] for row in frame.collect())


def test_a_key_is_shared_here_or_with_another_frame_and_no_key_is_shared_with_nobody(rows, table):
    others = table("""
        key:bigint
        3
        4
        4
        null
    """)
    once, often = apart(rows, "key", others)

    assert names(once) == ["once", "without", "without too"]
    assert names(often) == ["as well", "elsewhere", "twice"]
    assert once.columns == often.columns == rows.columns


def test_where_every_key_comes_once_there_is_no_rest(rows):
    alone = rows.where("key IS NULL OR key = 1")
    once, often = apart(alone, "key")

    assert names(once) == ["once", "without", "without too"]
    assert often is None


def test_too_many_shared_keys_to_hold_leave_every_row_with_a_key_among_the_rest(rows, monkeypatch):
    monkeypatch.setattr(shared_keys, "MOST_SHARED", 0)
    once, often = apart(rows, "key")

    assert names(once) == ["without", "without too"]
    assert names(often) == ["as well", "elsewhere", "once", "twice"]
