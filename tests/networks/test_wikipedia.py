"""Wikipedia's pages, redirects, page links and page views as records."""

import json
from datetime import date

import pytest
from sway.networks.network import Context
from sway.networks.wikipedia import (
    WIKIPEDIA,
    to_page_links,
    to_page_views,
    to_pages,
    to_redirects,
    to_title,
)

from tests.networks.feeds import RAW, as_drawn
from tests.records import assert_drawn, held

DAY = date(2016, 5, 4)


@pytest.fixture
def records(spark):
    """Records of raw lines, in order; lines may be rows, text, or (day of May 2016, row)."""

    def read(convert, lines):
        rows = []
        for n, line in enumerate(lines):
            day, content = line if isinstance(line, tuple) else (DAY.day, line)
            payload = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
            rows.append((date(2016, 5, day), f"{n:03}", payload))
        found = convert(spark.createDataFrame(rows, RAW), Context(WIKIPEDIA, {}))
        return found.orderBy("file").collect()

    return read


TITLES = {
    "barack Obama": "Barack_Obama",
    "Barack_Obama#Early_life": "Barack_Obama",
    "  Barack \u00a0 Obama__ ": "Barack_Obama",
    ":Barack Obama": "Barack_Obama",
    "\u200eBarack\u202e Obama": "Barack_Obama",
    "%C3%81ed%C3%A1n_mac_Gabr%C3%A1in": "Áedán_mac_Gabráin",
    "C++": "C++",
    "C%2B%2B": "C++",
    "C%23": "C",  # a # is never in a title: what follows is an anchor
    "100% wrong": "100%_wrong",
    "é": "É",
    "ß": "ß",
    "თბილისი": "თბილისი",
    "😀": "😀",
    'Ann "O\'Neil"': 'Ann_"O\'Neil"',
    "2001: A Space Odyssey": "2001:_A_Space_Odyssey",
    "x" * 400: "X" + "x" * 256,
    "": None,
    "_ #anchor": None,
}


def test_a_title_is_what_stands_in_a_url(spark):
    frame = spark.createDataFrame([(n, given) for n, given in enumerate(TITLES)], "n int, given string")

    found = frame.select("n", to_title(frame["given"]).alias("title")).orderBy("n").collect()
    assert [row["title"] for row in found] == list(TITLES.values())


PAGE = {"pageid": 534366, "ns": 0, "title": "Barack Obama", "created": "2004-03-18T22:44:03Z", "pagelanguage": "en"}
PAGES = {
    "whole": (PAGE, None, None),
    "numbers as text": ({**PAGE, "pageid": "534366", "ns": "0"}, None, None),
    "without a first revision": ({"pageid": 1, "ns": 0, "title": "A"}, None, None),
    "a colon that is no namespace": ({**PAGE, "title": "Talk Talk: The Party's Over"}, None, None),
    "as new as it can be": ({**PAGE, "created": "2016-05-04T23:59:59Z"}, None, None),
    "no title": ({"pageid": 1, "ns": 0}, "missing", "title is missing"),
    "a title of blanks": ({**PAGE, "title": " _ "}, "missing", "title is missing"),
    "a title nobody can have": ({**PAGE, "title": "A|B"}, "out_of_range", "without <>[]{}| or controls, found A|B"),
    "a title that is too long": ({**PAGE, "title": "é" * 128}, "out_of_range", "at most 255 bytes"),
    "a long title": ({**PAGE, "title": "é" * 127 + "e"}, None, None),
    "a talk page": ({**PAGE, "ns": 1, "title": "Talk:A"}, "out_of_range", "main namespace, ns 0, found ns 1, Talk:A"),
    "a user page without ns": ({"pageid": 1, "title": "user talk:Ann"}, "out_of_range", "found User_talk:Ann"),
    "no such page": ({"ns": 0, "title": "Gone", "missing": True}, "missing", "pageid is missing: there is no such"),
    "no time": ({**PAGE, "created": "long ago"}, "impossible_time", "created: expected a time, found none"),
    "before Wikipedia": ({**PAGE, "created": "2001-01-14T23:59:59Z"}, "impossible_time", "expected 2001-01-15"),
    "from tomorrow": ({**PAGE, "created": "2016-05-05T00:00:00Z"}, "after_delivery", "delivery day 2016-05-04"),
    "broken off": ('{"pageid": 1, "ti', "malformed", "one JSON object"),
    "two in a line": ('{"pageid":1}{"pageid":2}', "malformed", "one JSON object"),
    "a list": ("[]", "malformed", "one JSON object"),
    "nothing": ("{}", "missing", "title is missing"),
}


