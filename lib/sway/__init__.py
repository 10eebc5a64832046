"""sway: an open, nightly, distributed influence score."""

__version__ = "0.1.0"
