"""What adapters say alike: acts, posts, profiles, hashtags, faults, and rows that bring a thing or take it back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from sway.networks.network import BODY, TEXT_OR_JSON, fault_when, to_record

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

PROFILE_FIELDS = tuple(re.findall(r"(\w+):", BODY["profiles"]["profile"]))
# What networks say of posts, acts and lists but never of an account: read as profiles, their ids would be accounts that
# nobody has.
NOT_OF_ACCOUNTS = ("user", "from", "actor", "owner", "activity", "created_time", "time")
READ_BESIDE_ACCOUNTS = ", ".join(f"`{name}` {TEXT_OR_JSON}" for name in NOT_OF_ACCOUNTS)
# What HTML writes for a character, by its name or its number.
ENTITY = r"&(?:amp|lt|gt|quot|apos|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});"
CHARACTERS = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'"}
# Letters of any script with their marks; a number alone is no hashtag, nor is a fragment of a URL.
HASHTAG = r"(?<![\p{L}\p{M}\p{N}_&/])#([\p{N}]*[\p{L}_][\p{L}\p{M}\p{N}_]*)"


def act(action: str, target: Column, about: Column) -> Column:
    """One act by the row's `actor_id` at `at`; `about` is the post it concerns. Needs `thing_id` besides."""
    return F.struct(
        F.concat_ws("/", F.col("thing_id"), F.lit(action), target).alias("event_id"),
        F.col("actor_id"),
        target.alias("target_id"),
        F.lit(action).alias("action"),
        F.col("at").alias("occurred_at"),
        about.alias("object_id"),
    )


def acts_towards(action: str, targets: Column, about: Column) -> Column:
    """One act towards each of an array of accounts, each once and those without id left out."""
    return F.transform(named(targets), lambda target: act(action, target, about))


def post(is_reshare: Column) -> Column:
    """The row's thing as a post of its `actor_id` at `at`. Needs `thing_id`, `client` and `hashtags` besides."""
    return F.struct(
        F.col("thing_id").alias("post_id"),
        F.col("actor_id").alias("author_id"),
        F.col("at").alias("created_at"),
        F.when(is_reshare, "reshare").otherwise("original").alias("kind"),
        "client",
        "hashtags",
    )


def named(ids: Column) -> Column:
    """An array of ids without repeats and nothings; an empty one where there is none."""
    given = F.transform(ids, lambda one: F.nullif(one, F.lit("")))
    return F.array_distinct(F.array_compact(F.coalesce(given, F.array().cast("array<string>"))))


def to_acts_or_withdrawals(
    rows: DataFrame,
    feed: str,
    *,
    faults: Sequence[Column],
    time_fault: Column,
    acts: Column,
    post: Column | None = None,
    also_in: Column | None = None,
) -> DataFrame:
    """Records of kind acts where a row brings a thing (`verb` is add) or takes it back (remove).

    `rows` has thing_id, verb and line_fault; `faults`, `acts` and `post` speak for rows that bring a thing. A row
    of any other verb carries no act. Only the first has the thing's id for its record id, the others add their
    verb, so that they can be told apart and repeated. `also_in` names another feed that brings the same thing in
    fewer words, NULL for none: this row stands, and takes that one back.
    """
    brings = F.col("verb") == "add"
    record_id = F.when(brings, F.col("thing_id")).otherwise(F.concat_ws("/", "thing_id", "verb"))
    elsewhere = F.lit(None).cast("string") if also_in is None else also_in
    taken_from = F.when(F.col("verb") == "remove", F.lit(feed)).otherwise(F.when(brings, elsewhere))
    return to_record(
        rows,
        "acts",
        fault=F.coalesce("line_fault", *(F.when(brings, fault) for fault in faults), time_fault),
        record_id=record_id,
        post=F.lit(None) if post is None else F.when(brings, post),
        acts=F.when(brings, acts).otherwise(F.array().cast(BODY["acts"]["acts"])),
        act_key=record_id,
        takes_back=F.when(
            taken_from.isNotNull(), F.struct(taken_from.alias("feed"), F.col("thing_id").alias("record_id"))
        ),
    )


