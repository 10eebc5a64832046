#!/usr/bin/env bash
# Make this checkout runnable, from nothing but Python 3.11, make and a Debian base.
#
#   scripts/setup.sh            Java 17, the environment of the jobs and tests (.venv), Delta's jars (build/jars)
#   scripts/setup.sh airflow    Airflow's environment (.venv-airflow)
#   scripts/setup.sh bench      what benchmarks compare with (.venv-bench)
#
# An environment is made anew when its locks changed or it was left unfinished; else this takes about a second.
# It may be interrupted and repeated, and two at a time wait for each other.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { echo "setup: $*"; }
fail() {
    echo "error: $*" >&2
    exit 1
}

install_package() { # Debian package; fails where this user or system cannot
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    say "installing $1"
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq -o DPkg::Lock::Timeout=300 update &&
        apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$1" >/dev/null
}

find_python() { # the interpreter itself: not an active virtual environment's, not a version manager's shim
    local program base
    while read -r program; do
        base=$("$program" -c 'import sys; sys.version_info[:2] == (3, 11) and print(sys._base_executable)' 2>/dev/null) || true
        if [ -n "$base" ]; then
            echo "$base"
            return
        fi
    done < <(type -ap python3.11 python3)
    fail "expected Python 3.11 as python3.11 or python3 on PATH, found $(python3 --version 2>&1 || true)"
}

require_venv() { # Debian keeps ensurepip, which venv needs, in a package of its own
    "$python" -c 'import ensurepip, venv' 2>/dev/null || install_package python3.11-venv ||
        fail "$python cannot make virtual environments: install Debian's python3.11-venv (as root: apt-get install python3.11-venv)"
}

require_java() {
    local said
    if said=$(scripts/java-home.sh 2>&1 >/dev/null); then
        [ -z "$said" ] || echo "$said"
    elif ! install_package openjdk-17-jre-headless || ! scripts/java-home.sh >/dev/null; then
        fail "${said#error: }: install one (Debian, as root: apt-get install openjdk-17-jre-headless) or set JAVA_HOME"
    fi
}

sha256_of() { cat "$@" | sha256sum | cut -d' ' -f1; }

make_environment() { # folder, lock
    local folder=$1 lock=$2 wanted begun=$SECONDS
    wanted=$(sha256_of conf/locks/build.lock "$lock")
    if [ "$(cat "$folder/.lock-sha256" 2>/dev/null)" = "$wanted" ] && "$folder/bin/python" -c pass 2>/dev/null; then
        say "$folder is as $lock says"
        return
    fi
    require_venv
    say "making $folder from $lock (some minutes the first time)"
    rm -rf "$folder"
    "$python" -m venv "$folder"
    # pyspark is published as sources only: the build tools come first, from their own lock, and build without isolation.
    pip_install "$folder" --require-hashes -r conf/locks/build.lock
    pip_install "$folder" --require-hashes --no-build-isolation -r "$lock"
    echo "$wanted" >"$folder/.lock-sha256"
    say "$folder made in $((SECONDS - begun)) s"
}

pip_install() { # folder, what
    local folder=$1
    shift
    "$folder/bin/python" -m pip --quiet --disable-pip-version-check --no-input install "$@"
}

install_sway() { # by reference to lib/: needs no network
    local wanted
    wanted=$(sha256_of pyproject.toml)
    if [ "$(cat .venv/.project-sha256 2>/dev/null)" != "$wanted" ]; then
        say "installing sway itself into .venv"
        pip_install .venv --no-deps --no-build-isolation --editable .
        echo "$wanted" >.venv/.project-sha256
    fi
}

mkdir -p build
exec 9>build/.setup.lock
if ! flock --nonblock 9; then
    say "waiting for another set-up of this checkout"
    flock 9
fi

python=$(find_python)
case ${1:-jobs} in
jobs)
    require_java
    make_environment .venv conf/locks/dev.lock
    install_sway
    # A fixed name for the Java that was found: `sway` uses it wherever it is started from.
    ln -sfn "$(scripts/java-home.sh 2>/dev/null)" .venv/java
    rm -rf build/.jars-* # of a fetch that was killed
    JAVA_HOME=$PWD/.venv/java "$python" scripts/jars.py
    ;;
airflow)
    make_environment .venv-airflow conf/locks/airflow.lock
    ;;
bench)
    make_environment .venv-bench conf/locks/bench.lock
    ;;
*)
    fail "expected nothing, 'airflow' or 'bench', found '$1'"
    ;;
esac
