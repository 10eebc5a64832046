"""The lake's Delta tables: the only module that touches them.

Data tables are read and written through Spark; control tables (contracts.tables.CONTROL) through delta-rs, in
single commits of some milliseconds; score tables (SCORES) and small data tables (FROM_ARROW) through delta-rs, from
Arrow. Every table is created from its contract, with column comments and CHECK constraints. Why two writers:
docs/decisions/control-tables.md, scores-in-arrays.md and identity-in-arrays.md.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, reduce
from operator import and_
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset
from deltalake import CommitProperties, DeltaTable, Schema, write_deltalake
from deltalake.exceptions import TableNotFoundError
from pyarrow.fs import LocalFileSystem, SubTreeFileSystem

from sway.contracts.contract import Contract
from sway.contracts.tables import MERGED
from sway.errors import ConfigError, InfrastructureError
from sway.runtime.arrow import to_table, to_tables
from sway.runtime.commits import one_spark_writer, one_writer, overtaken
from sway.runtime.place import lake_root
from sway.runtime.session import empty
from sway.runtime.table_log import TableLog
from sway.runtime.threads import ahead

if TYPE_CHECKING:
    from deltalake.table import TableMerger
    from pyspark.sql import Column, DataFrame, SparkSession

WRITER = "sway.run_id"
MAPS: dict[str, Any] = {"maps_as_pydicts": "strict"}  # a key that comes twice is an error


class Lake:
    """The tables of one lake, for one run.

    `run_id` goes into the commits of control tables and of slices, for whoever reads a table's history.
    """

    def __init__(self, root: str, *, run_id: str = "reader", spark: Callable[[], SparkSession] | None = None) -> None:
        self.root = lake_root(root)
        self.run_id = run_id
        self._spark = spark

    @property
    def spark(self) -> SparkSession:
        """The run's session, started on first use: control tables need none."""
        if self._spark is None:
            raise InfrastructureError("this run reads control tables only: it was given no Spark session")
        return self._spark()

    @property
    def option(self) -> str:
        """`--lake ROOT` as a shell takes it, for the commands that messages name."""
        return f"--lake {shlex.quote(self.root)}"

    def uri(self, contract: Contract) -> str:
        return f"{self.root}/tables/{contract.name}"

    def version(self, contract: Contract) -> int | None:
        """The table's newest version; None while there is no table."""
        table = self._table(contract)
        return None if table is None else table.version()

    def ensure(self, contract: Contract) -> None:
        """Create the table from its contract unless it is there, with every constraint.

        Each constraint is a commit of its own: what a killed run left out is added by the next one. Raises LeaseHeld
        where another run does the same meanwhile.
        """
        rules = {f"{f.name}_holds": f.constraint for f in contract.fields if f.constraint is not None}
        with one_writer(contract):
            table = self._table(contract) or self._create(contract)
            there = table.metadata().configuration
            for name, rule in rules.items():
                if f"delta.constraints.{name}" not in there:
                    table.alter.add_constraint({name: rule})

    def _create(self, contract: Contract) -> DeltaTable:
        self._make_room()
        return DeltaTable.create(
            self.uri(contract),
            Schema.from_arrow(contract.arrow_with_comments),
            mode="ignore",
            partition_by=list(contract.partitions),
            name=contract.name,
            description=f"one row: {contract.grain}",
        )

    # Data tables, through Spark.

    def read(self, contract: Contract, *, version: int | None = None) -> DataFrame:
        """The table's rows, as its contract declares them; an empty frame while there is no table."""
        if self._table(contract) is None:
            return empty(self.spark, contract.ddl)
        reader = self.spark.read.format("delta")
        if version is not None:
            reader = reader.option("versionAsOf", version)
        return contract.conform(reader.load(self.uri(contract)))

    def replace(self, contract: Contract, rows: DataFrame, *, where: str) -> None:
        """Put `rows` in the place of exactly the rows that `where` holds for, in one commit.

        `where` is built with `slice_of`. Delta refuses rows outside of it.
        """
        self.ensure(contract)
        writer = contract.conform(rows).write.format("delta").mode("overwrite")
        with one_spark_writer(contract):
            writer.option("replaceWhere", where).option("userMetadata", self.run_id).save(self.uri(contract))

    def merge(
        self,
        contract: Contract,
        rows: DataFrame,
        *,
        update: Mapping[str, str],
        when: str | None = None,
        delete: str | None = None,
        where: str = "true",
    ) -> None:
        """Insert rows whose key is new; of known ones set the columns of `update` (SQL over `new` and `old`).

        `when` must hold of rows to be set. `delete` names a column of `rows` besides the contract's: known rows for
        which it is true are removed. `where`: as in `delete`, and every known row with a key of `rows` must be of these
        partitions: another would be inserted anew.
        """
        from delta.tables import DeltaTable as SparkTable

        self.ensure(contract)
        if self._is_empty(contract):  # a merge would look for each row first, in three jobs instead of one
            self._begin(contract, rows.where(f"NOT {delete}") if delete else rows)
            return
        same_key = " AND ".join([f"({where})", *(f"old.{column} = new.{column}" for column in contract.key)])
        table = SparkTable.forPath(self.spark, self.uri(contract)).alias("old")
        contract.conform(rows)
        told = (*contract.columns, delete) if delete else contract.columns
        merge = table.merge(rows.select(*told).alias("new"), same_key)
        if delete:
            merge = merge.whenMatchedDelete(condition=f"new.{delete}")
        merge = merge.whenMatchedUpdate(condition=when, set=dict(update))
        every: dict[str, str | Column] = {name: f"new.{name}" for name in contract.columns}
        with one_spark_writer(contract):
            merge.whenNotMatchedInsert(condition=f"NOT new.{delete}" if delete else "true", values=every).execute()

    def _begin(self, contract: Contract, rows: DataFrame) -> None:
        """Fill a table that was empty a moment ago, taking nothing away that another run has put there since."""
        before = self.version(contract) or 0
        writer = contract.conform(rows.select(*contract.columns)).write.format("delta").mode("append")
        with one_spark_writer(contract):
            writer.option("userMetadata", self.run_id).save(self.uri(contract))
        if (self.version(contract) or 0) > before + 1:  # no rows make no commit; another's keys may be the same
            raise overtaken(contract)

    def delete(self, contract: Contract, keys: DataFrame, *, where: str = "true") -> None:
        """Remove the rows whose columns equal those of a row of `keys`, which names no combination twice.

        `where` (SQL, columns as `old.name`) says of which partitions they are, so that no others are read.
        """
        self._matched(contract, keys, where, lambda merge: merge.whenMatchedDelete())

    def update(self, contract: Contract, keys: DataFrame, to: Mapping[str, str], *, where: str = "true") -> None:
        """Set columns (SQL) of the rows that `delete` would remove."""
        self._matched(contract, keys, where, lambda merge: merge.whenMatchedUpdate(set=dict(to)))

    def _matched(self, contract: Contract, keys: DataFrame, where: str, what: Callable[[Any], Any]) -> None:
        from delta.tables import DeltaTable as SparkTable

        if self._table(contract) is None or self._is_empty(contract):
            return
        same = " AND ".join([f"({where})", *(f"old.{column} = wanted.{column}" for column in keys.columns)])
        table = SparkTable.forPath(self.spark, self.uri(contract)).alias("old")
        with one_spark_writer(contract):
            what(table.merge(keys.alias("wanted"), same)).execute()

    def log(self, contract: Contract, *, version: int | None = None) -> TableLog:
        """What the table's log tells of its files at a version."""
        return TableLog(contract, self.uri(contract), self._table(contract, version=version))

    def work_folder(self, *names: str) -> Path:
        """A folder of the lake for files that can be made again. Raises ConfigError where it is no folder."""
        if "://" in self.root:
            raise ConfigError(
                f"{self.root}: the executor `local` works in the lake's folder, and this lake is none; "
                'set executor = "auto" in the environment file'
            )
        return Path(self.root, "work", *names)

    def batches(
        self,
        contract: Contract,
        columns: Sequence[str],
        *,
        version: int | None = None,
        where: Any = None,
        words: Sequence[str] = (),
    ) -> Iterator[pa.RecordBatch]:
        """Columns of the rows that `where` (an expression of pyarrow.compute) holds for, without Spark.

        Rows in no particular order; nothing while there is no table. words: columns of few different texts, which come
        as dictionaries.
        """
        table = self._table(contract, version=version)
        if table is not None:
            yield from _dataset(contract, table, words).to_batches(columns=list(columns), filter=where)

    def replace_arrow(self, contract: Contract, rows: Iterator[pa.RecordBatch], *, where: str) -> None:
        """As `replace`, of batches in the contract's columns, by delta-rs, checked against constraints.

        A commit for every million rows or so, so that not all of them are held at once: for slices that nobody reads
        before they are whole. Raises LeaseHeld when another run changed the same slice meanwhile.
        """
        self.ensure(contract)
        properties = CommitProperties(custom_metadata={WRITER: self.run_id})
        about: dict[str, Any] = {"mode": "overwrite", "predicate": where}
        # Whole tables and no stream of batches: a failed write leaves a thread of the stream behind, which aborts the
        # process when that ends.
        for table in ahead(to_tables(contract, rows)):
            with one_writer(contract):
                write_deltalake(self.uri(contract), table, commit_properties=properties, **about)
            about = {"mode": "append"}

    def replace_table(self, contract: Contract, rows: pa.Table) -> None:
        """Put `rows` in the place of all of a table's, in one commit by delta-rs, checked against constraints.

        Raises LeaseHeld when another run changed the table meanwhile.
        """
        self.ensure(contract)
        commit = CommitProperties(custom_metadata={WRITER: self.run_id})
        with one_writer(contract):
            write_deltalake(
                self.uri(contract), contract.conform_arrow(rows), mode="overwrite", commit_properties=commit
            )

    def dataset(self, contract: Contract, *, version: int | None = None) -> pa.dataset.Dataset:
        """The table's rows for readers without Spark; an empty one while there is no table."""
        table = self._table(contract, version=version)
        if table is None:
            return pa.dataset.dataset(contract.arrow.empty_table())
        return _dataset(contract, table)

    # Control tables, through delta-rs.

    def rows(
        self, contract: Contract, columns: Sequence[str] | None = None, /, **equal: str | date
    ) -> list[dict[str, Any]]:
        """Rows of a control table whose columns equal the values given; some of their columns, or all."""
        table = self._table(contract)
        if table is None:
            return []
        if contract not in MERGED:
            wanted = [pc.field(column) == value for column, value in equal.items()]
            where = reduce(and_, wanted) if wanted else None
            kept = None if columns is None else list(columns)
            rows: list[dict[str, Any]] = _dataset(contract, table).to_table(kept, filter=where).to_pylist(**MAPS)
            return rows
        found = table.to_pyarrow_table(filesystem=_folder(table)).to_pylist(**MAPS)
        return [
            row if columns is None else {column: row[column] for column in columns}
            for row in found
            if all(row[column] == value for column, value in equal.items())
        ]

    def add(self, contract: Contract, rows: Sequence[Mapping[str, Any]]) -> None:
        """Append rows to a control table."""
        self.ensure(contract)
        commit = CommitProperties(custom_metadata={WRITER: self.run_id})
        table = to_table(contract, rows)
        with one_writer(contract):
            write_deltalake(self.uri(contract), table, mode="append", commit_properties=commit)

    def put(self, contract: Contract, rows: Sequence[Mapping[str, Any]], *, replacing: bool | str = True) -> None:
        """Insert rows of a control table, in the place of those with the same key if `replacing`.

        `replacing` may be SQL over `old` and `new` that must hold of rows with the same key. One commit. Raises
        LeaseHeld when another run changed the table meanwhile, or when a key is there already that may not be
        replaced; unless `replacing` is SQL, nothing is written then.
        """
        self.ensure(contract)
        table = DeltaTable(self.uri(contract))  # of one version for the look and for the merge
        if replacing is False and self._has_any(contract, table, rows):
            raise overtaken(contract)
        merge = self._merging(contract, table, to_table(contract, rows))
        if replacing:
            merge = merge.when_matched_update_all(predicate=replacing if isinstance(replacing, str) else None)
        with one_writer(contract):
            outcome = merge.when_not_matched_insert_all().execute()
        if outcome["num_target_rows_inserted"] + outcome["num_target_rows_updated"] != len(rows):
            raise overtaken(contract)

    def _has_any(self, contract: Contract, table: DeltaTable, rows: Sequence[Mapping[str, Any]]) -> bool:
        """Whether a row of `table` has the key of one of `rows`."""
        there = _dataset(contract, table).to_table(list(contract.key)).to_pylist()
        keys = {tuple(row[name] for name in contract.key) for row in there}
        return any(tuple(row[name] for name in contract.key) in keys for row in rows)

    def merge_arrow(self, contract: Contract, rows: pa.Table, *, when: str) -> None:
        """Insert rows whose key is new, and put a row in the place of a known one where `when` holds of the two.

        `when` is SQL over `new` and `old`. One commit by delta-rs, for tables that are small by their nature; rows
        that replace nothing are no error. Raises LeaseHeld when another run changed the table meanwhile.
        """
        self.ensure(contract)
        if not len(rows):
            return
        table = DeltaTable(self.uri(contract))
        merge = self._merging(contract, table, contract.conform_arrow(rows)).when_matched_update_all(predicate=when)
        with one_writer(contract):
            merge.when_not_matched_insert_all().execute()

    def delete_arrow(self, contract: Contract, keys: pa.Table) -> None:
        """Remove the rows that have a key of `keys` (the contract's key), in one commit by delta-rs."""
        merge = self._merging(contract, DeltaTable(self.uri(contract)), keys)
        with one_writer(contract):
            merge.when_matched_delete().execute()

    def _merging(self, contract: Contract, table: DeltaTable, rows: pa.Table) -> TableMerger:
        """A merge of rows by key, NULL equal to NULL, that commits once or, where `table` has moved on, not at all."""
        assert contract in MERGED, "who filters the rows would find string_view"
        optional = {field.name for field in contract.fields if field.optional}
        same = {True: "IS NOT DISTINCT FROM", False: "="}
        same_key = " AND ".join(f"(old.{name} {same[name in optional]} new.{name})" for name in contract.key)
        return table.merge(
            rows,
            same_key,
            source_alias="new",
            target_alias="old",
            commit_properties=CommitProperties(custom_metadata={WRITER: self.run_id}, max_commit_retries=0),
        )

    def remove(self, contract: Contract, *, where: str) -> None:
        """Remove the rows of a control table that `where` (built with `slice_of`) holds for, in one commit.

        Raises LeaseHeld when another run changed the table meanwhile.
        """
        properties = CommitProperties(custom_metadata={WRITER: self.run_id}, max_commit_retries=0)
        with one_writer(contract):
            DeltaTable(self.uri(contract)).delete(where, commit_properties=properties)

    def _table(self, contract: Contract, *, version: int | None = None) -> DeltaTable | None:
        """The table, held to its contract; None while there is none."""
        try:
            table = DeltaTable(self.uri(contract), version=version)
        except TableNotFoundError:
            return None
        contract.hold({field.name: field.type for field in table.schema().fields}, _declared(contract))
        return table

    def _is_empty(self, contract: Contract) -> bool:
        """Whether a table that is there has no row."""
        table = self._table(contract)
        return table is not None and not table.file_uris()

    def _make_room(self) -> None:
        if "://" not in self.root:
            Path(self.root, "tables").mkdir(parents=True, exist_ok=True)


