"""Wikipedia: pages, redirects, page links and daily page views as the MediaWiki and the pageviews APIs give them.

Fields: https://www.mediawiki.org/wiki/API:Query (prop=info, prop=links, redirects), the redirect table of
https://dumps.wikimedia.org, and https://wikimedia.org/api/rest_v1 (pageviews/per-article).

A page is the account, and its title as a URL has it is the account's id: see `to_title`. Only articles are accounts,
that is pages of the main namespace, and only those of one wiki, PROJECT: the same title in two languages would be one
account. A line about any other page is refused, so that a wrong export shows; a link to one is left out of its page's
list. Where the API gives no `ns`, the title's prefix tells.

Of the dumps redirects are read. The page and pagelinks tables say what the API says, in SQL and by numbers of pages;
hourly page views are not of the one series that a day has.
"""

from __future__ import annotations

from datetime import date
from string import ascii_lowercase, ascii_uppercase
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from sway.networks.columns import missing, of_another_feed, shown, to_profiles
from sway.networks.network import (
    Context,
    Feed,
    Network,
    fault_when,
    from_json_lines,
    iso_time,
    text,
    time_fault,
    to_record,
)
from sway.networks.paging import PAGE as OF_A_POLL
from sway.networks.paging import entries, with_list

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

PROJECT = "en.wikipedia"

PAGE = "pageid string, ns string, title string, created string, pagelanguage string"
REDIRECT = """
    `from` string, title string, `to` string, tointerwiki string,
    rd_title string, rd_namespace string, rd_interwiki string, redirect string
"""
LINKS = """
    ns string, title string, links array<struct<ns:string,title:string>>,
    plcontinue string, `continue` struct<plcontinue:string>, created string, pagelanguage string
"""
VIEWS = """
    project string, article string, granularity string, timestamp string, access string, agent string, views string
"""
# The one series of page views that is a day's views by people; any other would be counted besides it.
SERIES = {"project": PROJECT, "granularity": "daily", "access": "all-access", "agent": "user"}

BLANKS = "[ _\u00a0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+"
DIRECTION_MARKS = "[\u200e\u200f\u202a-\u202e]"
NEVER_IN_A_TITLE = r"[\x00-\x1f\x7f\ufffd<>\[\]{}|]"
LONGEST_TITLE_BYTES = 255
WITH_TALK = (
    "User|Wikipedia|WP|Project|File|Image|MediaWiki|Template|Help|Category|Portal|Draft|Book|TimedText|Module|"
    "Gadget|Gadget_definition|Education_Program|Topic|Event"
)
OTHER_NAMESPACE = rf"(?i)^(?:Talk|WT|Special|Media|(?:{WITH_TALK})(?:_talk)?):"
# Letters whose capitals MediaWiki does not use at a title's beginning: Georgian.
WITHOUT_CAPITAL = "[\u10d0-\u10ff]"


def to_pages(raw: DataFrame, context: Context) -> DataFrame:
    """Pages as profiles of their delivery day: {pageid, ns, title}, and if known created and pagelanguage.

    `created` is the time of the first revision. A page that does not exist (any more) has no pageid.
    """
    lines = from_json_lines(raw, PAGE)
    pages = lines.select(
        *raw.columns,
        "line_fault",
        text("line.pageid").alias("pageid"),
        text("line.ns").alias("ns"),
        to_title(F.col("line.title")).alias("title"),
        text("line.created").isNotNull().alias("is_dated"),
        iso_time("line.created").alias("created"),
        text("line.pagelanguage").alias("language"),
    )
    return to_profiles(
        pages,
        *_page_faults("title", "title", F.col("ns")),
        missing(F.col("pageid"), "pageid is missing: there is no such page"),
        F.when(F.col("is_dated"), time_fault(F.col("created"), "created", context.network)),
        account_id=F.col("title"),
        handle=F.col("title"),
        name=F.replace("title", F.lit("_"), F.lit(" ")),
        created_at=F.col("created"),
        type=F.lit("page"),
        language=F.col("language"),
    )


