"""scripts/setup.sh and scripts/java-home.sh on machines of a few fake programs: nothing is installed."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.places import REPOSITORY

TOOLS = ["bash", "cat", "cut", "dirname", "env", "flock", "ln", "mkdir", "rm", "sed", "sha256sum"]
PYTHON = sys._base_executable  # a virtual environment's own cannot stand in for the machine's


class Machine:
    """A checkout of the scripts, and a PATH of nothing but a shell's tools and what a test adds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs = folder / "bin"
        self.checkout = folder / "checkout"
        self.variables = {"PATH": str(self.programs), "JVM_FOLDER": str(folder / "jvm")}
        self.programs.mkdir()
        for name in TOOLS:
            (self.programs / name).symlink_to(subprocess.check_output(["which", name], text=True).strip())
        for name in ("setup.sh", "java-home.sh", "jars.py"):
            self.script(self.checkout / "scripts" / name, (REPOSITORY / "scripts" / name).read_text(encoding="utf-8"))
        self.user(1000)

    def script(self, file: Path, text: str) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(0o755)

    def program(self, name: str, body: str) -> None:
        self.script(self.programs / name, f"#!{self.programs}/bash\n{body}\n")

    def user(self, number: int) -> None:
        self.program("id", f"echo {number}")

    def python(self) -> None:
        self.program("python3.11", f'exec "{PYTHON}" "$@"')

    def java(self, version: str, home: Path) -> Path:
        """A Java that says, in the way real ones do, that it is of `version`."""
        said = f"Property settings:\n    java.home = {home}\n    java.specification.version = {version}"
        self.script(home / "bin" / "java", f"#!{self.programs}/bash\n{self.programs}/cat >&2 <<'E'\n{said}\nE\n")
        return home

    def java_on_path(self, version: str) -> None:
        (self.programs / "java").symlink_to(self.java(version, self.folder / f"java-{version}") / "bin" / "java")

    def run(self, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [self.programs / "bash", self.checkout / "scripts" / script, *arguments]
        return subprocess.run(command, env=self.variables, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def machine(tmp_path) -> Machine:
    return Machine(tmp_path)


def test_java_17_on_path_is_taken(machine):
    machine.java_on_path("17")
    done = machine.run("java-home.sh")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{machine.folder}/java-17\n", "")


@pytest.mark.parametrize(("version", "major"), [("1.8", "8"), ("11", "11"), ("21", "21")])
def test_any_other_java_is_refused(machine, version, major):
    machine.java_on_path(version)
    done = machine.run("java-home.sh")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"error: expected Java 17 (JAVA_HOME, else java on PATH), found Java {major} in PATH\n"


def test_java_home_goes_before_path(machine):
    machine.java_on_path("17")
    machine.variables["JAVA_HOME"] = str(machine.java("17", machine.folder / "chosen"))
    assert machine.run("java-home.sh").stdout == f"{machine.folder}/chosen\n"


def test_another_java_than_the_one_asked_for_is_never_taken_silently(machine):
    machine.java_on_path("11")
    machine.variables["JAVA_HOME"] = str(machine.java("21", machine.folder / "chosen"))
    debian = machine.java("17", machine.folder / "jvm" / "java-17-openjdk-amd64")

    done = machine.run("java-home.sh")

    assert done.stdout == f"{debian}\n"
    assert f"using Java 17 in {debian} (found too: Java 21 in JAVA_HOME, Java 11 in PATH)" in done.stderr


def test_without_java_17_a_user_is_told_how_to_install_it(machine):
    machine.python()
    machine.java_on_path("21")
    machine.program("apt-get", "echo apt-get was called; exit 1")

    done = machine.run("setup.sh")

    assert done.returncode == 1
    assert "apt-get was called" not in done.stdout
    assert (
        "found Java 21 in PATH: install one (Debian, as root: apt-get install openjdk-17-jre-headless)" in done.stderr
    )
    assert not (machine.checkout / ".venv").exists()


def test_without_java_17_root_gets_it_installed_by_apt(machine):
    machine.python()
    machine.user(0)
    machine.program("apt-get", f'echo "$*" >>{machine.folder}/apt.log; exit 100')  # as without network

    done = machine.run("setup.sh")

    assert done.returncode == 1
    assert "setup: installing openjdk-17-jre-headless" in done.stdout
    assert "apt-get install openjdk-17-jre-headless" in done.stderr
    assert "update" in (machine.folder / "apt.log").read_text()


def test_a_machine_without_python_311_is_told_so(machine):
    machine.program("python3", 'if [ "$1" = --version ]; then echo Python 3.12.3; fi')
    done = machine.run("setup.sh")
    assert done.returncode == 1
    assert "expected Python 3.11 as python3.11 or python3 on PATH, found Python 3.12.3" in done.stderr


def test_python3_will_do_where_it_is_311(machine):
    machine.program("python3", f'exec "{PYTHON}" "$@"')
    assert "expected Java 17" in machine.run("setup.sh").stderr  # past Python


def test_without_venv_a_user_is_told_which_package_to_install(machine):
    machine.program(
        "python3.11",
        f'[[ "$2" == *ensurepip* ]] && exit 1; [[ "$2" == *_base* ]] && echo "$0" || exec "{PYTHON}" "$@"',
    )
    locks(machine)
    done = machine.run("setup.sh", "airflow")
    assert done.returncode == 1
    assert "install Debian's python3.11-venv" in done.stderr


def test_an_unfinished_environment_is_made_anew_and_a_finished_one_is_left_alone(machine):
    log = machine.folder / "python.log"
    fake_venv(machine, log)
    locks(machine)
    leftover = machine.checkout / ".venv-airflow" / "leftover"
    leftover.parent.mkdir()
    leftover.touch()

    first = machine.run("setup.sh", "airflow")
    calls = log.read_text()
    second = machine.run("setup.sh", "airflow")

    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    assert not leftover.exists()
    assert calls.count("-m pip") == 2
    assert calls.count("--require-hashes") == 2
    assert ".venv-airflow is as conf/locks/airflow.lock says" in second.stdout
    assert log.read_text() == calls

    (machine.checkout / "conf" / "locks" / "airflow.lock").write_text("something==2\n")
    assert "making .venv-airflow" in machine.run("setup.sh", "airflow").stdout


def test_a_failed_installation_is_no_finished_one(machine):
    fake_venv(machine, machine.folder / "python.log", pip="exit 1")
    locks(machine)
    assert machine.run("setup.sh", "airflow").returncode == 1
    assert not (machine.checkout / ".venv-airflow" / ".lock-sha256").exists()


def test_an_unknown_part_is_refused(machine):
    machine.python()
    done = machine.run("setup.sh", "everything")
    assert done.returncode == 1
    assert "expected nothing, 'airflow' or 'bench', found 'everything'" in done.stderr


def locks(machine: Machine) -> None:
    folder = machine.checkout / "conf" / "locks"
    folder.mkdir(parents=True)
    for name in ("build", "airflow"):
        (folder / f"{name}.lock").write_text("something==1\n")


def fake_venv(machine: Machine, log: Path, pip: str = "") -> None:
    """A python3.11 that makes environments whose python only notes what it is asked."""
    inner = f'[ "$1" = -c ] && exit; echo "$*" >>{log}; {pip}'
    machine.program(
        "python3.11",
        f"""case "$*" in
        *_base*) echo "$0" ;;
        "-m venv "*) mkdir -p "$3/bin"; cp {machine.programs}/noting-python "$3/bin/python" ;;
        esac""",
    )
    machine.program("noting-python", inner)
    (machine.programs / "cp").symlink_to("/bin/cp")