def faults(found, cases):
    """(rule, whether the expected words are in the reason) of each record, and what the cases expect."""
    actual = {}
    for record, (name, (_, _, words)) in zip(found, cases.items(), strict=True):
        fault = record["fault"]
        actual[name] = fault and (fault["rule"], words in fault["reason"] or fault["reason"])
    return actual, {name: rule and (rule, True) for name, (_, rule, _) in cases.items()}


def test_pages_are_profiles_of_their_delivery_day(records):
    found = records(to_pages, [line for line, _, _ in PAGES.values()])
    actual, expected = faults(found, PAGES)
    assert actual == expected

    whole, as_text, bare = found[:3]
    assert whole["record_id"] == "Barack_Obama@2016-05-04"
    assert as_text["profile"] == whole["profile"]
    profile = whole["profile"].asDict()
    assert profile.pop("created_at").isoformat() == "2004-03-18T22:44:03"
    nothing = dict.fromkeys(("followers", "following", "title", "place", "is_minor"))
    assert profile == nothing | {
        "account_id": "Barack_Obama",
        "handle": "Barack_Obama",
        "name": "Barack Obama",
        "type": "page",
        "language": "en",
    }
    assert (bare["profile"]["name"], bare["profile"]["created_at"], bare["profile"]["language"]) == ("A", None, None)


REDIRECTS = {
    "of the API": {"from": "obama", "to": "Barack Obama", "tofragment": "Life"},
    "with an anchor": {"from": "Obama2", "to": "Barack Obama#Life"},
    "of a dump": {"title": "Obama3", "rd_from": 7, "rd_namespace": 0, "rd_title": "Barack_Obama"},
    "to another namespace": {"from": "Shortcut", "to": "Wikipedia:Notability"},
    "the same of a dump": {"title": "Shortcut2", "rd_namespace": 4, "rd_title": "Notability"},
    "to another wiki": {"from": "Word", "to": "word", "tointerwiki": "wikt"},
    "of a dump to another": {"title": "W", "rd_title": "Word", "rd_namespace": 0, "rd_interwiki": "wikt"},
    "of a dump to this wiki": {"title": "V", "rd_title": "Word", "rd_namespace": 0, "rd_interwiki": ""},
    "to itself": {"from": "A", "to": "a"},
    "no more": {"from": "Former", "redirect": False},
    "no page": {"to": "A"},
    "a number of the dump": {"rd_from": 7, "rd_namespace": 0, "rd_title": "A"},
    "no target": {"from": "A"},
    "said to be one": {"from": "A", "redirect": True},
    "both": {"from": "A", "to": "B", "redirect": False},
    "of another namespace": {"from": "WP:N", "to": "A"},
    "to no title": {"from": "A", "to": "{{B}}"},
}
REDIRECT_FAULTS = {
    "no page": "from is missing",
    "a number of the dump": "from is missing",
    "no target": "to is missing",
    "said to be one": "to is missing",
    "both": "expected no target, found B",
    "of another namespace": "main namespace, ns 0, found WP:N",
    "to no title": "found {{B}}",
}


