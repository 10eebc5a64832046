"""What belongs to no network, from landing/registry/: labels on accounts, who is who, who opted out.

A row delivered again under the same key, with other words or another end, replaces the earlier one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from sway.contracts.actions import REGISTRY_NAME
from sway.contracts.tables.identity import IDENTITY_ASSERTIONS, OPT_OUTS
from sway.contracts.tables.states import LABELS
from sway.networks.linkedin import account as account_in
from sway.networks.network import Context, Feed, Network, fault_when, from_json_lines, text, to_record
from sway.networks.references import URLS, URN, network_of_url, reference_fault, to_reference, written

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

LABEL = """
    network string, account_id string, label string, author string, reason string,
    valid_from string, valid_to string
"""
ASSERTION = """
    network string, account string, other_network string, other_account string, relation string, role string,
    share string, entity_type string, evidence string, author string, confirmed string,
    valid_from string, valid_to string
"""
OPT_OUT = "network string, account string, kind string, since string, author string, reason string"
NUMBER = r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$|^(?i:\s*[+-]?(nan|inf|infinity)\s*)$"
ENTITY = "entity"  # stands in the place of a network where an entity opts out, by its id


def to_labels(raw: DataFrame, context: Context) -> DataFrame:
    """JSON lines as labels; days are written YYYY-MM-DD, accounts as ids, on LinkedIn also as urns."""
    lines = from_json_lines(raw, LABEL)
    account_id = written("line.account_id")
    in_urn = F.when(F.col("line.network") == "linkedin", account_in(account_id))
    days = ("valid_from", "valid_to")
    rows = lines.select(
        *raw.columns,
        F.coalesce("line_fault", *(_day_fault(name) for name in days)).alias("line_fault"),
        F.coalesce(in_urn, account_id).alias("account_id"),
        *(f"line.{name}" for name in ("network", "label", "author", "reason")),
        *(_day(name) for name in days),
    )
    return to_record(
        rows,
        "labels",
        fault=F.coalesce("line_fault", LABELS.fault(), _unknown_network("network", context), _no_id()),
        record_id=F.to_json(F.struct(*LABELS.key, "delivered_on")),
        label=F.struct("network", "account_id", "label", "author", "valid_from", "reason", "valid_to", "delivered_on"),
    )


def to_assertions(raw: DataFrame, context: Context) -> DataFrame:
    """JSON lines as claims who is who, one a line; days are written YYYY-MM-DD.

    `account` and `other_account` are ids, @handles, URLs or urns; a URL or urn says the network, if that is left out.
    `relation` is same_as where it is not given, `confirmed` false. A same_as without other account says that the
    account has an entity, and of which type. part_of must give the share.
    """
    lines = from_json_lines(raw, ASSERTION)
    # A cast alone takes Java's ways of writing too, 1d and 0x1p-1; NaN and infinities are out of range, and said to be.
    share = F.when(F.col("line.share").rlike(NUMBER), F.expr("try_cast(line.share AS double)"))
    confirmed = F.expr("try_cast(line.confirmed AS boolean)")
    days = ("valid_from", "valid_to")
    account, other = written("line.account"), written("line.other_account")
    network = F.coalesce(text("line.network"), network_of_url(account))
    other_network = F.coalesce(text("line.other_network"), network_of_url(other))
    line_fault = F.coalesce(
        "line_fault",
        *(_day_fault(name) for name in days),
        _unread("share", share, "a number such as 0.5"),
        _unread("confirmed", confirmed, "true or false"),
        reference_fault("account", network, account),
        reference_fault("other_account", other_network, other),
        fault_when(other.isNotNull() & other_network.isNull(), "missing", "other_network is missing"),
        fault_when(other.isNull() & other_network.isNotNull(), "missing", "other_account is missing"),
    )
    rows = lines.select(
        *raw.columns,
        line_fault.alias("line_fault"),
        network.alias("network"),
        to_reference(account).alias("account"),
        other_network.alias("other_network"),
        to_reference(other).alias("other_account"),
        F.coalesce(text("line.relation"), F.lit("same_as")).alias("relation"),
        share.alias("share"),
        F.coalesce(confirmed, F.lit(False)).alias("confirmed"),
        *(text(f"line.{name}").alias(name) for name in ("role", "entity_type", "evidence", "author")),
        *(_day(name) for name in days),
    )
    is_part = F.col("relation") == "part_of"
    unsaid = [
        fault_when(is_part & F.col(name).isNull(), "missing", f"{name} is missing, which part_of must give")
        for name in ("other_account", "share")
    ]
    networks = [_unknown_network(name, context) for name in ("network", "other_network")]
    return to_record(
        rows,
        "assertions",
        fault=F.coalesce("line_fault", IDENTITY_ASSERTIONS.fault(), *unsaid, *networks),
        record_id=_record_id(*IDENTITY_ASSERTIONS.key, "delivered_on"),
        assertion=F.struct(*(name for name in IDENTITY_ASSERTIONS.columns if name != "delivered_on")),
    )


def to_opt_outs(raw: DataFrame, context: Context) -> DataFrame:
    """JSON lines as wishes to be left out; `account` as in to_assertions, or an entity's id with network `entity`."""
    lines = from_json_lines(raw, OPT_OUT)
    account = written("line.account")
    network = F.coalesce(text("line.network"), network_of_url(account))
    rows = lines.select(
        *raw.columns,
        F.coalesce("line_fault", _day_fault("since"), reference_fault("account", network, account)).alias("line_fault"),
        network.alias("network"),
        to_reference(account).alias("account"),
        *(text(f"line.{name}").alias(name) for name in ("kind", "author", "reason")),
        _day("since"),
    )
    return to_record(
        rows,
        "opt_outs",
        fault=F.coalesce("line_fault", OPT_OUTS.fault(), _unknown_network("network", context, ENTITY)),
        record_id=_record_id(*OPT_OUTS.key, "delivered_on"),
        opt_out=F.struct(*(name for name in OPT_OUTS.columns if name != "delivered_on")),
    )


