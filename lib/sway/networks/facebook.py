"""Facebook: posts, comments, reactions, shares, fans, friends, subscribers, users and pages, as its Graph API has them.

Fields: https://developers.facebook.com/docs/graph-api/reference (post, comment, user, page) and
https://developers.facebook.com/docs/graph-api/webhooks/reference/page (reactions, `verb`).

Whom an act is towards: the author that stands beside (`post.from.id`), else the one in an id `<author>_<post>`. A
visitor's post on a page has the page's id there, and so counts towards the page unless its author stands beside.

A share may arrive twice under the sharing post's id: by `posts`, among what its author posted, and by `shares`, among
the sharedposts of what was shared. The post counts: it takes the other back, whichever of the two is delivered first.

Reactions are read as webhooks bring them. The edge <post>/reactions is not read: it has no times, and an act without
one has no day.
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
    named,
    nobody_among,
    not_among,
    of_another_feed,
    of_no_account,
    post,
    shown,
    to_acts_or_withdrawals,
    to_profiles,
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
from sway.networks.paging import poll_of, said, to_relation_records

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

ACCOUNT = "struct<id:string>"
AUTHORED = f"struct<id:string,`from`:{ACCOUNT}>"
ACCOUNTS = f"struct<data:array<{ACCOUNT}>,paging:struct<cursors:struct<after:string>,next:string>>"
ADDRESSED = "struct<data:array<struct<id:string,profile_type:string>>>"
TAG = "struct<id:string,type:string>"
POST = f"""
    id string, `from` {ACCOUNT}, created_time string, message string, message_tags {TEXT_OR_JSON},
    `to` {ADDRESSED}, with_tags {ACCOUNTS}, application struct<name:string>, status_type string,
    parent_id string, object {AUTHORED}, verb string, post_id string, post {TEXT_OR_JSON}, comment_id string
"""
COMMENT = f"""
    id string, comment_id string, `from` {ACCOUNT}, created_time string, message_tags {TEXT_OR_JSON},
    post_id string, post {AUTHORED}, parent_id string, parent {AUTHORED}, verb string, item string
"""
REACTION = f"""
    item string, verb string, reaction_type string, post_id string, post {AUTHORED},
    comment_id string, comment {AUTHORED}, `from` {ACCOUNT}, sender_id string, created_time string
"""
USER = f"""
    id string, name string, username string, birthday string, age_range struct<min:string,max:string>,
    locale string, location struct<name:string>, friends struct<summary:struct<total_count:string>>,
    category string, fan_count string, {READ_BESIDE_ACCOUNTS}
"""
PAGE = f"""
    id string, name string, username string, category string, fan_count string,
    location struct<city:string,country:string>, age_range {TEXT_OR_JSON}, locale string,
    friends {TEXT_OR_JSON}, {READ_BESIDE_ACCOUNTS}
