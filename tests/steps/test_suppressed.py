"""Who opted out, and who is under age, has no scores; what they do to others counts unless the version says not."""

from dataclasses import replace
from datetime import date

import pytest
from sway.contracts.method import Suppression
from sway.contracts.tables.scores import ACCOUNT_SCORES
from sway.runtime.run import Run
from sway.steps.night import night, plan

from tests.conftest import VERSION
from tests.landing import deliver, event
from tests.steps.lakes import calibrate_by_hand, rows_of, run_on

ASKED, SCORED = date(2016, 5, 1), date(2016, 5, 2)
SILENT = "silent"
# Two reactors to `star` are suppressed, of two to `moon` none; all four act towards nobody else.
REACTIONS = [("quitter", "star"), ("child", "star"), ("ann", "moon"), ("bob", "moon"), ("cat", "star"), ("dan", "sun")]


@pytest.fixture(scope="module")
def scores(spark, tmp_path_factory):
    """Reach by version and account, the night after an account opted out, over a lake that also has a minor."""
    lake = tmp_path_factory.mktemp("suppressed") / "lake"
    acts = [event(str(n), *who, f"{ASKED}T12:00:00Z") for n, who in enumerate((a, "like", b) for a, b in REACTIONS)]
    acts += [event(f"to {who}", "eve", "like", who, f"{ASKED}T13:00:00Z") for who in ("quitter", "child")]
    acts.append(event("of early", "early", "like", "quitter", f"{ASKED}T14:00:00Z"))
    deliver(lake, "facebook/events", ASKED, {"a.jsonl": acts})
    asked = {"network": "facebook", "account": "quitter", "kind": "suppress", "since": str(ASKED), "author": "desk"}
    before = {**asked, "account": "@early.bird", "since": "2016-04-20"}  # nobody's, by what profiles tell of that day
    deliver(lake, "registry/opt_outs", ASKED, {"a.jsonl": [asked, before]})
    people = [{"id": "child", "birthday": "05/01/2004"}, {"id": "cat", "birthday": "05/01/1984"}]
    deliver(lake, "facebook/profiles", ASKED, {"a.jsonl": people})
    people = [{"id": "child"}, {"id": "early", "username": "EarlyBird"}]  # the child's tells no age
    deliver(lake, "facebook/profiles", SCORED, {"a.jsonl": people})

    loaded = run_on(lake).config
    method = loaded.method(VERSION)
    silent = replace(method, suppression=Suppression(reactions_count=False))
    run = Run(replace(loaded, methods={VERSION: method, SILENT: silent}), str(lake), name="tests", spark=spark)
    for version in (VERSION, SILENT):
        calibrate_by_hand(run, version, "facebook")
    night(run, plan(run, SCORED, [VERSION, SILENT]))
    told = ("algorithm_version", "account_id", "reach", "reactions")
    return {(version, who): figures for version, who, *figures in rows_of(lake, ACCOUNT_SCORES, *told)}


@pytest.mark.parametrize("version", [VERSION, SILENT])
def test_neither_who_opted_out_nor_who_is_under_age_has_a_row(scores, version):
    shown = {who for of, who in scores if of == version}

    assert shown == {who for pair in REACTIONS for who in pair} - {"quitter", "child"} | {"eve"}


def test_what_they_do_to_others_counts(scores):
    (star, _), (moon, _), (sun, _) = (scores[VERSION, who] for who in ("star", "moon", "sun"))

    assert star == pytest.approx(3 * sun)
    assert moon == pytest.approx(2 * sun)


def test_where_the_version_says_so_it_has_no_voice_and_stays_in_raw_counts(scores):
    (star, reactions), (moon, _), (sun, _) = (scores[SILENT, who] for who in ("star", "moon", "sun"))

    assert star == pytest.approx(sun)
    assert moon == pytest.approx(2 * sun)
    assert reactions == 3
