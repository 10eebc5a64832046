"""Account keys as arrays: which block owns a key, where it stands in a dictionary, which rows belong together.

A key is any int64. Everything here gives the same for the same rows in any order, so results repeat bit for bit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.int64]
Places = NDArray[np.int64]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio: Knuth, TAOCP 3, 6.4
HALF = np.uint64(32)
OWNER_BITS = 16  # most blocks there can be, as a power of two
SPARE = 2  # a dictionary's table has 2^2 to 2^3 places a key
LEVELS = 8  # of its tables; of 4 million keys that are spread evenly 7 are needed
SALT = np.uint64(0xD1B54A32D192ED03)  # odd, without a pattern
WORD = 64


def mix(keys: Keys) -> NDArray[np.uint64]:
    """((key xor key / 2^32) * GOLDEN) mod 2^64: one to one; the higher a bit, the more of the key is in it."""
    bits = keys.view(np.uint64)
    mixed: NDArray[np.uint64] = (bits ^ (bits >> HALF)) * GOLDEN
    return mixed


def owner(keys: Keys, bits: int) -> NDArray[np.uint16]:
    """Which of 2^bits blocks owns each key: the highest bits of mix. 0 <= bits <= 16."""
    if bits == 0:
        return np.zeros(len(keys), np.uint16)
    return (mix(keys) >> np.uint64(WORD - bits)).astype(np.uint16)


class Dictionary:
    """Places of keys among `keys`, (m,) int64, ascending without repeats: 0 to m - 1.

    A table of hashes; keys that share a place in it have a smaller dictionary of their own, with other hashes, and
    those that still do after LEVELS of them are searched for. 8 ns a key among 60,000, where the table fits the
    processor's cache, and 25 among 4 million; with binary search in the place of the smaller dictionaries 16 and 109
    (1 million keys wanted, one core).
    """

    def __init__(self, keys: Keys, *, level: int = 0) -> None:
        self.keys, self._level = keys, level
        self._bits = np.uint64(len(keys).bit_length() + SPARE)
        hashes, own = self._hash(keys), np.arange(len(keys), dtype=np.int32)
        self._table = np.zeros(1 << int(self._bits), np.int32)
        self._table[hashes] = own
        self._others = np.flatnonzero(self._table.take(hashes) != own).astype(np.int32)
        is_deep = level == LEVELS or len(self._others) == 0
        self._of_others = None if is_deep else Dictionary(keys[self._others], level=level + 1)

    def find(self, wanted: Keys) -> NDArray[np.int32]:
        """The place of each wanted key, -1 where it is not among the keys. (n,) in, (n,) int32 out."""
        if len(self.keys) == 0:
            return np.full(len(wanted), -1, np.int32)
        place: NDArray[np.int32] = self._table.take(self._hash(wanted))
        others = np.flatnonzero(self.keys.take(place) != wanted)
        if len(others):
            place[others] = self._find_other(wanted[others])
        return place

    def _find_other(self, wanted: Keys) -> NDArray[np.int32]:
        """Places of keys that are not where the table says."""
        if self._of_others is None:
            near = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1).astype(np.int32)
            return np.where(self.keys[near] == wanted, near, np.int32(-1))
        found = self._of_others.find(wanted)
        return np.where(found >= 0, self._others.take(found), np.int32(-1))

    def _hash(self, keys: Keys) -> Places:
        """Bits of mix below those that choose the owner: within one owner's keys those are all the same."""
        mixed = mix(keys)
        if self._level:  # other bits: MurmurHash's step of shift and multiply
            mixed = (mixed ^ (mixed >> HALF)) * (SALT + np.uint64(2 * self._level))
        window = mixed >> (np.uint64(WORD - OWNER_BITS) - self._bits)
        return (window & ((np.uint64(1) << self._bits) - np.uint64(1))).view(np.int64)


def encode(keys: Keys) -> tuple[Keys, NDArray[np.int32]]:
    """The keys (n,), each once, ascending; and the place of each row's among them, (n,)."""
    every = np.sort(keys)
    every = every[starts_of(every)]
    return every, Dictionary(every).find(keys)


def stable_order(codes: NDArray[np.integer]) -> Places:
    """The order that sorts `codes` (n,), 0 and up, equal ones as they stand. n and codes together below 2^64.

    Code and place in one number, sorted as values: 11 ns a row, where argsort of int64 takes 43.
    """
    index_bits = np.uint64(len(codes).bit_length())
    packed = codes.astype(np.uint64) << index_bits
    packed |= np.arange(len(codes), dtype=np.uint64)
    packed.sort()
    packed &= (np.uint64(1) << index_bits) - np.uint64(1)
    return packed.view(np.int64)


