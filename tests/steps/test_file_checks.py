"""How a day's rows are held against those that came before, and against the same weekday of the weeks before."""

from datetime import date, timedelta

import pytest
from sway.contracts.tables.columns import FATES
from sway.runtime import config
from sway.runtime.landing import LandingDay, LandingFile
from sway.steps.file_checks import checked
from sway.steps.unusual_days import AgainstKnown

DAY, USUAL = date(2016, 5, 29), 1_000
HALF, DOUBLE = USUAL // 2, 2 * USUAL
FEED = ("twitter", "statuses")
PLACE = (*FEED, DAY)
NOTHING = AgainstKnown()


def batch(rows, *, history=(), spoilt=(), first=date(2016, 5, 2)):
    """Broken days of one batch, by how many days after the first, of a feed whose days have these good rows.

    `history`: days that are a first load, likewise. `spoilt`: days of which a line was left out.
    """
    days, counted = [], []
    for n, count in enumerate(rows):
        on, file = first + timedelta(days=n), LandingFile("a.jsonl", "file:/a.jsonl", "/a.jsonl", 1, count)
        days.append(LandingDay(*FEED, on, f"/dt={on}", "hash", (file,), (), is_history=n in history))
        about = {"network": FEED[0], "feed": FEED[1], "delivered_on": on, "file": "a.jsonl", "rows_read": count}
        counted.append({**about, **dict.fromkeys(FATES, 0), "accepted": count})
    limits = config.load().audits.ingest
    unlike = [((*FEED, first + timedelta(days=n)), ["a line too long"]) for n in spoilt]
    about = {"limits": limits, "kinds": {FEED: "acts"}, "before": {}, "against_known": NOTHING, "unlike": unlike}
    checks = checked(reversed(days), counted, **about, longest_line=1)
    return [(day - first).days for _, _, day in sorted(checks.broken)]


def judged(
    rows,
    *,
    earlier=(USUAL, USUAL, USUAL),
    days=7,
    repeated=0,
    against_known=NOTHING,
    kind="acts",
    is_accepted=False,
    **more,
):
    """Checks of one delivery day of `rows` good rows, after days, `days` apart, with as many as `earlier` says.

    Of the rows `repeated` came before, and have that fate.
    """
    file = LandingFile("a.jsonl", "file:/a.jsonl", "/a.jsonl", 1, rows)
    day = LandingDay(*FEED, DAY, f"/lake/landing/twitter/statuses/dt={DAY}", "hash", (file,), (), **more)
    counted = {"network": FEED[0], "feed": FEED[1], "delivered_on": DAY, "file": "a.jsonl", "rows_read": rows}
    fates = {**dict.fromkeys(FATES, 0), "accepted": rows - repeated, "duplicate": repeated}
    before = {(*FEED, DAY - timedelta(days=days * n)): count for n, count in enumerate(earlier, start=1)}
    limits = config.load().audits.ingest
    about = {
        "limits": limits,
        "kinds": {FEED: kind},
        "before": before,
        "against_known": against_known,
        "unlike": (),
        "is_accepted": is_accepted,
    }
    return checked([day], [{**counted, **fates}], **about, longest_line=1, lake="--lake '/my lake'")


@pytest.mark.parametrize(
    ("rows", "is_remarked", "is_broken"),
    [
        (590, False, True),
        (600, True, False),
        (740, True, False),
        (750, False, False),
        (1_400, False, False),
        (1_410, True, False),
        (1_800, True, False),
        (1_810, False, True),
    ],
)
def test_a_day_is_remarked_upon_before_it_is_broken(rows, is_remarked, is_broken):
    checks = judged(rows)

    assert (bool(checks.remarks), bool(checks.broken)) == (is_remarked, is_broken)
    said = "".join([*checks.remarks.values(), *(one for reasons in checks.spoilt.values() for one in reasons)])
    share = f"twitter/statuses/dt={DAY}: {rows} rows accepted, {rows / USUAL:.2f} of the 1000 of such weekdays"
    assert said.startswith(share if is_remarked or is_broken else "")


def test_nothing_is_judged_of_a_first_load_a_small_feed_or_a_young_one():
    for checks in (judged(1, is_history=True), judged(1, earlier=(99,) * 6), judged(1, earlier=(USUAL, USUAL))):
        assert not checks.remarks
        assert not checks.broken


@pytest.mark.parametrize(
    ("rows", "is_remarked", "is_broken"),
    [(0, False, True), (1, True, False), (740, True, False), (750, False, False), (1_410, True, False)],
)
def test_a_lake_of_days_is_held_against_all_of_them_and_broken_by_an_empty_day_alone(rows, is_remarked, is_broken):
    checks = judged(rows, days=1)

    assert (bool(checks.remarks), bool(checks.broken)) == (is_remarked, is_broken)
    said = "".join([*checks.remarks.values(), *(one for reasons in checks.spoilt.values() for one in reasons)])
    share = f"twitter/statuses/dt={DAY}: {rows} rows accepted, {rows / USUAL:.2f} of the 1000 of 3 days before"
    assert said == (share + ("; expected some" if is_broken else "") if is_remarked or is_broken else "")


@pytest.mark.parametrize(
    ("rows", "is_broken"), [(270, False), (269, True), (1_890, False), (1_891, True), (HALF, False), (DOUBLE, True)]
)
@pytest.mark.parametrize(("cut_short", "first_load"), [(400, 1_060), (7, 100_000)])
def test_a_lake_of_a_week_is_held_against_its_second_fewest_and_most_rows(rows, is_broken, cut_short, first_load):
    """So that neither a weekend, nor a first load, nor a day cut short says what a day may be."""
    checks = judged(rows, earlier=(1_000, 1_050, 900, 1_000, first_load, 450, cut_short), days=1)

    assert bool(checks.broken) is is_broken
    if is_broken:
        assert checks.spoilt[PLACE] == [
            f"twitter/statuses/dt={DAY}: {rows} rows accepted, {rows / USUAL:.2f} of the 1000 of 7 days before; "
            "expected 0.27 to 1.89"
        ]