def to_redirects(raw: DataFrame, _: Context) -> DataFrame:
    """Redirects, each the whole list of its page: {from, to} as in query.redirects, or {title, rd_title} of a dump.

    A dump's rd_from is a number: whoever lands it writes the title of that page, from the page table. A page that
    is no redirect any more is {from, redirect: false}. What leads to another wiki or namespace leads to no account.
    """
    lines = from_json_lines(raw, REDIRECT)
    redirects = lines.select(
        *raw.columns,
        "line_fault",
        to_title(text("line.from", "line.title")).alias("page"),
        to_title(text("line.to", "line.rd_title")).alias("target"),
        text("line.rd_namespace").alias("ns"),
        text("line.tointerwiki", "line.rd_interwiki").isNotNull().alias("is_elsewhere"),
        F.coalesce(F.col("line.redirect") == "false", F.lit(False)).alias("is_over"),
    )
    leads_to_account = (
        ~F.col("is_over")
        & ~F.col("is_elsewhere")
        & _is_article(F.col("target"), F.col("ns"))
        & (F.col("target") != F.col("page"))
    )
    return to_record(
        redirects,
        "page_links",
        fault=F.coalesce(
            "line_fault",
            *_page_faults("page", "from", F.lit(None).cast("string")),
            F.when(~F.col("is_over"), F.coalesce(*_title_faults("target", "to"))),
            fault_when(
                F.col("is_over") & F.col("target").isNotNull(),
                "out_of_range",
                F.concat(F.lit("redirect is false: expected no target, found "), shown("target")),
            ),
        ),
        record_id=F.concat_ws("@", "page", "delivered_on"),
        relation=_whole_list("redirect", "page", F.when(leads_to_account, F.array("target")).otherwise(F.array())),
    )


def to_page_links(raw: DataFrame, _: Context) -> DataFrame:
    """Links on a page, its whole list on the delivery day: {ns, title, links: [{ns, title}]} as prop=links gives them.

    A list that the API gave in parts is one line a part, with the `plcontinue` it was asked with (none for the
    first) and the `continue` it answered with (none with the last). Parts that make no unbroken chain within a
    delivery day say what stands and end nothing: see paging.py. Lines of a page without either are one list.
    No `links` means none here, as the API leaves it out then. Links to other namespaces and to itself are left out.
    """
    lines = from_json_lines(raw, LINKS)
    linked = F.transform("line.links", lambda link: F.struct(link["ns"], to_title(link["title"]).alias("title")))
    pages = lines.select(
        *raw.columns,
        "line_fault",
        text("line.ns").alias("ns"),
        to_title(F.col("line.title")).alias("title"),
        F.when(F.col("line.links").isNull(), of_another_feed(["created", "pagelanguage"], "a page")).alias(
            "other_fault"
        ),
        F.coalesce(linked, F.array().cast("array<struct<ns:string,title:string>>")).alias("links"),
        F.coalesce("line.plcontinue", F.lit("")).alias("page"),
        F.coalesce("line.continue.plcontinue", F.lit("")).alias("next_page"),
    )
    is_no_link = F.exists("links", lambda link: link["title"].isNull() | _is_impossible(link["title"]))
    judged = pages.select(
        *pages.columns,
        F.coalesce(
            "line_fault",
            *_page_faults("title", "title", F.col("ns")),
            "other_fault",
            fault_when(is_no_link, "out_of_range", "links: expected a page's title in every place"),
        ).alias("fault"),
        F.transform(
            F.filter("links", lambda link: _is_article(link["title"], link["ns"]) & (link["title"] != F.col("title"))),
            lambda link: link["title"],
        ).alias("entries"),
    )
    content = F.hex(F.xxhash64(F.array_sort("entries")))
    return with_list(
        to_record(
            judged.withColumn("poll", F.col("title")),
            "page_links",
            fault=F.col("fault"),
            record_id=F.concat_ws("@", "title", "delivered_on", "page", content),
            relation=_whole_list("page_link", "title", entries()).withField("change", F.lit(None).cast("string")),
            beside=OF_A_POLL,
        )
    )


def to_page_views(raw: DataFrame, context: Context) -> DataFrame:
    """Views of a page on a day: items of pageviews/per-article of the one series that SERIES names.

    Lines of other series (spiders, one kind of access, months, other wikis) are refused: passed over in silence
    they would leave a page without views, taken they would count twice.
    """
    lines = from_json_lines(raw, VIEWS)
    views = lines.select(
        *raw.columns,
        "line_fault",
        to_title(F.col("line.article")).alias("title"),
        F.regexp_replace("line.project", r"\.org$", "").alias("project"),
        *(F.col(f"line.{name}").alias(name) for name in SERIES if name != "project"),
        F.when(
            F.col("line.timestamp").rlike(r"^\d{8}(00)?$"),
            F.try_to_timestamp(F.substring("line.timestamp", 1, 8), F.lit("yyyyMMdd")),
        ).alias("timestamp"),
        text("line.views").alias("given"),
        F.when(F.col("line.views").rlike(r"^\d+$"), F.col("line.views").try_cast("bigint")).alias("views"),
    )
    return to_record(
        views,
        "page_views",
        fault=F.coalesce(
            "line_fault",
            *_page_faults("title", "article", F.lit(None).cast("string")),
            *(_series_fault(name, expected) for name, expected in SERIES.items()),
            time_fault(F.col("timestamp"), "timestamp", context.network),
            missing(F.col("given"), "views is missing"),
            fault_when(
                F.col("views").isNull(),
                "out_of_range",
                F.concat(F.lit("views: expected a whole number, 0 or more, found "), shown("given")),
            ),
        ),
        record_id=F.concat_ws("@", "title", F.to_date("timestamp")),
        viewed=F.struct(F.col("title").alias("account_id"), F.to_date("timestamp").alias("event_date"), "views"),
    )


