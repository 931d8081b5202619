"""Vertebral levels: their order, and which need special precautions."""

import re
from functools import lru_cache

from models.clinical.facts import Facts
from models.patients import Referral

COUNTS = {"C": 7, "T": 12, "L": 5, "S": 5}
"""Vertebrae by region, from the head down."""
LAST_PRECAUTION = "L1"
LAST_DISPUTED = "T4"


@lru_cache(maxsize=1_000)
def position(level: str) -> int | None:
    """The place of a level counted from C1 as 1; None when the text names none."""
    found = re.fullmatch(r"([CTLS])\s*(\d{1,2})", level.strip().upper())
    if found is None or not 1 <= int(found[2]) <= COUNTS[found[1]]:
        return None
    regions = list(COUNTS)
    above = sum(COUNTS[region] for region in regions[: regions.index(found[1])])
    return above + int(found[2])


def _at_or_above(level: str, lowest: str) -> bool:
    place, limit = position(level), position(lowest)
    return place is not None and limit is not None and place <= limit


def levels_known(referral: Referral) -> bool:
    """Whether every level can be told, and there is one."""
    return bool(referral.levels) and all(position(level) is not None for level in referral.levels)


def precaution_levels(facts: Facts) -> tuple[str, ...]:
    """Levels at L1 and above; all that are named when one cannot be told."""
    referral = facts.referral
    found = tuple(level for level in referral.levels if _at_or_above(level, LAST_PRECAUTION))
    return found if levels_known(referral) else (*found, "levels unknown")


def disputed_levels(facts: Facts) -> tuple[str, ...]:
    """Cervical levels and T1 to T4."""
    return tuple(level for level in facts.referral.levels if _at_or_above(level, LAST_DISPUTED))
