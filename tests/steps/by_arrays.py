# ruff: noqa: N806  (capitals are the design's: E, K, B, U)
"""A whole night once more: the lake's tables by SQL, then the array functions alone. No executor, no step, no stage."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from math import fsum
from typing import Any

import duckdb
import numpy as np
from sway.contracts.method import Method
from sway.engine.in_memory import Acts, propagate, voiced_reactions
from sway.kernels import breaks, entities, flags, scale, shifts
from sway.kernels import trust as trusts
from sway.kernels.raw_score import efficiency, raw_score, reactions_per_post
from sway.kernels.strength import fade_out
from sway.kernels.titles import senior_titles

Frozen = Mapping[str, Any]  # a row of CALIBRATIONS
Row = dict[str, Any]

ACTS = """SELECT actor_id, target_id, action, date_diff('day', event_date, $on) AS age_days FROM interactions
    WHERE network = $network AND set_aside IS NULL AND event_date <= $on AND age_days < $days"""
POSTS = """SELECT author_id, kind, date_diff('day', event_date, $on) AS age_days FROM posts
    WHERE network = $network AND set_aside IS NULL AND event_date <= $on AND age_days < $days"""
FOLLOWS = f"""SELECT actor_id, target_id, action FROM follows
    WHERE network = $network AND {(VALID := "valid_from <= $on AND (valid_to IS NULL OR valid_to > $on)")}"""
LINKS = f"SELECT actor_id, target_id FROM page_links WHERE network = $network AND action = $action AND {VALID}"
SEEN = "SELECT account_id, date_diff('day', DATE '1970-01-01', first_seen::DATE) FROM accounts WHERE network = $network"
PROFILES = f"""SELECT account_id, date_diff('day', DATE '1970-01-01', created_at::DATE), followers, following, title
    FROM profiles WHERE network = $network AND {VALID}"""
LABELS = f"SELECT account_id, label FROM labels WHERE network = $network AND {VALID}"
HAS_PROFILES = """SELECT count(*) > 0 FROM profiles WHERE network = $network AND valid_from <= $on
    AND (created_at IS NOT NULL OR followers IS NOT NULL OR following IS NOT NULL)"""
HAS_POSTS = "SELECT count(*) > 0 FROM posts WHERE network = $network AND set_aside IS NULL AND event_date <= $on"
# A handle is whoever's had it on the day they asked, or first afterwards; an entity's wish holds for what it owns.
HIDDEN = """
    SELECT network, account FROM opt_outs WHERE account NOT LIKE '@%' UNION
    SELECT network, account_id FROM (FROM opt_outs JOIN profiles USING (network)
        WHERE account = '@' || lower(handle) AND (valid_to IS NULL OR valid_to > since)
        QUALIFY rank() OVER (PARTITION BY network, account, since ORDER BY greatest(valid_from, since)) = 1) UNION
    SELECT l.network, account_id FROM opt_outs AS o JOIN entity_links AS l ON l.entity_id = o.account
    WHERE o.network = 'entity' AND role = 'owner' UNION
    SELECT network, account_id FROM profiles WHERE is_minor IS NOT NULL
    GROUP BY ALL HAVING last(is_minor ORDER BY valid_from)"""
BELONGING = """SELECT entity_id, network, account_id, share, role, confirmed FROM entity_links
    WHERE valid_from <= $on ORDER BY entity_id, network, account_id"""
ENTITIES = "SELECT entity_id, type FROM entities WHERE merged_into IS NULL"


@dataclass(frozen=True)
class Night:
    """The tables as of one date, and a version."""

    tables: duckdb.DuckDBPyConnection
    method: Method
    on: date

    def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        known = {"on": self.on} | values
        return self.tables.execute(sql, {name: known[name] for name in known if f"${name}" in sql}).fetchall()

    @cached_property
    def links(self) -> list[tuple[Any, ...]]:
        return self.rows(BELONGING)

    @cached_property
    def hidden(self) -> set[tuple[str, str]]:
        return {(network, account) for network, account in self.rows(HIDDEN)}

    def shown_entities(self, network: str) -> dict[str, str]:
        """Of each linked account the entity shown: its owner, then the largest share, then the smallest id."""
        own = [link for link in self.links if link[1] == network]
        ranked = sorted(own, key=lambda link: (link[4] != "owner", -link[3], link[0]), reverse=True)
        return {account: entity for entity, _, account, *_ in ranked}


class One:
    """One network before its scale: `ids` by rising id, `columns` (n,) by name, NaN where a score knows nothing."""

    def __init__(self, night: Night, network: str, frozen: Frozen | None) -> None:
        self.night, self.network = night, network
        self.declared, method = night.method.networks[network], night.method
        self.is_pages = self.declared.form == "links"
        self.has_profiles, self.has_posts = (
            self._rows(HAS_PROFILES)[0][0] if frozen is None else frozen["has_profiles"],
            self._rows(HAS_POSTS)[0][0] if frozen is None else frozen["has_posts"],
        )
        self.acts = self._rows(ACTS, days=method.strength.horizon_days)
        self.relations = self._relations()
        walked, rules = method.strength.horizon_days, method.breaks
        self.days = breaks.days_needed(horizon_days=walked, last_day=rules.last_day, window_days=rules.window_days)
        self.posts = self._rows(POSTS, days=self.days)
        both = {account for actor, target, *_ in [*self.acts, *self.relations] for account in (actor, target)}
        self.ids = sorted(both | {author for author, _, age in self.posts if age < walked})
        self.place = {account: n for n, account in enumerate(self.ids)}
        self.is_shown = np.array([(network, account) not in night.hidden for account in self.ids])
        self.columns = self._propagated() | self._posted() | {"title_bonus": self._titles()}
        m0 = self._m0() if frozen is None else frozen["m0"]
        self.m0 = m0 if self.has_posts else 0.0
        self.columns |= self._raw()
        self.by_action = self._by_action()

    def _rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        return self.night.rows(sql, network=self.network, **values)

    def _relations(self) -> list[tuple[str, str, str]]:
        """Relations that hold and count; links onto redirects lead to where those end."""
        standing = {name for name, action in self.declared.actions.items() if action.standing}
        held = [row for row in self._rows(FOLLOWS) if row[2] in standing]
        leads = dict(sorted(self._rows(LINKS, action="redirect"), reverse=True))  # of several the first holds
        found = set()
        for page, linked in self._rows(LINKS, action="page_link"):
            target = linked
            for _ in range(5):
                target = leads.get(target, target)
            if page not in leads and target not in leads and page != target:
                found.add((page, target, "page_link"))
        return [*held, *sorted(found)]

    def _trust(self) -> np.ndarray:
        rules, count = self.night.method.trust, len(self.ids)
        days = (self.night.on - date(1970, 1, 1)).days
        age, followers, following = (np.full(count, np.nan) for _ in range(3))
        factor, is_seed, is_suspended = np.ones(count), np.zeros(count, bool), np.zeros(count, bool)
        if self.has_profiles and not self.is_pages:
            seen = dict(self._rows(SEEN))
            first = min(day for day in seen.values() if day is not None)
            for account, place in self.place.items():
                if seen[account] is not None and seen[account] - first >= rules.first_days_of_data:
                    age[place] = max(0, days - seen[account])
            for account, opened, *counts, _ in self._rows(PROFILES):
                if account in self.place:
                    place = self.place[account]
                    age[place] = age[place] if opened is None else max(0, days - opened)
                    followers[place], following[place] = (np.nan if n is None else n for n in counts)
        for account, label in self._rows(LABELS):
            if account in self.place:
                place = self.place[account]
                is_seed[place] |= label == "seed"
                is_suspended[place] |= label == "suspended"
                factor[place] = min(factor[place], getattr(rules.labels, label, 1.0))
        return trusts.trust(
            age, followers, following, factor, is_seed, is_suspended, floor=rules.floor,
            full_age_days=rules.full_age_days, followers_grace=rules.followers_grace,
            lowest_follow_ratio=rules.lowest_follow_ratio, seed_trust=rules.seed_trust,
        )  # fmt: skip

    def _propagated(self) -> dict[str, np.ndarray]:
        rules, names = self.night.method.trust, sorted(self.declared.actions)
        rows = [(actor, target, action, age, 1) for actor, target, action, age in self.acts]
        rows += [(actor, target, action, 0, 0) for actor, target, action in self.relations]
        actor, target, action, age, times = (
            np.array(column, np.int64)
            for column in zip(
                *((self.place[j], self.place[i], names.index(a), age, n) for j, i, a, age, n in rows), strict=True
            )
        )
        m = self._trust()
        q = trusts.voice(m, silent_at=rules.silent_at, full_voice_after=rules.full_voice_after)
        acts = Acts(actor, target, action, age, times)
        found = propagate(acts, m, q, self.declared, self.night.method)
        found["voiced_reactions"] = voiced_reactions(acts, q, self.night.method)
        if self.is_pages:
            inlinks = Counter(target for _, target, _ in self.relations)
            found["reach"] = found["reach_squares"] = np.array([inlinks[page] for page in self.ids], np.float64)
        return found | {"trust": m}

    def _posted(self) -> dict[str, np.ndarray]:
        count, strength = len(self.ids), self.night.method.strength
        posts, original, lasting = np.zeros(count, np.int64), np.zeros(count, np.int64), np.zeros(count)
        posted = np.zeros((self.days, count), bool)
        for author, kind, age in self.posts:
            if author in self.place:
                posts[self.place[author]] += age < strength.horizon_days
                original[self.place[author]] += kind == "original" and age < strength.horizon_days
                if kind == "original":
                    lasting[self.place[author]] += self._lasting(age)
                posted[-1 - age, self.place[author]] = True
        walked = {name: value for name, value in asdict(strength).items() if name != "fade_out_days"}
        credited = breaks.credited_days(posted, **walked, **asdict(self.night.method.breaks))
        days = credited if self.has_posts else np.zeros(count)
        return {"posts": posts, "original_posts": original, "lasting_posts": lasting, "break_days": days}

    def _lasting(self, age: int) -> float:
        rules = self.night.method.strength
        return float(fade_out(np.array(age), horizon_days=rules.horizon_days, fade_out_days=rules.fade_out_days))

    def _titles(self) -> np.ndarray:
        if not self.declared.senior_titles:
            return np.zeros(len(self.ids))
        titles = {account: title for account, *_, title in self._rows(PROFILES)}
        sure = {account for _, network, account, *_, confirmed in self.night.links
                if network == self.network and confirmed}  # fmt: skip
        told = [titles.get(account) if account in sure else None for account in self.ids]
        return senior_titles(told, self.declared.senior_titles)

    def _m0(self) -> float:
        return reactions_per_post(fsum(self.columns["voiced_reactions"]), fsum(self.columns["lasting_posts"]))

    def _raw(self) -> dict[str, np.ndarray]:
        c, method = self.columns, self.night.method
        E = efficiency(c["voiced_reactions"], c["lasting_posts"], m0=self.m0, **asdict(method.efficiency))
        K = breaks.break_credit(
            c["break_days"], c["influence"], c["trust"], c["reach"], half_life_days=method.strength.half_life_days
        )
        is_scored = (c["reach"] > 0 if self.is_pages else c["reactions"] > 0) & (c["trust"] > 0)
        z = raw_score(c["influence"], c["reach"], E, K + c["title_bonus"])
        n_eff = scale.effective_reactors(c["reach"], c["reach_squares"])
        return {
            "efficiency": E,
            "break_credit": K,
            "raw_score": np.where(is_scored, z, np.nan),
            "effective_reactors": n_eff,
        }

    def _by_action(self) -> dict[str, list[dict[str, int]]]:
        received, given = ([Counter[str]() for _ in self.ids] for _ in range(2))
        for actor, target, action, _ in self.acts:
            received[self.place[target]][action] += 1
            given[self.place[actor]][action] += 1
        return {"received": received, "given": given}

    @property
    def ends(self) -> dict[str, float]:
        """Constants of the network as a calibration would take them now, but for the shift."""
        z, is_counted = self.columns["raw_score"], self.columns["reach"] > 0
        taken = z[is_counted & ~np.isnan(z)]
        percentiles = [50.0, self.night.method.scale.high_percentile]
        z50, z95 = np.percentile(np.sort(taken), percentiles).tolist()
        return {"accounts": len(taken), "z50": z50, "z95": z95, "m0": self.m0}

    def points(self, frozen: Frozen) -> dict[str, np.ndarray]:
        rules, c = self.night.method.scale, self.columns
        ends = {"z50": frozen["z50"], "z95": frozen["z95"]}
        ends |= {"median_points": rules.median_points, "high_points": rules.high_points}
        B = scale.points_per_unit(**ends)
        linear = scale.to_linear(np.where(self.is_shown, c["raw_score"], np.nan), **ends, shift=frozen["shift"])
        score = scale.soft_cap(linear, bends_from=rules.soft_cap_from)
        se = np.where(np.isnan(linear), np.nan, scale.linear_error(c["effective_reactors"], unit=B))
        return {
            "linear": linear,
            "score": score,
            "linear_error": se,
            "error": scale.soft_cap_slope(linear, bends_from=rules.soft_cap_from) * se,
            "percentile": scale.mid_rank_percentile(score),
            "rank": scale.rank(score),
        }

    def flagged(self) -> dict[str, np.ndarray]:
        rules, c = self.night.method.flags, self.columns
        tally = {name: np.zeros(len(self.ids), np.int64) for name in ("disputing", "lately", "endorsed")}
        for _, target, action, age in self.acts:
            declared, place = self.declared.actions[action], self.place[target]
            tally["disputing"][place] += declared.disputing
            tally["lately"][place] += declared.disputing and age < rules.burst_days
            tally["endorsed"][place] += declared.endorsing and age < rules.burst_days
        return {
            "broadcast_only": flags.is_broadcast_only(
                c["original_posts"], c["acts_given"], fewest_posts=rules.broadcast_posts
            ),
            "negative_attention": flags.is_attacked(
                *tally.values(), days=1 + max((age for *_, age in self.acts), default=-1), burst_days=rules.burst_days,
                fewest_acts=rules.burst_acts, times_usual=rules.burst_times_usual, most_endorsed=rules.burst_endorsed,
            ),
        }  # fmt: skip


def letter(n_eff: float, method: Method) -> str:
    return str(
        scale.grade(np.array([n_eff]), np.array([True]), a=method.grades.a, b=method.grades.b, c=method.grades.c)[0]
    )


def account_scores(one: One, frozen: Frozen) -> dict[str, Row]:
    """Every account of one network, by its id: the columns of ACCOUNT_SCORES that are worked out, NaN for NULL."""
    columns = one.columns | one.points(frozen)
    entity_of, marked = one.night.shown_entities(one.network), one.flagged()
    found = {}
    for account, place in one.place.items():
        if one.is_shown[place]:
            row = {name: values[place].item() for name, values in columns.items()}
            row |= {name: dict(counts[place]) for name, counts in one.by_action.items()}
            row["grade"] = None if np.isnan(row["score"]) else letter(row["effective_reactors"], one.night.method)
            row["entity_id"] = entity_of.get(account)
            row["flags"] = {name for name, has in marked.items() if has[place]}
            found[account] = row
    return found


def entity_scores(night: Night, networks: Sequence[One], accounts: Mapping[str, Mapping[str, Row]]) -> dict[str, Row]:
    """Every entity with an account among `accounts` (rows by network and id), by its id, likewise."""
    method, kinds = night.method, dict(night.rows(ENTITIES))
    held: dict[str, list[tuple[str, str, float]]] = defaultdict(list)
    for entity, network, account, share, *_ in night.links:
        held[entity].append((network, account, share))
    ids = sorted(entity for entity, of in held.items() if any(account in accounts[n] for n, account, _ in of))
    links = [(n, *link, accounts[link[0]][link[1]]) for n, entity in enumerate(ids) for link in held[entity]
             if link[1] in accounts[link[0]]]  # fmt: skip
    counts = [row["reach"] > 0 and not np.isnan(row["linear"]) and method.networks[network].weight > 0
              for _, network, *_, row in links]  # fmt: skip
    whole = entities.combine(
        np.array([n for n, *_ in links]),
        np.array([row["linear"] if has else np.nan for (*_, row), has in zip(links, counts, strict=True)]),
        np.array([method.networks[network].weight * share for _, network, _, share, _ in links]),
        np.array([row["linear_error"] for *_, row in links]),
        np.array([row["effective_reactors"] for *_, row in links]),
        entities=len(ids),
        bend_points=method.entities.bend_points,
        bends_from=method.scale.soft_cap_from,
    )
    places = {"percentile": scale.mid_rank_percentile(whole.score), "rank": scale.rank(whole.score)}
    types = sorted(set(kinds.values()))
    groups = np.array([types.index(kinds[entity]) for entity in ids])
    places["percentile_in_type"] = scale.percentile_within(whole.score, groups)
    whose = {one.network: one.night.shown_entities(one.network) for one in networks}
    reactors: dict[tuple[str, str], set[str]] = defaultdict(set)
    targets: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in networks:
        for actor, target, *_ in one.acts:
            reactors[one.network, target].add(actor)
            targets[one.network, actor].add(target)
    found = {}
    for n, entity in enumerate(ids):
        own = [(network, account, row, has, part) for (m, network, account, _, row), has, part
               in zip(links, counts, whole.contribution, strict=True) if m == n]  # fmt: skip
        audience = {(network, whose[network].get(actor, f"{network}:{actor}"))
                    for network, account, *_ in own for actor in reactors[network, account]}  # fmt: skip
        distinct = len({person for _, person in audience})
        row = {name: sum(row[name] for _, _, row, *_ in own)
               for name in ("reactions", "acts_given", "posts", "original_posts")}  # fmt: skip
        addressed = {whose[network].get(target, f"{network}:{target}")
                     for network, account, *_ in own for target in targets[network, account]}  # fmt: skip
        row["targets"] = len(addressed) if len(held[entity]) > 1 else own[0][2]["targets"]
        row["reactors"] = distinct if len(held[entity]) > 1 else own[0][2]["reactors"]
        row["audience_overlap"] = (
            distinct / len(audience) if len(held[entity]) > 1 and audience else (1.0 if audience else np.nan)
        )
        for name in ("received", "given"):
            row[name] = dict(sum((Counter({f"{network}.{action}": times for action, times in counted[name].items()})
                                  for network, _, counted, *_ in own), Counter()))  # fmt: skip
        parts = {network: fsum(part for other, *_, part in own if other == network and part > 0) for network, *_ in own}
        row["contributions"] = {network: part for network, part in parts.items() if part > 0}
        row |= {"accounts": len(own), "scored_accounts": sum(has for *_, has, _ in own)}
        row |= {"linear": whole.linear[n], "score": whole.score[n], "error": whole.error[n]}
        row |= {name: values[n].item() for name, values in places.items()}
        row["effective_reactors"] = whole.n_eff[n]
        row["grade"] = None if np.isnan(whole.score[n]) else letter(whole.n_eff[n], method)
        row["type"] = kinds[entity]
        row["flags"] = set().union(*(row["flags"] for _, _, row, *_ in own))
        found[entity] = row
    return found


def calibrations(night: Night, networks: Sequence[One]) -> dict[str, Row]:
    """Constants of every network as `night` would freeze them, with the shifts that people on two of them give."""
    ends = [one.ends for one in networks]
    rules = night.method.scale
    names = {entity: n for n, entity in enumerate(sorted({entity for entity, *_ in night.links}))}
    told = []
    for number, (one, end) in enumerate(zip(networks, ends, strict=True)):
        own = scale.to_points(
            one.columns["raw_score"], z50=end["z50"], z95=end["z95"], median_points=rules.median_points,
            high_points=rules.high_points,
        )  # fmt: skip
        for entity, network, account, *_, confirmed in night.links:
            place = one.place.get(account, -1) if network == one.network else -1
            if confirmed and place >= 0 and one.columns["reach"][place] > 0 and not np.isnan(own[place]):
                told.append((names[entity], number, own[place]))
    entity, network, points = (np.array(column) for column in zip(*told, strict=True))
    differences, links = shifts.linked_differences(entity, network, points, len(networks))
    found = shifts.shifts(
        differences,
        links,
        np.array([end["accounts"] for end in ends]),
        np.full(len(networks), np.nan),
        half_links=night.method.equating.half_links,
        most_points=night.method.equating.most_points,
    )
    return {
        one.network: {
            **end,
            "shift": s,
            "links": int(total),
            "has_profiles": one.has_profiles,
            "has_posts": one.has_posts,
        }
        for one, end, s, total in zip(networks, ends, found.tolist(), links.sum(axis=1), strict=True)
    }