def test_a_redirect_is_the_whole_list_of_its_page(records, table):
    found = records(to_redirects, REDIRECTS.values())

    assert_drawn(
        REDIRECTS,
        found,
        table("""
            line:string            | rule:string  | id:string            | holds:string
            of the API             | null         | Obama@2016-05-04     | Obama actor of redirect lists Barack_Obama
            with an anchor         | null         | Obama2@2016-05-04    | Obama2 actor of redirect lists Barack_Obama
            of a dump              | null         | Obama3@2016-05-04    | Obama3 actor of redirect lists Barack_Obama
            to another namespace   | null         | Shortcut@2016-05-04  | Shortcut actor of redirect lists
            the same of a dump     | null         | Shortcut2@2016-05-04 | Shortcut2 actor of redirect lists
            to another wiki        | null         | Word@2016-05-04      | Word actor of redirect lists
            of a dump to another   | null         | W@2016-05-04         | W actor of redirect lists
            of a dump to this wiki | null         | V@2016-05-04         | V actor of redirect lists Word
            to itself              | null         | A@2016-05-04         | A actor of redirect lists
            no more                | null         | Former@2016-05-04    | Former actor of redirect lists
            no page                | missing      | null                 | null
            a number of the dump   | missing      | null                 | null
            no target              | missing      | null                 | null
            said to be one         | missing      | null                 | null
            both                   | out_of_range | null                 | null
            of another namespace   | out_of_range | null                 | null
            to no title            | out_of_range | null                 | null
        """),
    )
    assert found[0]["relation"]["at"].isoformat() == "2016-05-04T00:00:00"
    reasons = {name: r["fault"]["reason"] for name, r in zip(REDIRECTS, found, strict=True) if r["fault"]}
    assert {name: words in reasons[name] for name, words in REDIRECT_FAULTS.items()} == dict.fromkeys(reasons, True)


def links(title, *targets, **more):
    return {"pageid": 1, "ns": 0, "title": title, "links": [{"ns": 0, "title": t} for t in targets], **more}


ASKED, ANSWERED = {"plcontinue": "1|0|C"}, {"continue": {"plcontinue": "1|0|C", "continue": "||"}}
LINKS = {
    "whole": links("Ann", "Bob", "carl gauss", "Bob#Life"),
    "other namespaces": {
        **links("Dora", "dora", "Bob"),
        "links": [
            {"ns": 0, "title": "Dora"},
            {"ns": 14, "title": "Category:People"},
            {"ns": "0", "title": "Wikipedia: the book"},
            {"title": "Template:Cite"},
            {"title": "Bob"},
        ],
    },
    "none": {"pageid": 1, "ns": 0, "title": "Lone"},
    "gone": {"ns": 0, "title": "Gone", "missing": True},
    "first part": links("Long", "A", "B", **ANSWERED),
    "last part": links("Long", "C", **ASKED),
    "no end": links("Torn", "A", "B", **ANSWERED),
    "no beginning": links("Headless", "C", **ASKED),
    "the rest a day later": (5, links("Torn", "C", **ASKED)),
    "one of two lines": links("Split", "A"),
    "the other": links("split", "B"),
    "before one refused": links("Worn", "A", "B", **ANSWERED),
    "refused": links("Worn", "C", "", **ASKED),
    "a whole line": links("Worse", "A"),
    "beside one refused": links("Worse", "[[B]]"),
    "no title": {"ns": 0, "links": []},
    "of another namespace": links("Talk:Ann", "Bob") | {"ns": 1},
    "a link to nothing": links("Eve", "Bob", ""),
    "an empty link": links("Eve") | {"links": [None]},
    "a link untitled": links("Eve") | {"links": [{"ns": 0}]},
    "an impossible link": links("Eve", "[[Bob]]"),
    "links of another kind": links("Eve") | {"links": ["Bob"]},
}


def test_the_links_of_a_page_are_its_whole_list(records):
    found = records(to_page_links, LINKS.values())

    told = [
        (name, record["fault"]["rule"], "") if record["fault"] else (name, "", held(record.asDict(recursive=True)))
        for name, record in zip(LINKS, found, strict=True)
    ]
    assert sorted(told) == as_drawn("""
        line                  | rule         | holds
        whole                 |              | Ann actor of page_link lists Bob Carl_gauss
        other namespaces      |              | Dora actor of page_link lists Bob Wikipedia:_the_book
        none                  |              | Lone actor of page_link lists
        gone                  |              | Gone actor of page_link lists
        first part            |              | Long actor of page_link lists A B
        last part             |              | Long actor of page_link lists C
        no end                |              | Torn actor of page_link begins A B
        no beginning          |              | Headless actor of page_link begins C
        the rest a day later  |              | Torn actor of page_link begins C
        one of two lines      |              | Split actor of page_link lists A
        the other             |              | Split actor of page_link lists B
        before one refused    |              | Worn actor of page_link begins A B
        refused               | out_of_range |
        a whole line          |              | Worse actor of page_link begins A
        beside one refused    | out_of_range |
        no title              | missing      |
        of another namespace  | out_of_range |
        a link to nothing     | out_of_range |
        an empty link         | out_of_range |
        a link untitled       | out_of_range |
        an impossible link    | out_of_range |
        links of another kind | malformed    |
    """)
    good = {name: record for name, record in zip(LINKS, found, strict=True) if record["fault"] is None}
    assert {str(r["relation"]["at"].date()) for name, r in good.items() if "later" not in name} == {str(DAY)}
    assert len({record["record_id"] for record in good.values()}) == len(good)


