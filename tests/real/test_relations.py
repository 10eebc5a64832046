"""Standing relations, page links and endorsements of seven data sets, row by row, after one ingest of them all.

What becomes of rows that are no relation between two accounts:

    a page that likes or links to itself     left out: nobody relates to themselves (wikispeedia 110, chameleon 50,
                                             facebook-pages 179)
    a certification of oneself               in interactions, set aside as self_act (advogato 3,991)
    a certification that stands twice        read as a duplicate (advogato 15)
    a rating below 0, and level Observer     in quarantine, rule unknown_action: neither is an endorsement, and no
                                             version declares them (bitcoin-otc 3,563, advogato 5,301)
    a mutual link that stands both ways      one link each way (chameleon 4,680)
    redirects                                wikispeedia has none: its links lead to articles under their own names
"""

from collections import Counter
from datetime import UTC, datetime

import pytest
from sway.runtime.run import Run
from sway.steps.ingest import ingest
from sway.steps.readiness import look

from tests.real import landing_of_relations as landed
from tests.real import pipeline, raw_relations
from tests.real.raw_data import DATA

# One ingest of everything in a module fixture, and pytest-timeout counts it into the first test that needs it.
pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def lake(spark, new_home, tmp_path_factory):
    """Every data set that is there, in one ingest that takes delivery days with many refused rows as they are."""
    folder = tmp_path_factory.mktemp("relations")
    present = [land for name, land in landed.LANDED.items() if (DATA / name).is_dir()]
    if not present:
        pytest.skip(f"none of {', '.join(landed.LANDED)} is in {DATA}")
    for land in present:
        land(folder / "lake" / "landing")
    config = new_home(folder / "home", networks=landed.NETWORKS_OF_THE_TEST)
    run = Run(config, str(folder / "lake"), name="tests", spark=spark)
    ingest(run, look(run, until=landed.LAST), is_accepted=True)
    return folder / "lake"


def relations(lake, name, action, day):
    """(actor, target) of the relations of one action that were told on `day`; they must hold from then on."""
    rows = pipeline.table(lake, name).query("action == @action")
    rows = rows[rows["delivered_on"] == day]
    assert set(rows["valid_from"]) == {day}
    assert rows["valid_to"].isna().all()
    return list(zip(rows["actor_id"], rows["target_id"], strict=True))


def both_ways(pairs):
    return {pair for one, other in pairs for pair in ((one, other), (other, one)) if one != other}


def test_each_page_that_likes_another_is_its_fan_and_no_page_its_own(lake, data_set):
    data_set("facebook-pages-musae")
    likes = raw_relations.page_likes()

    found = relations(lake, "follows", "page_fan", landed.PAGES_ON)

    assert len(found) == 2 * (171_002 - 179) == 2 * sum(one != other for one, other in likes)
    assert set(found) == both_ways(likes)


def test_pages_are_accounts_with_their_names_and_categories(lake, data_set):
    data_set("facebook-pages-musae")
    pages = raw_relations.facebook_pages()

    found = pipeline.table(lake, "profiles", ["network", "account_id", "name", "type", "title"])

    rows = found[found["network"] == "facebook"].drop(columns="network")
    assert len(rows) == 22_470
    assert set(rows.itertuples(index=False, name=None)) == {
        (page.facebook_id, page.page_name, "page", page.page_type) for page in pages.itertuples(index=False)
    }
    assert ("145647315578475", "The Voice of China 中国好声音", "page", "tvshow") in set(
        rows.itertuples(index=False, name=None)
    )


def test_each_friendship_is_two_relations(lake, data_set):
    data_set("facebook-ego-snap")

    found = relations(lake, "follows", "friend", landed.FRIENDS_ON)

    assert len(found) == 2 * 88_234
    assert set(found) == both_ways(raw_relations.friendships())
    assert {("0", "1"), ("1", "0")} <= set(found)


def test_circles_come_whole_from_lists_in_pages(lake, data_set):
    data_set("googleplus-konect")

    found = relations(lake, "follows", "circle", landed.CIRCLES_ON)

    assert len(found) == 39_242
    assert set(found) == set(raw_relations.circles())
    assert len({actor for actor, _ in found}) == 131


