"""A night over higgs-twitter, through the open format, against a computation made apart from it."""

import shutil
from datetime import date

import numpy as np
import pytest

from tests.kernels import reference
from tests.real import pipeline, raw_data
from tests.real.independent import figures, one_act_once
from tests.real.landing_of_real_data import land_higgs

# Minutes of Spark in module fixtures, and pytest-timeout counts a fixture into the first test that needs it.
pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(3600)]

VERSION, SCORE_DATE = "sway-0.1", "2012-07-07"


@pytest.fixture(scope="module")
def calibrated(higgs, tmp_path_factory):
    """Seven delivery days ingested and calibrated on the last: the verb a person would type. To be copied."""
    lake = tmp_path_factory.mktemp("higgs") / "calibrated"
    land_higgs(lake / "landing")
    environment = pipeline.environment_with_feeds(lake, twitter=["events"])
    pipeline.sway("calibrate", "--version", VERSION, "--date", SCORE_DATE, lake=lake, environment=environment)
    return lake


def night(calibrated, executor):
    """A copy of the lake, scored on its last day."""
    lake = calibrated.with_name(executor)
    shutil.copytree(calibrated, lake)
    environment = pipeline.environment_with_feeds(lake, executor=executor, twitter=["events"])
    wanted = ("--version", VERSION, "--date", SCORE_DATE)
    pipeline.sway("night", *wanted, lake=lake, environment=environment)
    return lake


@pytest.fixture(scope="module")
def lake(calibrated):
    return night(calibrated, "dataframe")


@pytest.fixture(scope="module")
def acts(higgs):
    return one_act_once(raw_data.higgs_acts())


@pytest.fixture(scope="module")
def expected(acts):
    return figures(acts, date.fromisoformat(SCORE_DATE)).frame()


@pytest.fixture(scope="module")
def scores(lake):
    return pipeline.published_scores(lake, VERSION, SCORE_DATE)


def test_every_act_is_brought_in_once(lake, acts):
    found = pipeline.table(lake, "interactions", ["actor_id", "target_id", "action", "occurred_at", "set_aside"])
    found = found[found["set_aside"].isna()].drop(columns="set_aside")
    wanted = acts[["actor", "target", "action", "occurred_at"]].set_axis(found.columns, axis=1)

    assert pipeline.table(lake, "feed_days")["quarantined"].sum() == 0
    assert len(found) == len(wanted)
    pairs = zip(*(found[name] for name in found.columns), strict=True)
    assert set(pairs) == set(zip(*(wanted[name] for name in wanted.columns), strict=True))


@pytest.mark.parametrize("column", ["influence", "reach"])
def test_every_account_has_the_figures_scipy_computes(scores, expected, column):
    assert scores.index.tolist() == expected.index.tolist()
    np.testing.assert_allclose(scores[column], expected[column], rtol=1e-9, atol=0.0)


def test_the_engine_gives_the_scores_of_the_dataframe_executor(calibrated, scores):
    by_engine = pipeline.published_scores(night(calibrated, "local"), VERSION, SCORE_DATE)

    assert by_engine.index.tolist() == scores.index.tolist()
    for column in ("influence", "reach", "score", "error"):
        found, wanted = by_engine[column].to_numpy(float), scores[column].to_numpy(float)
        np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-9, err_msg=column)
        there = np.isfinite(wanted) & (wanted > 0)
        print(f"{column}: at most {np.max(np.abs(found[there] / wanted[there] - 1)):.1e} apart")


def test_without_profiles_and_posts_everybody_is_trusted_and_efficient(scores):
    assert (scores["trust"] == 1.0).all()
    assert (scores["efficiency"] == 1.0).all()


def test_the_scale_has_its_median_at_20_and_its_95th_percentile_at_50(scores):
    reached = scores.loc[scores["reach"] > 0.0, "linear"]

    assert np.percentile(reached, [50, 95]) == pytest.approx([20.0, 50.0], abs=1e-9)


def test_scores_are_the_capped_scale_of_the_figures(scores, expected):
    z = 0.5 * np.log(expected["influence"]) + 0.5 * np.log1p(expected["reach"])
    z50, z95 = np.percentile(z[expected["reach"] > 0.0], [50, 95])
    linear = np.maximum(0.0, 20.0 + 30.0 / (z95 - z50) * (z - z50))
    wanted = linear.map(reference.soft_cap).where(expected["is_target"])

    np.testing.assert_allclose(scores["score"].to_numpy(float), wanted.to_numpy(), rtol=1e-9, atol=1e-12)
