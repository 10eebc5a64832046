"""The tweets of Congress through the Twitter adapter, row by row, and a night over them against loops."""

from collections import Counter
from datetime import date

import numpy as np
import pytest

from tests.kernels import reference
from tests.real import pipeline, raw_data
from tests.real.landing_of_real_data import CONGRESS_SINCE, land_congress

# Minutes of Spark in module fixtures, and pytest-timeout counts a fixture into the first test that needs it.
pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(3600)]

VERSION, SCORE_DATE = "sway-0.1", "2016-03-31"


def made_lake(folder, since):
    """Landed and calibrated; calibrating brings in what has landed."""
    environment = pipeline.environment_with_feeds(folder, twitter=["statuses", "users"])
    land_congress(folder / "landing", since=since)
    pipeline.sway("calibrate", "--version", VERSION, "--date", SCORE_DATE, lake=folder, environment=environment)
    return folder, environment


# --- what ingest makes of all 68,392 statuses


@pytest.fixture(scope="module")
def lake(congress, tmp_path_factory):
    return made_lake(tmp_path_factory.mktemp("congress"), date.min)[0]


def test_every_act_towards_others_is_brought_in_once(lake):
    found = pipeline.table(lake, "interactions").query("set_aside.isna()")
    wanted = raw_data.congress_interactions()

    assert Counter(found["action"]) == Counter(act.action for act in wanted)
    names = ["actor_id", "target_id", "action", "occurred_at", "object_id"]
    objects = found["object_id"].astype(object).where(found["object_id"].notna(), None)
    rows = found.assign(object_id=objects)[names].itertuples(index=False, name=None)
    assert Counter(rows) == Counter(act[1:] for act in wanted)
    assert found["event_id"].is_unique


def test_every_status_is_a_post_of_its_author(lake):
    posts = pipeline.table(lake, "posts", ["post_id", "author_id", "created_at", "kind"])

    assert set(posts.itertuples(index=False, name=None)) == {
        (
            str(line["id"]),
            str(line["user_id"]),
            raw_data.instant(line["created_at"]),
            "reshare" if "retweeted_status" in line else "original",
        )
        for line in raw_data.congress_lines()
    }
    assert len(posts) == len(raw_data.congress_lines())


def test_every_profile_is_known_from_its_delivery_day(lake):
    found = pipeline.table(lake, "profiles")

    rows = zip(found["account_id"], found["handle"], found["followers"], found["following"], strict=True)
    assert sorted(rows) == sorted(
        (str(p["id"]), p["screen_name"], p["followers_count"], p["friends_count"]) for p in raw_data.congress_profiles()
    )
    assert set(found["valid_from"].astype(str)) == {SCORE_DATE}
    assert found["valid_to"].isna().all()


def test_accounts_are_first_seen_at_their_earliest_row(lake):
    found = pipeline.table(lake, "accounts", ["account_id", "first_seen"]).dropna()
    wanted = raw_data.congress_first_seen()

    assert dict(zip(found["account_id"], found["first_seen"], strict=True)) == wanted


def test_nothing_is_refused_and_every_row_has_one_fate(lake):
    days = pipeline.table(lake, "feed_days").set_index("feed")

    assert days["quarantined"].sum() == 0
    assert days.loc["statuses", ["rows_read", "accepted"]].tolist() == [68_392, 68_392]
    assert days.loc["users", ["rows_read", "accepted"]].tolist() == [520, 520]


def test_the_adapter_yields_what_the_lines_hold_before_one_act_counts_once(lake):
    """26,839 accounts are named outside retweets, 23 of them twice in one tweet, which is one mention."""
    acts = pipeline.table(lake, "interactions", ["action", "actor_id", "target_id"])

    assert Counter(acts["action"]) == {"retweet": 14_751, "mention": 26_839 - 23, "quote": 2_728, "reply": 2_265}
    assert ((acts["action"] == "reply") & (acts["actor_id"] == acts["target_id"])).sum() == 512


