"""LinkedIn: shares, comments, likes, connections, endorsements, recommendations and positions, as its API has them.

Fields: https://learn.microsoft.com/en-us/linkedin/ (API v2: shares, social actions, connections) and, for positions and
what v2 no longer gave, the people of API v1.

An account is a urn. A person's id is what follows `urn:li:person:`, or `urn:li:member:`; an organisation's keeps its
kind, so that the two never meet: `urn:li:organization:7`, once named `urn:li:company:7`, is `organization:7`. No id of
a person has a colon.

A urn does not tell whose a share or comment is. That stands beside it, as LinkedIn decorates an answer: `object~` is
the thing whose urn is `object`. A row with `deleted` takes back what its other fields name.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from sway.networks.columns import (
    READ_BESIDE_ACCOUNTS,
    act,
    acts_towards,
    count_fault,
    hashtags_in,
    missing,
    of_another_feed,
    of_no_account,
    post,
    shown,
    to_acts_or_withdrawals,
    to_profiles,
    unescaped,
)
from sway.networks.network import (
    TEXT_OR_JSON,
    Context,
    Feed,
    Network,
    fault_when,
    from_json_lines,
    instant_key,
    text,
    time_fault,
)
from sway.networks.paging import poll_of, to_relation_records

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

STAMPS = "created struct<time:string>, deleted struct<time:string>"
OWNED = "struct<owner:string,actor:string>"
SHARE = f"""
    id string, activity string, owner string, {STAMPS}, source struct<application:struct<name:string>>,
    text struct<text:string,annotations:array<struct<entity:string>>>,
    resharedShare string, `resharedShare~` {OWNED}, originalShare string, `originalShare~` {OWNED}
"""
COMMENT = f"""
    id string, actor string, object string, `object~` {OWNED}, {STAMPS},
    message struct<attributes:array<struct<value:map<string,map<string,string>>>>>,
    parentComment string, `parentComment~` {OWNED}
"""
LIKE = f"actor string, object string, `object~` {OWNED}, {STAMPS}, message {TEXT_OR_JSON}"
MONTH = "struct<year:string,month:string>"
PERSON = f"""
    id string, formattedName string, firstName {TEXT_OR_JSON}, lastName {TEXT_OR_JSON}, vanityName string,
    location struct<name:string>, numConnections string,
    positions struct<values:array<struct<title:string,isCurrent:string,startDate:{MONTH},endDate:{MONTH}>>>,
    {READ_BESIDE_ACCOUNTS}
