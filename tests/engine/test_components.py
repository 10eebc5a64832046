"""Components of more pairs than one task takes: GraphFrames where it is, a clear error where it is not."""

import numpy as np
import pyarrow as pa
import pytest
from sway.engine.components import by_graphframes, connect_for, missing_part, smallest_of
from sway.errors import InfrastructureError
from sway.kernels.components import components


def test_one_task_takes_as_many_links_as_it_may_and_needs_no_session():
    def session():
        raise AssertionError("a session was asked for")

    assert connect_for(session, 10, most_links=10) is components


def test_without_graphframes_too_many_links_are_a_clear_error(spark, monkeypatch):
    monkeypatch.setattr("sway.engine.components.missing_part", lambda spark: "the jar is not there")

    with pytest.raises(InfrastructureError) as error:
        connect_for(lambda: spark, 1_500_000, most_links=1_000_000)

    assert str(error.value) == (
        "1,500,000 identity links are more than the 1,000,000 that one task takes, and GraphFrames cannot connect"
        " them: the jar is not there. Put it there, or allow one task more links"
    )


def test_what_is_missing_is_named(spark):
    missing = missing_part(spark)

    assert missing is None or missing.endswith(("is not installed", "is not among the session's jars"))


def pairs_of(pairs):
    left, right = zip(*pairs, strict=True)
    return np.array(left, dtype=np.int64), np.array(right, dtype=np.int64)


def test_scipy_names_each_component_by_its_smallest_vertex():
    assert components(*pairs_of([(2**50, 3), (9, 3), (7, 7), (3, 9)])).tolist() == [3, 3, 7, 3]


def test_a_component_is_named_by_its_smallest_vertex_whatever_number_it_was_given():
    labelled = pa.table({"id": [9, 7, 2**50, 3], "component": [9, 5, 9, 9]})

    assert smallest_of(labelled, np.array([2**50, 7, 3, 9, 9])).tolist() == [3, 7, 3, 3, 3]


def test_graphframes_and_scipy_find_the_same_components(spark):
    missing = missing_part(spark)
    if missing:
        pytest.skip(missing)
    # Rings, chains, loners, and numbers that no 32 bits hold.
    rings = [(n, (n + 1) % 5 + n // 5 * 5) for n in range(40)]
    chains = [(n + 2**50, n + 2**50 + 1) for n in range(300) if n % 10]
    left, right = pairs_of([*rings, *chains, (77, 77), (77, 77)])

    assert by_graphframes(spark, left, right).tolist() == components(left, right).tolist()
