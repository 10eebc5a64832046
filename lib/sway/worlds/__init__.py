"""A generated social world with a known truth, written as landing files: no Spark, numpy and pyarrow only."""
