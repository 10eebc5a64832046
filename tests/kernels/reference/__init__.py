"""The score of an account in loops and dicts: the slow twin every fast path is tested against.

Written from the design's sections 5.1 to 5.8 alone; it shares no code and no trick with lib/sway, and
should stay so: whoever changes a formula changes it here by hand as well. Left out: synchrony (f = 0),
quality as a reactor (v = 1), distrust.

Names as in the design: j acts, i is acted upon, a is the action, t the score date.
"""

from tests.kernels.reference.graph import *  # noqa: F403
from tests.kernels.reference.points import *  # noqa: F403
from tests.kernels.reference.whole import *  # noqa: F403
