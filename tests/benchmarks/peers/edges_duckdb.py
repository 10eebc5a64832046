"""Events to weighted edges in DuckDB: `python edges_duckdb.py EVENTS OUT`."""

import sys

import duckdb


def main(folder, out):
    connection = duckdb.connect()
    connection.execute(f"SET preserve_insertion_order = false; SET temp_directory = '{out}.tmp'")
    connection.execute(f"""
        COPY (SELECT actor_key, target_key, sum(weight) AS weight FROM read_parquet('{folder}/*.parquet') GROUP BY ALL)
        TO '{out}' (FORMAT parquet, COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT 0)""")


if __name__ == "__main__":
    main(*sys.argv[1:3])
