"""Google+ as its API v1 gave it: activities, comments, plusoners, resharers and circles.

One plus one in ten was given on a page outside of Google+, whose owner's own system tells of it, in the open format.
"""

from collections.abc import Iterator
from json import dumps

import numpy as np

from sway.worlds.acts import Acts, Society
from sway.worlds.arrays import Array, chunks, in_rows, mixed
from sway.worlds.parameters import RESHARE
from sway.worlds.relations import Changes, Relations
from sway.worlds.times import IsoTimes
from sway.worlds.words import HASHTAGS, names, phrases

LINES_PER_BATCH = 10_000
PEOPLE_PER_PAGE = 100
OUTSIDE_ONE_IN = 10  # of plus ones
SHOWN_OF_TEN = 7  # reshares that are activities of their own, besides a name in the list of resharers


class GooglePlus:
    """Turns acts and relations into lines."""

    def __init__(self, society: Society) -> None:
        accounts = society.accounts
        self._ids = accounts.texts()
        self._names = names(accounts.person, accounts.is_brand)
        self._people = [
            f'{{"id":"{number}","displayName":"{name}"}}' for number, name in zip(self._ids, self._names, strict=True)
        ]
        self._joined = accounts.joined
        self._time = IsoTimes(".000Z")

    def activities(self, acts: Acts) -> Iterator[list[str]]:
        """Posts, and the reshares that are shown on the resharer's own page."""
        shown = (acts.kind != RESHARE) | (mixed(acts.act_id + 4, 10) < SHOWN_OF_TEN)
        acts = acts.take(np.flatnonzero(shown))
        for rows in chunks(len(acts), LINES_PER_BATCH):
            part = acts.take(rows)
            columns = (part.act_id, part.at_ms, part.actor, part.kind, part.target, part.parent_id, part.parent_mention)
            words = (phrases(part.act_id), _hashtags(part.act_id), phrases(part.parent_id), _hashtags(part.parent_id))
            lines = []
            for (act, at_ms, actor, kind, target, parent, named), text, tag, parent_text, parent_tag in zip(
                in_rows(*columns), *words, strict=True
            ):
                if kind == RESHARE:
                    content = dumps(self._mention(named) + parent_text + parent_tag, ensure_ascii=False)
                    what = (
                        f'"verb":"share","annotation":"{text}","object":{{"objectType":"activity",'
                        f'"id":"{_activity(parent)}","actor":{self._people[target]},"content":{content}}}'
                    )
                else:
                    content = dumps(self._mention(target) + text + tag, ensure_ascii=False)
                    what = f'"verb":"post","object":{{"objectType":"note","content":{content}}}'
                lines.append(
                    f'{{"kind":"plus#activity","id":"{_activity(act)}","published":"{self._time(at_ms)}",'
                    f'"actor":{self._people[actor]},"provider":{{"title":"Google+"}},{what}}}'
                )
            yield lines

    def comments(self, acts: Acts) -> Iterator[list[str]]:
        """Comments on the activity a conversation began with; whoever is answered and did not write it is named."""
        for rows in chunks(len(acts), LINES_PER_BATCH):
            part = acts.take(rows)
            columns = (part.act_id, part.at_ms, part.actor, part.target, part.root_id, part.root_actor)
            lines = []
            for (act, at_ms, actor, target, root, author), text in zip(
                in_rows(*columns), phrases(part.act_id), strict=True
            ):
                content = self._mention(target if target != author else -1) + text
                lines.append(
                    f'{{"kind":"plus#comment","verb":"post","id":"{_activity(root)}.{act}",'
                    f'"published":"{self._time(at_ms)}","actor":{self._people[actor]},'
                    f'"object":{{"objectType":"comment","content":{dumps(content, ensure_ascii=False)}}},'
                    f'"inReplyTo":[{{"id":"{_activity(root)}",'
                    f'"url":"https://plus.google.com/{self._ids[author]}/posts/{root:x}"}}]}}'
                )
            yield lines

    def listed(self, acts: Acts) -> Iterator[list[str]]:
        """Those who liked or reshared an activity, each with the poll that listed them first."""
        for rows in chunks(len(acts), LINES_PER_BATCH):
            part = acts.take(rows)
            yield [
                f'{{"kind":"plus#person","id":"{self._ids[actor]}","displayName":"{self._names[actor]}",'
                f'"activity":{{"id":"{_activity(parent)}","actor":{{"id":"{self._ids[target]}"}}}},'
                f'"polled_at":"{self._time(at_ms)}"}}'
                for at_ms, actor, target, parent in in_rows(part.at_ms, part.actor, part.target, part.parent_id)
            ]

    def events(self, acts: Acts) -> Iterator[list[str]]:
        """Plus ones in the open format."""
        for rows in chunks(len(acts), LINES_PER_BATCH):
            part = acts.take(rows)
            yield [
                f'{{"event_id":"button-{act}","actor_id":"{self._ids[actor]}","target_id":"{self._ids[target]}",'
                f'"action":"plus_one","occurred_at":"{self._time(at_ms)}","object_id":"{_activity(parent)}"}}'
                for act, at_ms, actor, target, parent in in_rows(
                    part.act_id, part.at_ms, part.actor, part.target, part.parent_id
                )
            ]

    def circles(self, relations: Relations, polled_at: str) -> Iterator[list[str]]:
        """Pages of those whom everybody there on the first day has in circles."""
        lines: list[str] = []
        for owner, others in relations.lists(np.flatnonzero(self._joined == 0), owner_is="actor"):
            pages = list(chunks(len(others), PEOPLE_PER_PAGE))
            for n, rows in enumerate(pages):
                asked = f'"pageToken":"{n}",' if n else ""
                following = f',"nextPageToken":"{n + 1}"' if n + 1 < len(pages) else ""
                items = ",".join(f'{{"id":"{self._ids[k]}"}}' for k in others[rows].tolist())
                lines.append(
                    f'{{"userId":"{self._ids[owner]}",{asked}"items":[{items}]{following},"polled_at":"{polled_at}"}}'
                )
            if len(lines) >= LINES_PER_BATCH // 10:
                yield lines
                lines = []
        yield lines

    def circle_changes(self, changes: Changes) -> Iterator[list[str]]:
        yield [
            f'{{"verb":"{"add" if begins else "remove"}","published":"{self._time(at_ms)}",'
            f'"actor":{self._people[actor]},"object":{self._people[target]}}}'
            for begins, at_ms, actor, target in in_rows(changes.begins, changes.at_ms, changes.actor, changes.target)
        ]

    def _mention(self, row: int) -> str:
        """A link to an account, as texts hold it; nothing for -1."""
        if row < 0:
            return ""
        number = self._ids[row]
        return (
            '<span class="proflinkWrapper"><span class="proflinkPrefix">+</span><a class="proflink" '
            f'href="https://plus.google.com/{number}" oid="{number}">{self._names[row]}</a></span> '
        )


def given_outside(likes: Acts) -> Array:
    """Which plus ones were given outside of Google+."""
    is_outside: Array = mixed(likes.act_id + 5, OUTSIDE_ONE_IN) == 0
    return is_outside


def _activity(act_id: int) -> str:
    return f"z12{act_id:x}"


def _hashtags(act_ids: Array) -> list[str]:
    """A hashtag as texts hold it; three of four have none."""
    return [
        f' <a class="ot-hashtag" href="https://plus.google.com/s/%23{HASHTAGS[k]}">#{HASHTAGS[k]}</a>'
        if k < len(HASHTAGS)
        else ""
        for k in mixed(act_ids + 1, len(HASHTAGS) * 4).tolist()
    ]
