"""Components of more pairs than one task takes: GraphFrames where it is, a clear error where it is not."""

import pytest
from sway.engine.components import by_graphframes, by_scipy, connect_for, missing_part
from sway.errors import InfrastructureError


def test_one_task_takes_as_many_links_as_it_may(spark):
    assert connect_for(spark, 10, most_links=10) is None


def test_without_graphframes_too_many_links_are_a_clear_error(spark, monkeypatch):
    monkeypatch.setattr("sway.engine.components.missing_part", lambda spark: "the jar is not there")

    with pytest.raises(InfrastructureError) as error:
        connect_for(spark, 1_500_000, most_links=1_000_000)

    assert str(error.value) == (
        "1,500,000 identity links are more than the 1,000,000 that one task takes, and GraphFrames cannot connect"
        " them: the jar is not there. Put it there, or allow one task more links"
    )


def test_what_is_missing_is_named(spark):
    missing = missing_part(spark)

    assert missing is None or missing.endswith(("is not installed", "is not among the session's jars"))


def test_scipy_names_each_component_by_its_smallest_vertex(spark):
    pairs = spark.createDataFrame([(2**50, 3), (9, 3), (7, 7), (3, 9)], "left bigint, right bigint")

    found = sorted(tuple(row) for row in by_scipy(pairs).collect())

    assert found == [(3, 3), (7, 7), (9, 3), (2**50, 3)]


def test_graphframes_and_scipy_find_the_same_components(spark):
    missing = missing_part(spark)
    if missing:
        pytest.skip(missing)
    # Rings, chains, loners, and numbers as large as the stage makes them.
    rings = [(n, (n + 1) % 5 + n // 5 * 5) for n in range(40)]
    chains = [(n + 2**50, n + 2**50 + 1) for n in range(300) if n % 10]
    pairs = spark.createDataFrame([*rings, *chains, (77, 77), (77, 77)], "left bigint, right bigint")

    expected = {tuple(row) for row in by_scipy(pairs).collect()}

    label = {row["vertex"]: row["component"] for row in by_graphframes(pairs).collect()}

    smallest = {}
    for vertex, component in sorted(label.items()):
        smallest.setdefault(component, vertex)
    assert {(vertex, smallest[component]) for vertex, component in label.items()} == expected
