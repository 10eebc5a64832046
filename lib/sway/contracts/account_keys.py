"""The 64-bit key of an account, as ACCOUNTS holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

if TYPE_CHECKING:
    from pyspark.sql import Column


def account_key(account_id: Column | str, salt: Column | None = None) -> Column:
    """xxhash64 of the column `network` and the id; with a salt above 0, of the salt too. Without one it is 0."""
    plain = F.xxhash64("network", account_id)
    return plain if salt is None else F.when(salt == 0, plain).otherwise(F.xxhash64("network", account_id, salt))
