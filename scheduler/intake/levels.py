"""Vertebral levels from the body sites of a referral, by SNOMED CT code or by words.

Words may name one level (T12, Th12, D12, L1 vertebra, twelfth thoracic vertebra), several (T11,
T12), or a range (T11-L1, T12 to L2), which means every level in it.
"""

import re
from collections.abc import Iterable

from scheduler.intake import tables
from scheduler.intake.concepts import codings, text_of
from scheduler.intake.jsontree import Json

SPINE = (
    *(f"C{n}" for n in range(1, 8)),
    *(f"T{n}" for n in range(1, 13)),
    *(f"L{n}" for n in range(1, 6)),
    *(f"S{n}" for n in range(1, 6)),
)
"""All levels from head to tail; S1 to S5 are the parts of the sacrum."""
REGIONS = {"c": "C", "cervical": "C", "t": "T", "th": "T", "d": "T", "thoracic": "T", "dorsal": "T",
           "l": "L", "lumbar": "L", "s": "S", "sacral": "S"}  # fmt: skip
ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12,
}  # fmt: skip
SHORT = re.compile(r"\b(c|th|t|d|l|s)\s?(\d{1,2})\b", re.IGNORECASE)
RANGE = re.compile(
    r"\b(c|th|t|d|l|s)\s?(\d{1,2})\s*(?:-|\u2013|\u2014|to|through|thru)\s*(c|th|t|d|l|s)?\s?(\d{1,2})\b",
    re.IGNORECASE,
)
LONG = re.compile(
    rf"\b(?:({'|'.join(ORDINALS)})|(\d{{1,2}})(?:st|nd|rd|th))\s+(cervical|thoracic|dorsal|lumbar|sacral)",
    re.IGNORECASE,
)


def levels_of(body_sites: Iterable[Json]) -> tuple[str, ...]:
    """The vertebral levels of CodeableConcepts, from head to tail; empty when they name none."""
    found: set[str] = set()
    for site in body_sites:
        coded = {tables.vertebrae().get(coding.code, "") for coding in codings(site)} - {""}
        texts = [text_of(site), *(coding.display for coding in codings(site))]
        found |= coded or {level for text in texts for level in levels_in(text)}
    return tuple(level for level in SPINE if level in found)


def levels_in(text: str) -> frozenset[str]:
    """The levels that words name."""
    found: set[str] = set()
    for first_region, first, second_region, second in RANGE.findall(text):
        start = _level(first_region, first)
        end = _level(second_region or first_region, second)
        if start and end and SPINE.index(start) <= SPINE.index(end):
            found.update(SPINE[SPINE.index(start) : SPINE.index(end) + 1])
    for region, count in SHORT.findall(text):
        found.add(_level(region, count) or "")
    for ordinal, count, region in LONG.findall(text):
        found.add(_level(region, str(ORDINALS[ordinal.lower()]) if ordinal else count) or "")
    return frozenset(found - {""})


def _level(region: str, count: str) -> str | None:
    level = f"{REGIONS[region.lower()]}{int(count)}"
    return level if level in SPINE else None
