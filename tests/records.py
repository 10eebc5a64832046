"""Records as lines of a drawn table: line:string | rule:string | id:string | holds:string."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pyspark.sql import DataFrame, Row


def assert_drawn(names: Iterable[str], records: Sequence[Row], table: DataFrame) -> None:
    """Whether the records of the named lines are what the table draws, in order.

    `holds` is what `held` says; a refused record shows nothing but its rule.
    """
    found = [(name, *_shown(record.asDict(recursive=True))) for name, record in zip(names, records, strict=True)]
    drawn = [tuple(row) for row in table.collect()]

    assert len(found) == len(drawn)
    for one, other in zip(found, drawn, strict=True):
        assert one == other


def held(record: Mapping[str, Any]) -> str:
    """A record's body in short.

    original by 10 (a post), 10 like 20 on 7 (an act towards 20), back likes 5 (takes record 5 of the feed
    likes back), 10 actor of follow begins 20 (a relation).
    """
    if "relation" in record:
        return "{owner_id} {owner_is} of {action} {change} {names}".format(
            **record["relation"], names=" ".join(record["relation"]["others"])
        ).strip()
    post, back = record["post"], record["takes_back"]
    parts = [f"{post['kind']} by {post['author_id']}"] if post else []
    parts += ["{actor_id} {action} {target_id} on {object_id}".format(**act) for act in record["acts"]]
    parts += ["back {feed} {record_id}".format(**back)] if back else []
    return ", ".join(parts)


def _shown(record: Mapping[str, Any]) -> tuple[str | None, ...]:
    if record["fault"]:
        return record["fault"]["rule"], None, None
    return None, record["record_id"], held(record)
