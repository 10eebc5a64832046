"""The networks there are: those with an adapter, and any other through the open format."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from sway import networks
from sway.errors import ConfigError
from sway.networks.network import Feed, Network
from sway.networks.open_format import EVENTS_FEED
from sway.networks.registry import REGISTRY

# Share or quote, reply or comment, mention or tag: for networks that bring the open format alone.
COMMON_ORDER = ("share", "reshare", "quote", "reply", "comment", "wall_post", "mention", "tag")


def adapters() -> Mapping[str, Network]:
    """By name every network that a module of this package makes. Raises ConfigError where two make one of a name."""
    found: dict[str, Network] = {}
    for module in iter_modules(networks.__path__):
        if module.name == __name__.rpartition(".")[2]:
            continue
        for value in vars(import_module(f"{networks.__name__}.{module.name}")).values():
            if isinstance(value, Network) and found.setdefault(value.name, value) is not value:
                raise ConfigError(
                    f"lib/sway/networks: {module.name}.py makes a network {value.name}, as another file does"
                )
    return found


ADAPTED = adapters()


def network_named(name: str) -> Network:
    """The network of that name; one without an adapter has the open format's feed alone."""
    return ADAPTED.get(name, Network(name=name, act_order=COMMON_ORDER))


def feed_named(network: Network, name: str) -> Feed | None:
    """The network's feed of that name, the open format's `events` included; None if there is no such feed."""
    if name == EVENTS_FEED.name and network is not REGISTRY:
        return EVENTS_FEED
    return network.feeds.get(name)


def feed_names(network: Network) -> list[str]:
    """Names of the network's feeds, the open format's included, in order."""
    return sorted({*network.feeds} | (set() if network is REGISTRY else {EVENTS_FEED.name}))