def group_order(major: NDArray[np.integer], key: Keys, minor: NDArray[np.integer], *, minors: int) -> Places:
    """An order in which equal (major, key) stand together, by rising major, and within them by rising minor.

    Between keys of one major the order is any, but always the same one for the same keys and as many rows. Among
    rows equal in all three the order is that of the input.

    Args:
        major: (n,) 0 and up. key: (n,) int64. minor: (n,) 0 <= minor < minors.

    major, the highest bits of mix(key), minor and the row's place go into one number that is sorted as a value. Where
    two keys of one major share those bits, their rows are sorted once more by the key itself.
    """
    place_bits, minor_bits = len(major).bit_length(), (minors - 1).bit_length()
    major_bits = int(major.max(initial=0)).bit_length()
    hash_bits = WORD - major_bits - minor_bits - place_bits
    packed = major.astype(np.uint64) << np.uint64(WORD - major_bits) if major_bits else np.zeros(len(key), np.uint64)
    packed |= (mix(key) >> np.uint64(WORD - hash_bits)) << np.uint64(minor_bits + place_bits)
    packed |= minor.astype(np.uint64) << np.uint64(place_bits)
    packed |= np.arange(len(key), dtype=np.uint64)
    packed.sort()
    order = (packed & np.uint64((1 << place_bits) - 1)).view(np.int64)
    packed >>= np.uint64(minor_bits + place_bits)
    sorted_key = key.take(order)
    _sort_again(order, packed, (packed[1:] == packed[:-1]) & (sorted_key[1:] != sorted_key[:-1]), key, minor)
    return order


def pair_order(major: NDArray[np.integer], minor: NDArray[np.integer]) -> tuple[Places, Places]:
    """The order by rising major and then minor, (n,) 0 and up each, equal pairs as they stand.

    Besides, the places in that order, (r,), of pairs that are the same as the one before. Both and the row's place go
    into one number that is sorted as a value, where they fit.
    """
    place_bits, minor_bits = len(major).bit_length(), int(minor.max(initial=0)).bit_length()
    if int(major.max(initial=0)).bit_length() + minor_bits + place_bits > WORD:
        order = stable_order(minor)
        order = order.take(stable_order(major.take(order)))
        major, minor = major.take(order), minor.take(order)
        return order, np.flatnonzero((major[1:] == major[:-1]) & (minor[1:] == minor[:-1])) + 1
    packed = major.astype(np.uint64) << np.uint64(minor_bits + place_bits)
    packed |= minor.astype(np.uint64) << np.uint64(place_bits)
    packed |= np.arange(len(major), dtype=np.uint64)
    packed.sort()
    order = (packed & np.uint64((1 << place_bits) - 1)).view(np.int64)
    packed >>= np.uint64(place_bits)
    return order, np.flatnonzero(packed[1:] == packed[:-1]) + 1


def once(order: Places, again: Places) -> Places:
    """An order less its places `again`, as pair_order gives both."""
    return np.delete(order, again) if len(again) else order


def _sort_again(
    order: Places, run: NDArray[np.uint64], is_wrong: NDArray[np.bool_], *keys: NDArray[np.integer]
) -> None:
    """Sort anew, by keys, the first one first, every run of rows in which some row may be out of order.

    Rows equal in all keys keep the order of the input. `order` (n,) is changed in place. run: (n,) ascending, the run
    each row of `order` is in; is_wrong: (n - 1,) whether a row may be wrong after the one before; keys: (n,), in the
    order of the input.
    """
    if not is_wrong.any():
        return
    wrong = np.unique(run[1:][is_wrong])
    first, last = np.searchsorted(run, wrong), np.searchsorted(run, wrong, side="right")
    rows = np.concatenate([np.arange(a, b) for a, b in zip(first, last, strict=True)])
    left = order[rows]
    order[rows] = left[np.lexsort((left, *(key[left] for key in reversed(keys)), run[rows]))]


def starts_of(*columns: NDArray[np.generic]) -> Places:
    """Where a new combination of values begins, in columns (n,) in which equal ones stand together."""
    if len(columns[0]) == 0:
        return np.empty(0, np.int64)
    is_new = np.ones(len(columns[0]), bool)
    is_new[1:] = columns[0][1:] != columns[0][:-1]
    for column in columns[1:]:
        is_new[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(is_new)
