"""Every table of a lake, in flow order. A column's sentence is its documentation, its rule is its check.

Spark writes the data tables (DATA) except the small ones (FROM_ARROW): the registry's lists, and who is behind
accounts. Those, control tables (CONTROL) and scores (SCORES) are written by delta-rs; see
docs/decisions/control-tables.md, scores-in-arrays.md and identity-in-arrays.md.
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
FROM_ARROW = (LABELS, IDENTITY_ASSERTIONS, ENTITIES, ENTITY_LINKS, IDENTITY_ISSUES, OPT_OUTS)
CONTROL = (FEED_DAYS, CALIBRATIONS, RUNS, METRICS, PUBLISHED, PROMOTIONS)
# Those whose rows change one by one; how they are read: runtime/lake.py.
MERGED = (FEED_DAYS, CALIBRATIONS, METRICS, PUBLISHED, PROMOTIONS, LABELS, IDENTITY_ASSERTIONS, OPT_OUTS)
SCORES = (ACCOUNT_SCORES, ENTITY_SCORES)
TABLES = (*CONTROL[:1], *DATA, CALIBRATIONS, *SCORES, *CONTROL[2:])
