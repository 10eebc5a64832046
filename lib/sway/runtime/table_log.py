"""What a table's log tells of its files, without a look into any."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pyarrow as pa

from sway.contracts.contract import Contract
from sway.errors import InfrastructureError

if TYPE_CHECKING:
    from deltalake import DeltaTable

Slice = tuple[str, ...]  # values of the partition columns, as text


@dataclass(frozen=True)
class DataFile:
    """One Parquet file of a table: where it is, the values of its partition columns as text, and its rows."""

    path: str
    partition: Mapping[str, str]
    rows: int


class TableLog:
    """The files of a table at one version; none while there is no table."""

    def __init__(self, contract: Contract, uri: str, table: DeltaTable | None) -> None:
        self._contract, self._uri, self._table = contract, uri, table

    def paths_by_slice(self) -> dict[Slice, set[str]]:
        """Data files of each partition: two versions differ in a slice if its files differ."""
        found: dict[Slice, set[str]] = {}
        for action in self._actions:
            found.setdefault(self._slice(action), set()).add(action["path"])
        return found

    def slices_holding(self, column: str, values: Mapping[str, Sequence[str]]) -> list[Slice]:
        """Partitions with a file that may hold a text of `values`: by first partition column -> texts in order.

        By the least and greatest text of each file. Where texts grow with time, as ids do, these are few; where they do
        not, all.
        """

        def may_hold(key: str, least: str, most: str | None) -> bool:
            texts = values.get(key, ())
            first = bisect_left(texts, least)
            return first < len(texts) and (most is None or texts[first] <= most)

        return self._slices(column, may_hold)

    def slices_between(self, column: str, spans: Mapping[str, tuple[str, str]]) -> list[Slice]:
        """As slices_holding, of any text between two: by first partition column -> least and greatest."""
        return self._slices(
            column,
            lambda key, least, most: (
                key in spans and least <= spans[key][1] and (most is None or spans[key][0] <= most)
            ),
        )

    def _slices(self, column: str, may_hold: Callable[[str, str, str | None], bool]) -> list[Slice]:
        """Partitions with a file for which `may_hold` of first partition column, least and greatest text.

        A file without statistics begins with the least text there is, and has no end.
        """
        ends = (
            (self._slice(action), action.get(f"min.{column}") or "", action.get(f"max.{column}"))
            for action in self._actions
        )
        return sorted({key for key, least, most in ends if may_hold(key[0], least, most)})

    def nulls_by_slice(self, column: str) -> dict[Slice, int]:
        """Rows of each partition without a value in `column`."""
        found: dict[Slice, int] = {}
        for action in self._actions:
            key = self._slice(action)
            found[key] = found.get(key, 0) + action[f"null_count.{column}"]
        return found

    def data_files(self) -> list[DataFile]:
        """Data files, for readers without Spark. Raises InfrastructureError where rows of one are deleted.

        A version's files stay as they are until the table is vacuumed.
        """
        if self._table is not None and "deletionVectors" in (self._table.protocol().reader_features or []):
            name = self._contract.name
            raise InfrastructureError(f"{name}: deletion vectors are on, so its files hold rows that are gone")
        return [
            DataFile(
                f"{self._uri}/{unquote(action['path'])}",
                dict(zip(self._contract.partitions, self._slice(action), strict=True)),
                action["num_records"],
            )
            for action in self._actions
        ]

    @cached_property
    def _actions(self) -> list[dict[str, Any]]:
        return [] if self._table is None else pa.table(self._table.get_add_actions(flatten=True)).to_pylist()

    def _slice(self, action: Mapping[str, Any]) -> Slice:
        return tuple(str(action[f"partition.{column}"]) for column in self._contract.partitions)
