"""E18: Wikipedia pages by the links between them, against how often they are read."""

from __future__ import annotations

from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

from sway.evaluation.generated import linked_pages
from sway.evaluation.measures import leads, top_one_percent
from sway.evaluation.outcome import Absent, Outcome, Table
from sway.evaluation.setting import Setting
from sway.kernels.agreement import spearman

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

CHAMELEON, WIKISPEEDIA, PANTHEON = "wiki-pages-musae-chameleon", "wikispeedia-links", "pantheon-people"


def traffic(setting: Setting) -> Outcome:
    """Two sets of pages; of the second only people have views, from a third."""
    outcome = Outcome(f"{CHAMELEON}: monthly views; {WIKISPEEDIA} with the views of people in {PANTHEON}")
    found = 0
    for name, read in ((CHAMELEON, _chameleon), (WIKISPEEDIA, _wikispeedia)):
        try:
            actor, target, views = read(setting)
        except Absent as absent:
            outcome.remarks.append(f"{name}: {absent}.")
            continue
        found += 1
        _compare(outcome, setting, name, actor, target, views)
    outcome.remarks.append(
        "Inlinks are what U is made of here, and half of the score; the other half is where a page's links come from, "
        "which is all that PageRank looks at. The chameleon pages are of one topic, linked by what they are about; "
        "every link stands once there and is taken to lead both ways, so that inlinks are the degree in a graph "
        "without direction. Wikispeedia has no views of its own; those of people are of years later. Level means that "
        "the interval of the lead holds 0."
    )
    if not found:
        raise Absent(f"needs {CHAMELEON}, or {WIKISPEEDIA} and {PANTHEON}")
    return outcome


def _chameleon(setting: Setting) -> tuple[Integers, Integers, Floats]:
    """Links stand once and lead both ways."""
    views = {int(row["id"]): float(row["target"]) for row in setting.data.table(CHAMELEON, "chameleon_target.csv.gz")}
    edges = [(int(r["id1"]), int(r["id2"])) for r in setting.data.table(CHAMELEON, "chameleon_edges.csv.gz")]
    one, other = np.array(edges, np.int64).T
    return np.concatenate([one, other]), np.concatenate([other, one]), np.array([views[n] for n in range(len(views))])


def _wikispeedia(setting: Setting) -> tuple[Integers, Integers, Floats]:
    """Links between articles in English; their views in it, NaN where an article is not about somebody in Pantheon."""
    lines = [line for line in setting.data.lines(WIKISPEEDIA, "links.tsv.gz") if line and not line.startswith("#")]
    edges = [line.split("\t") for line in lines]
    titles = sorted({name for edge in edges for name in edge})
    place = {name: n for n, name in enumerate(titles)}
    people = setting.data.table(PANTHEON, "pantheon_part.tsv.gz", "\t")
    viewed = {row["name"]: float(row["PageViewsEnglish"]) for row in people}
    views = np.array([viewed.get(unquote(name).replace("_", " "), np.nan) for name in titles])
    one, other = np.array([(place[a], place[b]) for a, b in edges], np.int64).T
    return one, other, views


def _compare(outcome: Outcome, setting: Setting, name: str, actor: Integers, target: Integers, views: Floats) -> None:
    world = linked_pages(actor, target, len(views))
    assert world.links is not None, "pages have links"
    numbers = {
        "Wikipedia score": np.nan_to_num(setting.scored(world, "wikipedia").columns["raw_score"], nan=-np.inf),
        "PageRank": setting.raw(world, "pagerank", "wikipedia"),
        "inlinks": world.links,
    }
    who = ~np.isnan(views)
    truth = views[who]
    table, standing = [], []
    for number, value in numbers.items():
        lead, low, high = leads(numbers["Wikipedia score"][who], value[who], truth, seed=setting.seeds[0])
        ahead = "" if number == "Wikipedia score" else f"{lead:+.3f} ({low:+.3f} to {high:+.3f})"
        measures = spearman(value[who], truth), top_one_percent(value[who], truth)
        table.append((number, int(who.sum()), *measures, ahead))
        if ahead:
            is_level = low <= 0.0 <= high
            told = f"{ahead}, level" if is_level else ahead
            outcome.aim(f"{name}: Spearman with views above that of {number}", told, lead > 0.0)
            standing.append(f"{'level with' if is_level else 'ahead of' if lead > 0.0 else 'behind'} {number}")
    head = ("number", "pages with views", "Spearman", "top 1 %", "score ahead by")
    outcome.tables.append(Table(head, table, f"{name}: {len(views):,} pages, {len(world.acts.actor):,} links"))
    outcome.remarks.append(f"On {name} the score is {', '.join(standing)}.")