WEEKS = [USUAL] * 21


@pytest.mark.parametrize(
    ("rows", "broken"),
    [
        ([*WEEKS, USUAL, HALF, USUAL, 0, DOUBLE], [22, 24, 25]),
        ([*WEEKS, *[HALF] * 14], list(range(21, 35))),  # none of them is what the next is held against
        ([USUAL] * 3 + [HALF, 0, DOUBLE], [4]),  # a young lake's
        ([0] * 3 + [USUAL] * 4 + [0], [7]),  # a feed that began
        ([USUAL, 0, 0], []),  # too few before
    ],
)
def test_days_of_one_batch_are_held_against_those_before_them(rows, broken):
    assert batch(rows) == broken


def test_nothing_is_held_against_a_day_of_which_a_line_was_left_out():
    assert batch([USUAL] * 3 + [0]) == [3]
    assert batch([USUAL] * 3 + [0], spoilt=range(3)) == [0, 1, 2]


def test_of_days_of_one_batch_a_first_load_alone_is_not_judged():
    assert batch([*WEEKS, HALF, HALF], history=[21]) == [22]


def test_an_empty_day_is_broken_whatever_the_limits_say():
    assert judged(0).broken


@pytest.mark.parametrize(
    ("rows", "usual", "is_broken"),
    [
        (60, 100, False),
        (59, 100, True),
        (180, 100, False),
        (9, 99, False),
        (990, 99, False),
        (0, 20, True),
        (0, 19, False),
    ],
)
def test_a_small_feed_is_judged_from_a_hundred_rows_on_and_where_it_is_empty_from_twenty(rows, usual, is_broken):
    assert bool(judged(rows, earlier=(usual,) * 3).broken) is is_broken


STEADY, UNSTEADY = (1.0, 1.1, 0.9, 1.05, 0.95, 1.0), (1.0, 1.5, 0.7, 1.4, 0.6, 1.0)


@pytest.mark.parametrize(
    ("rows", "shares", "broken"),
    [(HALF, STEADY, [42]), (DOUBLE, STEADY, [42]), (HALF, UNSTEADY, []), (DOUBLE, UNSTEADY, []), (50, UNSTEADY, [42])],
)
def test_a_feed_whose_days_differ_much_is_broken_by_a_day_that_differs_more(rows, shares, broken):
    weeks = [int(USUAL * share) for share in shares for _ in range(7)]

    assert batch([*weeks, rows]) == broken


def test_two_odd_days_do_not_make_a_feed_one_whose_days_differ_much():
    assert judged(HALF, earlier=(USUAL, USUAL, 40 * USUAL, USUAL, 0, USUAL)).broken


def test_a_day_that_is_refused_says_by_which_command_it_is_let_in():
    error = judged(590).error({(*FEED, DAY)})

    assert str(error).endswith("\n  sway ingest --network NETWORK --date YYYY-MM-DD --accept --lake '/my lake'")


@pytest.mark.parametrize(("rows", "repeated", "is_broken"), [(231, 231, True), (40, 21, True), (40, 20, False)])
def test_a_day_that_mostly_repeats_what_came_before_is_broken_in_a_young_lake_too(rows, repeated, is_broken):
    checks = judged(rows, repeated=repeated, earlier=())

    assert bool(checks.broken) is is_broken
    for reasons in checks.spoilt.values():
        assert reasons == [f"twitter/statuses/dt={DAY}: {repeated} of {rows} rows came before, at most 50.00% may"]


def test_repeats_are_not_judged_of_few_rows_of_a_first_load_of_states_or_against_an_operators_word():
    assert not judged(19, repeated=19, earlier=()).broken
    for way in ({"is_history": True}, {"kind": "profiles"}, {"is_accepted": True}):
        assert not judged(231, repeated=231, earlier=(), **way).broken


def test_a_day_of_page_views_that_mostly_say_what_was_said_is_broken():
    checks = judged(40, earlier=(), against_known=AgainstKnown(again={PLACE: 21}), kind="page_views")

    assert checks.spoilt[PLACE] == [f"twitter/statuses/dt={DAY}: 21 of 40 rows came before, at most 50.00% may"]
    assert not judged(40, earlier=(), against_known=AgainstKnown(again={PLACE: 20}), kind="page_views").broken


@pytest.mark.parametrize(("rows", "is_broken"), [(0, True), (590, True), (600, False), (4_000, False)])
def test_more_page_views_than_ever_drop_nobody(rows, is_broken):
    checks = judged(rows, kind="page_views")

    assert bool(checks.broken) is is_broken
    assert bool(checks.remarks) is not is_broken


@pytest.mark.parametrize(
    ("held", "lost", "is_broken"), [(100, 31, True), (100, 30, False), (99, 99, False), (0, 0, False)]
)
def test_lists_that_are_short_of_too_much_of_what_stood_break_their_day(held, lost, is_broken):
    found = AgainstKnown(shortened={PLACE: (held, lost)})
    checks = judged(5, against_known=found, kind="relations")

    what = f"twitter/statuses/dt={DAY}: its lists are short of {lost} of the {held} relations their owners had"
    why = f"{what} (but the one who lost most), at most 30.00% may be; they are right where what stood before was wrong"
    assert checks.spoilt[PLACE] == ([why] if is_broken else [])
    assert not judged(5, against_known=found, kind="relations", is_accepted=True).broken
    assert not judged(5, against_known=found, kind="relations", is_history=True).broken
