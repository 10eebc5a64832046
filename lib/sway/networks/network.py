"""What a network is to ingest: its feeds, how their raw rows become records, and the order of its acts.

A record is one row a network delivered, normalised. `to_records` turns raw rows (delivered_on, file, payload and,
in the open format, its columns) into records of these columns:

    delivered_on date, file string, payload string
    fault        struct<rule, reason>, NULL for a good record
    record_id    string: the same for a repeated delivery of the same thing
    then those of the feed's kind, see BODY
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Literal, cast

from pyspark.sql import functions as F
from pyspark.sql.types import StructField, StructType

from sway.contracts.tables.columns import EARLIEST

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

Kind = Literal["acts", "profiles", "labels", "relations", "page_links", "page_views", "assertions", "opt_outs"]

# What a record of each kind says. NULL is allowed only where a line says so.
BODY: Mapping[Kind, Mapping[str, str]] = {
    "acts": {
        # NULL where the record is an act alone.
        "post": (
            "struct<post_id:string,author_id:string,created_at:timestamp,kind:string,client:string,"
            "hashtags:array<string>>"
        ),
        "acts": (
            "array<struct<event_id:string,actor_id:string,target_id:string,action:string,occurred_at:timestamp,"
            "object_id:string>>"
        ),
        "act_key": "string",  # what rows of one act share, see stages/acts.py
        # NULL unless this row takes another one back: the feed that delivered it, and its record id there.
        "takes_back": "struct<feed:string,record_id:string>",
    },
    "profiles": {
        "profile": (
            "struct<account_id:string,handle:string,name:string,created_at:timestamp,followers:bigint,"
            "following:bigint,type:string,title:string,place:string,language:string,is_minor:boolean>"
        )
    },
    "labels": {
        "label": (
            "struct<network:string,account_id:string,label:string,author:string,valid_from:date,reason:string,"
            "valid_to:date,delivered_on:date>"
        )
    },
    # Standing relations of one account, the owner, on one side of them: one of them began or ended, or the whole
    # list as it stood at `at`. `owner_is`: actor or target. `change`: begins, ends or lists.
    "relations": {
        "relation": (
            "struct<action:string,owner_id:string,owner_is:string,others:array<string>,change:string,at:timestamp>"
        )
    },
    "page_links": {
        "relation": (
            "struct<action:string,owner_id:string,owner_is:string,others:array<string>,change:string,at:timestamp>"
        )
    },
    "page_views": {"viewed": "struct<account_id:string,event_date:date,views:bigint>"},
    "assertions": {
        # Two accounts of one entity (same_as), or an account that belongs to another's entity (part_of); the other
        # is NULL where only the first account's entity type is said. An account is an id, @handle or URL.
        "assertion": (
            "struct<network:string,account:string,other_network:string,other_account:string,relation:string,"
            "role:string,share:double,entity_type:string,evidence:string,author:string,confirmed:boolean,"
            "valid_from:date,valid_to:date>"
        )
    },
    "opt_outs": {"opt_out": "struct<network:string,account:string,kind:string,since:date,author:string,reason:string>"},
}

# Ids of accounts in each kind's body; titles of pages, which may be anything, are not among them.
ACCOUNTS = {
    "acts": (
        "concat(array(post.author_id), "
        "flatten(transform(coalesce(acts, array()), act -> array(act.actor_id, act.target_id))))"
    ),
    "profiles": "array(profile.account_id)",
    "relations": "concat(array(relation.owner_id), coalesce(relation.others, array()))",
}
# Columns of ids in each kind's record, and of lists of them.
IDS: Mapping[str, tuple[str, ...]] = {
    "acts": (
        "record_id",
        "takes_back.record_id",
        "post.author_id",
        "acts.actor_id",
        "acts.target_id",
        "acts.object_id",
    ),
    "profiles": ("profile.account_id",),
    "labels": ("label.account_id",),
    "relations": ("relation.owner_id", "relation.others"),
    "assertions": ("assertion.account", "assertion.other_account"),
    "opt_outs": ("opt_out.account",),
}
BETWEEN = "\u0001"
LONGEST_ID = 1_000
TOO_LONG = f"[^{BETWEEN}]{{{LONGEST_ID + 1}}}"
# A column of ids read as doubles writes 2.0 for 2, and 1.2345678901234568E18 for many at once; a spreadsheet 1,234,567.
# JSON's true and false are read as text.
NO_ID = r"^[0-9]+\.0$|^[0-9]\.[0-9]+[eE][+]?[0-9]+$|^[0-9]{1,3}(,[0-9]{3})+$|^(?:true|false)$"
# What spreadsheets, databases and languages write where there is no value; as an id, one account of all that have none.
NO_VALUES = ("NULL", "null", "(null)", "None", "nan", "NaN", "<NA>", "#N/A", "undefined", r"\N")
BLANK = r"[\s\u00a0\u200b-\u200d\u2060\ufeff]"
PADDED = r"^[\s\u00a0]|[\s\u00a0]$"  # not of no width: a name that only looks like another is one of its own
NOBODY = f"{BLANK}*(?:{'|'.join(map(re.escape, NO_VALUES))})?{BLANK}*"

# Types of fields that take not any value: what SQL's variant says of a good one, and what we say.
TYPES = {
    "struct": ("OBJECT", "an object"),
    "map": ("OBJECT", "an object"),
    "array": ("ARRAY", "a list"),
    "boolean": ("BOOLEAN", "true or false"),
    "string": ("TEXT", "text or a number"),  # anything that is no object and no list
}
# The type of a field in a feed's schema that may be a text or JSON within: the parser reads either as text.
TEXT_OR_JSON = "string COMMENT 'text or JSON'"

# Two escapes that are one character beyond the first 65,536, such as an emoji.
PAIR = r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"

ORIGIN = ("delivered_on", "file", "payload")
RECORD = ("network", "feed", "record_id")  # what names a record among all others
LENGTH_WITH_MICROSECONDS = len("2016-05-03T15:01:09.123456")
ISO_TIME = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?$"


@dataclass(frozen=True)
class Feed:
    """One stream of files a network delivers.

    `format`: json_lines (each line goes to `to_records` as `payload`) or open (columns, see open_format.py).
    """

    name: str
    kind: Kind
    format: Literal["json_lines", "open"]
    to_records: Callable[[DataFrame, Context], DataFrame]
    has_posts: bool = False


@dataclass(frozen=True)
class Network:
    """One network: feeds by name, and which of several acts of one record counts.

    `act_order`: share or quote, reply or comment, mention or tag, first one stays (method 1); actions outside
    of it, such as likes, never take part. `launched`: nothing on the network is older.
    """

    name: str
    act_order: tuple[str, ...]
    launched: date = EARLIEST
    feeds: Mapping[str, Feed] = field(default_factory=dict)


@dataclass(frozen=True)
class Context:
    """What an adapter must know besides the rows: the network, and the actions that are known, by network."""

    network: Network
    declared: Mapping[str, frozenset[str]]

    @property
    def actions(self) -> frozenset[str]:
        """Actions of the network that an adapter delivers or any version declares."""
        return self.declared.get(self.network.name, frozenset())


def to_record(
    lines: DataFrame, kind: Kind, *, fault: Column, record_id: Column, beside: Sequence[str] = (), **body: Column
) -> DataFrame:
    """The columns of a record of `kind`, as the module says; parts of the body not given are NULL.

    `beside`: columns of `lines` to keep besides, for what must know all faults of a record.

    An id that is an object, a list, true, false, a decimal number or one with thousands set off is a fault: whatever
    wrote it changed the column's type. So is an account whose id is blank or a word for no value, an id with blanks
    around it, which would be another account than the one without, and an id of more than LONGEST_ID characters, which
    no network has.
    """
    nothing = F.lit(None)
    records = lines.select(
        *ORIGIN,
        fault.alias("fault"),
        record_id.alias("record_id"),
        *(body.get(name, nothing).cast(ddl).alias(name) for name, ddl in BODY[kind].items()),
        *beside,
    )
    if kind not in IDS:
        return records
    # Columns of their own, so that they are put together once and not for each look at them.
    records = records.withColumn("ids", F.concat_ws(BETWEEN, *IDS[kind]))
    records = records.withColumn("has_blank", F.col("ids").rlike(BLANK))
    ids, has_blank = F.col("ids"), F.col("has_blank")
    # Hardly any id holds these: one look at all of a record's ids spares looking at each.
    may_be_none = reduce(or_, (ids.contains(part) for part in (".", ",", "{", "[", "true", "false")))
    found = F.when(may_be_none, _first(ids, _is_no_id))
    sentence = F.concat(F.lit("expected an id as text or a whole number, found "), F.substring(found, 1, 100))
    padded = F.when(has_blank, _first(ids, lambda one: one.rlike(PADDED)))
    unlike = F.concat(
        F.lit("expected an id without blanks around it, found '"), F.substring(padded, 1, 100), F.lit("'")
    )
    faults = [
        F.col("fault"),
        fault_when(found.isNotNull(), "malformed", sentence),
        # From every character the pattern looks ahead, so it is tried only where the text is long enough to match.
        fault_when(
            (F.length(ids) > LONGEST_ID) & ids.rlike(TOO_LONG),
            "malformed",
            f"expected ids of at most {LONGEST_ID:,} characters",
        ),
    ]
    if kind in ("acts", "profiles", "relations"):  # elsewhere an account may be a page, whose title may be any word
        faults.append(_nobody(has_blank, F.expr(ACCOUNTS[kind])))
    faults.append(fault_when(padded.isNotNull(), "malformed", unlike))
    return records.withColumn("fault", F.coalesce(*faults)).drop("ids", "has_blank")


def _first(ids: Column, is_bad: Callable[[Column], Column]) -> Column:
    """The first bad one of all ids of a record, BETWEEN them; NULL where none is."""
    return F.get(F.filter(F.split(ids, BETWEEN), is_bad), F.lit(0))


def _nobody(has_blank: Column, accounts: Column) -> Column:
    """The fault of a record one of whose accounts is a word for no value. `has_blank`: any of its ids holds a blank."""
    # Two cheap looks for what nearly no record has: a word alone, or something blank anywhere.
    words = F.array(F.lit(""), *map(F.lit, NO_VALUES))
    may_be_nobody = F.arrays_overlap(accounts, words) | has_blank
    nobody = F.get(F.filter(accounts, lambda one: one.rlike(f"^{NOBODY}$")), F.lit(0))
    sentence = F.concat(F.lit("an account's id is missing: found '"), nobody, F.lit("', which programs write for none"))
    return F.when(may_be_nobody, fault_when(nobody.isNotNull(), "missing", sentence))


def _is_no_id(one: Column) -> Column:
    may_be_nested = one.startswith("{") | one.startswith("[")
    return one.rlike(NO_ID) | (may_be_nested & F.try_parse_json(one).isNotNull())


def fault_when(holds: Column, rule: str, reason: Column | str) -> Column:
    """struct<rule, reason> where `holds`, else NULL."""
    sentence = F.lit(reason) if isinstance(reason, str) else reason
    return F.when(holds, F.struct(F.lit(rule).alias("rule"), sentence.alias("reason")))


def with_known_actions(records: DataFrame, kind: Kind, context: Context) -> DataFrame:
    """`records` with the fault unknown_action where one does what no adapter is known to deliver and nobody declared.

    Nothing would count it, and no version would say so. Page links tell of redirects too, which nobody weighs.
    """
    if kind not in ("acts", "relations"):
        return records
    known = sorted(context.actions)
    unknown = F.get(F.filter("acts.action", lambda action: ~action.isin(known)), F.lit(0))
    action = unknown if kind == "acts" else F.col("relation.action")
    return records.withColumn("fault", F.coalesce("fault", unknown_action(action, context)))


def unknown_action(action: Column, context: Context) -> Column:
    """The fault of an action that is not among the network's; none where there is no action."""
    name = context.network.name
    where = f" is not declared for {name}: declare it under [networks.{name}.actions] of a file in conf/scoring/"
    sentence = F.concat(F.lit("action "), F.substring(action, 1, 100), F.lit(where))
    return fault_when(~action.isin(sorted(context.actions)), "unknown_action", sentence)


