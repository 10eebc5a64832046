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
    executive"; "Chiefs" has none of them. (n,) float64.
    """
    phrases = [(_words(phrase), value) for phrase, value in table.items()]
    values = {
        title: max((value for phrase, value in phrases if phrase in _words(title)), default=0.0)
        for title in set(titles)
        if title is not None
    }
    return np.array([0.0 if title is None else values[title] for title in titles], np.float64)


def _words(text: str) -> str:
    return f" {' '.join(WORDS.findall(text.casefold()))} "
