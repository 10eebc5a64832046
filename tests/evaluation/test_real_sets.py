"""Readers of the real sets, on a few lines drawn as those sets have them."""

import json

import numpy as np
import pytest
from sway.evaluation import congress, elsewhere, higgs, pages
from sway.evaluation.outcome import Absent

from tests.evaluation.settings import ACTIONS, data_set, setting

HIGGS = """\
1 2 100 RT
1 2 100 MT
1 2 101 MT
3 2 101 RE
3 2 101 MT
3 3 102 MT
2 1 90 RE
"""


def test_an_act_of_one_week_is_counted_once_and_never_on_oneself(tmp_path):
    folder = data_set(tmp_path, higgs.DATA_SET, {higgs.FILE: HIGGS.splitlines()})
    week = higgs.read(setting(data=folder))
    rows = zip(week.actor, week.target, [ACTIONS[n] for n in week.action], week.second, strict=True)

    assert (week.accounts, week.first_s) == (3, 90)
    assert [(int(a), int(b), kind, int(s)) for a, b, kind, s in rows] == [
        (0, 1, "retweet", 10),
        (0, 1, "mention", 11),
        (2, 1, "reply", 11),
        (1, 0, "reply", 0),
    ]


def test_every_cut_is_reported_and_judged(tmp_path):
    random, count = np.random.default_rng(4), 8_000
    target = random.choice(40, count, p=np.arange(1, 41) / 820)
    second = np.sort(random.integers(0, 600_000, count))
    rows = zip(random.integers(100, 1_000, count), target, second, strict=True)
    lines = [f"{a} {b} {at} RT" for a, b, at in rows]
    outcome = higgs.foresight(setting(data=data_set(tmp_path, higgs.DATA_SET, {higgs.FILE: lines})))

    assert len(outcome.aims) == 9
    assert [row[0] for row in outcome.tables[0].rows][:2] == ["distinct reactors", "reactions"]
    # Who is popular stays so here: nobody who counts reactors can be far off.
    assert all(float(cell.split(" / ")[0]) > 0.8 for cell in outcome.tables[0].rows[0][1:])


def tweet(number, author, day, **more):
    plain = {"retweet_count": 0, "favorite_count": 0, "in_reply_to_user_id": None, "user_mentions": []}
    return plain | {"id": number, "user_id": author, "created_at": f"Mon {day} 12:00:00 +0000 2016"} | more


def test_a_status_does_one_act_to_each_account_it_names(tmp_path):
    statuses = [
        tweet(1, 7, "Feb 01", user_mentions=[[8, "b"], [9, "c"], [7, "a"]], favorite_count=3, retweet_count=2),
        tweet(2, 8, "Feb 02", in_reply_to_user_id=7, user_mentions=[[7, "a"]]),
        tweet(3, 9, "Feb 03", retweeted_status={"user_id": 7}, user_mentions=[[7, "a"], [8, "b"]]),
        tweet(4, 9, "Feb 04", quoted_status={"user_id": 8}, user_mentions=[[8, "b"]]),
    ]
    files = {congress.TWEETS: [json.dumps(one) for one in statuses]}
    log = congress.read(setting(data=data_set(tmp_path, congress.DATA_SET, files)))

    assert [act[:3] for act in log.acts] == [
        (7, 8, "mention"),
        (7, 9, "mention"),
        (8, 7, "reply"),
        (9, 7, "retweet"),
        (9, 8, "quote"),
    ]
    assert [(author, is_original, received) for author, _, is_original, received in log.posts] == [
        (7, True, 5),
        (8, True, 0),
        (9, False, 0),
        (9, True, 0),
    ]


