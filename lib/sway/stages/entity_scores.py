"""Scores of accounts and who they belong to -> one score per entity, on arrays (method 8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sway.contracts.method import Method
from sway.kernels import scale as scales
from sway.kernels.entities import audience_overlap, combine
from sway.kernels.reach import sums

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
SUMMED = ("reactions", "reactors", "acts_given", "targets", "posts", "original_posts")


@dataclass(frozen=True)
class Belonging:
    """One network's accounts under their entities, a row each belonging: (r,) arrays, by rising entity.

    entity: number. weight: the network's, times the share. columns: linear, linear_error, effective_reactors,
    is_counted and the counts of SUMMED, of the account. received, given: (r, actions). flags: by name. audience,
    addressed: entity and reactor, entity and target, by number, of those entities that have several accounts.
    """

    network: str
    entity: Integers
    weight: Floats
    columns: Mapping[str, NDArray[Any]]
    received: Integers
    given: Integers
    actions: Sequence[str]
    flags: Mapping[str, NDArray[np.bool_]]
    audience: tuple[Integers, Integers]
    addressed: tuple[Integers, Integers]


def to_entity_scores(
    networks: Sequence[Belonging], kinds: Integers, method: Method, *, entities: int
) -> dict[str, NDArray[Any]]:
    """Columns of ENTITY_SCORES by their names, (entities,) each; contributions, received and given are (entities, m).

    Accounts without score, without a reactor that has a voice, or on a network of weight 0 are left out of the sum; an
    entity with no other accounts has no score. `kinds`: (entities,) the number of each entity's type. An entity without
    an account stands with 0 accounts.
    """
    assert method.entities is not None, "the version scores entities"
    entity, linear, weight, spread, n_eff, is_counted = (
        np.concatenate(parts)
        for parts in zip(
            *(
                (of.entity, of.columns["linear"], of.weight, *(of.columns[name] for name in _EVIDENCE))
                for of in networks
            ),
            strict=True,
        )
    )
    linear = np.where(is_counted & (weight > 0.0), linear, np.nan)
    found = combine(
        entity,
        linear,
        weight,
        spread,
        n_eff,
        entities=entities,
        bend_points=method.entities.bend_points,
        bends_from=method.scale.soft_cap_from,
    )
    is_judged = ~np.isnan(found.score) & (method.algorithm == "sway")
    counted = {name: _counted(networks, name, entities) for name in SUMMED}
    counted["targets"] = _distinct([of.addressed for of in networks], counted["targets"], entities)
    overlap = _overlap(networks, counted["reactors"], entities)
    counted["reactors"] = _distinct([of.audience for of in networks], counted["reactors"], entities)
    return {
        "score": found.score,
        "linear": found.linear,
        "error": found.error,
        "grade": scales.grade(found.n_eff, is_judged, a=method.grades.a, b=method.grades.b, c=method.grades.c),
        "percentile": scales.mid_rank_percentile(found.score),
        "percentile_in_type": scales.percentile_within(found.score, kinds),
        "rank": scales.rank(found.score),
        "effective_reactors": found.n_eff,
        "contributions": _by_network(networks, found.contribution, entities),
        "accounts": np.bincount(entity, minlength=entities),
        "scored_accounts": np.bincount(entity[~np.isnan(linear)], minlength=entities),
        "audience_overlap": overlap,
        **counted,
    }


_EVIDENCE = ("linear_error", "effective_reactors", "is_counted")


def _counted(networks: Sequence[Belonging], name: str, entities: int) -> Integers:
    total = np.zeros(entities, np.int64)
    for of in networks:
        np.add.at(total, of.entity, of.columns[name])
    return total


def _by_network(networks: Sequence[Belonging], contribution: Floats, entities: int) -> Floats:
    """(entities, networks) each network's part of the sum; 0 where it gives none."""
    ends = np.cumsum([len(of.entity) for of in networks])[:-1]
    parts = np.split(np.nan_to_num(contribution), ends)
    return np.stack([sums(of.entity, part, entities) for of, part in zip(networks, parts, strict=True)], axis=1)


def _overlap(networks: Sequence[Belonging], reactors: Integers, entities: int) -> Floats:
    """Overlap of networks' audiences; 1 of an entity of one account, NULL without `reactors`."""
    entity = np.concatenate([of.audience[0] for of in networks])
    reactor = np.concatenate([of.audience[1] for of in networks])
    network = np.repeat(np.arange(len(networks)), [len(of.audience[0]) for of in networks])
    overlap = audience_overlap(entity, network, reactor, entities=entities)
    alone = np.where(reactors > 0, 1.0, np.nan)
    return np.where(np.bincount(entity, minlength=entities) > 0, overlap, alone)


def _distinct(pairs: Sequence[tuple[Integers, Integers]], summed: Integers, entities: int) -> Integers:
    """How many people `pairs` (entity, person) name, each once; of entities without pairs what was `summed`."""
    named = np.unique(np.concatenate([np.stack(some) for some in pairs], axis=1), axis=1)[0]
    count = np.bincount(named, minlength=entities)
    return np.where(count > 0, count, summed)