VIEW = {
    "project": "en.wikipedia",
    "article": "Barack_Obama",
    "granularity": "daily",
    "timestamp": "2016050100",
    "access": "all-access",
    "agent": "user",
    "views": 29123,
}
VIEWS = {
    "whole": (VIEW, None, None),
    "text and number the other way round": ({**VIEW, "timestamp": 2016050100, "views": "29123"}, None, None),
    "a domain, and a day without hour": (
        {**VIEW, "project": "en.wikipedia.org", "timestamp": "20160501", "article": "barack%20Obama"}, None, None,
    ),
    "nobody": ({**VIEW, "views": 0}, None, None),
    "more than there can be": ({**VIEW, "views": 2**63}, "out_of_range", "whole number, 0 or more, found 92233720"),
    "less than nobody": ({**VIEW, "views": -1}, "out_of_range", "found -1"),
    "half a view": ({**VIEW, "views": 1.5}, "out_of_range", "found 1.5"),
    "not a number": ({**VIEW, "views": "NaN"}, "out_of_range", "found NaN"),
    "no views": ({**VIEW, "views": None}, "missing", "views is missing"),
    "no article": ({**VIEW, "article": ""}, "missing", "article is missing"),
    "a search": ({**VIEW, "article": "Special:Search"}, "out_of_range", "article: expected a page of the main"),
    "spiders": ({**VIEW, "agent": "spider"}, "out_of_range", "agent: expected user, found spider"),
    "phones": ({**VIEW, "access": "mobile-web"}, "out_of_range", "access: expected all-access, found mobile-web"),
    "months": ({**VIEW, "granularity": "monthly"}, "out_of_range", "granularity: expected daily, found monthly"),
    "another wiki": ({**VIEW, "project": "de.wikipedia"}, "out_of_range", "expected en.wikipedia, found de.wikipedia"),
    "agent not said": ({k: v for k, v in VIEW.items() if k != "agent"}, "missing", "agent is missing: expected user"),
    "no wiki": ({**VIEW, "project": ""}, "missing", "project is missing"),
    "no such day": ({**VIEW, "timestamp": "2015022900"}, "impossible_time", "timestamp: expected a time"),
    "an hour": ({**VIEW, "timestamp": "2016050117"}, "impossible_time", "timestamp: expected a time"),
    "no day": ({**VIEW, "timestamp": None}, "impossible_time", "timestamp: expected a time"),
    "before Wikipedia": ({**VIEW, "timestamp": "2001011400"}, "impossible_time", "expected 2001-01-15 or later"),
    "tomorrow": ({**VIEW, "timestamp": "2016050500"}, "after_delivery", "delivery day 2016-05-04"),
    "the answer as a whole": ({"items": [VIEW]}, "missing", "article is missing"),
}  # fmt: skip


def test_views_are_those_of_one_day_by_people(records):
    found = records(to_page_views, [line for line, _, _ in VIEWS.values()])

    actual, expected = faults(found, VIEWS)
    assert actual == expected
    good = [record for record in found if record["fault"] is None]
    assert [tuple(record["viewed"]) for record in good] == [
        *[("Barack_Obama", date(2016, 5, 1), 29123)] * 3,
        ("Barack_Obama", date(2016, 5, 1), 0),
    ]
    assert {record["record_id"] for record in good} == {"Barack_Obama@2016-05-01"}


def test_every_feed_is_declared_with_its_kind():
    assert {name: (feed.name, feed.kind) for name, feed in WIKIPEDIA.feeds.items()} == {
        "pages": ("pages", "profiles"),
        "redirects": ("redirects", "page_links"),
        "page_links": ("page_links", "page_links"),
        "page_views": ("page_views", "page_views"),
    }
