"""PageRank in DuckDB: a join and a sum for each sweep. `python rank_duckdb.py EDGES OUT`."""

import sys

import duckdb
from edges import DAMPING, SWEEPS

ARRIVING = """
    CREATE OR REPLACE TABLE next AS
    WITH lost AS (SELECT coalesce(sum(rank), 0) AS mass FROM ranks WHERE total IS NULL)
    SELECT account, total, {damping} * (coalesce(arriving, 0) + mass / n) + (1 - {damping}) / n AS rank, n
    FROM ranks CROSS JOIN lost LEFT JOIN (
        SELECT target AS account, sum(share * rank) AS arriving
        FROM edges JOIN ranks ON ranks.account = source GROUP BY target) USING (account)"""


def main(folder, out):
    connection = duckdb.connect()
    connection.execute(f"SET preserve_insertion_order = false; SET temp_directory = '{out}.tmp'")
    connection.execute(f"CREATE VIEW raw AS SELECT * FROM read_parquet('{folder}/*.parquet')")
    connection.execute("""
        CREATE TABLE keys AS SELECT key, (row_number() OVER ())::INTEGER AS account
        FROM (SELECT actor_key AS key FROM raw UNION SELECT target_key FROM raw)""")
    connection.execute("CREATE TABLE totals AS SELECT actor_key, sum(weight) AS total FROM raw GROUP BY actor_key")
    connection.execute("""
        CREATE TABLE edges AS SELECT a.account AS source, t.account AS target, sum(weight) / any_value(total) AS share
        FROM raw JOIN keys a ON a.key = actor_key JOIN keys t ON t.key = target_key JOIN totals USING (actor_key)
        GROUP BY 1, 2""")
    connection.execute("""
        CREATE TABLE ranks AS SELECT account, total, 1.0::DOUBLE / n AS rank, n
        FROM keys LEFT JOIN totals ON actor_key = key CROSS JOIN (SELECT count(*) AS n FROM keys)""")
    for _ in range(SWEEPS):
        connection.execute(ARRIVING.format(damping=DAMPING))
        connection.execute("DROP TABLE ranks; ALTER TABLE next RENAME TO ranks")
    connection.execute(f"""
        COPY (SELECT key AS account_key, rank FROM ranks JOIN keys USING (account))
        TO '{out}' (FORMAT parquet, COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT 0)""")


if __name__ == "__main__":
    main(*sys.argv[1:3])
