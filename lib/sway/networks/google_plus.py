"""Google+: activities, comments, plusoners, resharers and circles as its API v1 gave them.

Fields: the resources activity, comment and person of https://developers.google.com/+/web/api/rest/latest as it stood
until 2019. Where the API leaves out what an act needs, whoever lands a line writes what was asked beside the answer,
in the API's own names, and `polled_at`, the ISO 8601 instant of asking; each feed below says which.

A reshare may arrive twice: as the resharer's activity, with its instant, and as a name in the list of resharers,
without. The activity counts: it takes the name back, whichever of the two is delivered first.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from sway.networks.columns import act, acts_towards, missing, nobody_among, not_among, of_another_feed, post
from sway.networks.network import (
    TEXT_OR_JSON,
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
from sway.networks.paging import poll_of, said, to_relation_records

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

PERSON = "struct<id:string>"
ACTIVITY = f"""
    id string, published string, verb string, actor {PERSON}, annotation string, provider struct<title:string>,
    object struct<id:string,actor:{PERSON},content:string>, inReplyTo {TEXT_OR_JSON}
"""
COMMENT = f"""
    id string, published string, actor {PERSON}, object struct<content:string>,
    inReplyTo array<struct<id:string,url:string,actor:{PERSON}>>
"""
LISTED_PERSON = f"id string, activity struct<id:string,actor:{PERSON}>, polled_at string"
CIRCLED = f"""
    verb string, published string, actor {PERSON}, object {PERSON},
    userId string, pageToken string, items array<{PERSON}>, nextPageToken string, polled_at string
"""

# A name linked in a text, such as <span class="proflinkWrapper">+<a class="proflink" href=".." oid="123">Ann</a>.
# The distance is bounded so that no text, however made, takes long to search.
NAMED = r'class="proflinkWrapper".{0,1000}?\boid="([^"]+)"'
HASHTAG = r'class="ot-hashtag"[^>]*>#([^<]+)<'
PROFILE_URL = r"^https?://plus\.google\.com/(?:u/\d+/)?(\d+)(?:/|$)"


def to_activities(raw: DataFrame, context: Context) -> DataFrame:
    """Activities as posts with their acts: a reshare, and the mentions in the author's own words.

    The text of a reshare's object is the original's, its own words are the annotation. A verb that is neither post
    nor share, such as checkin, makes a post as well.
    """
    lines = from_json_lines(raw, ACTIVITY)
    is_reshare = F.col("line.verb") == "share"
    own_words = F.when(is_reshare, F.col("line.annotation")).otherwise(F.col("line.object.content"))
    activities = lines.select(
        *raw.columns,
        F.coalesce("line_fault", of_another_feed(["inReplyTo"], "a comment")).alias("line_fault"),
        text("line.id").alias("thing_id"),
        text("line.verb").alias("verb"),
        is_reshare.alias("is_reshare"),
        text("line.actor.id").alias("actor_id"),
        iso_time("line.published").alias("at"),
        text("line.object.id").alias("original_id"),
        text("line.object.actor.id").alias("original_author"),
        text("line.provider.title").alias("client"),
        _all(own_words, NAMED).alias("mentioned"),
        _all(own_words, HASHTAG).alias("hashtags"),
    )
    reshare = F.when(F.col("is_reshare"), F.array(act("reshare", F.col("original_author"), F.col("original_id"))))
    return to_record(
        activities,
        "acts",
        fault=F.coalesce(
            "line_fault",
            _missing("thing_id", "id"),
            _missing("actor_id", "actor.id"),
            _missing("verb", "verb"),
            F.when(
                F.col("is_reshare"),
                F.coalesce(_missing("original_id", "object.id"), _missing("original_author", "object.actor.id")),
            ),
            time_fault(F.col("at"), "published", context.network),
        ),
        record_id=F.col("thing_id"),
        post=post(F.col("is_reshare")),
        acts=F.concat(F.coalesce(reshare, F.array()), _mentions()),
        act_key=F.col("thing_id"),
        takes_back=F.when(
            F.col("is_reshare"),
            F.struct(F.lit("resharers").alias("feed"), F.concat_ws("/", "original_id", "actor_id").alias("record_id")),
        ),
    )


def to_comments(raw: DataFrame, context: Context) -> DataFrame:
    """Comments as acts towards the author of the activity they answer, and towards whom they mention.

    A comment names its activity by id and url, and the url leads through the author's id. Where it has the author's
    chosen name instead, whoever lands the line writes the author as inReplyTo[0].actor.id, which comes first.
    """
    lines = from_json_lines(raw, COMMENT)
    answered = F.get("line.inReplyTo", F.lit(0))
    in_url = F.nullif(F.regexp_extract(answered["url"], PROFILE_URL, 1), F.lit(""))
    comments = lines.select(
        *raw.columns,
        "line_fault",
        text("line.id").alias("thing_id"),
        text("line.actor.id").alias("actor_id"),
        iso_time("line.published").alias("at"),
        F.nullif(answered["id"], F.lit("")).alias("activity_id"),
        F.coalesce(F.nullif(answered["actor"]["id"], F.lit("")), in_url).alias("activity_author"),
        _all(F.col("line.object.content"), NAMED).alias("mentioned"),
    )
    nobody = "inReplyTo[0].actor.id is missing, and inReplyTo[0].url holds no account's number"
    return to_record(
        comments,
        "acts",
        fault=F.coalesce(
            "line_fault",
            _missing("thing_id", "id"),
            _missing("actor_id", "actor.id"),
            _missing("activity_id", "inReplyTo[0].id"),
            fault_when(F.col("activity_author").isNull(), "missing", nobody),
            time_fault(F.col("at"), "published", context.network),
        ),
        record_id=F.col("thing_id"),
        acts=F.concat(F.array(act("comment", F.col("activity_author"), F.col("activity_id"))), _mentions()),
        act_key=F.col("thing_id"),
    )


def to_plusoners(raw: DataFrame, context: Context) -> DataFrame:
    """People in the list of an activity's plusoners as acts towards its author: see `_listed`."""
    return _listed(raw, context, "plus_one")


