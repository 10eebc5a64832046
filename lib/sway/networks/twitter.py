"""Twitter: statuses, users, favourites, list memberships, follows and deletions as its API v1.1 gave them.

Fields: https://developer.twitter.com/en/docs/twitter-api/v1/data-dictionary (tweet and user objects), and messages
of its streams: {"event": ..., "created_at", "source": user, "target": user, "target_object": tweet or list}.

The source of an event is who acted. A favourite is known by its source and tweet, a list membership by its list and
member, as the event that takes it back names no more: taken back once, it stays so when given again.

The answers of favorites/list and lists/members are not read: they tell neither when somebody liked or was listed nor,
but for the request, who did it, and an act without a time has no day.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from sway.networks.columns import (
    READ_BESIDE_ACCOUNTS,
    act,
    acts_towards,
    count_fault,
    missing,
    nobody_among,
    not_among,
    of_no_account,
    post,
    to_profiles,
    unescaped,
)
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
from sway.networks.paging import poll_of, said, to_relation_records

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

ACCOUNT = "struct<id:string,id_str:string,screen_name:string>"
OTHER_STATUS = f"struct<id:string,id_str:string,user:{ACCOUNT}>"
ENTITIES = f"struct<user_mentions:array<{ACCOUNT}>,hashtags:array<struct<text:string>>>"
STATUS = f"""
    id string, id_str string, created_at string, source string, user {ACCOUNT},
    retweeted_status {OTHER_STATUS}, quoted_status {OTHER_STATUS},
    in_reply_to_status_id string, in_reply_to_status_id_str string,
    in_reply_to_user_id string, in_reply_to_user_id_str string,
    entities {ENTITIES}, extended_tweet struct<entities:{ENTITIES}>
"""
USER = f"""
    id string, id_str string, screen_name string, name string, created_at string,
    followers_count string, friends_count string, location string, lang string, verified boolean,
    {READ_BESIDE_ACCOUNTS}
"""
EVENT = f"event string, created_at string, source {ACCOUNT}, target {ACCOUNT}"
EVENT_ON = f"{EVENT}, target_object struct<id:string,id_str:string>"
FOLLOW = f"""
    {EVENT}, endpoint string, user_id string, ids array<string>, cursor string, next_cursor_str string,
    next_cursor string, polled_at string
"""
DELETION = "delete struct<status:struct<id:string,id_str:string>,timestamp_ms:string>"
NOBODY = ("", "-1", "0")  # the numbers stand for users that are gone; as ids, one account of all of them
SIDES = {"friends/ids": "actor", "followers/ids": "target"}  # of the account whose list an endpoint gives


def to_statuses(raw: DataFrame, context: Context) -> DataFrame:
    """Statuses as posts with their acts: a retweet is one act; anything else may quote, reply and mention.

    The accounts named by a retweet are those of the original text: not mentions by the retweeter. Of a status longer
    than 140 characters streams give the beginning, and the whole in `extended_tweet`.
    """
    lines = from_json_lines(raw, STATUS)
    mentioned, hashtags = (
        F.coalesce(f"line.extended_tweet.entities.{name}", f"line.entities.{name}")
        for name in ("user_mentions", "hashtags")
    )
    status = lines.select(
        *raw.columns,
        "line_fault",
        text("line.id_str", "line.id").alias("thing_id"),
        _account(F.col("line.user")).alias("actor_id"),
        to_time("line.created_at").alias("at"),
        F.nullif(unescaped(F.regexp_replace("line.source", "<[^>]*>", "")), F.lit("")).alias("client"),
        F.col("line.retweeted_status").isNotNull().alias("is_retweet"),
        text("line.retweeted_status.id_str", "line.retweeted_status.id").alias("retweeted_id"),
        _account(F.col("line.retweeted_status.user")).alias("retweeted_author"),
        text("line.quoted_status.id_str", "line.quoted_status.id").alias("quoted_id"),
        _account(F.col("line.quoted_status.user")).alias("quoted_author"),
        text("line.in_reply_to_status_id_str", "line.in_reply_to_status_id").alias("replied_id"),
        F.coalesce(_given("line.in_reply_to_user_id_str"), _given("line.in_reply_to_user_id")).alias("replied_author"),
        F.transform(mentioned, _account).alias("mentioned"),
        hashtags["text"].alias("hashtags"),
    )
    return to_record(
        status,
        "acts",
        fault=F.coalesce(
            "line_fault",
            missing(F.col("thing_id"), "id is missing"),
            missing(F.col("actor_id"), "user.id is missing"),
            F.when(F.col("is_retweet"), missing(F.col("retweeted_author"), "retweeted_status.user.id is missing")),
            time_fault(F.col("at"), "created_at", context.network),
        ),
        record_id=F.col("thing_id"),
        post=post(F.col("is_retweet")),
        acts=F.when(
            F.col("is_retweet"), F.array(act("retweet", F.col("retweeted_author"), F.col("retweeted_id")))
        ).otherwise(_acts_of_an_original()),
        act_key=F.col("thing_id"),
    )


def to_users(raw: DataFrame, context: Context) -> DataFrame:
    """Users as profiles: the state of each on its day of delivery."""
    lines = from_json_lines(raw, USER)
    counted = {"followers": "followers_count", "following": "friends_count"}
    account_id = _account(F.col("line"))
    created_at = to_time("line.created_at")
    return to_profiles(
        lines,
        missing(account_id, "id is missing"),
        of_no_account(),
        F.when(F.col("line.created_at").isNotNull(), time_fault(created_at, "created_at", context.network)),
        *(count_fault(f"line.{name}", name) for name in counted.values()),
        account_id=account_id,
        handle=F.col("line.screen_name"),
        name=unescaped(F.col("line.name")),
        created_at=created_at,
        **{ours: F.col(f"line.{theirs}").try_cast("bigint") for ours, theirs in counted.items()},
        type=F.when(F.col("line.verified"), "verified"),
        place=unescaped(text("line.location")),
        language=text("line.lang"),
    )


def to_favourites(raw: DataFrame, context: Context) -> DataFrame:
    """Events `favorite` as acts towards the tweet's author, `unfavorite` as what takes one back."""
    return _to_acts_or_back(
        raw, context, "favourites", ("favorite", "unfavorite"), "favourite", known_by=("source_id", "object_id")
    )


