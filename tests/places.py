"""Where the files of this repository are that tests read."""

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
ENVIRONMENT = REPOSITORY / "tests" / "environment.toml"
