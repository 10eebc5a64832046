"""What the data sets of relations, endorsements and page views say, read without lib/sway: see raw_data.py."""

import gzip
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import unquote

import pandas as pd

from tests.real.raw_data import DATA

Pair = tuple[str, str]
DOT_LINE = re.compile(r"\s*(\S+) -> (\S+) \[level=\"(\w+)\"\];")


class Rating(NamedTuple):
    """One rating among Bitcoin traders: -10 to 10, never 0; the instant to the microsecond."""

    source: str
    target: str
    weight: int
    at: datetime


def facebook_pages() -> pd.DataFrame:
    """22,470 pages: facebook_id, page_name, page_type; the index is the number in the edges."""
    return pd.read_csv(
        DATA / "facebook-pages-musae" / "facebook_target.csv.gz",
        index_col="id",
        dtype={"facebook_id": object, "page_name": object, "page_type": object},
        keep_default_na=False,
    )


def page_likes() -> list[Pair]:
    """171,002 mutual likes of pages by their Facebook ids, each once; 179 of a page by itself."""
    edges = pd.read_csv(DATA / "facebook-pages-musae" / "facebook_edges.csv.gz")
    ids = facebook_pages()["facebook_id"]
    return list(zip(edges["id_1"].map(ids), edges["id_2"].map(ids), strict=True))


def friendships() -> list[Pair]:
    """88,234 friendships, each once."""
    return [_pair(line) for line in _lines("facebook-ego-snap", "facebook_combined.txt.gz")]


def circles() -> list[Pair]:
    """39,242 times `has in a circle`, by 131 people."""
    lines = _lines("googleplus-konect", "soc-gplus.edges.gz")
    return [_pair(line) for line in lines if not line.startswith("%")]


def wikispeedia_links() -> list[Pair]:
    """119,879 links as the file has them, names URL-encoded; 110 of a page to itself."""
    lines = (line.strip() for line in _lines("wikispeedia-links", "links.tsv.gz"))
    return [_pair(line, "\t") for line in lines if line and not line.startswith("#")]


def title(written: str) -> str:
    """The title a name of wikispeedia stands for: MediaWiki has no two underscores beside each other."""
    return re.sub("_+", "_", unquote(written))


def chameleon_links() -> list[Pair]:
    """36,101 lines, 31,421 mutual links of pages without names: 4,680 stand both ways; 50 of a page to itself."""
    edges = pd.read_csv(DATA / "wiki-pages-musae-chameleon" / "chameleon_edges.csv.gz", dtype=str)
    return list(zip("Chameleon_" + edges["id1"], "Chameleon_" + edges["id2"], strict=True))


def ratings() -> list[Rating]:
    """35,592 ratings, one a pair at most, 3,563 of them below 0."""
    lines = list(_lines("bitcoin-otc-trust", "soc-sign-bitcoinotc.csv.gz"))[1:]
    cells = (line.strip().split(",") for line in lines)
    return [Rating(source, target, int(weight), _instant(at)) for source, target, weight, at in cells]


def certifications() -> list[tuple[str, str, str]]:
    """56,461 certifications: who, whom, level. Some stand twice; Observer says that there is none."""
    lines = _lines("advogato-certifications", "advogato-graph-latest.dot.gz")
    return [found.groups() for found in map(DOT_LINE.fullmatch, (line.rstrip("\n") for line in lines)) if found]


def monthly_views() -> pd.DataFrame:
    """9,774 rows: wikititle, month (YYYY-MM), views."""
    return pd.read_csv(
        DATA / "wiki-pageviews-us-congress" / "monthly_views.csv.gz", dtype={"wikititle": object, "month": object}
    )


def yaml_records(file: str) -> list[dict[str, str]]:
    """Entries of a YAML list of identity-us-congress, their scalars by key whatever they are nested in."""
    entries = re.split(r"^- ", "".join(_lines("identity-us-congress", file)), flags=re.MULTILINE)[1:]
    scalar = re.compile(r"^\s+(\w+): (.+)$", re.MULTILINE)
    return [{one[1]: one[2].strip("'\"") for one in scalar.finditer(entry) if one[2] != "~"} for entry in entries]


def _instant(seconds: str) -> datetime:
    """Unix seconds with a fraction as text: read as whole microseconds, which a double may miss by one."""
    whole, _, fraction = seconds.partition(".")
    microseconds = int((fraction + "000000")[:6])
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(whole), microseconds=microseconds)


def _pair(line: str, separator: str | None = None) -> Pair:
    first, second = line.split(separator)
    return first, second


def _lines(data_set: str, file: str) -> Iterator[str]:
    with gzip.open(DATA / data_set / file, "rt", encoding="utf-8") as lines:
        yield from lines