"""

LOCALIZED = "localized map<string,string>, preferredLocale struct<language:string,country:string>"
MILLISECONDS = r"^\d{1,14}$"
ACCOUNT_URN = "urn:li:person:<id> or urn:li:organization:<id>"
ENDS_ONE_SKILL = (
    "deleted: expected no skill beside it, found one: an endorsement ends with its last skill, which a change "
    "without skill tells, or the whole list"
)


def to_shares(raw: DataFrame, context: Context) -> DataFrame:
    """Shares as posts with their acts: a share may pass on another and mention.

    Of what was passed on several times, the share at hand (resharedShare) is the one acted upon; the first
    (originalShare) counts only where nobody is named beside the one at hand.
    """
    lines = from_json_lines(raw, SHARE)
    share_id = to_object(text("line.id", "line.activity"))
    at_hand, first = _owner("resharedShare"), _owner("originalShare")
    is_first = at_hand.isNull() & first.isNotNull()
    any_share = text("line.resharedShare", "line.originalShare")
    shares = lines.select(
        *raw.columns,
        F.coalesce("line_fault", missing(share_id, "id is missing")).alias("line_fault"),
        share_id.alias("thing_id"),
        *_verb_and_time(),
        *_account(text("line.owner"), "actor"),
        text("line.source.application.name").alias("client"),
        hashtags_in("line.text.text").alias("hashtags"),
        (F.coalesce(any_share, at_hand, first).isNotNull()).alias("is_share"),
        to_object(F.when(is_first, text("line.originalShare")).otherwise(any_share)).alias("shared_id"),
        *_account(F.coalesce(at_hand, first), "target"),
        F.col("line.text.annotations.entity").alias("entities"),
    )
    share = F.array(act("share", F.col("target_id"), F.col("shared_id")))
    return to_acts_or_withdrawals(
        shares,
        "shares",
        faults=[
            _account_fault("actor", "owner"),
            F.when(F.col("is_share"), _account_fault("target", "resharedShare~.owner")),
        ],
        time_fault=_stamp_fault(context),
        acts=F.concat(F.when(F.col("is_share"), share).otherwise(F.array()), _mentions()),
        post=post(F.col("is_share")),
    )


def to_comments(raw: DataFrame, context: Context) -> DataFrame:
    """Comments as acts towards the owner of the share, replies towards the author of the comment they answer."""
    lines = from_json_lines(raw, COMMENT)
    is_reply = F.coalesce(text("line.parentComment"), _owner("parentComment")).isNotNull()
    no_urns = F.array().cast("array<string>")
    in_message = F.flatten(F.transform("line.message.attributes", lambda one: F.coalesce(_urns(one["value"]), no_urns)))
    comments = lines.select(
        *raw.columns,
        F.coalesce("line_fault", missing(text("line.id"), "id is missing")).alias("line_fault"),
        text("line.id").alias("thing_id"),
        *_verb_and_time(),
        *_account(text("line.actor"), "actor"),
        is_reply.alias("is_reply"),
        to_object(F.when(is_reply, text("line.parentComment")).otherwise(text("line.object"))).alias("object_id"),
        *_account(F.when(is_reply, _owner("parentComment")).otherwise(_owner("object")), "target"),
        in_message.alias("entities"),
    )
    return to_acts_or_withdrawals(
        comments,
        "comments",
        faults=[
            _account_fault("actor", "actor"),
            F.when(F.col("is_reply"), _account_fault("target", "parentComment~.actor")).otherwise(
                _account_fault("target", "object~.owner")
            ),
        ],
        time_fault=_stamp_fault(context),
        acts=F.concat(F.array(act("comment", F.col("target_id"), F.col("object_id"))), _mentions()),
    )


def to_likes(raw: DataFrame, context: Context) -> DataFrame:
    """Likes of shares and comments, known by what is liked and by whom: one each.

    Its removal names no more than the two, so who takes a like back and likes again is not counted again.
    """
    lines = from_json_lines(raw, LIKE)
    object_id = to_object(text("line.object"))
    likes = lines.select(
        *raw.columns,
        F.coalesce("line_fault", of_another_feed(["message"], "a comment")).alias("line_fault"),
        *_verb_and_time(),
        *_account(text("line.actor"), "actor"),
        object_id.alias("object_id"),
        *_account(_owner("object"), "target"),
    ).withColumn("thing_id", F.concat("object_id", F.lit("/"), "actor_id"))
    known = F.coalesce("line_fault", missing(F.col("object_id"), "object is missing"), _account_fault("actor", "actor"))
    return to_acts_or_withdrawals(
        likes.withColumn("line_fault", known),
        "likes",
        faults=[_account_fault("target", "object~.owner")],
        time_fault=_stamp_fault(context),
        acts=F.array(act("like", F.col("target_id"), F.col("object_id"))),
    )


def to_relations(action: str, *, owner: str, other: str, owner_is: str) -> Callable[[DataFrame, Context], DataFrame]:
    """Reads standing relations of the account `owner`: a line with `elements` lists, any other is a change.

    A change names the `other`, and began at `created.time` or, where that is told, ended at `deleted.time`. A list
    is what the API answered, {"elements": [{other}], "paging": {"start", "total"}}, as of `lastModified.time`; of a
    list in pages each has one line with the same time.

    A connection is mutual, and each side's line speaks for its own direction alone, so that no list can end what
    another list says. Endorsements of several skills by one person are one relation, which ends with the last of
    them: a change that ends names no skill, and a list may name one person under many.
    """
    schema = f"""
        {owner} string, {other} string, skill struct<name:string>, {STAMPS}, lastModified struct<time:string>,
        elements array<struct<{other}:string>>, paging struct<start:string,total:string>
    """

    def to_records(raw: DataFrame, context: Context) -> DataFrame:
        lines = from_json_lines(raw, schema)
        is_list = F.col("line.elements").isNotNull()
        start = F.coalesce(F.col("line.paging.start").try_cast("bigint"), F.lit(0))
        end = start + F.size("line.elements")
        rows = lines.select(
            *raw.columns,
            "line_fault",
            *_account(text(f"line.{owner}"), "owner"),
            *_account(text(f"line.{other}"), "other"),
            F.lit(owner_is).alias("owner_is"),
            F.when(is_list, None).when(F.col("line.deleted").isNotNull(), "ends").otherwise("begins").alias("said"),
            F.col("line.skill").isNotNull().alias("names_skill"),
            F.transform(f"line.elements.{other}", account).alias("entries"),
            F.col("line.paging.start").alias("start"),
            F.col("line.paging.total").alias("total"),
            F.when(start > 0, start.cast("string")).otherwise("").alias("page"),
            F.when(end < F.col("line.paging.total").try_cast("bigint"), end.cast("string"))
            .otherwise("")
            .alias("next_page"),
            F.when(is_list, _time("lastModified"))
            .when(F.col("line.deleted").isNotNull(), _time("deleted"))
            .otherwise(_time("created"))
            .alias("at"),
        )
        of_kind = F.when(F.col("said").isNull(), _list_fault(other, context)).otherwise(_change_fault(other, context))
        judged = rows.withColumn("fault", F.coalesce("line_fault", _account_fault("owner", owner), of_kind))
        return to_relation_records(
            judged,
            action,
            poll=poll_of("@", "owner_id", instant_key("at")),
            change_id=F.concat_ws("@", F.concat_ws("/", "said", "owner_id", "other_id"), instant_key("at")),
        )

    return to_records


def _list_fault(other: str, context: Context) -> Column:
    """The first fault of a line of relations that lists."""
    return F.coalesce(
        fault_when(
            F.exists("entries", lambda one: one.isNull()),
            "malformed",
            f"elements[].{other}: expected {ACCOUNT_URN} in every place, found another",
        ),
        count_fault("start", "paging.start"),
        count_fault("total", "paging.total"),
        _time_fault("at", "lastModified.time", context),
    )


def _change_fault(other: str, context: Context) -> Column:
    """The first fault of a line of relations that is a change."""
    ends = F.col("said") == "ends"
    return F.coalesce(
        _account_fault("other", other),
        fault_when(ends & F.col("names_skill"), "out_of_range", ENDS_ONE_SKILL),
        F.when(ends, _time_fault("at", "deleted.time", context)),
        _time_fault("at", "created.time", context),
    )


to_connections = to_relations("connection", owner="owner", other="to", owner_is="actor")
to_endorsements = to_relations("endorsement", owner="endorsee", other="endorser", owner_is="target")
to_recommendations = to_relations("recommendation", owner="recommendee", other="recommender", owner_is="target")


def to_positions(raw: DataFrame, _: Context) -> DataFrame:
    """People with their positions as profiles: the state of each on its day of delivery.

    The title is that of the current position; of several, all titles, the latest started first, between semicolons.
    API v2 gives names and titles by language.
    """
    lines = from_json_lines(raw, PERSON)
    # A person's own id comes bare.
    person = F.when(F.instr("line.id", ":") == 0, text("line.id")).otherwise(account(F.col("line.id")))
    name = F.concat_ws(" ", _localized(text("line.firstName")), _localized(text("line.lastName")))
    months = F.flatten(
        F.transform("line.positions.values", lambda one: F.array(_months(one["startDate"]), _months(one["endDate"])))
    )
    is_perhaps_current = F.exists(
        "line.positions.values",
        lambda one: one["isCurrent"].isNotNull() & one["isCurrent"].try_cast("boolean").isNull(),
    )
    return to_profiles(
        lines,
        missing(text("line.id"), "id is missing"),
        of_no_account(),
        fault_when(
            person.isNull(),
            "malformed",
            F.concat(F.lit(f"id: expected a person's id or {ACCOUNT_URN}, found "), shown("line.id")),
        ),
        fault_when(
            F.exists(months, lambda month: month < 0),
            "impossible_time",
            "positions: expected years such as 2016 and months from 1 to 12 in startDate and endDate",
        ),
        fault_when(is_perhaps_current, "out_of_range", "positions: expected isCurrent to be true or false"),
        count_fault("line.numConnections", "numConnections"),
        account_id=person,
        handle=text("line.vanityName"),
        name=F.coalesce(text("line.formattedName"), F.nullif(name, F.lit(""))),
        followers=F.col("line.numConnections").try_cast("bigint"),
        following=F.col("line.numConnections").try_cast("bigint"),
        type=F.when(person.startswith("organization:"), "organization").otherwise("person"),
        title=_current_titles(),
        place=text("line.location.name"),
    )


def account(urn: Column) -> Column:
    """The account's id in its urn, see above; NULL for any other text."""
    person = F.regexp_extract(urn, "^urn:li:(?:person|member):([^:]+)$", 1)
    organisation = F.regexp_extract(urn, "^urn:li:(?:organization|company):([^:]+)$", 1)
    return F.coalesce(F.nullif(person, F.lit("")), F.concat(F.lit("organization:"), F.nullif(organisation, F.lit(""))))


