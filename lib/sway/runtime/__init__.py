"""Configuration, Spark session, storage, run identity, ledger and job start."""
