"""Seeded events in the open format as landing files: JSON lines, so and so many a day."""

from datetime import timedelta

import numpy as np

ACTIONS = np.array(["favourite", "retweet", "mention", "reply", "quote"])
SHARES = (0.4, 0.2, 0.2, 0.15, 0.05)
DUPLICATES, CONFLICTS, TWINS = 0.01, 0.001, 0.05  # delivered twice; twice with other content; a reply and its mention
BATCH = 50_000


def write_events(writer, *, events, days, start, seed, network="twitter"):
    """Write `events` rows, over as many accounts as a tenth of them, in equal shares to each day. Returns the rows."""
    rng = np.random.default_rng(seed)
    accounts = max(100, events // 10)
    written = 0
    for day in range(days):
        with writer.day(network, "events", start + timedelta(days=day)) as delivery:
            share = events // days + (day < events % days)
            delivery.write_lines(_batches(rng, share, accounts, start + timedelta(days=day)), ".jsonl")
            written += delivery.rows
    return written


def _batches(rng, rows, accounts, day):
    for begin in range(0, rows, BATCH):
        yield _lines(rng, f"{day:%Y%m%d}-{begin}", min(BATCH, rows - begin), accounts, day)


def _lines(rng, prefix, rows, accounts, day):
    """Lines of one batch: acts of uniform actors towards targets of a power law, some of them repeated."""
    again = rng.choice(rows, size=int(rows * (DUPLICATES + CONFLICTS + TWINS)), replace=False)
    exact, other, twins = np.split(again, [int(rows * DUPLICATES), int(rows * (DUPLICATES + CONFLICTS))])
    columns = {
        "actor": rng.integers(0, accounts, rows),
        "target": (accounts * rng.random(rows) ** 3).astype(np.int64),
        "action": ACTIONS[rng.choice(len(ACTIONS), size=rows, p=SHARES)],
        "second": rng.integers(0, 86_400, rows),
        "about": rng.integers(0, 1 << 40, rows),
    }
    columns["action"][twins] = "reply"
    lines = [_line(f"{prefix}-{n}", day, row) for n, row in enumerate(_rows(columns))]
    lines += [lines[n] for n in exact]
    lines += [lines[n].replace('"object_id":"', '"object_id":"9') for n in other]
    lines += [lines[n].replace('"reply"', '"mention"').replace('{"event_id":"', '{"event_id":"m') for n in twins]
    return [lines[n] for n in rng.permutation(len(lines))]


def _rows(columns):
    return zip(*(column.tolist() for column in columns.values()), strict=True)


def _line(event_id, day, row):
    actor, target, action, second, about = row
    at = f"{day}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z"
    return (
        f'{{"event_id":"{event_id}","actor_id":"{actor}","target_id":"{target}","action":"{action}",'
        f'"occurred_at":"{at}","object_id":"{about}"}}'
    )
