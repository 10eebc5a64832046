"""Configuration: conf/scoring/*.toml, conf/environments/*.toml and conf/audits.toml, loaded once and frozen.

Every fault of every file is reported together, with file and key, before anything starts.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError, model_validator
from pydantic.dataclasses import dataclass

from sway.contracts.actions import DELIVERED, REGISTRY_NAME, misspelt, undelivered
from sway.contracts.method import STRICT, Count, Method, Name, NotNegative, Positive, Share
from sway.errors import ConfigError

VERSION_NAME = re.compile(r"[a-z][a-z0-9]*([.-][a-z0-9]+)*")
HOME = Path(os.environ.get("SWAY_HOME") or Path(__file__).resolve().parents[3])


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Spark:
    """How the Spark session is made where none runs yet."""

    master: Annotated[str, Field(min_length=1)]
    driver_memory: Annotated[str, Field(pattern="^[1-9][0-9]*[mg]$")]
    shuffle_partitions: Count
    jars: Annotated[str, Field(min_length=1)]
    settings: dict[Annotated[str, Field(pattern="^spark[.][A-Za-z0-9_.-]+$")], str]

    @model_validator(mode="after")
    def _passes_over_nothing(self) -> Self:
        lossy = [name for name in self.settings if name.lower().startswith("spark.sql.files.ignore")]
        if lossy:
            raise ValueError(f"no setting by which files are passed over ({', '.join(lossy)})")
        return self

    @property
    def is_cluster(self) -> bool:
        """Whether tasks run elsewhere than in the process that starts the session."""
        return not self.master.startswith("local")


@dataclass(frozen=True, kw_only=True, config=STRICT)
class LandingLimits:
    """What a landing file may look like before its rows are looked at."""

    longest_line_bytes: Annotated[int, Field(ge=1000, le=1_000_000_000)]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Readiness:
    """What a night does about a network whose feeds are not all good: wait, or carry it forward."""

    carry_forward: list[Name]
    longest_carry_days: Annotated[int, Field(ge=1)]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Engine:
    """What the graph engine may take of the machine, and how large its blocks are."""

    threads: Annotated[int, Field(ge=0)]
    memory: Annotated[str, Field(pattern="^[1-9][0-9]*[mg]$")]
    rows_per_block: Annotated[int, Field(ge=1000)]
    exchange: Literal["files", "cells"]

    @property
    def memory_bytes(self) -> int:
        return int(self.memory[:-1]) * {"m": 2**20, "g": 2**30}[self.memory[-1]]

    @property
    def cores(self) -> int:
        """`threads`, or as many as this process may use."""
        return self.threads or len(os.sched_getaffinity(0))


def _each_once(names: list[str]) -> list[str]:
    if len({*names}) < len(names):
        raise ValueError("each name once")
    return names


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Environment:
    """Where things are and how large."""

    nightly: Annotated[list[str], Field(min_length=1)]
    executor: Literal["local", "spark", "dataframe", "graphframes", "auto"]
    feeds: dict[Name, Annotated[list[Name], AfterValidator(_each_once)]]
    readiness: Readiness
    most_identity_links: Count
    engine: Engine
    spark: Spark
    landing: LandingLimits


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Volume:
    """How many rows a feed's day may bring, against the median of the same weekday in the weeks before."""

    weeks: Annotated[int, Field(ge=1, le=520)]
    fewest_days: Count
    fewest_rows: Count
    empty_judged_from: Count
    warn_low: Share
    warn_high: Annotated[float, Field(ge=1, allow_inf_nan=False)]
    fail_low: Share
    fail_high: Annotated[float, Field(ge=1, allow_inf_nan=False)]
    fail_deviations: NotNegative

    @model_validator(mode="after")
    def _warns_first(self) -> Self:
        if self.fail_low > self.warn_low:
            raise ValueError(f"fail_low of at most warn_low ({self.warn_low})")
        if self.fail_high < self.warn_high:
            raise ValueError(f"fail_high of at least warn_high ({self.warn_high})")
        return self


@dataclass(frozen=True, kw_only=True, config=STRICT)
class IngestAudits:
    refused_share: Share
    repeated_share: Share
    repeats_judged_from: Count
    lost_share: Share
    lists_judged_from: Count
    late_days: Annotated[int, Field(ge=0, le=36_500)]
    restate_share: Share
    volume: Volume


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ScoreAudits:
    rows_low: NotNegative
    rows_high: Positive
    residual: Positive

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if self.rows_low > self.rows_high:
            raise ValueError(f"rows_low of at most rows_high ({self.rows_high})")
        return self


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Audits:
    """Limits a run must keep before anything is published."""

    ingest: IngestAudits
    scores: ScoreAudits


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Config:
    """Everything a run is told, resolved."""

    environment: Environment
    audits: Audits
    methods: dict[str, Method]

    @property
    def hash(self) -> str:
        """SHA-256 of the resolved configuration."""
        return _sha256(asdict(self))

    def method(self, version: str) -> Method:
        """The constants of `version`. Raises ConfigError naming the versions there are."""
        if version not in self.methods:
            known = ", ".join(sorted(self.methods))
            raise ConfigError(f"unknown version {version!r}: expected one of conf/scoring/*.toml ({known})")
        return self.methods[version]

    def actions(self) -> dict[str, frozenset[str]]:
        """Actions that an adapter delivers or any version declares, per network: what ingest lets in."""
        known = {name: set(actions) for name, actions in DELIVERED.items()}
        for method in self.methods.values():
            for name, network in method.networks.items():
                known.setdefault(name, set()).update(network.actions)
        return {name: frozenset(actions) for name, actions in known.items()}