def time_fault(at: Column, name: str, network: Network) -> Column:
    """The fault of an instant that cannot be: unreadable, before the network began, or after its delivery day."""
    shown = F.coalesce(at.cast("string"), F.lit("no time"))
    launched = F.lit(network.launched)
    return F.coalesce(
        fault_when(at.isNull(), "impossible_time", f"{name}: expected a time, found none that can be read"),
        fault_when(
            F.to_date(at) < launched,
            "impossible_time",
            F.concat(F.lit(f"{name}: expected {network.launched} or later, found "), shown),
        ),
        fault_when(
            F.to_date(at) > F.col("delivered_on"),
            "after_delivery",
            F.concat(
                F.lit(f"{name}: expected a time on or before the delivery day "),
                F.col("delivered_on").cast("string"),
                F.lit(", found "),
                shown,
            ),
        ),
    )


def instant_key(at: Column | str) -> Column:
    """What acts at one instant share where no source record is known."""
    return F.date_format(at, "yyyy-MM-dd'T'HH:mm:ss.SSSSSS")


def iso_time(column: str) -> Column:
    """The instant of an ISO 8601 text, UTC where it gives no offset; NULL for any other text."""
    # Microseconds are what a table keeps; the parser refuses a ninth digit, and an offset after minutes.
    shortened = F.regexp_replace(column, r"(\.\d{6})\d+", "$1")
    with_seconds = F.regexp_replace(shortened, r"([T ]\d{2}:\d{2})(Z|[+-])", "$1:00$2")
    # Most times are written with seconds and few decimals, and are read as they are.
    is_odd = (F.length(column) > LENGTH_WITH_MICROSECONDS) | (F.substring(column, 17, 1) != ":")
    iso = F.when(is_odd, with_seconds).otherwise(F.col(column))
    return F.when(F.col(column).rlike(ISO_TIME), F.try_to_timestamp(iso))


