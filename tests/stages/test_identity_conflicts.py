"""Assertions that contradict each other."""

from tests.stages.assertions import CONFLICT, entity, identity


def test_contradictions_are_told_and_not_settled():
    """Accounts named by case: x claimed whole twice, y in parts, z by confirmed and not, t by type, u by share."""
    found = identity("""
        account:string | other:string | relation:string | share:double | type:string | confirmed:boolean | since:date
        forum:x        | forum:x1     | same_as         | null         | null        | true              | 2016-04-01
        forum:x        | forum:X      | part_of         | 1            | null        | true              | 2016-04-01
        forum:y        | forum:Y1     | part_of         | 0.7          | null        | true              | 2016-04-01
        forum:y        | forum:Y2     | part_of         | 0.4          | null        | true              | 2016-04-01
        forum:s        | forum:Y1     | part_of         | 0.1          | null        | true              | 2016-04-01
        forum:s        | forum:Y2     | part_of         | 0.2          | null        | true              | 2016-04-01
        forum:s        | forum:X      | part_of         | 0.7          | null        | true              | 2016-04-01
        forum:z        | forum:z1     | same_as         | null         | null        | true              | 2016-04-01
        forum:z        | forum:X      | part_of         | 0.5          | null        | false             | 2016-04-01
        forum:t        | null         | same_as         | null         | person      | true              | 2016-04-01
        forum:t        | forum:t1     | same_as         | null         | bot         | true              | 2016-04-01
        forum:u        | forum:X      | part_of         | 0.5          | null        | true              | 2016-04-01
        forum:u        | forum:X      | part_of         | 0.6          | bot         | true              | 2016-04-01
        forum:v        | forum:z1     | same_as         | null         | null        | false             | 2016-04-02
        forum:v        | forum:x1     | same_as         | null         | null        | false             | 2016-04-01
    """)

    of = {name: entity("2016-04-01", "forum", name) for name in ("v", "X", "Y1", "Y2", "z", "t")}
    assert found.groups() == {
        of["v"]: {"forum:x1", "forum:v"},  # on one day the first id leads
        of["X"]: {"forum:X", "forum:s"},
        of["Y1"]: {"forum:Y1", "forum:s"},
        of["Y2"]: {"forum:Y2", "forum:s"},
        of["z"]: {"forum:z", "forum:z1"},
        of["t"]: {"forum:t", "forum:t1"},
    }
    types = {name: found.entities[entity_id]["type"] for name, entity_id in of.items()}
    assert types == {**dict.fromkeys(of, "unknown"), "X": "bot"}
    above, ended = "shares sum to more than 1: ", "; until one is lowered or ended "
    assert [tuple(row[name] for name in CONFLICT) for row in found.conflicts] == sorted(
        [
            (
                "claimed_whole_twice",
                "forum",
                "x",
                sorted([of["v"], of["X"]]),
                f"{above}{', '.join(sorted(f'1.0 to {of[name]}' for name in 'vX'))}{ended}it has no entity",
            ),
            (
                "shares_above_one",
                "forum",
                "y",
                sorted([of["Y1"], of["Y2"]]),
                f"{above}0.4 to {of['Y2']}, 0.7 to {of['Y1']}{ended}it has no entity",
            ),
            (
                "shares_above_one",
                "forum",
                "z",
                sorted([of["z"], of["X"]]),
                f"{above}0.5 to {of['X']}, 1.0 to {of['z']}{ended}links that are not confirmed are left out",
            ),
            (
                "links_differ",
                "forum",
                "u",
                [of["X"]],
                "the latest assertions say owner of 0.5 and owner of 0.6: end all but one",
            ),
            ("types_differ", None, None, [of["t"]], "the latest assertions say bot and person: end all but one"),
            (
                "merges_confirmed",
                "forum",
                "v",
                sorted([of["v"], of["z"]]),
                "same as forum:z1 from 2016-04-02 says us, not confirmed, and both belong to confirmed entities:"
                " confirm it or end it",
            ),
        ],
        key=lambda conflict: str(list(conflict)),
    )
    assert found.unlinked == []
