"""docs/method.md says of each action what the version's file says."""

from __future__ import annotations

from sway.runtime import config

MARKS = {"e": "endorsing", "c": "conversation", "s": "standing", "d": "disputing"}


def test_the_table_of_weights_is_that_of_sway_1_0():
    text = (config.HOME / "docs" / "method.md").read_text()
    head, _, *lines = text[text.index("| b |") :].split("\n\n")[0].splitlines()
    networks = [cell.strip() for cell in head.strip("|").split("|")][1:]
    told = {}
    for line in lines:
        weight, *cells = (cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|"))
        for network, cell in zip(networks, cells, strict=True):
            for one in filter(None, cell.split(", ")):
                action, *marks = one.split()
                told[network, action] = (float(weight), {MARKS[mark] for mark in marks})

    method = config.load().method("sway-1.0")
    assert told == {
        (network, name): (action.weight, {mark for mark in MARKS.values() if getattr(action, mark)})
        for network, of in method.networks.items()
        for name, action in of.actions.items()
    }
