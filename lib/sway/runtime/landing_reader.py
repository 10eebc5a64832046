"""Landing files as Spark frames, every row with its delivery day and file, nothing dropped on the way.

What Spark's readers would lose or guess at is looked at first: CSV columns are matched by the header's names and
not by place, Parquet files are grouped by schema, ids are read as text.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import functions as F

from sway.contracts.contract import Contract
from sway.errors import InputNotReady
from sway.runtime.landing import Landing, LandingDay, LandingFile, told
from sway.runtime.session import empty

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

JSON_LINES = (".jsonl", ".jsonl.gz", ".json", ".json.gz")
CSV = (".csv", ".csv.gz")
PARQUET = (".parquet",)
LONGEST_HEADER = 10_000
PIECE = 1_000_000  # bytes of a file that are looked at at once
GZIP_SIZES = 2**32  # gzip tells a size modulo this
ORIGIN = ("delivered_on", "file")
# One value of CSV as RFC 4180 says: quoted, each quote in it doubled; or without any. Nothing is tried twice in it.
CSV_VALUE = r'(?:"[^"]*+(?:""[^"]*+)*+"|[^",\r\n]*+)'
UNREADABLE = re.compile(r"\[FAILED_READ_FILE[^]]*] Encountered error while reading file (\S+/dt=\S+)\.  SQLSTATE")


class DamagedFile(InputNotReady):
    """A landing file that cannot be read to its end."""

    def __init__(self, uri: str, why: str) -> None:
        super().__init__(f"{uri}: damaged, cannot be read to its end{why}")
        self.uri = uri


@contextmanager
def naming_damaged_files() -> Iterator[None]:
    """Raise DamagedFile naming the landing file that Spark found it cannot read to its end."""
    try:
        yield
    except Exception as error:
        found = UNREADABLE.search(str(error))
        if found is None:
            raise
        causes = re.findall(r"Caused by: [\w.$]+: (.*)", str(error))
        why = f" ({causes[-1]})" if causes else ""
        raise DamagedFile(found[1], why) from error


def refused_files(landing: Landing, day: LandingDay, columns: Contract | None) -> list[str]:
    """A sentence for each file of a day that is of no kind its feed has, or of other columns than `columns`.

    Without `columns` a feed is JSON lines. Looks at names, headers and footers, not at rows.
    """
    endings = JSON_LINES if columns is None else (*JSON_LINES, *CSV, *PARQUET)
    faults = []
    for file in day.files:
        if not file.name.endswith(endings):
            faults.append(f"{file.name}: expected a file ending in {', '.join(endings)}")
        elif columns is not None and file.name.endswith(CSV):
            faults += _header_faults(landing, file, columns)
        elif columns is not None and file.name.endswith(PARQUET):
            faults += _footer_faults(landing, file, columns)
    return faults


def read_json_lines(spark: SparkSession, days: Sequence[LandingDay], *, longest_line: int) -> DataFrame:
    """Each line as `payload`. For days without refused files."""
    return _lines(spark, [file for day in days for file in day.files], longest_line=longest_line)


def read_open_format(
    spark: SparkSession, landing: Landing, days: Sequence[LandingDay], columns: Contract, *, longest_line: int
) -> list[DataFrame]:
    """Frames of the open format: JSON lines as `payload`; CSV and Parquet as columns, `row_fault` and `payload`.

    For days without refused files.
    """
    files = [file for day in days for file in day.files]
    frames = [
        _csv(spark, group, header, columns, longest_value=longest_line)
        for header, group in _by_header(landing, files).items()
    ]
    frames += [_parquet(spark, landing, group, columns) for group in _by_schema(landing, files).values()]
    json_lines = [file for file in files if file.name.endswith(JSON_LINES)]
    if json_lines or not frames:
        frames.append(_lines(spark, json_lines, longest_line=longest_line))
    return frames


def line_left_out(landing: Landing, file: LandingFile, *, bytes_read: int, longest_line: int) -> str | None:
    """A sentence where a file holds a line that the reader left out for its length; None where it holds none.

    `bytes_read`: of the lines the reader gave, with one for the end of each. Only lines left out can make a file much
    larger than these; a mark of UTF-8 before the first line or no end of the last makes 3 more or 1 less. Of gzip the
    last bytes tell the size, of its last member: a file of several members, put one behind the other, is inflated once
    more, a piece at a time.
    """
    if not file.name.endswith(JSON_LINES):
        return None
    if not file.name.endswith(".gz"):
        is_found = file.bytes - bytes_read > longest_line
    else:
        try:
            more = (_told_size(landing, file) - bytes_read + 1) % GZIP_SIZES
            is_found = more > len("\ufeff".encode()) + 1 and _has_longer_line(landing, file, longest_line)
        except (OSError, EOFError, zlib.error) as error:
            return f"{file.name}: expected gzip that can be read to its end, found {error}"
    return f"{file.name}: expected lines of at most {longest_line:,} bytes, found a longer one" if is_found else None


def _told_size(landing: Landing, file: LandingFile) -> int:
    """Bytes of the last member of a gzip file once inflated, modulo GZIP_SIZES."""
    with landing.fs.open_input_file(file.path) as stream:
        stream.seek(max(file.bytes - 4, 0))
        return int.from_bytes(stream.read(4), "little")


def _has_longer_line(landing: Landing, file: LandingFile, longest_line: int) -> bool:
    length = 0
    with landing.fs.open_input_stream(file.path, compression=None) as stream:
        inflated = gzip.GzipFile(fileobj=stream)
        while piece := inflated.read(PIECE):
            first, *others = map(len, piece.split(b"\n"))
            lengths = [length + first, *others]
            if max(lengths) > longest_line:
                return True
            length = lengths[-1]
    return False


def _lines(spark: SparkSession, files: Sequence[LandingFile], *, longest_line: int) -> DataFrame:
    if not files:
        return empty(spark, "delivered_on date, file string, payload string")
    # A longer line is left out by the reader, so its file has fewer rows than its manifest says and is refused; where
    # nobody counted it, `line_left_out` finds it.
    # It counts the line's end too, and takes what is shorter than its limit.
    limit = {"mapreduce.input.linerecordreader.line.maxlength": str(longest_line + 2)}
    lines = spark.read.options(**limit).option("lineSep", "\n").text([file.uri for file in files])
    return lines.select(*_origin(), F.col("value").alias("payload"))


def _csv(
    spark: SparkSession,
    files: Sequence[LandingFile],
    header: tuple[str, ...],
    columns: Contract,
    *,
    longest_value: int,
) -> DataFrame:
    # One column more than there is: a row with as many values as the header is then corrupt to Spark, which alone makes
    # it keep the row as it stands. Spark by itself takes 1"2 and a space before a quote for part of an id.
    schema = ", ".join(f"`{name}` string" for name in (*header, "_more", "_corrupt"))
    rows = (
        spark.read.schema(schema)
        .options(header=True, multiLine=True, quote='"', escape='"', mode="PERMISSIVE")
        .options(columnNameOfCorruptRecord="_corrupt", enforceSchema=True, maxCharsPerColumn=longest_value)
        .csv([file.uri for file in files])
    )
    is_sound = F.coalesce(F.col("_corrupt").rlike(_csv_row(len(header))), F.lit(False))
    as_it_stands = F.coalesce("_corrupt", F.to_json(F.struct(*header, "_more")))
    payload = F.when(is_sound, F.to_json(F.struct(*header))).otherwise(as_it_stands)
    # The reader puts U+FFFD in the place of bytes that are no UTF-8, which would make one id of several.
    fault = F.coalesce(
        _malformed(payload.contains("\ufffd"), "expected UTF-8 text"),
        _malformed(
            ~is_sound,
            "expected one value for each column of the header, quoted as RFC 4180 says",
        ),
    )
    return rows.select(*_origin(), payload.alias("payload"), fault.alias("row_fault"), *_declared(header, columns))


def _csv_row(values: int) -> str:
    """What a row of so many values looks like, as a pattern of Java."""
    return rf"\A{CSV_VALUE}(?:,{CSV_VALUE}){{{values - 1}}}\z"


def _parquet(spark: SparkSession, landing: Landing, files: Sequence[LandingFile], columns: Contract) -> DataFrame:
    schema = _footer(landing, files[0])
    rows = spark.read.parquet(*(file.uri for file in files))
    as_text = [_parquet_text(rows, name, schema.field(name).type).alias(name) for name in schema.names]
    texts = rows.select(*_origin(), *as_text)
    payload = F.to_json(F.struct(*schema.names)).alias("payload")
    # Arrow and Spark take any bytes for text; whoever reads the tables after them does not.
    is_text = reduce(and_, (F.coalesce(F.is_valid_utf8(F.col(name)), F.lit(True)) for name in schema.names))
    fault = _malformed(~is_text, "expected UTF-8 text").alias("row_fault")
    return texts.select(*ORIGIN, payload, fault, *_declared(schema.names, columns))


def _parquet_text(rows: DataFrame, name: str, kind: pa.DataType) -> Column:
    """A Parquet column as text; instants as ISO 8601, UTC. Nanoseconds arrive as numbers (session.py)."""
    if not pa.types.is_timestamp(kind):
        return F.col(name).cast("string")
    is_number = rows.schema[name].dataType.simpleString() == "bigint"
    # `div` stays among whole numbers: a division of doubles is one microsecond off now and then.
    at = F.expr(f"timestamp_micros({name} div 1000)") if is_number else F.col(name)
    return F.date_format(at, "yyyy-MM-dd'T'HH:mm:ss.SSSSSS")


def _malformed(holds: Column, reason: str) -> Column:
    return F.when(holds, F.struct(F.lit("malformed").alias("rule"), F.lit(reason).alias("reason")))


def _declared(names: Iterable[str], columns: Contract) -> list[Column]:
    """The declared columns; an optional one the file does not have is NULL."""
    there = set(names)
    return [F.col(name) if name in there else F.lit(None).cast("string").alias(name) for name in columns.columns]


def _by_header(landing: Landing, files: Iterable[LandingFile]) -> dict[tuple[str, ...], list[LandingFile]]:
    groups: dict[tuple[str, ...], list[LandingFile]] = defaultdict(list)
    for file in files:
        if file.name.endswith(CSV):
            header = _header(landing, file)
            if header or file.rows:
                groups[header].append(file)
    return groups


def _by_schema(landing: Landing, files: Iterable[LandingFile]) -> dict[str, list[LandingFile]]:
    groups: dict[str, list[LandingFile]] = defaultdict(list)
    for file in files:
        if file.name.endswith(PARQUET):
            groups[_physical(landing, file)].append(file)
    return groups


def _header_faults(landing: Landing, file: LandingFile, columns: Contract) -> list[str]:
    try:
        header = _header(landing, file)
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as error:
        return [f"{file.name}: expected a CSV file with a header, found {error}"]
    return _column_faults(file, header, columns) if header or file.rows else []


def _footer_faults(landing: Landing, file: LandingFile, columns: Contract) -> list[str]:
    try:
        schema = _footer(landing, file)
        return [*_column_faults(file, schema.names, columns), *_type_faults(file, schema)]
    except UnicodeDecodeError as error:  # Arrow decodes a name when it is asked for
        return [f"{file.name}: expected columns named in UTF-8, found {error}"]
    except (OSError, pa.ArrowInvalid) as error:
        return [f"{file.name}: expected a Parquet file, found {error}"]


def _header(landing: Landing, file: LandingFile) -> tuple[str, ...]:
    with landing.fs.open_input_stream(file.path, compression=None) as stream:
        plain = gzip.GzipFile(fileobj=stream) if file.name.endswith(".gz") else stream
        first = io.BufferedReader(plain).readline(LONGEST_HEADER).decode("utf-8-sig")
    return tuple(next(csv.reader([first.rstrip("\r\n")]), []))


def _footer(landing: Landing, file: LandingFile) -> pa.Schema:
    return pq.read_schema(file.path, filesystem=landing.fs)


def _physical(landing: Landing, file: LandingFile) -> str:
    """How a Parquet file keeps its columns: Spark reads files together that agree in this."""
    schema = pq.read_metadata(file.path, filesystem=landing.fs).schema
    columns = (schema.column(n) for n in range(len(schema)))
    return str([(column.path, column.physical_type, str(column.logical_type)) for column in columns])


def _column_faults(file: LandingFile, names: Sequence[str], columns: Contract) -> list[str]:
    """One sentence of all that is wrong with a file's columns."""
    wrong = {
        "missing": [field.name for field in columns.fields if not field.optional and field.name not in names],
        "unknown": [name for name in dict.fromkeys(names) if name not in columns.columns],
        "twice": [name for name, times in Counter(names).items() if times > 1],
    }
    found = [f"{what}: {', '.join(told([f'{name:.100}' for name in those]))}" for what, those in wrong.items() if those]
    return [f"{file.name}: expected the columns {', '.join(columns.columns)}; {'; '.join(found)}"] if found else []


def _type_faults(file: LandingFile, schema: pa.Schema) -> list[str]:
    """Ids are text or whole numbers: a double would already have lost an id's last digits."""

    def is_text(kind: pa.DataType) -> bool:
        kind = kind.value_type if pa.types.is_dictionary(kind) else kind
        return any(is_kind(kind) for is_kind in (pa.types.is_string, pa.types.is_large_string, pa.types.is_null))

    return [
        f"{file.name}: {field.name}: expected text{' or an instant' if is_time else ' or a whole number'}, "
        f"found {field.type}"
        for field in schema
        for is_time in [field.name == "occurred_at"]
        if not is_text(field.type)
        and not (pa.types.is_timestamp(field.type) if is_time else pa.types.is_integer(field.type))
    ]


def _origin() -> list[Column]:
    """Delivery day and file by a row's path, .../dt=DAY/FILE; a regular expression would take longer than reading."""
    path = F.col("_metadata.file_path")
    day = F.substring_index(F.substring_index(path, "/dt=", -1), "/", 1)
    return [F.to_date(day).alias("delivered_on"), F.substring_index(path, "/", -1).alias("file")]
