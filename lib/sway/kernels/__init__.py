"""The arithmetic of the score on numpy arrays: no Spark, no files, no configuration."""