def to_object(urn: Column) -> Column:
    """What an act is about: a share by its bare id, as shares give it, anything else by its urn."""
    return F.regexp_replace(urn, "^urn:li:share:", "")


def _owner(thing: str) -> Column:
    """Urn of the account that a decoration names as owner of the thing, or as its author."""
    return text(f"line.`{thing}~`.owner", f"line.`{thing}~`.actor")


def _account(urn: Column, role: str) -> tuple[Column, Column]:
    """An account in a role as it is written, `<role>_urn`, and its id, `<role>_id`."""
    return urn.alias(f"{role}_urn"), account(urn).alias(f"{role}_id")


def _account_fault(role: str, theirs: str) -> Column:
    urn = F.col(f"{role}_urn")
    found = F.concat(F.lit(f"{theirs}: expected {ACCOUNT_URN}, found "), shown(f"{role}_urn"))
    return F.coalesce(
        missing(urn, f"{theirs} is missing: expected {ACCOUNT_URN}"),
        fault_when(account(urn).isNull(), "malformed", found),
    )


def _verb_and_time() -> tuple[Column, Column]:
    """What a line does, and when it did."""
    is_deleted = F.col("line.deleted").isNotNull()
    return (
        F.when(is_deleted, "remove").otherwise("add").alias("verb"),
        F.when(is_deleted, _time("deleted")).otherwise(_time("created")).alias("at"),
    )


