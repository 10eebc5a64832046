"""What the SOURCE.md of the data sets say, and what it comes to under our rules, by counting the raw rows."""

import json
from collections import Counter
from datetime import date

import pandas as pd
import pyarrow.parquet as pq
import pytest

from tests.real import raw_data
from tests.real.independent import figures, one_act_once
from tests.real.landing_of_real_data import CONGRESS_SINCE, HIGGS_DAYS, land_congress, land_higgs

pytestmark = pytest.mark.real

# --- higgs-twitter


@pytest.fixture(scope="module")
def higgs_acts(higgs):
    return raw_data.higgs_acts()


def test_higgs_is_what_its_source_says(higgs_acts):
    assert Counter(higgs_acts["code"]) == {"RT": 354_930, "MT": 171_237, "RE": 36_902}
    assert not higgs_acts.duplicated(["actor", "target", "second", "code"]).any()
    assert (higgs_acts["actor"] == higgs_acts["target"]).sum() == 7_588
    assert higgs_acts["actor"].nunique() == 279_379
    assert higgs_acts["target"].nunique() == 59_977
    assert {stamp.date() for stamp in higgs_acts["event_date"].unique()} == set(HIGGS_DAYS)


def test_every_higgs_reply_has_a_twin_mention_and_some_retweets_too(higgs_acts):
    bits = higgs_acts["code"].map({"RT": 1, "MT": 2, "RE": 4})
    codes = bits.groupby([higgs_acts["actor"], higgs_acts["target"], higgs_acts["second"]], sort=False).sum()
    counts = Counter(codes)

    assert counts[4] == counts[1 + 4] == 0
    assert counts[1 + 2] + counts[1 + 2 + 4] == 3_549
    assert counts[1 + 2 + 4] == 1


def test_one_higgs_act_is_counted_once(higgs_acts):
    kept = one_act_once(higgs_acts)
    triples = higgs_acts[higgs_acts["actor"] != higgs_acts["target"]][["actor", "target", "second"]]

    assert len(kept) == len(triples.drop_duplicates()) == 515_537  # no triple repeats an action
    assert Counter(kept["action"]) == {"retweet": 354_930, "mention": 124_213, "reply": 36_394}


def test_the_independent_figures_of_higgs_are_sound(higgs_acts):
    result = figures(one_act_once(higgs_acts), date(2012, 7, 7)).frame()

    others = higgs_acts[higgs_acts["actor"] != higgs_acts["target"]]
    assert set(result.index) == set(others["actor"]) | set(others["target"])
    assert result["influence"].min() >= 1.0  # everybody is trusted and keeps their own
    assert (result["reach"] > 0).equals(result["is_target"])


def test_higgs_lands_as_its_manifests_say(higgs, tmp_path):
    land_higgs(tmp_path, HIGGS_DAYS[:3])

    landed = {folder.name: folder for folder in (tmp_path / "twitter" / "events").iterdir()}
    rows = {}
    for name, folder in landed.items():
        files = json.loads((folder / "_manifest.json").read_text())["files"]
        assert {file["name"] for file in files} | {"_manifest.json"} == {path.name for path in folder.iterdir()}
        assert all((folder / file["name"]).stat().st_size == file["bytes"] for file in files)
        rows[name] = sum(file["rows"] for file in files)
    assert rows == {"dt=2012-07-01": 4_170, "dt=2012-07-02": 16_074, "dt=2012-07-03": 33_502}
    first = pd.read_csv(landed["dt=2012-07-01"] / "part-000.csv.gz", dtype=str)
    assert len(first) == 4_170
    assert first.iloc[0].dropna().to_dict() == {
        "event_id": "223789-213163-1341100972-MT",
        "actor_id": "223789",
        "target_id": "213163",
        "action": "mention",
        "occurred_at": "2012-07-01T00:02:52",
    }
    assert pq.read_metadata(landed["dt=2012-07-03"] / "part-000.parquet").num_rows == 33_502


# --- congress-tweets-2016


@pytest.fixture(scope="module")
def congress_lines(congress):
    return raw_data.congress_lines()


def test_congress_is_what_its_source_says(congress_lines):
    assert len(congress_lines) == len({line["id"] for line in congress_lines}) == 68_392
    assert len({line["user_id"] for line in congress_lines}) == 494
    assert sum("retweeted_status" in line for line in congress_lines) == 14_751
    assert sum("quoted_status" in line for line in congress_lines) == 2_728
    assert not any("quoted_status" in line and "retweeted_status" in line for line in congress_lines)
    replies = [line for line in congress_lines if line["in_reply_to_user_id"] is not None]
    assert len(replies) == 2_265
    assert sum(line["in_reply_to_user_id"] == line["user_id"] for line in replies) == 512
    # 701 answer a person, not a status: a tweet that begins with @name.
    assert sum(line["in_reply_to_status_id"] is None for line in replies) == 701
    # 26 say they quote and bring no quoted status: nobody to credit.
    fresh = [line for line in congress_lines if "retweeted_status" not in line]
    assert sum(line["is_quote_status"] and "quoted_status" not in line for line in fresh) == 26


