"""The worked example of docs/adding-a-network.md: its code, its lines, its weights and what it promises."""

import json
import re
import shutil
import sys
import tomllib
from datetime import date
from functools import partial
from types import ModuleType

import pytest
from sway import cli, networks
from sway.contracts.method import Action
from sway.contracts.tables.acts import INTERACTIONS
from sway.contracts.tables.deliveries import QUARANTINE
from sway.errors import ConfigError
from sway.networks.catalog import ADAPTED, adapters
from sway.networks.network import BODY, Context
from sway.runtime import config, session

from tests.landing import deliver
from tests.networks.feeds import RAW
from tests.places import REPOSITORY
from tests.steps.lakes import environment, rows_of

PAGE = REPOSITORY / "docs" / "adding-a-network.md"
AT = "2018-03-01T08:00:00.000Z"


def blocks(language):
    """Code blocks of the page, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def mastodon():
    """The adapter as the page has it."""
    (code,) = blocks("python")
    module = ModuleType("mastodon")
    exec(compile(code, f"{PAGE.name}: mastodon.py", "exec"), module.__dict__)
    return module


@pytest.fixture
def records(spark, mastodon):
    """Records of raw lines of a feed, in order."""

    def read(feed, lines):
        rows = [(date(2018, 3, 1), f"{n:03}", line) for n, line in enumerate(lines)]
        found = mastodon.MASTODON.feeds[feed].to_records(
            spark.createDataFrame(rows, RAW), Context(mastodon.MASTODON, {})
        )
        assert set(BODY["acts"]) < set(found.columns)
        return found.orderBy("file").collect()

    return read


def test_the_lines_of_the_page_give_its_acts(records, table):
    statuses, favourites = (block.splitlines() for block in blocks("json"))
    (drawn,) = blocks("text")
    expected = table(drawn)

    found = records("statuses", statuses) + records("favourites", favourites)
    assert {record["fault"] for record in found} == {None}
    acts = [tuple(act[name] for name in expected.columns) for record in found for act in record["acts"]]
    assert acts == [tuple(row) for row in expected.collect()]
    posts = [record["post"] for record in found if record["post"]]
    assert [(post["post_id"], post["author_id"], post["kind"], post["client"]) for post in posts] == [
        ("1", "10", "original", "Tusky"),
        ("2", "20", "original", None),
        ("3", "30", "reshare", None),
        (str(2**63 - 1), "40", "original", None),
    ]
    assert posts[0]["hashtags"] == ["fediverse"]
    assert posts[3]["created_at"].isoformat() == "2018-03-01T08:07:00"
    assert [record["record_id"] for record in found] == ["1", "2", "3", str(2**63 - 1), "2/30"]


STATUS = {"id": "1", "created_at": AT, "account": {"id": "10"}}
FAVOURITE = {
    "type": "favourite",
    "created_at": AT,
    "account": {"id": "30"},
    "status": {"id": "2", "account": {"id": "20"}},
}
FAULTY = {
    "statuses": [
        ({**STATUS, "id": ""}, "missing", "id is missing"),
        ({**STATUS, "account": None}, "missing", "account.id is missing"),
        ({**STATUS, "reblog": {"id": "2"}}, "missing", "reblog.account.id is missing"),
        ({**STATUS, "created_at": "yesterday"}, "impossible_time", "created_at: expected a time"),
        ({**STATUS, "created_at": "2016-03-15T23:59:59Z"}, "impossible_time", "expected 2016-03-16 or later"),
        ({**STATUS, "created_at": "2018-03-02T00:00:00Z"}, "after_delivery", "delivery day 2018-03-01"),
        ({**STATUS, "mentions": "ann"}, "malformed", 'mentions: expected a list, found "ann"'),
    ],
    "favourites": [
        ({**FAVOURITE, "type": "reblog"}, "out_of_range", "type: expected favourite, found reblog"),
        ({**FAVOURITE, "type": None}, "missing", "type is missing"),
        ({**FAVOURITE, "account": {}}, "missing", "account.id is missing"),
        ({**FAVOURITE, "status": {"account": {"id": "20"}}}, "missing", "status.id is missing"),
        ({**FAVOURITE, "status": {"id": "2"}}, "missing", "status.account.id is missing"),
        ({**FAVOURITE, "created_at": None}, "impossible_time", "created_at: expected a time"),
    ],
}


@pytest.mark.parametrize("feed", FAULTY)
def test_each_fault_is_named(records, feed):
    found = records(feed, [json.dumps(line) for line, _, _ in FAULTY[feed]])

    for record, (line, rule, words) in zip(found, FAULTY[feed], strict=True):
        assert record["fault"], line
        assert (record["fault"]["rule"], words in record["fault"]["reason"]) == (rule, True), line


def test_the_weights_of_the_page_name_the_actions_of_its_adapter(mastodon):
    (text,) = blocks("toml")
    weights = tomllib.loads(text)["networks"][mastodon.MASTODON.name]["actions"]

    assert all(Action(**weight) for weight in weights.values())
    assert set(weights) == {*mastodon.MASTODON.act_order, "favourite"}
    assert {name for name, feed in mastodon.MASTODON.feeds.items() if name != feed.name} == set()


def test_what_lands_is_brought_in_by_the_adapter_and_one_table_of_a_versions_file(
    spark, mastodon, arrow_table, tmp_path, monkeypatch
):
    home, lake, day = tmp_path / "home", tmp_path / "lake", "2018-03-01"
    shutil.copytree(config.HOME / "conf", home / "conf")
    (weights,), (drawn,) = blocks("toml"), blocks("text")
    newest = (home / "conf/scoring/sway-1.0.toml").read_text("utf-8")
    (home / "conf/scoring/sway-1.1.toml").write_text(f"{newest}\n{weights}", "utf-8")
    feeds = dict(zip(("statuses", "favourites"), blocks("json"), strict=True))
    for feed, lines in feeds.items():
        deliver(lake, f"mastodon/{feed}", day, {"a.jsonl": lines.encode()}, a=len(lines.splitlines()))
    monkeypatch.setattr(config, "load", partial(config.load, home=home))
    monkeypatch.setattr(session, "start_spark", lambda *_, **__: spark)
    verb = ["ingest", "--network", "mastodon", "--date", day, "--lake", str(lake)]
    verb += ["--env", environment(tmp_path, mastodon=list(feeds))]

    assert cli.main(verb) == 10  # the file that makes the network is not there
    monkeypatch.setitem(ADAPTED, "mastodon", mastodon.MASTODON)
    version = home / "conf/scoring/sway-1.1.toml"
    version.write_text(version.read_text("utf-8").replace("\nboost =", "\nbosst ="), "utf-8")
    assert cli.main(verb) == 20  # what the adapter delivers would count nowhere
    version.write_text(version.read_text("utf-8").replace("\nbosst =", "\nboost ="), "utf-8")
    declare = "declare it under [networks.mastodon.actions] of a file in conf/scoring/"
    assert rows_of(lake, QUARANTINE, "rule", "reason") == [
        ("unknown_action", f"action boost is not declared for mastodon: {declare}")
    ]
    assert cli.main(verb) == 0

    expected = arrow_table(drawn).drop(["occurred_at"])
    found = rows_of(lake, INTERACTIONS, *expected.column_names)
    assert found == sorted((tuple(act.values()) for act in expected.to_pylist()), key=repr)
    absorbed = rows_of(lake, INTERACTIONS, "event_id", where={"set_aside": "absorbed"})
    assert absorbed == [("2/mention/10",)]  # a reply mentions whom it answers


def test_a_file_in_the_package_is_all_it_takes(tmp_path, monkeypatch):
    (code,) = blocks("python")
    (tmp_path / "mastodon.py").write_text(code, encoding="utf-8")
    monkeypatch.setattr(networks, "__path__", [*networks.__path__, str(tmp_path)])
    monkeypatch.delitem(sys.modules, "sway.networks.mastodon", raising=False)

    found = adapters()

    (tmp_path / "toots.py").write_text(code, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"toots\.py makes a network mastodon, as another file does"):
        adapters()
    del sys.modules["sway.networks.toots"]
    assert sorted(found) == sorted([*ADAPTED, "mastodon"])
    assert sorted(found["mastodon"].feeds) == ["favourites", "statuses"]
    del sys.modules["sway.networks.mastodon"]