def text(*names: str) -> Column:
    """The first of the columns that holds anything: an empty text is nothing."""
    return F.coalesce(*(F.nullif(F.col(name), F.lit("")) for name in names))


def from_json_lines(raw: DataFrame, schema: str) -> DataFrame:
    """`raw` with its payload parsed into `line`, and `line_fault` where it is not one such object."""
    options = {"mode": "PERMISSIVE", "columnNameOfCorruptRecord": "_corrupt"}
    # A parser stops where an object ends and would pass over what follows. Inside of another it goes on, but for what
    # begins by closing that: the list further down is not closed by it.
    whole = F.concat(F.lit('{"line":'), F.col("payload"), F.lit("}"))
    listed = F.concat(F.lit("["), F.col("payload"), F.lit("]"))
    parsed = raw.withColumn("parsed", F.from_json(whole, f"line struct<{schema}>, _corrupt string", options))
    is_broken = F.col("parsed.line").isNull() | F.col("parsed._corrupt").isNotNull()
    # Hardly any text begins like an object or a list. Below the first level they are taken as they stand.
    texts = [F.col(f"parsed.line.`{one.name}`") for one in _told(schema) if one.dataType.typeName() == "string"]
    may_be_nested = reduce(or_, (one.startswith(begin) for one in texts for begin in "{["), F.lit(False))
    line_fault = F.coalesce(
        fault_when(~F.expr("is_valid_utf8(payload)"), "malformed", "expected UTF-8 text"),
        F.when(is_broken | may_be_nested, _field_fault(schema)),
        fault_when(is_broken, "malformed", "expected one JSON object of the feed's fields"),
        fault_when(
            _has_lone_surrogate("payload"), "malformed", "expected whole characters, found half of a pair \\ud8.."
        ),
        # from_json takes the last of two keys, and single quotes. Parsing a line once more adds 0.8 s to the 2.2 s in
        # which two cores make records of 200,000 statuses of 670 bytes; an id that depends on the reader costs more.
        fault_when(F.try_parse_json(listed).isNull(), "malformed", "expected JSON of RFC 8259, each key once"),
    )
    return parsed.select(*raw.columns, F.col("parsed.line").alias("line"), line_fault.alias("line_fault"))


