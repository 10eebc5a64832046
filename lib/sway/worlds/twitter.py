"""Twitter's statuses, as its API v1.1 gave them.

Lines are put together from text, not through json.dumps: 60,000 a second and core became 400,000.
"""

from collections.abc import Iterator
from typing import NamedTuple

from sway.worlds.acts import Acts
from sway.worlds.arrays import chunks, mixed
from sway.worlds.parameters import QUOTE, REPLY, RESHARE
from sway.worlds.people import ZONES, Accounts
from sway.worlds.times import EnglishTimes
from sway.worlds.words import BOT_CLIENT, CLIENTS, hashtags, phrases

LINES_PER_BATCH = 10_000
_NO_REPLY = (
    '"in_reply_to_status_id":null,"in_reply_to_status_id_str":null,"in_reply_to_user_id":null,'
    '"in_reply_to_user_id_str":null,"in_reply_to_screen_name":null'
)


def user(number: int, handle: str) -> str:
    return f'{{"id":{number},"id_str":"{number}","screen_name":"{handle}"}}'


class _Row(NamedTuple):
    """An act, with what it says and what its parent said."""

    act_id: int
    at_ms: int
    actor: int
    kind: int
    target: int
    parent_id: int
    parent_at_ms: int
    parent_mention: int
    text: str
    tags: str
    parent_text: str
    parent_tags: str


class Statuses:
    """Turns acts into status lines. Holds each account's JSON once: about 250 bytes an account."""

    def __init__(self, accounts: Accounts, handles: list[str]) -> None:
        self.handles = handles
        self._ids: list[int] = accounts.account_id.tolist()
        self._users = [user(number, handle) for number, handle in zip(self._ids, handles, strict=True)]
        client = mixed(accounts.account_id, len(CLIENTS))
        # Lists, not arrays: taking one element of an array costs as much as the rest of a line's work.
        self._sources = [
            BOT_CLIENT if is_bot else CLIENTS[k]
            for is_bot, k in zip(accounts.is_bot.tolist(), client.tolist(), strict=True)
        ]
        self._languages = [ZONES[zone][1] for zone in accounts.zone.tolist()]
        self._timestamp = EnglishTimes()

    def rename(self, rows: list[int]) -> None:
        """Take up the present handles of these accounts."""
        for row in rows:
            self._users[row] = user(self._ids[row], self.handles[row])

    def user(self, row: int) -> str:
        """The JSON of one account."""
        return self._users[row]

    def lines(self, acts: Acts) -> Iterator[list[str]]:
        """Batches of lines without line ends, in the order of the acts."""
        for rows in chunks(len(acts), LINES_PER_BATCH):
            part = acts.take(rows)
            columns = (
                part.act_id,
                part.at_ms,
                part.actor,
                part.kind,
                part.target,
                part.parent_id,
                part.parent_at_ms,
                part.parent_mention,
            )
            words = (
                phrases(part.act_id),
                hashtags(part.act_id),
                phrases(part.parent_id),
                hashtags(part.parent_id),
            )
            columns_and_words = zip(*(column.tolist() for column in columns), *words, strict=True)
            yield [self._line(row) for row in map(_Row._make, columns_and_words)]

    def _line(self, row: _Row) -> str:
        if row.kind == RESHARE:
            return self._reshare(row)
        if row.kind == QUOTE:
            return self._status(row, text=row.text, end=self._quoted(row), is_quote="true")
        if row.kind == REPLY:
            return self._reply(row)
        if row.target >= 0:
            text = f"@{self.handles[row.target]} {row.text}"
            return self._status(row, text=text, mentions=self._users[row.target])
        return self._status(row, text=row.text)

    def _status(
        self,
        row: _Row,
        *,
        text: str,
        reply: str = _NO_REPLY,
        mentions: str = "",
        tags: str | None = None,
        end: str = "",
        is_quote: str = "false",
    ) -> str:
        return (
            f'{{"created_at":"{self._timestamp(row.at_ms)}","id":{row.act_id},"id_str":"{row.act_id}",'
            f'"text":"{text}","source":{self._sources[row.actor]},"user":{self._users[row.actor]},{reply},'
            f'"is_quote_status":{is_quote},"entities":{{"hashtags":{row.tags if tags is None else tags},'
            f'"user_mentions":[{mentions}]}},"lang":"{self._languages[row.actor]}"{end}}}'
        )

    def _reply(self, row: _Row) -> str:
        number, handle, parent = self._ids[row.target], self.handles[row.target], row.parent_id
        reply = (
            f'"in_reply_to_status_id":{parent},"in_reply_to_status_id_str":"{parent}",'
            f'"in_reply_to_user_id":{number},"in_reply_to_user_id_str":"{number}",'
            f'"in_reply_to_screen_name":"{handle}"'
        )
        return self._status(row, text=f"@{handle} {row.text}", reply=reply, mentions=self._users[row.target])

    def _reshare(self, row: _Row) -> str:
        """A retweet: names the author, and whom the original named."""
        mentions, named = self._users[row.target], row.parent_mention
        if named >= 0:
            mentions += "," + self._users[named]
        text = f"RT @{self.handles[row.target]}: {self._parent_text(row)}"
        return self._status(
            row,
            text=text,
            mentions=mentions,
            tags=row.parent_tags,
            end=f',"retweeted_status":{self._parent(row)}',
        )

    def _quoted(self, row: _Row) -> str:
        parent = row.parent_id
        return f',"quoted_status_id":{parent},"quoted_status_id_str":"{parent}","quoted_status":{self._parent(row)}'

    def _parent(self, row: _Row) -> str:
        """The status within a retweet or quote."""
        return (
            f'{{"created_at":"{self._timestamp(row.parent_at_ms)}","id":{row.parent_id},'
            f'"id_str":"{row.parent_id}","text":"{self._parent_text(row)}",'
            f'"user":{self._users[row.target]}}}'
        )

    def _parent_text(self, row: _Row) -> str:
        named = row.parent_mention
        return f"@{self.handles[named]} {row.parent_text}" if named >= 0 else row.parent_text
