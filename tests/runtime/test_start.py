"""How a process begins and ends: what it takes for an argument, what it prints, and its exit code."""

import subprocess
import sys

ANSWERS = """
import sys
from sway.errors import InputNotReady
from sway.runtime.start import answer, guarded

def work():
    answer(None, as_json=False, text="x" * 1_000_000)
    if len(sys.argv) > 1:
        raise InputNotReady("a day is missing")

sys.exit(guarded(work, as_json=True))
"""


def left_unread(*words):
    """Exit code and standard error of a process whose answer nobody reads to its end."""
    command = [sys.executable, "-c", ANSWERS, *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdout.read(1)
        process.stdout.close()
        told = process.stderr.read()
    return process.returncode, told


def test_an_answer_that_is_not_read_to_its_end_is_no_error():
    assert left_unread() == (0, "")


def test_what_follows_an_answer_says_how_a_verb_ends_also_where_nobody_reads_it():
    code, told = left_unread("then fail")

    assert code == 20
    assert "a day is missing" in told
    assert "Traceback" not in told
