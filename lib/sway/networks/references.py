"""How people write accounts in lists: an id, an @handle, a urn of LinkedIn, or the URL of one on the five networks.

A reference names an account by its id, or by @handle; which account that is depends on the day: networks/holders.py.
Handles of Google+ are nobody's, as no feed of it tells any: of its addresses those with a number find an account.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from sway.networks.linkedin import account as account_in
from sway.networks.network import BLANK, fault_when

if TYPE_CHECKING:
    from pyspark.sql import Column

_ORGANISATION = "(?:company|school|showcase)"
_TAB = "(?:/(?:about|posts|jobs|people))?"
_END = r"/?(?:\?[^#]*)?(?:#(?!!).*)?$"  # after #! another account may stand


@dataclass(frozen=True)
class Urls:
    """Where a network's accounts are shown: the site, and what stands after it, the account in the first group.

    `by_number`: numbers which are an id once `numbered` stands before them. `before` is what an account's address may
    have before the site, such as a language.
    """

    site: str
    by_id: tuple[str, ...]
    by_handle: tuple[str, ...]
    by_number: tuple[str, ...] = ()
    numbered: str = ""
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
    "linkedin": Urls(
        site=r"linkedin\.com",
        by_id=(),
        by_handle=(r"in/([^/?#]+)", rf"{_ORGANISATION}/([^/?#]+){_TAB}"),
        by_number=(rf"{_ORGANISATION}/(\d+){_TAB}",),
        numbered="organization:",
    ),
    "wikipedia": Urls(
        site=r"wikipedia\.org", by_id=(), by_handle=(r"wiki/([^?#]+?)",), before=r"(?:www\.)?en\.(?:m\.)?"
    ),
}
_SCHEME = r"(?i)^(?:https?://)?"
URN = "urn:li:"


def written(column: str) -> Column:
    """What a list has for an account, without blanks around it; NULL where nothing is left."""
    return F.nullif(F.regexp_replace(column, f"^{BLANK}+|{BLANK}+$", ""), F.lit(""))


def network_of_url(account: Column) -> Column:
    """Which of the five networks the URL or urn is of; NULL where `account` is neither."""
    return F.coalesce(
        F.when(account.startswith(URN), F.lit("linkedin")),
        *(
            F.when(account.rlike(rf"{_SCHEME}(?:[a-z0-9-]+\.)*{urls.site}(?:[/?#]|$)"), F.lit(name))
            for name, urls in URLS.items()
        ),
    )


def to_reference(account: Column) -> Column:
    """What is `written`, a URL of the five networks or a urn of LinkedIn replaced by the id or @handle it holds.

    NULL for such a URL that shows something else than an account, such as a search; what is no such URL stays.
    """
    shapes = [
        (f"{_SCHEME}{urls.before}{urls.site}/+{shape}{_END}", prefix)
        for urls in URLS.values()
        for prefix, shapes in ((urls.numbered, urls.by_number), ("", urls.by_id), ("@", urls.by_handle))
        for shape in shapes
    ]
    found = (
        F.when(account.rlike(shape), F.concat(F.lit(prefix), _decoded(F.regexp_extract(account, shape, 1))))
        for shape, prefix in shapes
    )
    is_one = ~account.rlike("(?i).https?://")  # lists have addresses pasted behind one another
    return F.when(network_of_url(account).isNull(), account).when(is_one, F.coalesce(account_in(account), *found))


def reference_fault(name: str, network: Column, account: Column) -> Column:
    """The fault of an address that shows no account, or one of another network than is said.

    No id of the five networks holds an address; of other networks an id may be anything.
    """
    shown = F.substring(account, 1, 100)
    of_url = network_of_url(account)
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


def _decoded(text: Column) -> Column:
    """`text` without percent encoding; a plus is a plus in a path. Text that is encoded wrongly stays."""
    return F.coalesce(F.try_url_decode(F.regexp_replace(text, r"\+", "%2B")), text)