@cache
def _declared(contract: Contract) -> dict[str, Any]:
    """The types of the columns as Delta names them."""
    return {field.name: field.type for field in Schema.from_arrow(contract.arrow).fields}


def _dataset(contract: Contract, table: DeltaTable, words: Sequence[str] = ()) -> pa.dataset.Dataset:
    """The table's rows as Arrow, DuckDB and whoever filters read them.

    What delta-rs wrote by a merge or a delete holds string_view, which Arrow cannot compare with text. Tables that are
    merged into are small, and are read whole.

    A folder is read by Arrow's own file system: delta-rs brings one written in Python, whose last callbacks abort a
    process that ends right after reading (5 of 10 did).
    """
    if contract in MERGED:
        return pa.dataset.dataset(table.to_pyarrow_table(filesystem=_folder(table)))
    options = pa.dataset.ParquetReadOptions(dictionary_columns=set(words))
    return table.to_pyarrow_dataset(filesystem=_folder(table), parquet_read_options=options)


def _folder(table: DeltaTable) -> SubTreeFileSystem | None:
    """The table's folder; None in an object store, which delta-rs reads itself."""
    uri = urlsplit(table.table_uri)
    return SubTreeFileSystem(unquote(uri.path), LocalFileSystem()) if uri.scheme in ("", "file") else None