def to_profiles(lines: DataFrame, *faults: Column, **known: Column) -> DataFrame:
    """Records of the state of accounts on their day of delivery; what is not known of one is NULL."""
    return to_record(
        lines,
        "profiles",
        fault=F.coalesce("line_fault", *faults),
        record_id=F.concat_ws("@", known["account_id"], "delivered_on"),
        profile=F.struct(*(known.get(name, F.lit(None)).alias(name) for name in PROFILE_FIELDS)),
    )


def missing(found: Column, reason: str) -> Column:
    """The fault of a value that must be there."""
    return fault_when(found.isNull(), "missing", reason)


def of_another_feed(names: Sequence[str], what: str) -> Column:
    """The fault of a line with one of the fields `names`, which lines of `what` have, and not those of this feed."""
    found = F.coalesce(*(F.when(F.col(f"line.{name}").isNotNull(), F.lit(name)) for name in names))
    sentence = F.concat(F.lit("found the field "), found, F.lit(f", which {what} has: expected lines of this feed"))
    return fault_when(found.isNotNull(), "malformed", sentence)


def of_no_account() -> Column:
    """The fault of a line with an id that is no account's."""
    return of_another_feed(NOT_OF_ACCOUNTS, "a post, an act or a list")


def not_among(found: str, name: str, *known: str) -> Column:
    """The fault of a text that is none of the known ones; none where it is not given."""
    sentence = F.concat(F.lit(f"{name}: expected {' or '.join(known)}, found "), shown(found))
    return fault_when(~F.col(found).isin(*known), "out_of_range", sentence)


def nobody_among(entries: str, name: str) -> Column:
    """The fault of an array of accounts' ids with a place that holds none."""
    has_gap = F.exists(entries, lambda one: one.isNull() | (one == ""))
    return fault_when(has_gap, "missing", f"{name}: expected an account in every place, found none")


def shown(column: Column | str) -> Column:
    """As much of a value as a reason quotes."""
    return F.substring(column, 1, 100)


def hashtags_in(text: str) -> Column:
    """Hashtags in order of appearance, without the sign; NULL where there is no text."""
    return F.regexp_extract_all(F.col(text), F.lit(HASHTAG), F.lit(1))


def unescaped(text: Column) -> Column:
    """A text for people with the characters for which HTML's entities stand in it, each read once."""
    pieces = F.split(text, f"(?={ENTITY})|(?<=;)")  # an entity is a piece
    return F.when(text.contains("&"), F.array_join(F.transform(pieces, _character), "")).otherwise(text)


def _character(entity: Column) -> Column:
    """The character an entity stands for; any other text, and the number of no character, stay."""
    names = F.create_map(*(F.lit(text) for pair in CHARACTERS.items() for text in pair))
    digits = F.regexp_extract(entity, "^&#[xX]?([0-9a-fA-F]+);$", 1)
    number = F.conv(digits, 16, 10).try_cast("int")
    number = F.when(entity.rlike("^&#[xX]"), number).otherwise(digits.try_cast("int"))
    is_character = number.between(0x20, 0xD7FF) | number.between(0xE000, 0x10FFFF)  # between are halves of pairs
    in_utf_32 = F.unhex(F.lpad(F.hex(number), 8, "0"))
    return F.coalesce(names[entity], F.when(is_character, F.decode(in_utf_32, "UTF-32")), entity)


def count_fault(count: str, name: str) -> Column:
    """The fault of a count, read as text, that is no whole number of 0 or more; none where it is not given."""
    is_bad = F.coalesce(F.col(count).try_cast("bigint") < 0, F.lit(True))
    return fault_when(
        F.col(count).isNotNull() & is_bad,
        "out_of_range",
        F.concat(F.lit(f"{name}: expected a whole number of 0 or more, found "), shown(count)),
    )