def method_hash(method: Method) -> str:
    """SHA-256 of a version's constants. Those at their default are left out, so that a new one changes no hash."""
    return _sha256(TypeAdapter(Method).dump_python(method, exclude_defaults=True))


def load(environment: str = "local", home: Path = HOME) -> Config:
    """Read and check the whole configuration; `environment` is a name in conf/environments/ or a
    path ending in .toml.

    Raises ConfigError listing every fault of every file.
    """
    faults: list[str] = []
    conf = home / "conf"
    is_path = environment.endswith(".toml")
    environment_file = Path(environment) if is_path else conf / "environments" / f"{environment}.toml"
    resolved = _read(environment_file, Environment, faults, home)
    audits = _read(conf / "audits.toml", Audits, faults, home)
    methods: dict[str, Method] = {}
    files = sorted((conf / "scoring").glob("*.toml"))
    for file in files:
        if not VERSION_NAME.fullmatch(file.stem):
            faults.append(f"{_shown(file, home)}: a version's name has small letters, digits, '.' and '-'")
        method = _read(file, Method, faults, home, base=conf / "scoring")
        if method is not None:
            methods[file.stem] = method
            faults += _misspelt(method, _shown(file, home))
    if resolved is not None:
        shown = _shown(environment_file, home)
        versions = {file.stem for file in files}
        faults += [f"{shown}: nightly: no file conf/scoring/{v}.toml" for v in resolved.nightly if v not in versions]
        if len(methods) == len(files):  # else a network may be declared in a file that could not be read
            faults += _undeclared(resolved, methods, shown)
    if faults or resolved is None or audits is None:
        raise ConfigError("configuration is wrong:\n  " + "\n  ".join(faults))
    return Config(environment=resolved, audits=audits, methods=methods)


def _misspelt(method: Method, file: str) -> list[str]:
    """Networks whose name is nearly that of one with an adapter, and actions that no row of their network can have,
    unless they are declared to come in the open format."""
    told = [(f"networks.{network}", misspelt(network)) for network in method.networks]
    told += [
        (f"networks.{network}.actions.{action}", undelivered(network, action))
        for network, declared in method.networks.items()
        for action, weighed in declared.actions.items()
        if not weighed.open_format
    ]
    return [f"{file}: {key}: {why}" for key, why in told if why is not None]


def _undeclared(environment: Environment, methods: Mapping[str, Method], file: str) -> list[str]:
    """Networks in the environment's file that no version's file declares."""
    networks = {name for method in methods.values() for name in method.networks} | {REGISTRY_NAME}
    named = [(f"feeds.{name}", name) for name in environment.feeds]
    named += [(f"readiness.carry_forward: {name}", name) for name in environment.readiness.carry_forward]
    return [
        f"{file}: {key}: unknown network; declare [networks.{name}.actions] in a file of conf/scoring/"
        for key, name in named
        if name not in networks
    ]


T = TypeVar("T")


def _read(file: Path, kind: type[T], faults: list[str], home: Path, *, base: Path | None = None) -> T | None:
    """A file as `kind`, or None with its faults.

    With a folder `base` the file may name, as `base`, a file there whose values it starts from.
    """
    shown = _shown(file, home)
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
        if base is not None and "base" in values:
            values = _over(_base(base, values.pop("base")), values)
    except UnknownBase as error:
        faults.append(f"{shown}: base: {error}")
        return None
    except OSError as error:
        faults.append(f"{shown}: cannot be read ({error.strerror})")
        return None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(f"{shown}: not TOML: {error}")
        return None
    try:
        # As JSON, since strict validation takes tables for dataclasses there and not from Python objects.
        return TypeAdapter(kind).validate_json(json.dumps(values, default=str))
    except ValidationError as error:
        faults.extend(f"{shown}: {_sentence(fault)}" for fault in error.errors(include_url=False))
        return None


class UnknownBase(Exception):
    """The file that another one names as its base cannot be one."""


def _base(folder: Path, name: object) -> dict[str, Any]:
    """The values of the version `name`, which starts from no other itself."""
    file = folder / f"{name}.toml"
    if not isinstance(name, str) or not file.is_file():
        known = ", ".join(sorted(path.stem for path in folder.glob("*.toml")))
        raise UnknownBase(f"expected the name of a version in conf/scoring/ ({known}), found {name!r}")
    values = tomllib.loads(file.read_text(encoding="utf-8"))
    if "base" in values:
        raise UnknownBase(f"{name} starts from {values['base']!r} itself: name that one, and what differs from it")
    return values


def _over(base: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of `base`, replaced by those of `values`, table by table."""
    merged = {**base, **values}
    for key in base.keys() & values.keys():
        if isinstance(base[key], dict) and isinstance(values[key], dict):
            merged[key] = _over(base[key], values[key])
    return merged


def _sentence(fault: Mapping[str, Any]) -> str:
    key = ".".join(str(part) for part in fault["loc"]) or "the whole file"
    if fault["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
        return f"{key}: unknown key"
    if fault["type"] in ("missing", "missing_argument", "missing_keyword_only_argument"):
        return f"{key}: missing"
    expected = fault["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    return f"{key}: expected {expected}, found {fault['input']!r:.80}"


def _shown(file: Path, home: Path) -> str:
    return str(file.relative_to(home)) if file.is_relative_to(home) else str(file)


def _sha256(values: object) -> str:
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
