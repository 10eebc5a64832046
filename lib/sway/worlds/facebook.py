"""Facebook's feeds as its Graph API and webhooks gave them: posts, comments, reactions, shares, fans and friends."""

from collections.abc import Iterator
from json import dumps

import numpy as np

from sway.worlds.acts import Acts, Society
from sway.worlds.arrays import Array, chunks, in_rows, mixed
from sway.worlds.parameters import MENTION, RESHARE, TAG, WALL
from sway.worlds.relations import Changes, Relations
from sway.worlds.times import IsoTimes
from sway.worlds.words import HASHTAGS, names, phrases

LINES_PER_BATCH = 10_000
SHARED_ELSEWHERE_ONE_IN = 4  # shares: known from what was shared alone, their own posts are not delivered
APPLICATIONS = ("Facebook for iPhone", "Facebook for Android", "Mobile")
REACTIONS = ("like", "like", "like", "like", "love", "haha", "wow", "sad")
STATUS = {WALL: "wall_post", RESHARE: "shared_story"}


class Facebook:
    """Turns acts and relations into lines."""

    def __init__(self, society: Society) -> None:
        accounts = society.accounts
        self._accounts = accounts
        self._ids = accounts.texts()
        self._names = names(accounts.person, accounts.is_brand)
        self._people = [
            f'{{"id":"{number}","name":"{name}"}}' for number, name in zip(self._ids, self._names, strict=True)
        ]
        self._time = IsoTimes("+0000")

    def posts(self, acts: Acts, taken_back: Acts) -> Iterator[list[str]]:
        """Everything that stands on a wall, shares known from elsewhere left out."""
        yield from self._posts(acts.take(np.flatnonzero(~_is_elsewhere(acts))))
        yield self._removals(taken_back.take(np.flatnonzero(~_is_elsewhere(taken_back))))

    def shares(self, acts: Acts, taken_back: Acts) -> Iterator[list[str]]:
        """Shares as what was shared lists them."""
        yield from self._posts(acts.take(np.flatnonzero(_is_elsewhere(acts))))
        yield self._removals(taken_back.take(np.flatnonzero(_is_elsewhere(taken_back))))

    def comments(self, acts: Acts, taken_back: Acts) -> Iterator[list[str]]:
        for rows in chunks(len(acts), LINES_PER_BATCH):
            part = acts.take(rows)
            columns = (part.act_id, part.at_ms, part.actor, part.target, part.parent_id, part.root_id, part.root_actor)
            lines = []
            for (act, at_ms, actor, target, parent, root, author), text in zip(
                in_rows(*columns), phrases(part.act_id), strict=True
            ):
                answered = ""
                if parent != root:
                    answered = f',"parent":{{"id":"{root}_{parent}","from":{self._people[target]}}}'
                lines.append(
                    f'{{"id":"{root}_{act}","from":{self._people[actor]},"created_time":"{self._time(at_ms)}",'
                    f'"message":"{text}","post_id":"{self._ids[author]}_{root}"{answered}}}'
                )
            yield lines
        removed = (taken_back.act_id, taken_back.taken_back_ms, taken_back.actor, taken_back.root_id)
        yield [
            f'{{"id":"{root}_{act}","verb":"remove","from":{self._people[actor]},"created_time":"{self._time(at_ms)}"}}'
            for act, at_ms, actor, root in in_rows(*removed)
        ]

    def reactions(self, acts: Acts, taken_back: Acts) -> Iterator[list[str]]:
        for verb, reactions, at_ms in (("add", acts, acts.at_ms), ("remove", taken_back, taken_back.taken_back_ms)):
            for rows in chunks(len(reactions), LINES_PER_BATCH):
                part = reactions.take(rows)
                kind = mixed(part.act_id, len(REACTIONS))
                columns = (kind, at_ms[rows] // 1000, part.actor, part.target, part.parent_id)
                yield [
                    f'{{"item":"reaction","verb":"{verb}","reaction_type":"{REACTIONS[k]}",'
                    f'"post_id":"{self._ids[target]}_{post}","from":{self._people[actor]},"created_time":{at_s}}}'
                    for k, at_s, actor, target, post in in_rows(*columns)
                ]

    def lists(self, relations: Relations, owners: Array, edge: str, at: str) -> Iterator[list[str]]:
        """The whole list of each owner there on the first day."""
        lines: list[str] = []
        for owner, others in relations.lists(owners[self._accounts.joined[owners] == 0]):
            data = ",".join(f'{{"id":"{self._ids[k]}"}}' for k in others.tolist())
            lines.append(f'{{"id":"{self._ids[owner]}","time":"{at}","{edge}":{{"data":[{data}]}}}}')
            if len(lines) >= LINES_PER_BATCH // 10:
                yield lines
                lines = []
        yield lines

    def follower_changes(self, changes: Changes) -> Iterator[list[str]]:
        """Fans and subscribers won and lost, as the page or person they follow tells."""
        yield [
            f'{{"id":"{self._ids[target]}","time":"{self._time(at_ms)}","verb":"{"add" if begins else "remove"}",'
            f'"from":{self._people[actor]}}}'
            for begins, at_ms, actor, target in in_rows(changes.begins, changes.at_ms, changes.actor, changes.target)
        ]

    def friend_changes(self, changes: Changes) -> Iterator[list[str]]:
        """Friends won and lost, as each of the two tells."""
        yield [
            f'{{"id":"{self._ids[actor]}","time":"{self._time(at_ms)}","verb":"{"add" if begins else "remove"}",'
            f'"to":{self._people[target]}}}'
            for begins, at_ms, actor, target in in_rows(changes.begins, changes.at_ms, changes.actor, changes.target)
        ]

    def _posts(self, acts: Acts) -> Iterator[list[str]]:
        for rows in chunks(len(acts), LINES_PER_BATCH):
            part = acts.take(rows)
            application = mixed(self._accounts.account_id[part.actor], len(APPLICATIONS))
            tag = mixed(part.act_id + 1, len(HASHTAGS) * 4)
            columns = (
                part.act_id,
                part.at_ms,
                part.actor,
                part.kind,
                part.target,
                part.parent_id,
                application,
                tag,
            )
            yield [self._post(*row) for row in zip(*(c.tolist() for c in columns), phrases(part.act_id), strict=True)]

    def _post(
        self, act: int, at_ms: int, actor: int, kind: int, target: int, parent: int, client: int, tag: int, text: str
    ) -> str:
        message = f"{text} #{HASHTAGS[tag]}" if tag < len(HASHTAGS) else text
        more = ""
        if kind == MENTION:
            message, more = f"{self._names[target]} {message}", self._tag(target)
        elif kind == TAG:
            more = f'"with_tags":{{"data":[{self._people[target]}]}},'
        elif kind == WALL:
            more = f'"to":{{"data":[{self._people[target]}]}},'
        elif kind == RESHARE:
            more = f'"parent_id":"{self._ids[target]}_{parent}",'
        return (
            f'{{"id":"{self._ids[actor]}_{act}","from":{self._people[actor]},"created_time":"{self._time(at_ms)}",'
            f'"message":{dumps(message, ensure_ascii=False)},{more}"application":{{"name":"{APPLICATIONS[client]}"}},'
            f'"status_type":"{STATUS.get(kind, "mobile_status_update")}"}}'
        )

    def _tag(self, target: int) -> str:
        name = self._names[target]
        kind = "page" if self._accounts.is_brand[target] else "user"
        return (
            f'"message_tags":[{{"id":"{self._ids[target]}","name":"{name}","type":"{kind}",'
            f'"offset":0,"length":{len(name)}}}],'
        )

    def _removals(self, taken_back: Acts) -> list[str]:
        removed = (taken_back.act_id, taken_back.taken_back_ms, taken_back.actor)
        return [
            f'{{"id":"{self._ids[actor]}_{act}","verb":"remove","from":{self._people[actor]},'
            f'"created_time":"{self._time(at_ms)}"}}'
            for act, at_ms, actor in in_rows(*removed)
        ]


def _is_elsewhere(acts: Acts) -> Array:
    is_elsewhere: Array = (acts.kind == RESHARE) & (mixed(acts.act_id + 4, SHARED_ELSEWHERE_ONE_IN) == 0)
    return is_elsewhere
