"""Twitter's messages of its streams: favourites, list memberships, follows and deletions; and lists of followers."""

from collections.abc import Iterator

import numpy as np

from sway.worlds.acts import Acts, Society
from sway.worlds.arrays import Array, chunks, distinct, draw_index, in_rows, mixed, stream
from sway.worlds.relations import Changes, Relations
from sway.worlds.times import DAY_MS, EnglishTimes
from sway.worlds.twitter import LINES_PER_BATCH, Statuses
from sway.worlds.words import phrases

IDS_PER_PAGE = 5_000  # of followers/ids
LISTED_PER_ACCOUNT_DAY = 0.01
REMOVED_ONE_IN = 20  # list memberships, after one day and more


class Events:
    """Turns what happened into event lines, with accounts as the statuses have them."""

    def __init__(self, society: Society, statuses: Statuses) -> None:
        self._society, self._statuses = society, statuses
        self._ids = society.accounts.account_id
        self._timestamp = EnglishTimes()

    def favourites(self, acts: Acts, taken_back: Acts) -> Iterator[list[str]]:
        for name, likes, at_ms in (
            ("favorite", acts, acts.at_ms),
            ("unfavorite", taken_back, taken_back.taken_back_ms),
        ):
            for rows in chunks(len(likes), LINES_PER_BATCH):
                part, said = likes.take(rows), phrases(likes.parent_id[rows])
                columns = (at_ms[rows], part.actor, part.target, part.parent_id)
                yield [
                    self._event(name, at, actor, target, f'{{"id":{status},"id_str":"{status}","text":"{text}"}}')
                    for (at, actor, target, status), text in zip(in_rows(*columns), said, strict=True)
                ]

    def deletions(self, taken_back: Acts) -> Iterator[list[str]]:
        columns = (taken_back.act_id, self._ids[taken_back.actor], taken_back.taken_back_ms)
        yield [
            f'{{"delete":{{"status":{{"id":{status},"id_str":"{status}","user_id":{user},"user_id_str":"{user}"}},'
            f'"timestamp_ms":"{at_ms}"}}}}'
            for status, user, at_ms in in_rows(*columns)
        ]

    def follows(self, changes: Changes) -> Iterator[list[str]]:
        for rows in chunks(len(changes), LINES_PER_BATCH):
            columns = (changes.begins[rows], changes.at_ms[rows], changes.actor[rows], changes.target[rows])
            yield [
                self._event("follow" if begins else "unfollow", at, actor, target)
                for begins, at, actor, target in in_rows(*columns)
            ]

    def followers(self, relations: Relations, polled_at: str) -> Iterator[list[str]]:
        """Pages of followers/ids for everybody there on the first day."""
        lines: list[str] = []
        for owner, others in relations.lists(np.flatnonzero(self._society.accounts.joined == 0)):
            pages = list(chunks(len(others), IDS_PER_PAGE))
            for n, rows in enumerate(pages, 1):
                this, following = -1 if n == 1 else n, 0 if n == len(pages) else n + 1
                ids = ",".join(map(str, self._ids[others[rows]].tolist()))
                lines.append(
                    f'{{"endpoint":"followers/ids","user_id":"{self._ids[owner]}","polled_at":"{polled_at}",'
                    f'"cursor":"{this}","ids":[{ids}],"next_cursor":{following},"next_cursor_str":"{following}"}}'
                )
            if len(lines) >= LINES_PER_BATCH // 10:
                yield lines
                lines = []
        yield lines

    def memberships(self, listed: "Memberships", day: int) -> Iterator[list[str]]:
        for name, (curator, member, list_id, at_ms) in (
            ("list_member_added", listed.added_on(day)),
            ("list_member_removed", listed.removed_on(day)),
        ):
            yield [
                self._event(
                    name, at, actor, target, f'{{"id":{number},"id_str":"{number}","name":"list {number % 1000}"}}'
                )
                for at, actor, target, number in in_rows(at_ms, curator, member, list_id)
            ]

    def _event(self, name: str, at_ms: int, source: int, target: int, about: str | None = None) -> str:
        end = f',"target_object":{about}' if about else ""
        user = self._statuses.user
        return (
            f'{{"event":"{name}","created_at":"{self._timestamp(at_ms)}","source":{user(source)},'
            f'"target":{user(target)}{end}}}'
        )


class Memberships:
    """Who puts whom on a list: people do so with those they follow, mostly with those whom many follow."""

    def __init__(self, society: Society) -> None:
        self._society = society

    def added_on(self, day: int) -> tuple[Array, Array, Array, Array]:
        """Curator, member, list and time of each membership given on this day. Lists are new every day."""
        world, accounts = self._society.world, self._society.accounts
        rng = stream(world.seed, "twitter", "lists", day)
        present = accounts.present(day)
        count = rng.poisson(LISTED_PER_ACCOUNT_DAY * len(accounts))
        member = draw_index(rng, accounts.pull * self._society.followers.count() * present, count)
        # As int64: of 46,341 accounts and more a pair's number does not fit the int32 of followers.
        curator = self._society.followers.pick(member, rng.random(count)).astype(np.int64)
        pairs = curator * len(accounts) + member
        pairs = distinct(pairs[(curator >= 0) & present[curator]])
        curator, member = pairs // len(accounts), pairs % len(accounts)
        list_id = 100_000_000 + (day * len(accounts) + curator) * 3
        at_ms = world.midnight_ms(day) + mixed(pairs + day, DAY_MS // 1000) * 1000
        order = np.argsort(at_ms, kind="stable")
        return curator[order], member[order], list_id[order], at_ms[order]

    def removed_on(self, day: int) -> tuple[Array, Array, Array, Array]:
        """Memberships that end on this day, a week after they were given."""
        if day < 7:
            nothing = np.empty(0, np.int64)
            return nothing, nothing, nothing, nothing
        curator, member, list_id, at_ms = self.added_on(day - 7)
        rows = mixed(list_id + member, REMOVED_ONE_IN) == 0
        return curator[rows], member[rows], list_id[rows], at_ms[rows] + 7 * DAY_MS