def to_list_memberships(raw: DataFrame, context: Context) -> DataFrame:
    """Events `list_member_added` as acts towards the member, `list_member_removed` as what takes one back."""
    events = ("list_member_added", "list_member_removed")
    return _to_acts_or_back(raw, context, "list_memberships", events, "list_add", known_by=("object_id", "target_id"))


def to_follows(raw: DataFrame, context: Context) -> DataFrame:
    """Follows as relations: a line with `event` is a change, any other a page of a list.

    A change is the event `follow` or `unfollow`. A page is what the endpoint friends/ids (whom user_id follows) or
    followers/ids (who follows it) answered, {"ids", "next_cursor"}, with what was asked beside it: endpoint,
    user_id, cursor (-1 or none for the first page), polled_at (ISO 8601, one for all pages of a poll).
    """
    lines = from_json_lines(raw, FOLLOW)
    is_change = F.col("event").isNotNull()
    follows = lines.select(
        *raw.columns,
        "line_fault",
        *_event(),
        text("line.endpoint").alias("endpoint"),
        _given("line.user_id").alias("user_id"),
        F.transform("line.ids", _given).alias("entries"),
        _no_cursor("-1", "line.cursor").alias("page"),
        _no_cursor("0", "line.next_cursor_str", "line.next_cursor").alias("next_page"),
        text("line.next_cursor_str", "line.next_cursor").isNull().alias("is_open"),
        iso_time("line.polled_at").alias("polled_at"),
    )
    fault = F.coalesce(
        "line_fault",
        F.when(is_change, F.coalesce(*_event_faults("follow", "unfollow"), _time_fault("created_at", context))),
        F.when(~is_change, F.coalesce(*_page_faults(), _time_fault("polled_at", context))),
    )
    side = F.create_map(*(F.lit(part) for pair in SIDES.items() for part in pair))[F.col("endpoint")]
    judged = follows.withColumns(
        {
            "fault": fault,
            "said": said("event", "follow", "unfollow"),
            "owner_id": F.when(is_change, F.col("source_id")).otherwise(F.col("user_id")),
            "owner_is": F.when(is_change, "actor").otherwise(side),
            "other_id": F.col("target_id"),
            "at": F.when(is_change, F.col("created_at")).otherwise(F.col("polled_at")),
        }
    )
    return to_relation_records(
        judged,
        "follow",
        poll=poll_of("/", "endpoint", "user_id", "polled_at"),
        change_id=F.concat_ws("/", "event", "source_id", "target_id", "created_at"),
    )


def to_deletions(raw: DataFrame, context: Context) -> DataFrame:
    """Notices {"delete": {"status": {"id_str"}, "timestamp_ms"}} as what takes a status back.

    The time is judged where there is one: Twitter's early notices had none.
    """
    lines = from_json_lines(raw, DELETION)
    stamp = F.col("line.delete.timestamp_ms")
    deletions = lines.select(
        *raw.columns,
        "line_fault",
        text("line.delete.status.id_str", "line.delete.status.id").alias("status_id"),
        stamp.isNotNull().alias("is_timed"),
        # More digits than any year has would overflow.
        F.when(stamp.rlike("^[0-9]{1,15}$"), F.timestamp_millis(stamp.try_cast("bigint"))).alias("timestamp_ms"),
    )
    return to_record(
        deletions,
        "acts",
        fault=F.coalesce(
            "line_fault",
            missing(F.col("status_id"), "delete.status.id is missing"),
            F.when(F.col("is_timed"), _time_fault("timestamp_ms", context)),
        ),
        record_id=F.col("status_id"),
        acts=F.array(),
        act_key=F.col("status_id"),
        takes_back=F.struct(F.lit("statuses").alias("feed"), F.col("status_id").alias("record_id")),
    )


