"""Ingest and roll-up in DuckDB: `python ingest_duckdb.py events|statuses LANDING OUT`. Prints what it counted."""

import json
import sys

import duckdb

# What the records of each feed say: record_id, actor_id, target_id, action, place in the order of acts, acted_at,
# object_id.
ACTS = {
    "events": """
        SELECT event_id AS record_id, event_id, actor_id, target_id, action,
               try_strptime(occurred_at, '%Y-%m-%dT%H:%M:%SZ') AS acted_at, object_id, occurred_at AS act_key
        FROM raw
        WHERE event_id <> '' AND actor_id <> '' AND target_id <> '' AND acted_at IS NOT NULL
          AND action IN ('retweet', 'quote', 'reply', 'mention', 'favourite')""",
    "statuses": """
        WITH status AS (
            SELECT id_str AS record_id, user.id_str AS actor_id,
                   try_strptime(created_at[5:], '%b %d %H:%M:%S %z %Y') AT TIME ZONE 'UTC' AS acted_at,
                   retweeted_status, quoted_status, in_reply_to_user_id_str, in_reply_to_status_id_str, entities
            FROM raw WHERE id_str <> '' AND user.id_str <> ''
        ), act AS (
            SELECT record_id, actor_id, acted_at, unnest(
                CASE WHEN retweeted_status IS NOT NULL
                THEN [{'target': retweeted_status.user.id_str, 'action': 'retweet', 'about': retweeted_status.id_str}]
                ELSE list_concat(
                    [{'target': quoted_status.user.id_str, 'action': 'quote', 'about': quoted_status.id_str},
                     {'target': in_reply_to_user_id_str, 'action': 'reply', 'about': in_reply_to_status_id_str}],
                    [{'target': one, 'action': 'mention', 'about': record_id}
                     for one in list_distinct([m.id_str for m in entities.user_mentions])])
                END) AS act
            FROM status
        )
        SELECT record_id, record_id || '/' || act.action || '/' || act.target AS event_id, actor_id,
               act.target AS target_id, act.action AS action, acted_at, act.about AS object_id, record_id AS act_key
        FROM act WHERE act.target IS NOT NULL""",
}
COLUMNS = {
    "events": dict.fromkeys(("event_id", "actor_id", "target_id", "action", "occurred_at", "object_id"), "VARCHAR"),
    "statuses": {
        "id_str": "VARCHAR",
        "created_at": "VARCHAR",
        "source": "VARCHAR",
        "user": "STRUCT(id_str VARCHAR)",
        "retweeted_status": "STRUCT(id_str VARCHAR, user STRUCT(id_str VARCHAR))",
        "quoted_status": "STRUCT(id_str VARCHAR, user STRUCT(id_str VARCHAR))",
        "in_reply_to_user_id_str": "VARCHAR",
        "in_reply_to_status_id_str": "VARCHAR",
        "entities": "STRUCT(user_mentions STRUCT(id_str VARCHAR)[], hashtags STRUCT(text VARCHAR)[])",
    },
}
# A record id with several contents is refused; of one act the first in the order stays.
INTERACTIONS = """
    WITH once AS (SELECT DISTINCT * FROM raw),
         raw AS (SELECT once.* FROM once JOIN (
             SELECT {id} FROM once GROUP BY {id} HAVING count(*) = 1) AS sure USING ({id})),
         acts AS ({acts}),
         placed AS (SELECT *, list_position(['retweet', 'quote', 'reply', 'mention'], action) AS place FROM acts)
    SELECT record_id, event_id, actor_id, target_id, action, acted_at AS occurred_at, object_id,
           acted_at::DATE AS event_date,
           CASE WHEN actor_id = target_id THEN 'self_act'
                WHEN place > min(place) OVER (PARTITION BY actor_id, target_id, act_key) THEN 'absorbed'
           END AS set_aside
    FROM placed"""
PAIR_DAYS = """
    SELECT (hash(actor_id) >> 1)::BIGINT AS actor_key, (hash(target_id) >> 1)::BIGINT AS target_key, action, event_date,
           count(*) AS count, max(occurred_at) AS last_at
    FROM interactions WHERE set_aside IS NULL GROUP BY ALL"""


def main(feed, landing, out):
    connection = duckdb.connect()
    connection.execute(f"SET preserve_insertion_order = false; SET temp_directory = '{out}/tmp'")
    connection.execute(
        "CREATE VIEW raw AS SELECT * FROM read_json(?, format = 'newline_delimited', columns = $columns)".replace(
            "?", f"'{landing}/dt=*/part-*'"
        ).replace("$columns", str(COLUMNS[feed]))
    )
    record_id = "event_id" if feed == "events" else "id_str"
    connection.execute(
        f"CREATE TABLE interactions AS {INTERACTIONS.format(id=record_id, acts=ACTS[feed])}".replace(
            "SELECT DISTINCT * FROM raw", "SELECT DISTINCT * FROM main.raw"
        )
    )
    by_day = "(FORMAT parquet, COMPRESSION snappy, PARTITION_BY (event_date))"
    connection.execute(f"COPY interactions TO '{out}/interactions' {by_day}")
    connection.execute(f"COPY ({PAIR_DAYS}) TO '{out}/pair_days' {by_day}")
    counted = connection.execute("SELECT count(*), count(*) FILTER (set_aside IS NULL) FROM interactions").fetchall()
    print(json.dumps({"acts": {"rows": counted[0][0], "interactions": counted[0][1]}}))


if __name__ == "__main__":
    main(*sys.argv[1:])