def _field_fault(schema: str) -> Column:
    """The fault of a payload's first field, in the schema's order, whose value is of another type; NULL where none is.

    Parses the payload again, which few rows but refused ones are worth.
    """
    fields = [(one.name, *TYPES[kind]) for one in _told(schema) if (kind := one.dataType.typeName()) in TYPES]
    if not fields:
        return F.lit(None)
    names = ("name", "type", "expected")
    known = F.array(*(F.struct(*(F.lit(part).alias(n) for n, part in zip(names, one, strict=True))) for one in fields))

    def value(field: Column) -> Column:
        path = F.concat(F.lit("$['"), field["name"], F.lit("']"))
        return F.try_variant_get(F.try_parse_json("payload"), path, "variant")

    def is_other(field: Column) -> Column:
        found = F.schema_of_variant(value(field))
        is_nested = found.startswith("OBJECT") | found.startswith("ARRAY")
        is_other = ~found.startswith(field["type"]) & (found != "VOID")
        return F.when(field["type"] == "TEXT", is_nested).otherwise(is_other)

    wrong = F.get(F.filter(known, is_other), F.lit(0))
    shown = F.substring(F.to_json(value(wrong)), 1, 100)
    sentence = F.concat(wrong["name"], F.lit(": expected "), wrong["expected"], F.lit(", found "), shown)
    return fault_when(wrong.isNotNull(), "malformed", sentence)


def _told(schema: str) -> list[StructField]:
    """Fields of a schema that tell which type their value must have: all but those of TEXT_OR_JSON."""
    return [one for one in cast("StructType", StructType.fromDDL(schema)) if not one.metadata]


def _has_lone_surrogate(json_text: str) -> Column:
    """Whether an escape names half a character: the parser writes `?` for each, which would make one id of many."""
    text = F.col(json_text)
    alone = F.regexp_replace(F.regexp_replace(text, r"\\\\", " "), PAIR, " ").rlike(r"\\u[dD][89a-fA-F]")
    # Nearly all lines hold no such escape, and are only searched for it.
    is_half = F.when(text.contains(r"\ud") | text.contains(r"\uD"), alone).otherwise(F.lit(False))
    return F.when(text.contains(r"\u"), is_half).otherwise(F.lit(False))