def test_links_of_wikispeedia_stand_under_titles_as_urls_have_them(lake, data_set):
    data_set("wikispeedia-links")
    links = [(raw_relations.title(one), raw_relations.title(other)) for one, other in raw_relations.wikispeedia_links()]

    found = relations(lake, "page_links", "page_link", landed.WIKISPEEDIA_ON)

    assert len(found) == 119_879 - 110
    assert set(found) == {(one, other) for one, other in links if one != other}
    assert ("Áedán_mac_Gabráin", "Dál_Riata") in found
    assert {"C++", "€2_commemorative_coins", "Magic_The_Gathering"} <= {page for link in found for page in link}


def test_links_of_the_chameleon_pages_stand_both_ways(lake, data_set):
    data_set("wiki-pages-musae-chameleon")

    found = relations(lake, "page_links", "page_link", landed.CHAMELEON_ON)

    assert len(found) == 2 * (31_421 - 50)
    assert set(found) == both_ways(raw_relations.chameleon_links())


def interactions(lake, network):
    rows = pipeline.table(lake, "interactions")
    return rows[rows["network"] == network]


def quarantined(lake, network):
    rows = pipeline.table(lake, "quarantine")
    return rows[rows["network"] == network]


def fates(lake, network):
    days = pipeline.table(lake, "feed_days").set_index("network")
    return days.loc[network, ["rows_read", "accepted", "duplicate", "tombstone", "quarantined"]].tolist()


def test_ratings_above_0_are_endorsements_at_their_instant_and_others_wait_in_quarantine(lake, data_set):
    data_set("bitcoin-otc-trust")
    ratings = raw_relations.ratings()
    trusted = [one for one in ratings if one.weight > 0]

    found = interactions(lake, "bitcoin_otc")
    refused = quarantined(lake, "bitcoin_otc")

    assert fates(lake, "bitcoin_otc") == [35_592, 32_029, 0, 0, 3_563]
    assert len(found) == len(trusted) == 32_029
    assert found["set_aside"].isna().all()
    rows = found[["actor_id", "target_id", "action", "occurred_at"]].itertuples(index=False, name=None)
    assert set(rows) == {(one.source, one.target, f"rated_{one.weight}", one.at) for one in trusted}
    assert ("6", "2", "rated_4", datetime(2010, 11, 8, 18, 45, 11, 728_360, UTC)) in {
        (one.source, one.target, f"rated_{one.weight}", one.at) for one in trusted
    }
    assert Counter(refused["rule"]) == {"unknown_action": 3_563}
    assert set(refused["reason"]) == {
        "action distrust is not declared for bitcoin_otc: declare it under [networks.bitcoin_otc.actions] of a file "
        "in conf/scoring/"
    }


def test_certifications_come_once_those_of_oneself_set_aside_and_observers_refused(lake, data_set):
    data_set("advogato-certifications")
    certified = raw_relations.certifications()
    levels = [one for one in certified if one[2] != "Observer"]

    found = interactions(lake, "advogato")
    refused = quarantined(lake, "advogato")

    repeated = len(levels) - len(set(levels))
    assert fates(lake, "advogato") == [56_461, len(set(levels)), repeated, 0, 5_301]
    rows = found[["actor_id", "target_id", "action", "set_aside"]].itertuples(index=False, name=None)
    assert {(one, other, level, reason if one == other else None) for one, other, level, reason in rows} == {
        (one, other, level.lower(), "self_act" if one == other else None) for one, other, level in levels
    }
    assert len(found) == len(set(levels))
    assert int((found["set_aside"] == "self_act").sum()) == len({one for one in levels if one[0] == one[1]})
    assert found["set_aside"].isin(["self_act", None]).all()
    assert set(refused["rule"]) == {"unknown_action"}


def test_no_other_row_of_these_data_sets_is_refused(lake):
    days = pipeline.table(lake, "feed_days")

    assert set(days["state"]) == {"ready"}
    adapted = days[~days["network"].isin(["bitcoin_otc", "advogato"])]
    assert adapted["accepted"].tolist() == adapted["rows_read"].tolist()
    assert set(pipeline.table(lake, "quarantine")["network"]) <= {"bitcoin_otc", "advogato"}
