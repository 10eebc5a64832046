"""The libraries that do the arithmetic: of other versions of them the last bits of scores may be others."""

LIBRARIES = ("numpy", "scipy", "pyarrow")
