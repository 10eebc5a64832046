"""sway: an open, nightly, distributed influence score."""

import os

__version__ = "0.1.0"

# NumPy without its code for AVX-512, in this process and those it starts, unless they have imported it already. On AMD
# Zen 4 that code sorts a fifth as fast as the one for AVX2, and other last bits of its logarithms and powers would make
# machines with and without it disagree: docs/decisions/instruction-set.md
INSTRUCTIONS = {"NPY_DISABLE_CPU_FEATURES": "X86_V4"}
for _name, _value in INSTRUCTIONS.items():
    os.environ.setdefault(_name, _value)