def test_the_mentions_of_congress_include_23_repeats_within_a_tweet(congress_lines):
    mentions = [
        (line["id"], line["user_id"], account)
        for line in congress_lines
        if "retweeted_status" not in line
        for account, _ in line["user_mentions"]
    ]

    assert len(mentions) == 26_839
    assert len(set(mentions)) == 26_816
    assert sum(author == account for _, author, account in mentions) == 258
    repeated = sum(len(line["user_mentions"]) for line in congress_lines if "retweeted_status" in line)
    assert repeated == 31_939  # what retweets repeat: more than all fresh mentions


def test_every_congress_profile_is_one_account_with_all_its_counters(congress):
    profiles = raw_data.congress_profiles()

    assert len(profiles) == len({profile["id"] for profile in profiles}) == 520
    needed = ("screen_name", "created_at", "followers_count", "friends_count")
    assert all(profile[name] is not None for profile in profiles for name in needed)


def test_what_ingest_should_make_of_congress_can_be_counted_in_another_way(congress_lines):
    retweeted, quoted, answered, mentioned = (set() for _ in range(4))
    for line in congress_lines:
        record, author = line["id"], line["user_id"]
        if "retweeted_status" in line:
            retweeted.add((record, author, line["retweeted_status"]["user_id"]))
            continue
        if "quoted_status" in line:
            quoted.add((record, author, line["quoted_status"]["user_id"]))
        if line["in_reply_to_user_id"]:
            answered.add((record, author, line["in_reply_to_user_id"]))
        mentioned |= {(record, author, account) for account, _ in line["user_mentions"]}
    toward_self = {act for act in retweeted | quoted | answered | mentioned if act[1] == act[2]}

    kept = raw_data.congress_interactions()

    assert Counter(act.action for act in kept) == {
        "retweet": len(retweeted - toward_self),
        "quote": len(quoted - toward_self),
        "reply": len(answered - quoted - toward_self),
        "mention": len(mentioned - answered - quoted - toward_self),
    }
    assert len({(act.record, act.target) for act in kept}) == len(kept)


@pytest.mark.parametrize(("since", "has_early_strangers"), [(date.min, False), (CONGRESS_SINCE, True)])
def test_most_accounts_of_congress_are_known_by_name_only(congress, since, has_early_strangers):
    """No profile, so their age counts from first_seen; see the comment at CONGRESS_DAYS."""
    profiles = {str(profile["id"]) for profile in raw_data.congress_profiles()}
    first_seen = {account: at.date() for account, at in raw_data.congress_first_seen(since).items()}
    strangers = {account: seen for account, seen in first_seen.items() if account not in profiles}
    ages = [(date(2016, 3, 31) - seen).days for seen in strangers.values()]
    first_day = min(first_seen.values())

    assert len(strangers) > 0.9 * len(first_seen)
    assert any((seen - first_day).days < 28 for seen in strangers.values()) == has_early_strangers
    assert sum(age < 18 for age in ages) > 100  # below 0.1: without voice
    assert sum(age >= 180 for age in ages) > 100


def test_congress_lands_under_the_names_of_api_v1_1(congress, tmp_path):
    land_congress(tmp_path)

    folder = tmp_path / "twitter" / "statuses" / "dt=2016-03-31"
    files = json.loads((folder / "_manifest.json").read_text())["files"]
    assert [file["rows"] for file in files] == [20_000, 20_000, 20_000, 8_392]
    plain = (folder / "part-001.jsonl").read_text().splitlines()
    assert len(plain) == 20_000
    statuses = [json.loads(line) for line in plain]
    retweet = next(status for status in statuses if "retweeted_status" in status)
    assert retweet["retweeted_status"]["user"]["id_str"] == str(retweet["retweeted_status"]["user"]["id"])
    assert any(mention["screen_name"] for mention in retweet["entities"]["user_mentions"])
    assert not {"user_id", "user_mentions", "hashtags"} & set(retweet)
    assert (tmp_path / "twitter" / "users" / "dt=2016-03-31" / "_manifest.json").exists()


def test_congress_can_be_delivered_in_parts(congress, tmp_path):
    land_congress(tmp_path, [date(2016, 2, 29), date(2016, 3, 31)])

    rows = {}
    for folder in (tmp_path / "twitter" / "statuses").iterdir():
        manifest = json.loads((folder / "_manifest.json").read_text())
        rows[folder.name] = sum(file["rows"] for file in manifest["files"])
    assert rows == {"dt=2016-02-29": 68_392 - 22_032, "dt=2016-03-31": 22_032}
