"""The networks there are: those with an adapter, and any other through the open format."""

from __future__ import annotations

from sway.networks.facebook import FACEBOOK
from sway.networks.google_plus import GOOGLE_PLUS
from sway.networks.linkedin import LINKEDIN
from sway.networks.network import Feed, Network
from sway.networks.open_format import EVENTS_FEED
from sway.networks.registry import REGISTRY
from sway.networks.twitter import TWITTER
from sway.networks.wikipedia import WIKIPEDIA

# Share or quote, reply or comment, mention or tag: for networks that bring the open format alone.
COMMON_ORDER = ("share", "reshare", "quote", "reply", "comment", "wall_post", "mention", "tag")

ADAPTED = {network.name: network for network in (TWITTER, FACEBOOK, GOOGLE_PLUS, LINKEDIN, WIKIPEDIA, REGISTRY)}


def network_named(name: str) -> Network:
    """The network of that name; one without an adapter has the open format's feed alone."""
    return ADAPTED.get(name, Network(name=name, act_order=COMMON_ORDER))


def feed_named(network: Network, name: str) -> Feed | None:
    """The network's feed of that name, the open format's `events` included; None if there is no such feed."""
    if name == EVENTS_FEED.name and network is not REGISTRY:
        return EVENTS_FEED
    return network.feeds.get(name)
