"""What the networks with an adapter deliver, so that a misspelt name in a version's file is told from a new one."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

# By network, under the names its adapter gives them; a network that is not named here may declare anything.
DELIVERED: Mapping[str, frozenset[str]] = {
    "twitter": frozenset({"retweet", "quote", "mention", "list_add", "reply", "favourite", "follow"}),
    "facebook": frozenset(
        {"share", "mention", "tag", "comment", "wall_post", "like", "friend", "subscriber", "page_fan"}
    ),
    "google_plus": frozenset({"reshare", "mention", "comment", "plus_one", "circle"}),
    "linkedin": frozenset({"share", "mention", "comment", "like", "connection", "endorsement", "recommendation"}),
    "wikipedia": frozenset({"page_link"}),
}

# The folder in landing/ of what belongs to no network and brings no acts: no version's file declares it.
REGISTRY_NAME = "registry"

# difflib's ratio from which a name is taken for a slip: a letter missing, doubled, swapped or wrong in seven or more.
ALIKE = 0.85


def misspelt(network: str) -> str | None:
    """Why a network's name is taken for a misspelling of one with an adapter; None where it is one, or like none."""
    near = get_close_matches(network, DELIVERED, n=1, cutoff=ALIKE)
    if network in DELIVERED or not near:
        return None
    return f"no such network has an adapter; did you mean {near[0]}? One of your own needs a name less like it"


def undelivered(network: str, action: str) -> str | None:
    """Why a network's adapter delivers no such action, with the nearest it does; None where it delivers this one."""
    known = sorted(DELIVERED.get(network, {action}))
    if action in known:
        return None
    near = get_close_matches(action, known, n=1)
    meant = f"did you mean {near[0]}?" if near else f"it delivers {', '.join(known)}."
    return f"{network} delivers no such action; {meant} One that the open format alone brings says open_format = true"