def to_title(given: Column) -> Column:
    """The title as a URL has it, NULL where nothing is left: `barack Obama#Early life` is Barack_Obama.

    As MediaWiki does: percent signs decoded, anchor cut off, blanks to one underscore, none at the ends, marks of
    direction and a leading colon dropped, the first letter a capital if it has a single one.
    """
    is_encoded = given.rlike("%[0-9A-Fa-f]{2}")
    decoded = F.try_url_decode(F.replace(given, F.lit("+"), F.lit("%2B")))
    whole = F.when(is_encoded, F.coalesce(decoded, given)).otherwise(given)
    page = F.regexp_replace(whole, f"(?s)#.*|{DIRECTION_MARKS}", "")
    title = F.regexp_replace(F.regexp_replace(page, BLANKS, "_"), "^_?:?_?|_$", "")
    first = F.substring(title, 1, 1)
    has_capital = (F.length(F.upper(first)) == 1) & ~first.rlike(WITHOUT_CAPITAL)
    # Mostly a letter of ASCII, and then the tables of all others need not be made ready: seconds, once a process.
    capital = (
        F.when(first < "{", F.translate(first, ascii_lowercase, ascii_uppercase))
        .when(has_capital, F.upper(first))
        .otherwise(first)
    )
    return F.nullif(F.concat(capital, F.substring(title, 2, LONGEST_TITLE_BYTES + 1)), F.lit(""))


def _is_article(title: Column, ns: Column) -> Column:
    return F.coalesce(F.nullif(ns, F.lit("")) == "0", ~title.rlike(OTHER_NAMESPACE))


def _is_impossible(title: Column) -> Column:
    return title.rlike(NEVER_IN_A_TITLE) | (F.octet_length(title) > LONGEST_TITLE_BYTES)


def _title_faults(column: str, name: str) -> list[Column]:
    expected = f"{name}: expected a title of at most {LONGEST_TITLE_BYTES} bytes without <>[]{{}}| or controls, found "
    return [
        missing(F.col(column), f"{name} is missing"),
        fault_when(_is_impossible(F.col(column)), "out_of_range", F.concat(F.lit(expected), shown(column))),
    ]


def _page_faults(column: str, name: str, ns: Column) -> list[Column]:
    """Faults of the title of the page a line is about."""
    found = F.concat(
        F.lit(f"{name}: expected a page of the main namespace, ns 0, found "),
        F.coalesce(F.concat(F.lit("ns "), F.substring(ns, 1, 20), F.lit(", ")), F.lit("")),
        shown(column),
    )
    return [
        *_title_faults(column, name),
        fault_when(~_is_article(F.col(column), ns), "out_of_range", found),
    ]


def _series_fault(name: str, expected: str) -> Column:
    found = F.concat(F.lit(f"{name}: expected {expected}, found "), shown(name))
    return F.coalesce(
        fault_when(F.nullif(F.col(name), F.lit("")).isNull(), "missing", f"{name} is missing: expected {expected}"),
        fault_when(F.col(name) != expected, "out_of_range", found),
    )


def _whole_list(action: str, page: str, others: Column) -> Column:
    """All that stands on a page on the delivery day."""
    return F.struct(
        F.lit(action).alias("action"),
        F.col(page).alias("owner_id"),
        F.lit("actor").alias("owner_is"),
        others.cast("array<string>").alias("others"),
        F.lit("lists").alias("change"),
        F.col("delivered_on").cast("timestamp").alias("at"),
    )


WIKIPEDIA = Network(
    name="wikipedia",
    act_order=(),
    launched=date(2001, 1, 15),
    feeds={
        "pages": Feed("pages", "profiles", "json_lines", to_pages),
        "redirects": Feed("redirects", "page_links", "json_lines", to_redirects),
        "page_links": Feed("page_links", "page_links", "json_lines", to_page_links),
        "page_views": Feed("page_views", "page_views", "json_lines", to_page_views),
    },
)