"""

VERBS = ("add", "remove")
FULL_AGE_YEARS = 18
ISO_TIME = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:?\d{2})$"
UNIX_TIME = r"^\d{1,11}$"


def to_posts(raw: DataFrame, context: Context) -> DataFrame:
    """Posts with their acts: a post may share another's, stand on others' walls, mention and tag.

    `to` holds whose wall it is, and in some versions also whom the text names: those count as named, unless
    the post says itself that it is a wall post. With a share the text is its sharer's own, and so are its mentions.
    To change a post (edited) changes nothing: it stays what it was when it came.
    """
    walls = F.when(F.col("is_wall_post"), F.col("addressed")).otherwise(
        F.array_except("addressed", F.concat(named(_mentions()), "tagged"))
    )
    return to_acts_or_withdrawals(
        _posts(raw),
        "posts",
        faults=[*_faults_of_a_share(), _tags_fault()],
        time_fault=time_fault(F.col("at"), "created_time", context.network),
        acts=F.concat(
            F.when(F.col("is_share"), F.array(_share())).otherwise(F.array()),
            acts_towards("wall_post", walls, F.col("thing_id")),
            acts_towards("mention", _mentions(), F.col("thing_id")),
            acts_towards("tag", F.col("tagged"), F.col("thing_id")),
        ),
        post=post(F.col("is_share")),
        also_in=F.when(F.col("is_share"), "shares"),
    )


def to_shares(raw: DataFrame, context: Context) -> DataFrame:
    """The posts that share others, without the posts themselves: one act each."""
    shared = missing(F.coalesce("shared_id", "shared_author"), "parent_id is missing: the post that is shared")
    return to_acts_or_withdrawals(
        _posts(raw),
        "shares",
        faults=[shared, *_faults_of_a_share()],
        time_fault=time_fault(F.col("at"), "created_time", context.network),
        acts=F.array(_share()),
    )


def to_comments(raw: DataFrame, context: Context) -> DataFrame:
    """Comments as acts towards the post's author, replies towards the author of the comment they answer.

    What a comment answers a webhook names in `parent_id`: the post itself, or a comment. To change the text (edited)
    changes nothing.
    """
    comment_id = text("line.id", "line.comment_id")
    # Older ids are <author>_<post>_<comment>.
    post_in_id = F.nullif(F.regexp_extract(comment_id, "^([^_]+_[^_]+)_[^_]+$", 1), F.lit(""))
    lines = from_json_lines(raw, COMMENT)
    post_id = F.coalesce(text("line.post_id", "line.post.id"), post_in_id)
    answered = text("line.parent_id")
    answers_comment = F.coalesce(answered != post_id, answered.isNotNull())
    comments = lines.select(
        *raw.columns,
        F.coalesce(
            "line_fault",
            missing(comment_id, "id is missing"),
            not_among("line.verb", "verb", "add", "edited", "remove"),
            not_among("line.item", "item", "comment"),
        ).alias("line_fault"),
        comment_id.alias("thing_id"),
        _verb().alias("verb"),
        text("line.from.id").alias("actor_id"),
        to_time("line.created_time").alias("at"),
        post_id.alias("post_id"),
        text("line.post.from.id").alias("author_beside"),
        (F.col("line.parent").isNotNull() | answers_comment).alias("is_reply"),
        text("line.parent.id", "line.parent_id").alias("parent_id"),
        text("line.parent.from.id").alias("parent_author"),
        *_tags(),
    )
    author = _author_of_the_post()
    towards = F.when(F.col("is_reply"), F.col("parent_author")).otherwise(author)
    about = F.when(F.col("is_reply"), F.col("parent_id")).otherwise(F.col("post_id"))
    return to_acts_or_withdrawals(
        comments,
        "comments",
        faults=[
            missing(F.col("actor_id"), "from.id is missing"),
            fault_when(
                F.col("is_reply") & F.col("parent_author").isNull(),
                "missing",
                "parent.from.id is missing: the author of the comment that is answered",
            ),
            fault_when(~F.col("is_reply") & author.isNull(), "missing", NO_AUTHOR),
            _tags_fault(),
        ],
        time_fault=time_fault(F.col("at"), "created_time", context.network),
        acts=F.concat(F.array(act("comment", towards, about)), acts_towards("mention", _mentions(), F.col("thing_id"))),
    )


def to_reactions(raw: DataFrame, context: Context) -> DataFrame:
    """Reactions of every type as likes, known by what they are towards and by whom: one each.

    To change the type (edit) changes nothing. A removal names no more than the two, so who takes a reaction
    back and reacts again is not counted again.
    """
    lines = from_json_lines(raw, REACTION)
    actor_id = text("line.from.id", "line.sender_id")
    post_id = text("line.post_id", "line.post.id")
    object_id = F.coalesce(text("line.comment_id", "line.comment.id"), post_id)
    is_other = ~F.col("line.item").isin("reaction", "like")
    reactions = lines.select(
        *raw.columns,
        F.coalesce(
            "line_fault",
            missing(F.col("line.item"), "item is missing"),
            fault_when(
                is_other, "out_of_range", F.concat(F.lit("item: expected reaction, found "), shown("line.item"))
            ),
            missing(F.col("line.verb"), "verb is missing"),
            not_among("line.verb", "verb", "add", "edit", "remove"),
            missing(object_id, "post_id is missing"),
            missing(actor_id, "from.id is missing"),
        ).alias("line_fault"),
        F.concat(object_id, F.lit("/"), actor_id).alias("thing_id"),
        F.col("line.verb").alias("verb"),
        actor_id.alias("actor_id"),
        to_time("line.created_time").alias("at"),
        object_id.alias("object_id"),
        post_id.alias("post_id"),
        text("line.post.from.id").alias("author_beside"),
        text("line.comment_id", "line.comment.id").isNotNull().alias("is_to_comment"),
        text("line.comment.from.id").alias("comment_author"),
    )
    author = _author_of_the_post()
    towards = F.when(F.col("is_to_comment"), F.col("comment_author")).otherwise(author)
    return to_acts_or_withdrawals(
        reactions,
        "reactions",
        faults=[
            fault_when(
                F.col("is_to_comment") & F.col("comment_author").isNull(),
                "missing",
                "comment.from.id is missing: the author of the comment",
            ),
            fault_when(~F.col("is_to_comment") & author.isNull(), "missing", NO_AUTHOR),
        ],
        time_fault=time_fault(F.col("at"), "created_time", context.network),
        acts=F.array(act("like", towards, F.col("object_id"))),
    )


def to_relations(action: str, *, edge: str, other: str, owner_is: str) -> Callable[[DataFrame, Context], DataFrame]:
    """Reads standing relations of the account `id` at `time`: a line with `verb` is a change, any other lists.

    A change says add or remove, and of whom in `other`. A list is what the API answered for `edge`, {"data", "paging"};
    of a list in pages each has one line with the same `time`, and all but the first the cursor it was asked with,
    `after`.

    Friendship is mutual, and each side's line speaks for its own direction alone: `/{user}/friends` lists nobody
    but friends whose own list can be asked for as well (Graph API 2.0), so two lines bring both. Were one line to
    speak for both, the lists of two people could end each other's rows, and the order of files would matter.
    """
    schema = f"id string, `time` string, verb string, after string, `{edge}` {ACCOUNTS}, `{other}` {ACCOUNT}"

    def to_records(raw: DataFrame, context: Context) -> DataFrame:
        lines = from_json_lines(raw, schema)
        goes_on = F.col(f"line.{edge}.paging.next").isNotNull()
        rows = lines.select(
            *raw.columns,
            "line_fault",
            text("line.id").alias("owner_id"),
            F.lit(owner_is).alias("owner_is"),
            F.col("line.verb").alias("verb"),
            said("line.verb", *VERBS).alias("said"),
            text(f"line.{other}.id").alias("other_id"),
            to_time("line.time").alias("at"),
            F.col(f"line.{edge}").isNotNull().alias("is_list"),
            F.col(f"line.{edge}.data.id").alias("entries"),
            F.coalesce("line.after", F.lit("")).alias("page"),
            F.when(goes_on, text(f"line.{edge}.paging.cursors.after")).otherwise("").alias("next_page"),
        )
        judged = rows.withColumn("fault", F.coalesce("line_fault", _relation_fault(edge, other, context)))
        return to_relation_records(
            judged,
            action,
            poll=poll_of("@", "owner_id", instant_key("at")),
            change_id=F.concat_ws("@", F.concat_ws("/", "verb", "owner_id", "other_id"), instant_key("at")),
        )

    return to_records


def _relation_fault(edge: str, other: str, context: Context) -> Column:
    """The first fault of a line of relations, which is either a list or a change."""
    is_list, is_change = F.col("is_list"), F.col("verb").isNotNull()
    either = f"expected either {edge}, a list, or verb, a change: found "
    goes_on = f"{edge}.paging.cursors.after is missing, while paging.next says that more follows"
    of_list = F.coalesce(
        missing(F.col("entries"), f"{edge}.data is missing"),
        nobody_among("entries", f"{edge}.data[].id"),
        missing(F.col("next_page"), goes_on),
    )
    return F.coalesce(
        missing(F.col("owner_id"), "id is missing"),
        fault_when(~is_list & ~is_change, "missing", either + "neither"),
        fault_when(is_list & is_change, "malformed", either + "both"),
        F.when(is_list, of_list),
        not_among("verb", "verb", *VERBS),
        F.when(is_change, missing(F.col("other_id"), f"{other}.id is missing")),
        time_fault(F.col("at"), "time", context.network),
    )


to_page_fans = to_relations("page_fan", edge="fans", other="from", owner_is="target")
to_subscribers = to_relations("subscriber", edge="subscribers", other="from", owner_is="target")
to_friends = to_relations("friend", edge="friends", other="to", owner_is="actor")


def to_users(raw: DataFrame, _: Context) -> DataFrame:
    """Users as profiles: the state of each on its day of delivery. Friends follow each other."""
    lines = from_json_lines(raw, USER)
    friends = "line.friends.summary.total_count"
    is_born_later = _birthday() > F.col("delivered_on")
    return to_profiles(
        lines,
        missing(text("line.id"), "id is missing"),
        of_another_feed(["category", "fan_count"], "a page"),
        of_no_account(),
        fault_when(
            text("line.birthday").isNotNull() & _birthday().isNull(),
            "impossible_time",
            F.concat(F.lit("birthday: expected MM/DD/YYYY, YYYY or MM/DD, found "), shown("line.birthday")),
        ),
        fault_when(is_born_later, "after_delivery", "birthday: expected a day on or before the delivery day"),
        *(count_fault(f"line.age_range.{end}", f"age_range.{end}") for end in ("min", "max")),
        count_fault(friends, "friends.summary.total_count"),
        account_id=text("line.id"),
        handle=text("line.username"),
        name=text("line.name"),
        followers=F.col(friends).try_cast("bigint"),
        following=F.col(friends).try_cast("bigint"),
        type=F.lit("user"),
        place=text("line.location.name"),
        language=F.substring_index(text("line.locale"), "_", 1),
        is_minor=_is_minor(),
    )


def to_pages(raw: DataFrame, _: Context) -> DataFrame:
    """Pages as profiles of accounts of their own; the category is the title a page goes by."""
    lines = from_json_lines(raw, PAGE)
    place = F.concat_ws(", ", text("line.location.city"), text("line.location.country"))
    return to_profiles(
        lines,
        missing(text("line.id"), "id is missing"),
        of_another_feed(["age_range", "locale", "friends"], "a user"),
        of_no_account(),
        count_fault("line.fan_count", "fan_count"),
        account_id=text("line.id"),
        handle=text("line.username"),
        name=text("line.name"),
        followers=F.col("line.fan_count").try_cast("bigint"),
        type=F.lit("page"),
        title=text("line.category"),
        place=F.nullif(place, F.lit("")),
    )


def to_time(column: str) -> Column:
    """A time such as `2016-05-03T15:01:09+0000`, or the unix seconds of webhooks; NULL where it is neither."""
    iso = F.when(F.col(column).rlike(ISO_TIME), F.regexp_replace(column, r"([+-]\d{2})(\d{2})$", "$1:$2"))
    unix = F.when(F.col(column).rlike(UNIX_TIME), F.col(column).try_cast("bigint"))
    return F.coalesce(F.try_to_timestamp(iso), F.timestamp_seconds(unix))


NO_AUTHOR = "the post's author is missing: expected post_id of the form <author>_<post>, or post.from.id beside it"


def _posts(raw: DataFrame) -> DataFrame:
    """What lines of posts and shares say, in our words."""
    shared_id = text("line.parent_id", "line.object.id")
    return from_json_lines(raw, POST).select(
        *raw.columns,
        F.coalesce(
            "line_fault",
            missing(text("line.id"), "id is missing"),
            not_among("line.verb", "verb", "add", "edited", "remove"),
            of_another_feed(["comment_id", "post"], "a comment"),
            fault_when(F.col("line.post_id") != F.col("line.id"), "malformed", "post_id: expected the id of the post"),
        ).alias("line_fault"),
        text("line.id").alias("thing_id"),
        _verb().alias("verb"),
        text("line.from.id").alias("actor_id"),
        to_time("line.created_time").alias("at"),
        text("line.application.name").alias("client"),
        hashtags_in("line.message").alias("hashtags"),
        (text("line.parent_id").isNotNull() | F.col("line.object").isNotNull()).alias("is_share"),
        shared_id.alias("shared_id"),
        F.coalesce(text("line.object.from.id"), _author_in(shared_id)).alias("shared_author"),
        F.coalesce(F.col("line.status_type") == "wall_post", F.lit(False)).alias("is_wall_post"),
        named(_accounts("line.to.data", "profile_type")).alias("addressed"),
        named(F.col("line.with_tags.data.id")).alias("tagged"),
        *_tags(),
    )


def _share() -> Column:
    return act("share", F.col("shared_author"), F.col("shared_id"))


def _faults_of_a_share() -> tuple[Column, ...]:
    return (
        missing(F.col("actor_id"), "from.id is missing"),
        fault_when(
            F.col("is_share") & F.col("shared_author").isNull(),
            "missing",
            "the shared post's author is missing: expected parent_id of the form <author>_<post>, or object.from.id",
        ),
    )


def _author_of_the_post() -> Column:
    return F.coalesce("author_beside", _author_in(F.col("post_id")))


def _author_in(post_id: Column) -> Column:
    """The author an id `<author>_<post>` names; NULL where it is of another form.

    On a page whose visitors may post, it names the page for their posts too: nothing in the id tells them apart.
    """
    return F.nullif(F.regexp_extract(post_id, "^([^_]+)_[^_]+$", 1), F.lit(""))


def _tags() -> tuple[Column, Column]:
    """`tags`, from a list or, in the older form, a map from offset to list, and `has_tags`, whether there should be."""
    found = F.col("line.message_tags")
    by_offset = F.flatten(F.map_values(F.from_json(found, f"map<string,array<{TAG}>>")))
    tags = F.when(found.startswith("["), F.from_json(found, f"array<{TAG}>")).otherwise(by_offset)
    return tags.alias("tags"), found.isNotNull().alias("has_tags")


def _tags_fault() -> Column:
    is_unread = F.col("has_tags") & F.col("tags").isNull()
    return fault_when(is_unread, "malformed", "message_tags: expected a list of tags, or a map from offset to list")


def _mentions() -> Column:
    """Users and pages that the text names."""
    return _accounts("tags", "type")


def _accounts(those: str, kind: str) -> Column:
    """Ids of users and pages, and of what no kind is told of; events, groups and applications are no accounts."""
    accounts = F.filter(those, lambda one: F.coalesce(one[kind], F.lit("user")).isin("user", "page"))
    return F.transform(accounts, lambda one: one["id"])


def _verb() -> Column:
    """What a line of posts, comments or shares does; those the API answers have no verb, webhooks have one."""
    return F.coalesce("line.verb", F.lit("add"))


def _birthday() -> Column:
    """The day of birth; in the year 2000 where only month and day are told, on 1 January where only the year is."""
    told = F.col("line.birthday")
    whole = F.when(told.rlike(r"^\d\d/\d\d$"), F.concat(told, F.lit("/2000")))
    whole = whole.when(told.rlike(r"^\d{4}$"), F.concat(F.lit("01/01/"), told)).otherwise(told)
    return F.to_date(F.try_to_timestamp(whole, F.lit("MM/dd/yyyy")))


def _is_minor() -> Column:
    """Whether the user is under age on the day of delivery, by the birthday or else the range of ages.

    NULL where neither tells: who is born in the year that comes of age this year may or may not be.
    """
    told = F.col("line.birthday")
    years = F.year("delivered_on") - F.year(_birthday())
    by_day = F.add_months(_birthday(), 12 * FULL_AGE_YEARS) > F.col("delivered_on")
    by_year = F.when(years != FULL_AGE_YEARS, years < FULL_AGE_YEARS)
    youngest, oldest = (F.col(f"line.age_range.{end}").try_cast("bigint") for end in ("min", "max"))
    return F.coalesce(
        F.when(told.rlike(r"^\d\d/\d\d/\d{4}$"), by_day),
        F.when(told.rlike(r"^\d{4}$"), by_year),
        F.when(oldest < FULL_AGE_YEARS, True).when((oldest >= FULL_AGE_YEARS) | (youngest >= FULL_AGE_YEARS), False),
    )


FACEBOOK = Network(
    name="facebook",
    act_order=("share", "wall_post", "comment", "mention", "tag"),
    launched=date(2004, 2, 4),
    feeds={
        "posts": Feed("posts", "acts", "json_lines", to_posts, has_posts=True),
        "comments": Feed("comments", "acts", "json_lines", to_comments),
        "reactions": Feed("reactions", "acts", "json_lines", to_reactions),
        "shares": Feed("shares", "acts", "json_lines", to_shares),
        "page_fans": Feed("page_fans", "relations", "json_lines", to_page_fans),
        "friends": Feed("friends", "relations", "json_lines", to_friends),
        "subscribers": Feed("subscribers", "relations", "json_lines", to_subscribers),
        "profiles": Feed("profiles", "profiles", "json_lines", to_users),
        "pages": Feed("pages", "profiles", "json_lines", to_pages),
    },
)