def to_resharers(raw: DataFrame, context: Context) -> DataFrame:
    """People in the list of an activity's resharers as acts towards its author: see `_listed`."""
    return _listed(raw, context, "reshare")


def to_circles(raw: DataFrame, context: Context) -> DataFrame:
    """Circles as relations: a line with `verb` is a change, any other a page of a list.

    A page is what people.list answered for the collection `visible`, {"items": [person], "nextPageToken"}, with
    what was asked beside it: userId, whose circles they are, pageToken (none for the first page) and polled_at (one
    for all pages of a poll). The API tells of no changes; whoever knows of them writes an activity of verb `add` or
    `remove`: {"verb", "published", "actor": person, "object": person}.
    """
    lines = from_json_lines(raw, CIRCLED)
    is_change = F.col("verb").isNotNull()
    circles = lines.select(
        *raw.columns,
        "line_fault",
        text("line.verb").alias("verb"),
        said("line.verb", "add", "remove").alias("said"),
        F.lit("actor").alias("owner_is"),
        F.when(text("line.verb").isNull(), text("line.userId")).otherwise(text("line.actor.id")).alias("owner_id"),
        text("line.object.id").alias("other_id"),
        F.col("line.items.id").alias("entries"),
        F.coalesce("line.pageToken", F.lit("")).alias("page"),
        F.coalesce("line.nextPageToken", F.lit("")).alias("next_page"),
        iso_time("line.published").alias("published"),
        iso_time("line.polled_at").alias("polled_at"),
    ).withColumn("at", F.when(is_change, F.col("published")).otherwise(F.col("polled_at")))
    change_fault = F.coalesce(
        not_among("verb", "verb", "add", "remove"),
        _missing("owner_id", "actor.id"),
        _missing("other_id", "object.id"),
        time_fault(F.col("published"), "published", context.network),
    )
    page_fault = F.coalesce(
        _missing("owner_id", "userId"),
        _missing("entries", "items"),
        nobody_among("entries", "items[].id"),
        time_fault(F.col("polled_at"), "polled_at", context.network),
    )
    judged = circles.withColumn(
        "fault", F.coalesce("line_fault", F.when(is_change, change_fault).otherwise(page_fault))
    )
    return to_relation_records(
        judged,
        "circle",
        poll=poll_of("/", "owner_id", "polled_at"),
        change_id=F.concat_ws("/", "verb", "owner_id", "other_id", "published"),
    )


def _listed(raw: DataFrame, context: Context, action: str) -> DataFrame:
    """One person of people.listByActivity a line, with the activity beside: {"id", "activity": {"id", "actor"}}.

    The API tells no time. The act is dated by `polled_at`, that of the first poll to list the person: whoever lands
    the lines writes each person once. One listed again with another poll's time is the same record, changed.
    """
    lines = from_json_lines(raw, LISTED_PERSON)
    people = lines.select(
        *raw.columns,
        "line_fault",
        text("line.id").alias("actor_id"),
        text("line.activity.id").alias("activity_id"),
        text("line.activity.actor.id").alias("activity_author"),
        iso_time("line.polled_at").alias("at"),
    ).withColumn("thing_id", F.concat_ws("/", "activity_id", "actor_id"))
    return to_record(
        people,
        "acts",
        fault=F.coalesce(
            "line_fault",
            _missing("actor_id", "id"),
            _missing("activity_id", "activity.id"),
            _missing("activity_author", "activity.actor.id"),
            time_fault(F.col("at"), "polled_at", context.network),
        ),
        record_id=F.col("thing_id"),
        acts=F.array(act(action, F.col("activity_author"), F.col("activity_id"))),
        act_key=F.col("thing_id"),
    )


def _mentions() -> Column:
    return acts_towards("mention", F.col("mentioned"), F.col("thing_id"))


def _all(words: Column, pattern: str) -> Column:
    """What the pattern's group found in a text of HTML, in order; no text, nothing found."""
    return F.regexp_extract_all(F.coalesce(words, F.lit("")), F.lit(f"(?s){pattern}"), F.lit(1))


def _missing(column: str, theirs: str) -> Column:
    return missing(F.col(column), f"{theirs} is missing")


GOOGLE_PLUS = Network(
    name="google_plus",
    act_order=("reshare", "comment", "mention"),
    launched=date(2011, 6, 28),
    feeds={
        "activities": Feed("activities", "acts", "json_lines", to_activities, has_posts=True),
        "comments": Feed("comments", "acts", "json_lines", to_comments),
        "plusoners": Feed("plusoners", "acts", "json_lines", to_plusoners),
        "resharers": Feed("resharers", "acts", "json_lines", to_resharers),
        "circles": Feed("circles", "relations", "json_lines", to_circles),
    },
)
