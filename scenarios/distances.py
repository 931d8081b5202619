"""How far patients live from the site, from a file: no referral says it, and no store keeps it."""

import csv
from collections.abc import Iterator, Mapping
from io import StringIO
from math import isfinite

from models.errors import InputError
from scenarios.practice import Known, Practice

HEADS = ["id", "km"]
MOST_KM = 21_000
"""Half of the earth's circumference and a little: nobody lives further away."""


def parse_distances(text: str, *, place: str) -> dict[str, float]:
    """Kilometres by patient or referral, from CSV with the columns `id` and `km`.

    Args:
        text: of the file; empty lines count for nothing.
        place: what the file is called in an error.

    Raises:
        InputError: another header, or bad lines: each is told with its number.
    """
    lines = csv.reader(StringIO(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")))
    if [head.strip() for head in next(lines, [])] != HEADS:
        raise InputError("the first line is not `id,km`", place=place, remedy="name the columns so")
    found: dict[str, float] = {}
    faults = []
    for cells in lines:
        if any(cell.strip() for cell in cells):
            try:
                found.update([_distance([cell.strip() for cell in cells], found)])
            except ValueError as fault:
                faults.append(f"line {lines.line_num}: {fault}")
    if faults:
        raise InputError("; ".join(faults), place=place, remedy="correct these lines")
    return found


def _distance(cells: list[str], before: Mapping[str, float]) -> tuple[str, float]:
    """One line's id and kilometres; ValueError says in words what is wrong."""
    if len(cells) != len(HEADS) or not cells[0]:
        msg = f"{','.join(cells)!r} is not an id and a distance"
        raise ValueError(msg)
    name, said = cells
    try:
        km = float(said)
    except ValueError:
        msg = f"{said!r} is no number"
        raise ValueError(msg) from None
    if not (isfinite(km) and 0 <= km <= MOST_KM):
        msg = f"{said} km is no distance from 0 to {MOST_KM:,} km"
        raise ValueError(msg)
    if before.get(name, km) != km:
        msg = f"{name} has {before[name]:g} km already"
        raise ValueError(msg)
    return name, km


def with_distances(practice: Practice, km: Mapping[str, float]) -> Practice:
    """The practice with how far its patients live, those that referrals are drawn from too.

    Args:
        practice: a case of which nothing is given stays as it is.
        km: by id of the referral or, where there is none, of the patient; others' are left.
    """
    drawn = practice.drawn_from
    return practice.changed(
        known=tuple(_known(practice.known, km)),
        drawn_from=None if drawn is None else tuple(_known(drawn, km)),
    )


def _known(known: tuple[Known, ...], km: Mapping[str, float]) -> Iterator[Known]:
    for one in known:
        found = km.get(one.id, km.get(one.patient.id, one.distance_km))
        yield one.model_copy(update={"distance_km": found})


def without_distance(practice: Practice) -> str:
    """That distances are not known, in a sentence; empty where all are known."""
    everybody = {one.id: one for one in (*practice.sources, *practice.known)}
    unknown = sum(one.distance_km is None for one in everybody.values())
    if not unknown:
        return ""
    who = "patients" if unknown == len(everybody) else "some patients"
    return (
        f"how far {who} live away is not known, so that they are in no group of distance. Give "
        "`--distances FILE.csv`, or `distance_km` in a practice file"
    )
