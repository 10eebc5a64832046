"""Delta's jars in build/jars/, exactly as conf/locks/jars.lock names them.

    python3.11 scripts/jars.py                 fetch what is not there, verify every SHA-256
    python3.11 scripts/jars.py --write-lock    resolve anew and write conf/locks/jars.lock

Standard library only: it runs before the environment is complete. The jars come through Spark's own resolver,
so mirrors and proxies configured for it (spark.jars.ivySettings) are used here too.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEADER = "# package"
OWN = "*graphframes*.jar"  # optional, put there by whoever has it: not ours to verify


class JarsDiffer(Exception):
    """The folder is not what the lock says."""


def read_lock(lock: Path) -> tuple[str, dict[str, str]]:
    """The package that is resolved, and the SHA-256 of every jar that this gives."""
    package, hashes = "", {}
    for line in lock.read_text(encoding="utf-8").splitlines():
        if line.startswith(HEADER):
            package = line.removeprefix(HEADER).strip()
        elif line and not line.startswith("#"):
            digest, name = line.split()
            hashes[name] = digest
    if not package or not hashes:
        raise JarsDiffer(f"{lock}: expected a line '{HEADER} group:artifact:version' and jars, found neither or one")
    return package, hashes


def verify(folder: Path, wanted: dict[str, str]) -> None:
    """Raise JarsDiffer listing every jar that is missing, not in the lock, or has another hash."""
    own = set(folder.glob(OWN))
    found = {jar.name: sha256(jar) for jar in folder.glob("*.jar") if jar not in own}
    faults = [f"{name}: missing" for name in sorted(wanted.keys() - found.keys())]
    faults += [f"{name}: not in the lock" for name in sorted(found.keys() - wanted.keys())]
    faults += [
        f"{name}: expected SHA-256 {wanted[name]}, found {found[name]}"
        for name in sorted(wanted.keys() & found.keys())
        if wanted[name] != found[name]
    ]
    if faults:
        raise JarsDiffer("\n  ".join([f"{folder} is not what jars.lock says:", *faults]))


def sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def fetch(package: str, into: Path) -> Path:
    """Resolve `package` with spark-submit; the folder, under `into`, that holds its jars."""
    nothing = into / "nothing.py"
    nothing.touch()
    venv = ROOT / ".venv" / "bin"
    command: list[str | Path] = [venv / "spark-submit", "--master", "local[1]", "--packages", package]
    command += ["--conf", f"spark.jars.ivy={into / 'ivy'}", nothing]
    # spark-submit looks for pyspark with the first python3 on PATH.
    environment = {**os.environ, "PATH": f"{venv}:{os.environ['PATH']}"}
    environment.pop("SPARK_HOME", None)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-25:])
        raise JarsDiffer(f"Spark's resolver could not fetch {package} (exit {done.returncode}):\n{tail}")
    return into / "ivy" / "jars"


def install(lock: Path, folder: Path) -> str:
    """Make `folder` hold the jars of `lock`; what was done, in a sentence.

    A folder that holds other jars is left as it is. What is fetched appears whole or not at all.
    """
    package, wanted = read_lock(lock)
    own = set(folder.glob(OWN))
    if set(folder.glob("*.jar")) - own:
        try:
            verify(folder, wanted)
        except JarsDiffer as error:
            raise JarsDiffer(f"{error}\nRemove {folder} and run `make setup`, which fetches it again.") from None
        return f"{len(wanted)} jars verified"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".jars-", dir=folder.parent) as scratch:
        fetched = fetch(package, Path(scratch))
        verify(fetched, wanted)
        for jar in own:
            shutil.copy2(jar, fetched)
        shutil.rmtree(folder, ignore_errors=True)
        fetched.rename(folder)
    return f"{len(wanted)} jars fetched and verified"


def write_lock(lock: Path) -> str:
    """Resolve the lock's package anew and write down what came."""
    package, _ = read_lock(lock)
    with tempfile.TemporaryDirectory(prefix="jars-") as scratch:
        jars = sorted(fetch(package, Path(scratch)).glob("*.jar"))
        hashes = "".join(f"{sha256(jar)}  {jar.name}\n" for jar in jars)
    comment = "# SHA-256 and file name, as Spark's resolver names it; `make locks` remakes it\n"
    lock.write_text(f"{HEADER} {package}\n{comment}{hashes}", encoding="utf-8")
    return f"{len(jars)} jars written to {lock}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write-lock", action="store_true", help="resolve anew and write the lock")
    parser.add_argument("--lock", type=Path, default=ROOT / "conf" / "locks" / "jars.lock")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "jars")
    asked = parser.parse_args()
    try:
        done = write_lock(asked.lock) if asked.write_lock else install(asked.lock, asked.folder)
    except JarsDiffer as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"jars: {done}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
