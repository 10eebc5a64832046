"""The constants a calibration freezes for one version on one network: a row of the table `calibrations`."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """Method 6 and 7: what raw scores and reactions are measured against, on every score date.

    accounts: accounts with reach the constants were taken over. z50, z95: raw scores (no unit) of the median
    account and of the one at the version's high percentile, z95 > z50. m0: voiced reactions per original post
    over the network, 0 if there is nothing to compare with. has_profiles, has_posts: whether the network
    delivered such a feed by the reference date. shift: points that bring the network onto one scale with the others.
    """

    accounts: int
    z50: float
    z95: float
    m0: float
    has_profiles: bool
    has_posts: bool
    shift: float = 0.0
