"""LinkedIn's feeds as its API gave them: shares, comments, likes, and standing relations with their changes."""

from collections.abc import Iterator

import numpy as np

from sway.worlds.acts import Acts, Society
from sway.worlds.arrays import chunks, in_rows, mixed
from sway.worlds.parameters import MENTION, RESHARE
from sway.worlds.relations import Changes, Relations
from sway.worlds.words import HASHTAGS, TRADES, phrases

LINES_PER_BATCH = 10_000
APPLICATIONS = ("LinkedIn", "LinkedIn for iPhone", "Hootsuite")


class LinkedIn:
    """Turns acts and relations into lines."""

    def __init__(self, society: Society) -> None:
        self._accounts = society.accounts
        self._urns = [f"urn:li:person:{number}" for number in society.accounts.texts()]

    def shares(self, acts: Acts, taken_back: Acts) -> Iterator[list[str]]:
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
            yield [self._share(*row) for row in zip(*(c.tolist() for c in columns), phrases(part.act_id), strict=True)]
        removed = (taken_back.act_id, taken_back.actor, taken_back.taken_back_ms)
        yield [
            f'{{"id":"{act}","owner":"{self._urns[actor]}","deleted":{{"time":{at_ms}}}}}'
            for act, actor, at_ms in in_rows(*removed)
        ]

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
                    answered = (
                        f',"parentComment":"urn:li:comment:(urn:li:share:{root},{parent})",'
                        f'"parentComment~":{{"actor":"{self._urns[target]}"}}'
                    )
                lines.append(
                    f'{{"id":"{act}","actor":"{self._urns[actor]}","object":"urn:li:share:{root}",'
                    f'"object~":{{"owner":"{self._urns[author]}"}},"created":{{"time":{at_ms}}},'
                    f'"message":{{"text":"{text}","attributes":[]}}{answered}}}'
                )
            yield lines
        removed = (taken_back.act_id, taken_back.actor, taken_back.root_id, taken_back.taken_back_ms)
        yield [
            f'{{"id":"{act}","actor":"{self._urns[actor]}","object":"urn:li:share:{root}",'
            f'"deleted":{{"time":{at_ms}}}}}'
            for act, actor, root, at_ms in in_rows(*removed)
        ]

    def likes(self, acts: Acts, taken_back: Acts) -> Iterator[list[str]]:
        for stamp, likes, at_ms in (("created", acts, acts.at_ms), ("deleted", taken_back, taken_back.taken_back_ms)):
            for rows in chunks(len(likes), LINES_PER_BATCH):
                part = likes.take(rows)
                columns = (at_ms[rows], part.actor, part.target, part.parent_id)
                yield [
                    f'{{"actor":"{self._urns[actor]}","object":"urn:li:share:{share}",'
                    f'"object~":{{"owner":"{self._urns[target]}"}},"{stamp}":{{"time":{at}}}}}'
                    for at, actor, target, share in in_rows(*columns)
                ]

    def lists(self, relations: Relations, owner: str, other: str, at_ms: int) -> Iterator[list[str]]:
        """The whole list of everybody there on the first day, by target; `owner` and `other` are its fields."""
        lines: list[str] = []
        for row, others in relations.lists(np.flatnonzero(self._accounts.joined == 0)):
            elements = ",".join(f'{{"{other}":"{self._urns[k]}"}}' for k in others.tolist())
            lines.append(
                f'{{"{owner}":"{self._urns[row]}","elements":[{elements}],'
                f'"paging":{{"start":0,"count":{len(others)},"total":{len(others)}}},"lastModified":{{"time":{at_ms}}}}}'
            )
            if len(lines) >= LINES_PER_BATCH // 10:
                yield lines
                lines = []
        yield lines

    def changes(self, changes: Changes, owner: str, other: str, *, has_skill: bool = False) -> Iterator[list[str]]:
        """What began and ended, said by the target."""
        columns = (changes.begins, changes.at_ms, changes.target, changes.actor)
        lines = []
        for begins, at_ms, target, actor in in_rows(*columns):
            skill = f'"skill":{{"name":"{TRADES[at_ms // 1000 % len(TRADES)]}"}},' if has_skill and begins else ""
            lines.append(
                f'{{"{owner}":"{self._urns[target]}","{other}":"{self._urns[actor]}",{skill}'
                f'"{"created" if begins else "deleted"}":{{"time":{at_ms}}}}}'
            )
        yield lines

    def _share(
        self, act: int, at_ms: int, actor: int, kind: int, target: int, parent: int, client: int, tag: int, text: str
    ) -> str:
        message = f"{text} #{HASHTAGS[tag]}" if tag < len(HASHTAGS) else text
        annotations = f'{{"entity":"{self._urns[target]}","start":0,"length":4}}' if kind == MENTION else ""
        passed_on = ""
        if kind == RESHARE:
            passed_on = f',"resharedShare":"urn:li:share:{parent}","resharedShare~":{{"owner":"{self._urns[target]}"}}'
        return (
            f'{{"id":"{act}","owner":"{self._urns[actor]}","created":{{"time":{at_ms}}},'
            f'"text":{{"text":"{message}","annotations":[{annotations}]}},'
            f'"source":{{"application":{{"name":"{APPLICATIONS[client]}"}}}}{passed_on}}}'
        )
