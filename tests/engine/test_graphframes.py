"""The executor `graphframes` against the twin, where its jar is; a clear error where it is not."""

from dataclasses import replace

import pytest
from sway.engine.components import missing_part
from sway.engine.executor import PairDays
from sway.engine.graphframes import by_pregel, graphframes_executor
from sway.errors import ConfigError
from sway.runtime import config, session

from tests.conftest import ENVIRONMENT
from tests.graphs import AS_OF, METHOD, ODD_ONES, propagate, some_graphs, to_members, to_pair_days, to_standing
from tests.graphs import found as rows_of


def test_a_run_that_asks_for_graphframes_without_its_jar_does_not_start(monkeypatch, tmp_path):
    (tmp_path / "delta.jar").touch()
    environment = config.load(str(ENVIRONMENT)).environment
    spark = replace(environment.spark, jars=str(tmp_path))
    monkeypatch.delenv("SWAY_GRAPHFRAMES_JAR", raising=False)

    with pytest.raises(ConfigError, match=r'executor = "graphframes": no jar of io\.graphframes'):
        session.jars(replace(environment, executor="graphframes", spark=spark))

    monkeypatch.setenv("SWAY_GRAPHFRAMES_JAR", "/elsewhere/graphframes.jar")
    there = session.jars(replace(environment, executor="graphframes", spark=spark))
    assert there == [str(tmp_path / "delta.jar"), "/elsewhere/graphframes.jar"]


def test_what_is_missing_of_graphframes_is_named(spark, monkeypatch):
    monkeypatch.setattr("sway.engine.graphframes.missing_part", lambda spark: "the jar is not there")

    with pytest.raises(ConfigError, match=r'executor = "graphframes": the jar is not there\. Put it there'):
        graphframes_executor(spark)


def test_pregel_equals_the_twin(spark):
    missing = missing_part(spark)
    if missing:
        pytest.skip(missing)
    graphs = [*ODD_ONES, *some_graphs(20, seed=3)]

    found = graphframes_executor(spark).propagate(
        PairDays(lambda: to_pair_days(spark, graphs)),
        to_members(graphs),
        to_standing(graphs),
        network=METHOD.networks["twitter"],
        method=METHOD,
        as_of=AS_OF,
    )

    assert graphframes_executor(spark).sweep is by_pregel
    twin = propagate(spark, graphs)
    expected, rows = rows_of(twin), rows_of(found)
    assert rows.keys() == expected.keys()
    for account, row in expected.items():
        assert rows[account].asDict() == pytest.approx(row.asDict(), rel=1e-9)
    assert found.figures.residual == pytest.approx(twin.figures.residual, rel=1e-6)
