"""Every table of a lake, in flow order. A column's sentence is its documentation, its rule is its check.

Data tables are written by Spark, control tables (CONTROL) by delta-rs in single small commits, scores (SCORES) by
delta-rs from arrays; see docs/decisions/control-tables.md and docs/decisions/scores-in-arrays.md.
"""

from sway.contracts.tables.acts import ACCOUNTS, INTERACTIONS, PAIR_DAYS, POSTS, TOMBSTONES
from sway.contracts.tables.deliveries import FEED_DAYS, QUARANTINE
from sway.contracts.tables.identity import ENTITIES, ENTITY_LINKS, IDENTITY_ASSERTIONS, IDENTITY_ISSUES, OPT_OUTS
from sway.contracts.tables.record import METRICS, PROMOTIONS, PUBLISHED, RUNS
from sway.contracts.tables.scores import ACCOUNT_SCORES, CALIBRATIONS, ENTITY_SCORES
from sway.contracts.tables.states import FOLLOWS, LABELS, PAGE_LINKS, PAGE_VIEWS, PROFILES

DATA = (
    QUARANTINE, ACCOUNTS, TOMBSTONES, INTERACTIONS, POSTS, PROFILES, LABELS, IDENTITY_ASSERTIONS, ENTITIES,
    ENTITY_LINKS, IDENTITY_ISSUES, OPT_OUTS, FOLLOWS, PAGE_LINKS, PAGE_VIEWS, PAIR_DAYS,
)  # fmt: skip
CONTROL = (FEED_DAYS, CALIBRATIONS, RUNS, METRICS, PUBLISHED, PROMOTIONS)
SCORES = (ACCOUNT_SCORES, ENTITY_SCORES)
TABLES = (*CONTROL[:1], *DATA, CALIBRATIONS, *SCORES, *CONTROL[2:])
