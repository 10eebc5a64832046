"""What a senior position adds where it can be believed (method 6)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

WORDS = re.compile(r"\w+")


def senior_titles(titles: Sequence[str | None], table: Mapping[str, float]) -> NDArray[np.float64]:
    """The largest value whose words stand in the title one after another, whatever their case; 0 without any.

    `table` holds a phrase's value, in the unit of z, 0 and up. "Chief Executive Officer, ACME" has the words of "chief
    executive"; "Chiefs" has none of them. Words inside a longer phrase of the table are part of that one alone: a vice
    president is no president. (n,) float64.
    """
    phrases = [(_words(phrase), value) for phrase, value in table.items()]
    values = {title: _value(_words(title), phrases) for title in set(titles) if title is not None}
    return np.array([0.0 if title is None else values[title] for title in titles], np.float64)


def _value(title: str, phrases: Sequence[tuple[str, float]]) -> float:
    found = [
        (at.start(), at.start() + len(phrase), value)
        for phrase, value in phrases
        if phrase in title
        for at in re.finditer(f"(?={re.escape(phrase)})", title)
    ]
    whole = [
        value
        for begin, end, value in found
        if not any(first <= begin and end <= last and last - first > end - begin for first, last, _ in found)
    ]
    return max(whole, default=0.0)


def _words(text: str) -> str:
    return f" {' '.join(WORDS.findall(text.casefold()))} "