def _time(stamp: str) -> Column:
    """The instant of a stamp, given in milliseconds since 1970; NULL where it is anything else."""
    told = F.col(f"line.{stamp}.time")
    return F.timestamp_millis(F.when(told.rlike(MILLISECONDS), told.try_cast("bigint")))


def _stamp_fault(context: Context) -> Column:
    is_removal = F.col("verb") == "remove"
    return F.when(is_removal, _time_fault("at", "deleted.time", context)).otherwise(
        _time_fault("at", "created.time", context)
    )


def _time_fault(column: str, theirs: str, context: Context) -> Column:
    return time_fault(F.col(column), theirs, context.network)


def _mentions() -> Column:
    return acts_towards("mention", F.transform("entities", account), F.col("thing_id"))


def _localized(given: Column) -> Column:
    """A text, plain or as API v2 has it, {"localized": {"en_US": text}, "preferredLocale"}: the own, else the first."""
    found = F.from_json(given, LOCALIZED)
    own = F.concat_ws("_", found["preferredLocale"]["language"], found["preferredLocale"]["country"])
    in_one = F.coalesce(found["localized"][own], F.get(F.map_values(found["localized"]), F.lit(0)))
    is_json = given.rlike(r"^[{\[]\s*[\"{}\[\]]")  # a title may be "[Acting] CEO"
    return F.when(is_json, F.nullif(in_one, F.lit(""))).otherwise(given)


def _urns(value: Column) -> Column:
    """Every urn of an attribute such as {"com.linkedin.common.MemberAttributedEntity": {"member": urn}}."""
    return F.flatten(F.transform(F.map_values(value), F.map_values))


def _months(day: Column) -> Column:
    """Months since the year 0, NULL where the day is not given, -1 where it cannot be; a year alone is its January."""
    year, month = day["year"].try_cast("int"), F.coalesce(day["month"], F.lit("1")).try_cast("int")
    return F.when(
        day["year"].isNotNull(),
        F.when(year.between(1900, 2100) & month.between(1, 12), year * 12 + month).otherwise(-1),
    )


def _current_titles() -> Column:
    """Titles of the positions held on the day of delivery; NULL where there are none.

    Held is what is said to be current or, where nothing is said, has no end; what ended in an earlier month is not,
    whatever is said.
    """
    now = F.year("delivered_on") * 12 + F.month("delivered_on")

    def is_held(one: Column) -> Column:
        ended = _months(one["endDate"])
        is_said = F.coalesce(one["isCurrent"].try_cast("boolean"), ended.isNull())
        return is_said & F.coalesce(ended >= now, F.lit(True)) & (title_of(one) != "")

    def title_of(one: Column) -> Column:
        return F.trim(unescaped(_localized(one["title"])))

    held = F.transform(
        F.filter("line.positions.values", is_held),
        lambda one: F.struct(
            (-F.coalesce(_months(one["startDate"]), F.lit(0))).alias("order"),
            title_of(one).alias("title"),
        ),
    )
    return F.nullif(F.array_join(F.array_distinct(F.array_sort(held)["title"]), "; "), F.lit(""))


LINKEDIN = Network(
    name="linkedin",
    act_order=("share", "comment", "mention"),
    launched=date(2003, 5, 5),
    feeds={
        "shares": Feed("shares", "acts", "json_lines", to_shares, has_posts=True),
        "comments": Feed("comments", "acts", "json_lines", to_comments),
        "likes": Feed("likes", "acts", "json_lines", to_likes),
        "connections": Feed("connections", "relations", "json_lines", to_connections),
        "endorsements": Feed("endorsements", "relations", "json_lines", to_endorsements),
        "recommendations": Feed("recommendations", "relations", "json_lines", to_recommendations),
        "positions": Feed("positions", "profiles", "json_lines", to_positions),
    },
)