def _day(name: str) -> Column:
    return F.expr(f"try_cast(line.{name} AS date)").alias(name)


def _day_fault(name: str) -> Column:
    """The fault of a day that is given and is none. Spark alone would read a year or an instant as a day."""
    given = F.col(f"line.{name}")
    is_day = given.rlike(r"^\d{4}-\d{2}-\d{2}$") & F.expr(f"try_cast(line.{name} AS date)").isNotNull()
    return fault_when(given.isNotNull() & ~is_day, "impossible_time", f"{name}: expected a day such as 2016-05-03")


def _unread(name: str, value: Column, expected: str) -> Column:
    """The fault of a value that is given and cannot be read."""
    given = F.col(f"line.{name}")
    sentence = F.concat(F.lit(f"{name}: expected {expected}, found "), F.substring(given, 1, 100))
    return fault_when(given.isNotNull() & value.isNull(), "malformed", sentence)


def _no_id() -> Column:
    """The fault of a label's account written as a handle or an address, which labels nobody: titles may look so."""
    is_other = F.col("network").isin(sorted(URLS.keys() - {"wikipedia"})) & F.col("account_id").rlike(f"^@|/|^{URN}")
    sentence = F.concat(F.lit("account_id: expected an id, found "), F.substring("account_id", 1, 100))
    return fault_when(is_other, "out_of_range", sentence)


def _record_id(*names: str) -> Column:
    """The columns as JSON, NULL shown: (a, NULL) and (NULL, a) are two records."""
    return F.to_json(F.struct(*names), {"ignoreNullFields": "false"})


def _unknown_network(name: str, context: Context, *besides: str) -> Column:
    sentence = F.concat(
        F.lit("network "),
        F.substring(name, 1, 100),
        F.lit(" is not declared: declare it under [networks.<name>.actions] of a file in conf/scoring/"),
    )
    return fault_when(~F.col(name).isin([*sorted(context.declared), *besides]), "unknown_network", sentence)


REGISTRY = Network(
    name=REGISTRY_NAME,
    act_order=(),
    feeds={
        "labels": Feed("labels", "labels", "json_lines", to_labels),
        "identity": Feed("identity", "assertions", "json_lines", to_assertions),
        "opt_outs": Feed("opt_outs", "opt_outs", "json_lines", to_opt_outs),
    },
)
