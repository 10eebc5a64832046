"""Twitter: statuses and users as its API v1.1 gave them.

Fields: https://developer.twitter.com/en/docs/twitter-api/v1/data-dictionary (tweet and user objects).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from sway.networks.network import Context, Feed, Network, fault_when, from_json_lines, text, time_fault

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

ACCOUNT = "struct<id:string,id_str:string,screen_name:string>"
OTHER_STATUS = f"struct<id:string,id_str:string,user:{ACCOUNT}>"
STATUS = f"""
    id string, id_str string, created_at string, source string, user {ACCOUNT},
    retweeted_status {OTHER_STATUS}, quoted_status {OTHER_STATUS},
    in_reply_to_status_id string, in_reply_to_status_id_str string,
    in_reply_to_user_id string, in_reply_to_user_id_str string,
    entities struct<user_mentions:array<{ACCOUNT}>,hashtags:array<struct<text:string>>>
"""
USER = """
    id string, id_str string, screen_name string, name string, created_at string,
    followers_count bigint, friends_count bigint, location string, lang string, verified boolean
"""


def to_statuses(raw: DataFrame, context: Context) -> DataFrame:
    """Statuses as posts with their acts: a retweet is one act; anything else may quote, reply and mention.

    The accounts named by a retweet are those of the original text: not mentions by the retweeter.
    """
    lines = from_json_lines(raw, STATUS)
    status = lines.select(
        *raw.columns,
        "line_fault",
        text("line.id_str", "line.id").alias("status_id"),
        text("line.user.id_str", "line.user.id").alias("author_id"),
        to_time("line.created_at").alias("created_at"),
        F.nullif(F.regexp_replace("line.source", "<[^>]*>", ""), F.lit("")).alias("client"),
        F.col("line.retweeted_status").isNotNull().alias("is_retweet"),
        text("line.retweeted_status.id_str", "line.retweeted_status.id").alias("retweeted_id"),
        text("line.retweeted_status.user.id_str", "line.retweeted_status.user.id").alias("retweeted_author"),
        text("line.quoted_status.id_str", "line.quoted_status.id").alias("quoted_id"),
        text("line.quoted_status.user.id_str", "line.quoted_status.user.id").alias("quoted_author"),
        text("line.in_reply_to_status_id_str", "line.in_reply_to_status_id").alias("replied_id"),
        text("line.in_reply_to_user_id_str", "line.in_reply_to_user_id").alias("replied_author"),
        F.expr("transform(line.entities.user_mentions, m -> coalesce(nullif(m.id_str, ''), nullif(m.id, '')))").alias(
            "mentioned"
        ),
        F.col("line.entities.hashtags.text").alias("hashtags"),
    )
    return status.select(
        *raw.columns,
        F.coalesce(
            "line_fault",
            fault_when(F.col("status_id").isNull(), "missing", "id is missing"),
            fault_when(F.col("author_id").isNull(), "missing", "user.id is missing"),
            fault_when(
                F.col("is_retweet") & F.col("retweeted_author").isNull(),
                "missing",
                "retweeted_status.user.id is missing",
            ),
            time_fault(F.col("created_at"), "created_at", context.network),
        ).alias("fault"),
        F.col("status_id").alias("record_id"),
        F.struct(
            F.col("status_id").alias("post_id"),
            "author_id",
            "created_at",
            F.when(F.col("is_retweet"), "reshare").otherwise("original").alias("kind"),
            "client",
            "hashtags",
        ).alias("post"),
        F.when(F.col("is_retweet"), F.array(_act("retweet", "retweeted_author", "retweeted_id")))
        .otherwise(_acts_of_an_original())
        .alias("acts"),
        F.col("status_id").alias("act_key"),
    )


def to_users(raw: DataFrame, _: Context) -> DataFrame:
    """Users as profiles: the state of each on its day of delivery."""
    lines = from_json_lines(raw, USER)
    counted = {"followers": "followers_count", "following": "friends_count"}
    negative = [
        fault_when(F.col(f"line.{name}") < 0, "out_of_range", f"{name}: expected 0 or more")
        for name in counted.values()
    ]
    account_id = text("line.id_str", "line.id")
    created_at = to_time("line.created_at")
    return lines.select(
        *raw.columns,
        F.coalesce(
            "line_fault",
            fault_when(account_id.isNull(), "missing", "id is missing"),
            fault_when(
                F.col("line.created_at").isNotNull() & created_at.isNull(),
                "impossible_time",
                "created_at: expected a time such as Tue May 03 15:01:09 +0000 2016",
            ),
            *negative,
        ).alias("fault"),
        F.concat_ws("@", account_id, "delivered_on").alias("record_id"),
        F.struct(
            account_id.alias("account_id"),
            F.col("line.screen_name").alias("handle"),
            F.col("line.name").alias("name"),
            created_at.alias("created_at"),
            *(F.col(f"line.{theirs}").alias(ours) for ours, theirs in counted.items()),
            F.when(F.col("line.verified"), "verified").alias("type"),
            F.lit(None).cast("string").alias("title"),
            text("line.location").alias("place"),
            text("line.lang").alias("language"),
            F.lit(None).cast("boolean").alias("is_minor"),
        ).alias("profile"),
    )


def to_time(column: str) -> Column:
    """A time such as `Tue May 03 15:01:09 +0000 2016`; Spark 4 cannot parse the weekday, so it is cut off."""
    return F.try_to_timestamp(F.substring(column, 5, 30), F.lit("MMM dd HH:mm:ss Z yyyy"))


def _act(action: str, target: str | Column, about: str) -> Column:
    """One act of the status's author; `target` is its receiver, `about` the post it concerns."""
    receiver = F.col(target) if isinstance(target, str) else target
    return F.struct(
        F.concat_ws("/", F.col("status_id"), F.lit(action), receiver).alias("event_id"),
        F.col("author_id").alias("actor_id"),
        receiver.alias("target_id"),
        F.lit(action).alias("action"),
        F.col("created_at").alias("occurred_at"),
        F.col(about).alias("object_id"),
    )


def _acts_of_an_original() -> Column:
    named = F.array(
        F.when(F.col("quoted_author").isNotNull(), _act("quote", "quoted_author", "quoted_id")),
        F.when(F.col("replied_author").isNotNull(), _act("reply", "replied_author", "replied_id")),
    )
    mentioned = F.array_distinct(F.array_compact(F.coalesce("mentioned", F.array().cast("array<string>"))))
    mentions = F.transform(mentioned, lambda account: _act("mention", account, "status_id"))
    return F.concat(F.array_compact(named), mentions)


TWITTER = Network(
    name="twitter",
    act_order=("retweet", "quote", "reply", "mention"),
    launched=date(2006, 3, 21),
    feeds={
        "statuses": Feed("statuses", "acts", "json_lines", to_statuses, has_posts=True),
        "users": Feed("users", "profiles", "json_lines", to_users),
    },
)
