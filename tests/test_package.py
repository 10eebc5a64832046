"""What importing the package does: numpy computes the same bits on machines with AVX-512 and without."""

import os
import subprocess
import sys

from sway import INSTRUCTIONS
from sway.engine.workers import versions

SHOW = """
import sway
from sway.engine.workers import versions
print(versions()["numpy's instructions"])
"""
SHOW_CHOICE = "import os, sway; print(os.environ['NPY_DISABLE_CPU_FEATURES'])"


def shown(script=SHOW, **environment):
    others = {name: value for name, value in os.environ.items() if name not in INSTRUCTIONS}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=others | environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_numpy_leaves_avx_512_alone():
    assert "X86_V4" not in shown()
    assert versions()["numpy's instructions"] == shown()


def test_who_starts_sway_may_choose_otherwise():
    assert shown(SHOW_CHOICE) == "X86_V4"
    assert shown(SHOW_CHOICE, NPY_DISABLE_CPU_FEATURES="") == ""


def test_workers_of_spark_compute_with_the_same(spark):
    (found,) = spark.sparkContext.parallelize([0], 1).map(lambda _: versions()).collect()

    assert found == versions()
