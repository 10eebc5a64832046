"""What is ready, missing, late, broken, refused, unlinked or out of date in a lake, and what to do about each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any, Literal

from sway.errors import InputNotReady
from sway.networks.holders import IS_HANDLE
from sway.networks.registry import ENTITY
from sway.runtime.landing import A_DAY
from sway.runtime.run import Run
from sway.runtime.views import in_duckdb
from sway.runtime.wording import in_columns, many
from sway.steps.feed_health import HEAD, FeedHealth, days_shown, feed_health
from sway.steps.promote import unscored
from sway.steps.quarantine import OTHER_REMEDY, REMEDIES
from sway.steps.readiness import has_days, newest_days
from sway.steps.restating import Restatement, worth_restating

Topic = Literal["feeds", "carried", "restate", "unread", "quarantine", "identity", "opt_outs", "current"]
# What is wrong with the input, so that scores are or will be other than they should; the rest is to be looked at.
WRONG = ("feeds", "carried", "restate", "opt_outs")
REMEDIES_OF_ISSUES = {
    "unlinked": "deliver the profile, or write the id in registry/identity",
    "opt_out_unlinked": "who it is may be shown: deliver a profile with the handle, or the wish under the id as well",
    "opt_out_held_twice": "all of them are shown: deliver the wish of the one who asked under the id as well",
}
MOST_SHOWN = 5

QUARANTINED = "SELECT network, feed, rule, count(*) FROM quarantine GROUP BY ALL ORDER BY ALL"
ISSUES = """
SELECT rule, coalesce(network, ''), count(*), min(coalesce(account || ': ', '') || reason)
FROM identity_issues
GROUP BY ALL
ORDER BY ALL"""
# Who is erased was never ingested, perhaps, and has no account.
OPTED_OUT_NOBODY = f"""
WITH asked AS (
    SELECT network, account, bool_or(kind = 'erase') AS is_erased FROM opt_outs GROUP BY ALL
)
SELECT network, count(*), min(account)
FROM asked ANTI JOIN accounts ON accounts.network = asked.network AND account_id = account
WHERE asked.network <> $entity AND NOT is_erased AND NOT {IS_HANDLE}
GROUP BY ALL
UNION ALL
SELECT network, count(*), min(account) FROM asked ANTI JOIN entities ON entity_id = account
WHERE network = $entity GROUP BY ALL
ORDER BY ALL"""


@dataclass(frozen=True)
class Finding:
    """One thing found, and what to do about it."""

    topic: Topic
    network: str | None
    what: str
    remedy: str

    @property
    def is_wrong(self) -> bool:
        return self.topic in WRONG


@dataclass(frozen=True)
class Diagnosis:
    """A lake as of a date."""

    date: date | None
    feeds: tuple[FeedHealth, ...]
    restate: tuple[Restatement, ...]
    findings: tuple[Finding, ...]

    def shown(self) -> dict[str, Any]:
        """The diagnosis in plain values."""
        feeds = [
            {
                **asdict(feed),
                "broken": {str(day): why for day, why in feed.broken.items()},
                "late_share": feed.late_share,
            }
            for feed in self.feeds
        ]
        findings = [{**asdict(finding), "is_wrong": finding.is_wrong} for finding in self.findings]
        restate = [asdict(one) for one in self.restate]
        return {"date": self.date, "feeds": feeds, "restate": restate, "findings": findings}

    def text(self) -> str:
        rows = in_columns([HEAD, *(feed.cells for feed in self.feeds)])
        lines = [f"as of {self.date}", "", *(f"  {row}" for row in rows)] if self.feeds else []
        for title, is_wrong in (("wrong", True), ("to look at", False)):
            own = [finding for finding in self.findings if finding.is_wrong == is_wrong]
            lines += ["", f"{title}:"] if own else []
            for finding in own:
                lines += [f"  {finding.what}", f"      do: {finding.remedy}"]
        return "\n".join(lines if self.findings else [*lines, "", "nothing is wrong"])

    def check(self) -> None:
        """Raise InputNotReady where anything is wrong."""
        wrong = sum(finding.is_wrong for finding in self.findings)
        if wrong:
            raise InputNotReady(f"{many(wrong, 'thing')} wrong, each with what to do, in what doctor printed")


def diagnose(run: Run, on: date | None = None) -> Diagnosis:
    """Look at everything up to `on`, by default the newest delivery day of any feed that is not far after all others.

    No Spark; writes nothing.

    Raises ConfigError for networks and feeds nobody declared.
    """
    usual, far = newest_days(run)
    newest = on or usual
    if newest is None:
        nothing = Finding("feeds", None, "nothing has landed yet", "deliver into landing/, see docs/operations.md")
        return Diagnosis(None, (), (), (nothing, *_misnamed(run), *_passed_over(run)))
    connection = in_duckdb(run.lake)
    refused: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for network, feed, rule, count in connection.execute(QUARANTINED).fetchall():
        refused[network, feed][rule] = count
    feeds = feed_health(run, newest, refused)
    restate = tuple(worth_restating(run))
    lake = run.lake.option
    findings = (
        *(finding for feed in feeds for finding in _of_feed(feed, lake)),
        *_misnamed(run),
        *_far(run, far),
        *_carried(run, newest, feeds),
        *_to_restate(restate, lake),
        *_unread(newest, feeds, lake),
        *_passed_over(run),
        *_quarantined(feeds, lake),
        *_identity(connection.execute(ISSUES).fetchall()),
        *_of_nobody(connection.execute(OPTED_OUT_NOBODY, {"entity": ENTITY}).fetchall()),
        *_current(unscored(run), lake),
    )
    return Diagnosis(newest, feeds, restate, findings)


def _of_feed(feed: FeedHealth, lake: str) -> Iterator[Finding]:
    network = feed.network
    if feed.missing:
        more = f" and {many(feed.more_missing, 'day')} more" if feed.more_missing else ""
        yield Finding("feeds", network, f"{feed.name}: missing {days_shown(feed.missing)}{more}", "deliver it")
    if feed.late:
        what = f"{feed.name}: late {days_shown(feed.late)}: there without _manifest.json"
        yield Finding("feeds", network, what, "write _manifest.json once every file is there")
    for day, why in feed.broken.items():
        remedy = (
            f"look at `sway quarantine list --network {network} {lake}`; deliver files and manifest again, or, "
            f"where rows were read and are right, `sway ingest --network {network} --date {day} --accept {lake}`"
        )
        yield Finding("feeds", network, f"{feed.name}: broken {day}: {why}", remedy)
    if feed.silent_since:
        what = f"{feed.name}: comes no longer, since {feed.silent_since}, and no night waits for it"
        remedy = "deliver it, or name it under [feeds] of the environment file, so that nights wait for it"
        yield Finding("feeds", network, what, remedy)
    if feed.again:
        what = f"{feed.name}: delivered anew after it was read: {days_shown(feed.again)}"
        span = f"--from {min(feed.again)} --to {max(feed.again)}"
        remedy = f"`sway quarantine replay --network {network} --feed {feed.feed} {span} {lake}`"
        yield Finding("feeds", network, what, remedy)


def _carried(run: Run, on: date, feeds: Iterable[FeedHealth]) -> Iterator[Finding]:
    """Networks that a night would carry forward, or wait for, since one of their feeds is not good."""
    readiness = run.config.environment.readiness
    judged = (feed for feed in feeds if feed.is_waited_for or feed.network in readiness.carry_forward)
    for network, own in groupby(judged, lambda feed: feed.network):
        of_network = list(own)
        trouble = [day for feed in of_network for day in feed.trouble]
        if not trouble:
            continue
        since = min(trouble)
        causes = ", ".join(feed.feed for feed in of_network if feed.trouble)
        days = (on - since).days + 1
        longest = readiness.longest_carry_days
        if network not in readiness.carry_forward:
            fate = f"waited for since {since} ({causes}): nights end with exit 20"
            remedy = "mend the feed as said above, or name the network in carry_forward under [readiness]"
        elif _never_all_read(of_network, since):
            fate = f"not good since {since} ({causes}), never all read: it is not scored"
            remedy = "mend the feed as said above"
        elif days > longest:
            fate = f"not good for {many(days, 'day')}, since {since} ({causes}); "
            fate += f"carried forward {longest} at most: exit 20"
            remedy = "mend the feed as said above, or raise longest_carry_days under [readiness]"
        elif not has_days(run, network, since - timedelta(days=1)) and not _lands_before(of_network, since):
            fate = f"not good since {since} ({causes}), and nothing of it came before: it is not scored"
            remedy = f"mend the feed as said above within {many(longest - days, 'day')}"
        else:
            fate = f"carried forward since {since} ({causes}): scored as of the day before, with the flag stale_network"
            remedy = f"mend the feed as said above within {many(longest - days, 'day')}"
        yield Finding("carried", network, f"{network}: {fate}", remedy)


def _never_all_read(of_network: Sequence[FeedHealth], since: date) -> bool:
    """Whether a feed that nights wait for was never read, nor has days to read from before a day; if nights wait for
    none, whether that is so of all."""
    waited = [feed for feed in of_network if feed.is_waited_for]
    is_never_read = [feed.last_ready is None and not _lands_before([feed], since) for feed in waited or of_network]
    return any(is_never_read) if waited else all(is_never_read)


def _lands_before(feeds: Iterable[FeedHealth], day: date) -> bool:
    """Whether the next night reads something from before a day."""
    return any(unread < day for feed in feeds for unread in feed.unread)


def _to_restate(restate: Iterable[Restatement], lake: str) -> Iterator[Finding]:
    for version, of_version in groupby(restate, lambda one: one.algorithm_version):
        own = list(of_version)
        dates = sorted({one.score_date for one in own})
        worst = max(own, key=lambda one: one.changed_share)
        what = f"{version}: worth restating {days_shown(dates)}"
        share = f"{worst.changed_share:.1%} of acts or relations changed since"
        what += f"; most on {worst.score_date}, {worst.network}: {share}"
        networks = sorted({one.network for one in own if one.carried_days})
        what += (
            f"; {', '.join(networks)} was carried forward or left out, and is good further on now" if networks else ""
        )
        remedy = f"`sway backfill --version {version} --from {dates[0]} --to {dates[-1]} {lake}`"
        yield Finding("restate", None, what, remedy)


def _unread(on: date, feeds: Iterable[FeedHealth], lake: str) -> Iterator[Finding]:
    for network, own in groupby(feeds, lambda feed: feed.network):
        waiting = [feed for feed in own if feed.unread]
        if waiting:
            days = {day for feed in waiting for day in feed.unread}
            names = ", ".join(feed.feed for feed in waiting)
            what = f"{network}: landed and not read yet: {names}: {days_shown(days)}"
            alone = f"`sway ingest --network {network} --date {on} {lake}` for this network alone"
            yield Finding("unread", network, what, f"`sway night --date {on} {lake}`, or {alone}")


def _misnamed(run: Run) -> Iterator[Finding]:
    for network in run.landing.networks():
        for feed in run.landing.feeds(network):
            found = run.landing.misnamed(network, feed)
            if found:
                what = f"{network}/{feed}: never read: {A_DAY}, found {_named(found)}"
                remedy = "rename it to its day of delivery, dt=YYYY-MM-DD, unless that is there too; or remove it"
                yield Finding("feeds", network, what, remedy)


def _far(run: Run, first: date | None) -> Iterator[Finding]:
    """Days from `first` on, which are far after all others."""
    for network in run.landing.networks() if first else ():
        for feed in run.landing.feeds(network):
            days = [str(day) for day in run.landing.days(network, feed) if first and day >= first]
            if days:
                what = f"{network}/{feed}: more than ten years after the days before: {_named(days)}"
                yield Finding("feeds", network, what, "rename the folder to its day of delivery, or remove it")


def _passed_over(run: Run) -> Iterator[Finding]:
    landing, networks = run.landing, run.landing.networks()
    feeds = [(network, feed) for network in networks for feed in landing.feeds(network)]
    for place in [(), *((network,) for network in networks), *feeds]:
        found = landing.beside(*place)
        found = sorted([*found, *landing.within(*place)]) if len(place) == 2 else found
        if found:
            no_folder = ("network", "feed", "day")[len(place)]
            what = (
                f"{'/'.join(place) or 'landing'}: never read, since it is in no {no_folder}'s folder: {_named(found)}"
            )
            remedy = "move the files into the folder of their day, dt=YYYY-MM-DD, and announce them; or remove it"
            yield Finding("unread", place[0] if place else None, what, remedy)


def _named(found: Sequence[str]) -> str:
    more = f" and {len(found) - MOST_SHOWN} more" if len(found) > MOST_SHOWN else ""
    return ", ".join(found[:MOST_SHOWN]) + more


def _quarantined(feeds: Iterable[FeedHealth], lake: str) -> Iterator[Finding]:
    for network, own in groupby(feeds, lambda feed: feed.network):
        by_rule: dict[str, list[str]] = defaultdict(list)
        for feed in own:
            for rule, count in feed.quarantined.items():
                by_rule[rule].append(f"{feed.feed} {count:,}")
        for rule, where in sorted(by_rule.items()):
            what = f"{network}: rows in quarantine, {rule}: {', '.join(where)}"
            look = f"`sway quarantine list --network {network} --rule {rule} {lake}` shows them"
            again = f"then `sway quarantine replay --network {network} --from DAY --to DAY {lake}`"
            yield Finding("quarantine", network, what, f"{look}; {REMEDIES.get(rule, OTHER_REMEDY)}; {again}")


def _identity(issues: Iterable[tuple[str, str, int, str]]) -> Iterator[Finding]:
    for rule, network, count, example in issues:
        where = f"{network}: " if network else ""
        remedy = REMEDIES_OF_ISSUES.get(rule, "confirm, mend or end an assertion in registry/identity")
        remedy += "; the table identity_issues has every one"
        # That nobody has a handle may be so: who asked is not in the lake, or mistyped, and a wish has no end.
        topic: Topic = "opt_outs" if rule == "opt_out_held_twice" else "identity"
        yield Finding(topic, network or None, f"{where}identity, {rule}: {count:,}, such as {example}", remedy)


def _of_nobody(found: Iterable[tuple[str, int, str]]) -> Iterator[Finding]:
    for network, count, example in found:
        whom = "entity" if network == ENTITY else "account"
        what = f"{network}: {many(count, 'opt-out')} of an {whom} that is not known, such as {example}"
        remedy = "look whether registry/opt_outs has a mistyped id; once there is such a one, the wish holds for it"
        yield Finding("identity", network, what, remedy)


def _current(unscored: str | None, lake: str) -> Iterator[Finding]:
    if unscored is not None:
        remedy = f"name it under `nightly`, or `sway promote VERSION {lake}` of one that stands there"
        yield Finding("current", None, unscored, remedy)
