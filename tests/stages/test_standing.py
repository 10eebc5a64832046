"""Relations that hold, between account keys, and how many lead to each account."""

import pyarrow as pa
from sway.contracts.method import Action
from sway.stages.standing import to_inlinks, to_standing

ACCOUNTS = pa.table({"account_id": ["ann", "bob", "cid"], "account_key": [-1, 2**63 - 1, 7]})
NO_LINKS = pa.table({"actor_id": pa.array([], pa.string()), "target_id": pa.array([], pa.string())})
FOLLOW, LINK, LIKE = (Action(weight=1.0, standing=standing) for standing in (True, True, False))


def follows(*rows):
    columns = zip(*rows, strict=True) if rows else ([], [], [])
    names = ("actor_id", "target_id", "action")
    return pa.table({n: pa.array(v, pa.string()) for n, v in zip(names, columns, strict=True)}).to_batches()


def test_relations_of_declared_standing_actions_are_keyed_and_those_with_strangers_left_out():
    told = follows(("ann", "bob", "follow"), ("bob", "ann", "friend"), ("cid", "ann", "like"), ("ann", "dot", "follow"))

    found = to_standing(told, NO_LINKS, ACCOUNTS, {"follow": FOLLOW, "like": LIKE})

    assert found.to_pylist() == [{"actor_key": -1, "target_key": 2**63 - 1, "action": "follow"}]


def test_page_links_count_where_the_network_declares_them():
    links = pa.table({"actor_id": ["cid"], "target_id": ["ann"]})

    assert to_standing(follows(), links, ACCOUNTS, {"page_link": LINK}).to_pylist() == [
        {"actor_key": 7, "target_key": -1, "action": "page_link"}
    ]
    assert to_standing(follows(), links, ACCOUNTS, {"follow": FOLLOW}).num_rows == 0
    assert to_standing(follows(), links, ACCOUNTS, {"like": LIKE}) is None


def test_links_are_counted_once_from_each_other_account():
    rows = [(7, 1, "follow"), (7, 1, "friend"), (-1, 1, "follow"), (1, 1, "follow"), (1, 2**63 - 1, "follow")]
    standing = pa.Table.from_pylist(
        [dict(zip(("actor_key", "target_key", "action"), row, strict=True)) for row in rows]
    )

    assert to_inlinks(standing).to_pylist() == [
        {"account_key": 1, "links": 2},
        {"account_key": 2**63 - 1, "links": 1},
    ]
