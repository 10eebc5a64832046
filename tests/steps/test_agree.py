"""How alike versions are, from published scores alone: without Spark."""

from datetime import UTC, date, datetime

import pytest
from sway.cli import main
from sway.contracts.tables.record import PUBLISHED
from sway.contracts.tables.scores import ACCOUNT_SCORES
from sway.errors import ConfigError, InputNotReady
from sway.steps.agree import Agreement, agree, draw, text

from tests.steps.lakes import run_on
from tests.steps.test_publish import score

ON = date(2016, 5, 2)


def publish(run, version, linear, *, network="twitter", attempt="a"):
    """Scores before the cap by account; a second attempt nobody reads has them the other way round."""
    about = {"algorithm_version": version, "score_date": ON, "network": network}
    for name, values in ((attempt, linear), ("unread", linear[::-1])):
        rows = [{**score(n, linear=points), **about, "attempt": name} for n, points in enumerate(values)]
        run.lake.add(ACCOUNT_SCORES, rows)
    row = {"dataset": "scores", "algorithm_version": version, "score_date": ON, "attempt": attempt}
    run.lake.put(PUBLISHED, [row | {"published_at": datetime.now(UTC)}])


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    made = run_on(tmp_path_factory.mktemp("agree") / "lake")  # no Spark: to need it would be an error
    rising = [float(n) for n in range(200)]
    publish(made, "sway-1.0", rising)
    publish(made, "pagerank", [value * 7.0 for value in rising])
    publish(made, "reactions", rising[::-1])
    publish(made, "followers", [None if n < 100 else 5.0 - n % 2 for n in range(200)])
    return made


def test_every_two_versions_are_compared_over_accounts_that_both_score(run):
    found = {(one.version, one.other): one for one in agree(run, ON)}

    assert len(found) == 6
    assert found["pagerank", "sway-1.0"] == Agreement(
        "twitter", "pagerank", "sway-1.0", 200, pytest.approx(1.0), 1.0, 1.0
    )
    assert found["reactions", "sway-1.0"] == Agreement(
        "twitter", "reactions", "sway-1.0", 200, pytest.approx(-1.0), 0.0, 0.0
    )
    half = found["followers", "sway-1.0"]
    assert half.accounts == 100
    assert half.top_50 == pytest.approx(25 / 50)


def test_of_fifty_accounts_the_top_fifty_tells_nothing(tmp_path):
    run = run_on(tmp_path / "lake")
    for network, accounts in (("twitter", 50), ("facebook", 51), ("linkedin", 1)):
        rising = [float(n) for n in range(accounts)]
        publish(run, "sway-1.0", rising, network=network)
        publish(run, "reactions", rising[::-1], network=network)

    found = {one.network: (one.top_50, one.top_1_percent) for one in agree(run, ON)}

    assert found == {"twitter": (None, 0.0), "facebook": (49 / 50, 0.0), "linkedin": (None, None)}
    assert "twitter   reactions  sway-1.0  50        -1.000    -       0.000" in text(agree(run, ON))


def test_the_table_has_a_line_for_each(run):
    lines = text(agree(run, ON)).splitlines()

    assert lines[0].split() == ["network", "version", "other", "accounts", "Spearman", "top", "50", "top", "1", "%"]
    assert "twitter  pagerank   sway-1.0   200       1.000     1.000   1.000" in lines


def test_the_picture_is_written_where_it_is_asked_for(run, tmp_path):
    draw(agree(run, ON), str(tmp_path / "agree.png"))

    assert (tmp_path / "agree.png").read_bytes()[:4] == b"\x89PNG"
    draw(agree(run, ON), str(tmp_path / "agree.svg"))
    for measure in ("Spearman", "top 50", "top 1 %"):
        assert f">twitter: {measure}<" in (tmp_path / "agree.svg").read_text()
    with pytest.raises(ConfigError, match=r"agree\.txt: cannot be written as a picture"):
        draw(agree(run, ON), str(tmp_path / "agree.txt"))


def test_a_date_with_one_version_says_how_to_score_another(run):
    with pytest.raises(InputNotReady, match="expected two or more versions published for 2016-05-03, found") as caught:
        agree(run, date(2016, 5, 3))

    how = f"`sway backfill --version VERSION --from 2016-05-03 --to 2016-05-03 --lake {run.lake.root}`"
    assert str(caught.value).endswith(f"found none; score others with {how}")


def test_the_command_answers_without_spark(run, capsys):
    assert main(["agree", "--date", str(ON), "--lake", run.lake.root, "--json"]) == 0
    assert '"top_1_percent": 1.0' in capsys.readouterr().out
