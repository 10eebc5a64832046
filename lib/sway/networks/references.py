"""How people write accounts in lists: an id, an @handle, or the URL of an account of the five networks.

A reference names an account by its id, or by @handle: which account that is depends on the
day. An id is compared exactly; handles are compared as their network compares them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from sway.networks.network import fault_when

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

_END = r"/?(?:\?[^#]*)?(?:#(?!!).*)?$"  # after #! another account may stand


@dataclass(frozen=True)
class Urls:
    """Where a network's accounts are shown: the site, and what stands after it, the account in the first group.

    `before` is what an account's address may have before the site, such as a language.
    """

    site: str
    by_id: tuple[str, ...]
    by_handle: tuple[str, ...]
    before: str = r"(?:[a-z0-9-]+\.)*"


URLS: Mapping[str, Urls] = {
    "twitter": Urls(
        site=r"(?:twitter|x)\.com",
        by_id=(r"i/user/(\d+)", r"intent/user/?\?(?:.*&)?user_id=(\d+)(?:&.*)?"),
        by_handle=(r"(?:#!/)?@?(\w+)",),
    ),
    "facebook": Urls(
        site=r"facebook\.com",
        by_id=(
            r"profile\.php\?(?:.*&)?id=(\d+)(?:&.*)?",
            r"(?:pg/)?(\d+)",
            r"(?:pages|people)/(?:[^/?#]+/)*(?:[^/?#]*-)?(\d+)",
            r"(?:pg/)?[^/?#]+-(\d+)",  # a handle has no hyphen: this is a page's name and id
        ),
        by_handle=(r"(?:#!/)?(?:pg/)?(?![^/?#]*\.php)([A-Za-z0-9.]+)",),
    ),
    "google_plus": Urls(
        site=r"plus\.google\.com",
        by_id=(r"(?:u/\d+/)?(\d+)(?:/(?:posts|about))?",),
        by_handle=(r"(?:u/\d+/)?\+([^/?#]+)(?:/(?:posts|about))?",),
    ),
    "linkedin": Urls(site=r"linkedin\.com", by_id=(), by_handle=(r"in/([^/?#]+)",)),
    "wikipedia": Urls(
        site=r"wikipedia\.org", by_id=(), by_handle=(r"wiki/([^?#]+?)",), before=r"(?:www\.)?en\.(?:m\.)?"
    ),
}
_SCHEME = r"(?i)^(?:https?://)?"


def is_handle(reference: Column) -> Column:
    """Whether a reference is an @handle; else it is an id."""
    return reference.startswith("@")


def network_of_url(account: Column) -> Column:
    """Which of the five networks the URL is of; NULL where `account` is no such URL."""
    return F.coalesce(
        *(
            F.when(account.rlike(rf"{_SCHEME}(?:[a-z0-9-]+\.)*{urls.site}(?:[/?#]|$)"), F.lit(name))
            for name, urls in URLS.items()
        )
    )


def to_reference(account: Column) -> Column:
    """`account` with a URL of the five networks replaced by the id or @handle it holds.

    NULL for such a URL that shows something else than an account, such as a search; what is no such URL stays.
    """
    url = F.trim(account)
    shapes = [
        (f"{_SCHEME}{urls.before}{urls.site}/+{shape}{_END}", prefix)
        for urls in URLS.values()
        for prefix, shapes in (("", urls.by_id), ("@", urls.by_handle))
        for shape in shapes
    ]
    found = (
        F.when(url.rlike(shape), F.concat(F.lit(prefix), _decoded(F.regexp_extract(url, shape, 1))))
        for shape, prefix in shapes
    )
    is_one = ~url.rlike("(?i).https?://")  # lists have addresses pasted behind one another
    return F.when(network_of_url(url).isNull(), account).when(is_one, F.coalesce(*found))


def reference_fault(name: str, network: Column, account: Column) -> Column:
    """The fault of an address that shows no account, or one of another network than is said.

    No id of the five networks holds an address; of other networks an id may be anything.
    """
    shown = F.substring(account, 1, 100)
    of_url = network_of_url(F.trim(account))
    no_slash = network.isin(sorted(URLS.keys() - {"wikipedia"})) & account.contains("/")
    is_elsewhere = of_url.isNull() & (no_slash | (network == "wikipedia") & account.contains("://"))
    is_nobody = of_url.isNotNull() & to_reference(account).isNull()
    return F.coalesce(
        fault_when(
            of_url != network,
            "out_of_range",
            F.concat(F.lit(f"{name}: expected an account of "), network, F.lit(", found "), shown),
        ),
        fault_when(
            is_elsewhere | is_nobody | (account == "@"),
            "out_of_range",
            F.concat(F.lit(f"{name}: expected an id, an @handle or the URL of an account, found "), shown),
        ),
    )


def folded(network: Column, handle: Column) -> Column:
    """What handles of one account have in common on a network, without @: where two are equal, so are these.

    Twitter, Facebook, Google+ and LinkedIn take no notice of case, Facebook none of dots, Google+ none of the plus
    that its URLs have. Wikipedia takes a blank for _ and begins each title with a capital. Others compare exactly.
    """
    bare = F.regexp_replace(handle, "^@", "")
    title = F.translate(bare, " ", "_")
    return (
        F.when(network.isin("twitter", "linkedin"), F.lower(bare))
        .when(network == "facebook", F.lower(F.translate(bare, ".", "")))
        .when(network == "google_plus", F.lower(F.regexp_replace(bare, r"^\+", "")))
        .when(network == "wikipedia", F.concat(F.upper(F.substring(title, 1, 1)), F.substring(title, 2, 1_000)))
        .otherwise(bare)
    )


def to_accounts(references: DataFrame, profiles: DataFrame) -> DataFrame:
    """`references` (network, account, day) with `holders`, the ids of the accounts they may mean, and `account_id`.

    An id means itself. A handle means the account whose profile has it on that day; account_id is NULL where
    none has, or more than one.
    """
    wanted = references.where(is_handle(F.col("account"))).withColumn(
        "handle", folded(F.col("network"), F.col("account"))
    )
    states = profiles.where(F.col("handle").isNotNull()).select(
        F.col("network"),
        folded(F.col("network"), F.col("handle")).alias("handle"),
        "account_id",
        "valid_from",
        "valid_to",
    )
    has_it = (F.col("valid_from") <= F.col("day")) & (F.col("valid_to").isNull() | (F.col("day") < F.col("valid_to")))
    key = ["network", "account", "day"]
    holders = (
        wanted.join(states, ["network", "handle"], "inner")
        .where(has_it)
        .groupBy(*key)
        .agg(F.array_sort(F.collect_set("account_id")).alias("holders"))
    )
    is_one = F.size("holders") == 1
    nobody = F.array().cast("array<string>")
    by_id = F.when(~is_handle(F.col("account")), F.array("account"))
    return (
        references.join(holders, key, "left")
        .withColumn("holders", F.coalesce(by_id, "holders", nobody))
        .withColumn("account_id", F.when(is_one, F.get("holders", F.lit(0))))
    )


def to_unlinked(found: DataFrame) -> DataFrame:
    """network, account, day, reason: what to_accounts found no account for, or several."""
    sentence = F.concat(
        F.lit("no profile of "), F.col("network"), F.lit(" has this handle on "), F.col("day").cast("string")
    )
    several = F.lit("several accounts have this handle on the day: write the id")
    is_nobody = F.size("holders") == 0
    return (
        found.where(F.col("account_id").isNull())
        .select("network", "account", "day", F.when(is_nobody, sentence).otherwise(several).alias("reason"))
        .distinct()
    )


def _decoded(text: Column) -> Column:
    """`text` without percent encoding; a plus is a plus in a path. Text that is encoded wrongly stays."""
    return F.coalesce(F.try_url_decode(F.regexp_replace(text, r"\+", "%2B")), text)