# --- a night in which every rule about trust and age has its cases


@pytest.fixture(scope="module")
def scores(congress, tmp_path_factory):
    lake, environment = made_lake(tmp_path_factory.mktemp("congress_night"), CONGRESS_SINCE)
    pipeline.sway("night", "--version", VERSION, "--date", SCORE_DATE, lake=lake, environment=environment)
    return pipeline.published_scores(lake, VERSION, SCORE_DATE)


@pytest.fixture(scope="module")
def known(congress):
    """The figures of every account, by tests/kernels/reference."""
    score_date = date.fromisoformat(SCORE_DATE)
    acts = [
        reference.Act(act.actor, act.target, act.action, act.occurred_at.date())
        for act in raw_data.congress_interactions(CONGRESS_SINCE)
    ]
    posts = [
        (str(line["user_id"]), "retweeted_status" not in line)
        for line in raw_data.congress_lines(CONGRESS_SINCE)
        if (score_date - raw_data.instant(line["created_at"]).date()).days < 180
    ]
    return reference.raw(
        acts,
        score_date,
        m=congress_trust(score_date),
        original_posts=Counter(author for author, is_original in posts if is_original),
        also={author for author, _ in posts},
    )


def congress_trust(score_date: date) -> dict[str, float]:
    """5.4 for everybody ever seen: from the profile where there is one, else from first_seen."""
    first_seen = {account: at.date() for account, at in raw_data.congress_first_seen(CONGRESS_SINCE).items()}
    profiles = {
        str(p["id"]): reference.Profile(
            raw_data.instant(p["created_at"]).date(), p["followers_count"], p["friends_count"]
        )
        for p in raw_data.congress_profiles()
    }
    return {
        account: reference.trust(
            score_date,
            profile=profiles.get(account),
            first_seen=seen,
            network_first_seen=min(first_seen.values()),
        )
        for account, seen in first_seen.items()
    }


def test_the_reference_has_cases_of_every_rule(known):
    trusts = Counter(round(m, 9) for m in known.trust.values())

    assert trusts[1.0] > 500
    assert trusts[0.01] > 0  # first seen on the score date: age 0, the floor
    assert sum(n for m, n in trusts.items() if 0.1 < m < 0.3) > 500  # half a voice


@pytest.mark.parametrize("column", ["trust", "influence", "reach"])
def test_every_account_has_the_figures_of_the_reference(scores, known, column):
    wanted = getattr(known, column)

    assert scores.index.tolist() == sorted(wanted)
    np.testing.assert_allclose(scores[column], [wanted[account] for account in scores.index], rtol=1e-9, atol=1e-15)


def test_every_account_has_the_score_of_the_reference(scores, known):
    scale = reference.calibrated(known, has_posts=True)
    wanted = reference.scored(known, scale)

    for column in ("efficiency", "score", "linear", "error"):
        values = np.array([getattr(wanted[account], column) for account in scores.index], dtype=float)
        found = scores[column].to_numpy(float)
        np.testing.assert_allclose(found, values, rtol=1e-9, atol=1e-11, err_msg=column)
    scored = scores[scores["score"].notna()]
    assert scored["grade"].tolist() == [wanted[account].grade for account in scored.index]


def test_percentile_and_rank_are_those_among_the_scores_of_the_date(scores):
    """Of the published scores themselves: two ways to sum make and break ties in the last bit."""
    scored = scores.loc[scores["score"].notna(), "score"].to_dict()
    percentiles, ranks = reference.mid_rank_percentiles(scored), reference.ranks(scored)

    found = scores.loc[list(scored)]
    np.testing.assert_allclose(found["percentile"].to_numpy(float), list(percentiles.values()), atol=1e-9)
    assert found["rank"].astype(int).tolist() == list(ranks.values())
    assert scores.loc[scores["score"].isna(), ["percentile", "rank"]].isna().all(axis=None)
