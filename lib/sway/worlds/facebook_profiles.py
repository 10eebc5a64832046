"""Facebook's users and pages, as its Graph API gave them: the state of each at the end of a day."""

from collections.abc import Iterator

from sway.worlds.acts import Society
from sway.worlds.arrays import Array, chunks, mixed
from sway.worlds.people import ZONES
from sway.worlds.profiles import Profiles
from sway.worlds.words import TRADES, names

LINES_PER_BATCH = 10_000
_MINOR_END = ',"max":17'
LOCALES = {"en": "en_US", "pt": "pt_BR", "de": "de_DE", "fr": "fr_FR", "es": "es_ES", "tr": "tr_TR", "ja": "ja_JP"}


class FacebookProfiles:
    """Turns accounts into lines of users and of pages."""

    def __init__(self, society: Society, profiles: Profiles, handles: list[str]) -> None:
        self._accounts, self._profiles, self._handles = society.accounts, profiles, handles
        self._ids = society.accounts.texts()
        self._year = society.world.start.year

    def users(self, day: int, due: Array) -> Iterator[list[str]]:
        accounts = self._accounts
        due = due[~accounts.is_brand[due]]
        for part in chunks(len(due), LINES_PER_BATCH):
            rows = due[part]
            columns = (
                rows,
                self._profiles.followers(day, rows),
                accounts.zone[rows],
                mixed(accounts.account_id[rows] + 5, 1_000),
                accounts.is_minor[rows],
            )
            words = (names(accounts.person[rows], accounts.is_brand[rows]), self._profiles.places(rows))
            yield [
                f'{{"id":"{self._ids[row]}","name":"{name}","username":"{self._handles[row]}",{self._age(luck, minor)}'
                f'"locale":"{LOCALES[ZONES[zone][1]]}",{_location(place)}'
                f'"friends":{{"summary":{{"total_count":{friends}}}}}}}'
                for row, friends, zone, luck, minor, name, place in zip(
                    *(column.tolist() for column in columns), *words, strict=True
                )
            ]

    def pages(self, day: int, due: Array) -> Iterator[list[str]]:
        accounts = self._accounts
        rows = due[accounts.is_brand[due]]
        columns = (rows, self._profiles.followers(day, rows), mixed(accounts.person[rows] + 3, len(TRADES)))
        words = (names(accounts.person[rows], accounts.is_brand[rows]), self._profiles.places(rows))
        yield [
            f'{{"id":"{self._ids[row]}","name":"{name}","username":"{self._handles[row]}",'
            f'"category":"{TRADES[trade]}","fan_count":{fans},"location":{{"city":"{place}"}}}}'
            for row, fans, trade, name, place in zip(*(column.tolist() for column in columns), *words, strict=True)
        ]

    def _age(self, luck: int, is_minor: bool) -> str:
        """A birthday or a range of ages; a third of the grown-ups tell neither."""
        month, day = 1 + luck % 12, 1 + luck % 28
        if luck % 2:
            return f'"age_range":{{"min":{13 if is_minor else 21}{_MINOR_END if is_minor else ""}}},'
        if is_minor:
            return f'"birthday":"{month:02}/{day:02}/{self._year - 14}",'
        if luck % 3 == 0:
            return ""
        return f'"birthday":"{month:02}/{day:02}/{self._year - 20 - luck % 50}",'


def _location(place: str) -> str:
    return f'"location":{{"name":"{place}"}},' if place else ""