def test_members_are_ranked_by_what_their_later_posts_draw(tmp_path):
    random, members = np.random.default_rng(6), 130
    statuses = []
    for n in range(4_000):
        author, day = int(random.integers(members)), int(random.integers(1, 60))
        month, of = ("Feb", day) if day < 30 else ("Mar", day - 29)
        liked = int(random.integers(members) ** 2 / members)
        statuses.append(tweet(n, author, f"{month} {of:02}", user_mentions=[[liked, "x"]], favorite_count=author * 10))
    profile = {"created_at": "Mon Jan 05 12:00:00 +0000 2009", "friends_count": 10, "screen_name": "x"}
    profiles = [profile | {"id": n, "followers_count": 1_000 + n, "listed_count": members - n} for n in range(members)]
    files = {
        congress.TWEETS: [json.dumps(one) for one in statuses],
        congress.PROFILES: [json.dumps(one) for one in profiles],
    }
    outcome = congress.foresight(setting(data=data_set(tmp_path, congress.DATA_SET, files)))

    rows = {row[0]: row for row in outcome.tables[0].rows}
    assert rows["followers"][2] == pytest.approx(1.0)
    assert rows["listed count"][2] == pytest.approx(-1.0)
    assert [aim.is_met for aim in outcome.aims] == [False, True]


def test_links_that_lead_both_ways_are_set_against_views(tmp_path):
    count, random = 150, np.random.default_rng(8)
    edges = [(n, int(random.integers(n)) ** 2 // count) for n in range(1, count) for _ in range(6)]
    files = {
        "chameleon_edges.csv.gz": ["id1,id2", *(f"{a},{b}" for a, b in edges)],
        "chameleon_target.csv.gz": ["id,target", *(f"{n},{count - n}" for n in range(count))],
    }
    outcome = pages.traffic(setting(data=data_set(tmp_path, pages.CHAMELEON, files)))

    assert [row[0] for row in outcome.tables[0].rows] == ["Wikipedia score", "PageRank", "inlinks"]
    assert all(row[2] > 0.5 for row in outcome.tables[0].rows)
    assert any(pages.WIKISPEEDIA in remark for remark in outcome.remarks)
    assert any("inlinks are the degree in a graph without direction" in remark for remark in outcome.remarks)


def test_of_follows_alone_it_is_said_why_influence_and_pagerank_agree(tmp_path):
    head, random = "follower_screen_name\tfollowed_user_id", np.random.default_rng(2)
    follows = [f"Name{n}\t{number}" for n in range(60) for number in random.permutation(200)[: 20 + 2 * n]]
    for name, file in (
        (elsewhere.BUNDESTAG, "follows_20181205.tsv.gz"),
        (elsewhere.CONGRESS, "follows_part.tsv.gz"),
    ):
        data_set(tmp_path, name, {file: [head, *follows]})
    outcome = elsewhere.elsewhere(setting(data=tmp_path))

    of = {row[1]: row[5] for row in outcome.tables[0].rows}
    assert of["PageRank"] > 0.99 > of["followers in the set"]
    assert any("that they agree says nothing" in remark for remark in outcome.remarks)


def test_judged_pairs_count_ties_half(tmp_path):
    counters = ("follower_count", "following_count", "listed_count", "mentions_received", "retweets_received")
    head = ",".join(["Choice", *(f"{side}_{name}" for side in "AB" for name in counters)])
    pairs = ["1,9,1,5,1,1,3,1,5,0,0", "0,9,1,5,1,1,3,1,5,2,2"]
    folder = data_set(tmp_path, elsewhere.KAGGLE, {"train_half.csv.gz": [head, *pairs]})
    outcome = elsewhere.elsewhere(setting(data=folder))

    right = {row[0]: row[2] for row in outcome.tables[0].rows}
    assert (right["followers"], right["listed count"], right["mentions received"]) == (0.5, 0.5, 1.0)
    assert any(elsewhere.BUNDESTAG in remark for remark in outcome.remarks)


@pytest.mark.parametrize("run", [higgs.foresight, congress.foresight, pages.traffic, elsewhere.elsewhere])
def test_without_data_an_experiment_says_what_it_needs(run):
    with pytest.raises(Absent, match="needs"):
        run(setting())