def to_time(column: str) -> Column:
    """A time such as `Tue May 03 15:01:09 +0000 2016`; Spark 4 cannot parse the weekday, so it is cut off."""
    return F.try_to_timestamp(F.substring(column, 5, 30), F.lit("MMM dd HH:mm:ss Z yyyy"))


def _account(user: Column) -> Column:
    """The account's id in a user object; NULL where there is none."""
    return F.coalesce(_given(user["id_str"]), _given(user["id"]))


def _given(account_id: Column | str) -> Column:
    """An account's id; NULL where it is nobody's."""
    column = F.col(account_id) if isinstance(account_id, str) else account_id
    return F.when(~column.isin(*NOBODY), column)


def _acts_of_an_original() -> Column:
    quoted, replied = F.col("quoted_author"), F.col("replied_author")
    answers = F.array(
        F.when(quoted.isNotNull(), act("quote", quoted, F.col("quoted_id"))),
        F.when(replied.isNotNull(), act("reply", replied, F.col("replied_id"))),
    )
    return F.concat(F.array_compact(answers), acts_towards("mention", F.col("mentioned"), F.col("thing_id")))


def _to_acts_or_back(
    raw: DataFrame,
    context: Context,
    feed: str,
    events: tuple[str, str],
    action: str,
    *,
    known_by: tuple[str, str],
) -> DataFrame:
    """Events as acts of one kind: the first of `events` gives one, the second takes it back."""
    given, back = events
    lines = from_json_lines(raw, EVENT_ON)
    rows = lines.select(
        *raw.columns,
        "line_fault",
        *_event(),
        text("line.target_object.id_str", "line.target_object.id").alias("object_id"),
    )
    is_given = F.col("event") == given
    record_id = F.concat_ws("/", "event", *known_by)
    told = F.struct(
        record_id.alias("event_id"),
        F.col("source_id").alias("actor_id"),
        "target_id",
        F.lit(action).alias("action"),
        F.col("created_at").alias("occurred_at"),
        "object_id",
    )
    given_id = F.concat_ws("/", F.lit(given), *known_by)
    return to_record(
        rows,
        "acts",
        fault=F.coalesce(
            "line_fault",
            *_event_faults(given, back),
            missing(F.col("object_id"), "target_object.id is missing"),
            _time_fault("created_at", context),
        ),
        record_id=record_id,
        acts=F.when(is_given, F.array(told)).otherwise(F.array()),
        act_key=record_id,
        takes_back=F.when(~is_given, F.struct(F.lit(feed).alias("feed"), given_id.alias("record_id"))),
    )


def _event() -> list[Column]:
    return [
        text("line.event").alias("event"),
        _account(F.col("line.source")).alias("source_id"),
        _account(F.col("line.target")).alias("target_id"),
        to_time("line.created_at").alias("created_at"),
    ]


def _event_faults(given: str, back: str) -> list[Column]:
    return [
        missing(F.col("event"), "event is missing"),
        not_among("event", "event", given, back),
        missing(F.col("source_id"), "source.id is missing"),
        missing(F.col("target_id"), "target.id is missing"),
    ]


def _page_faults() -> list[Column]:
    which = " or ".join(SIDES)
    neither = f"expected event (follow or unfollow) or endpoint ({which}), found neither"
    return [
        missing(F.col("endpoint"), neither),
        not_among("endpoint", "endpoint", *SIDES),
        missing(F.col("user_id"), "user_id is missing"),
        missing(F.col("entries"), "ids is missing"),
        nobody_among("entries", "ids"),
        fault_when(F.col("is_open"), "missing", "next_cursor is missing: 0 says that no page follows"),
    ]


def _no_cursor(end: str, *names: str) -> Column:
    """A cursor, '' where it is none or the one that stands for none."""
    return F.coalesce(F.nullif(text(*names), F.lit(end)), F.lit(""))


def _time_fault(name: str, context: Context) -> Column:
    return time_fault(F.col(name), name, context.network)


TWITTER = Network(
    name="twitter",
    act_order=("retweet", "quote", "reply", "mention"),
    launched=date(2006, 3, 21),
    feeds={
        "statuses": Feed("statuses", "acts", "json_lines", to_statuses, has_posts=True),
        "users": Feed("users", "profiles", "json_lines", to_users),
        "favourites": Feed("favourites", "acts", "json_lines", to_favourites),
        "list_memberships": Feed("list_memberships", "acts", "json_lines", to_list_memberships),
        "follows": Feed("follows", "relations", "json_lines", to_follows),
        "deletions": Feed("deletions", "acts", "json_lines", to_deletions),
    },
)
