"""Giving a practice fitted durations, and the minutes that its planner is to book.

What a case really takes must not change because other minutes are booked for it: whenever the
catalogue's minutes change here, the assumed factors on them change the other way.
"""

from collections.abc import Mapping
from math import ceil

from models.base import Id
from models.catalogue import Catalogue
from models.errors import InputError
from models.procedures import ProcedureType
from models.site import ProcedureOverride
from scenarios.assumptions import DurationGroup, Durations, Quantiles
from scenarios.durations import expected_quantile, ratio_for
from scenarios.practice import Practice

PARTS = ("base", "per_extra_level", "bilateral", "ct_guidance", "thoracic")
"""Minutes of a procedure that go together."""


def with_durations(
    practice: Practice, durations: Durations, booked: Mapping[Id, float], source: str
) -> Practice:
    """The practice booking what a history booked, with the durations that the history saw.

    Fitted factors are on the minutes of the history; procedures it knows therefore take these as
    their length of one level, in whole minutes. What is added for further levels stays the
    catalogue's, and other procedures keep theirs, with the factors of all cases.

    Args:
        practice: what is changed.
        durations: factors on the minutes of the history.
        booked: those minutes by procedure, as `Fitted.booked_minutes` has them.
        source: what to write beside the figures.
    """
    figures = dict(practice.site.procedures)
    factors: dict[str, float] = {}
    for procedure in practice.catalogue.procedures:
        minutes = booked.get(procedure.key)
        if minutes is not None:
            base = max(1, round(minutes))
            factors[procedure.key] = base / minutes
            figures[procedure.key] = _override(figures.get(procedure.key), {"base": base}, source)
    return _changed(practice, figures, rescaled(durations, factors))


def booking_quantile(practice: Practice, level: float) -> Practice:
    """The practice booking, for each procedure, the minutes that suffice for a share of its cases.

    Args:
        practice: its assumptions say how long procedures take.
        level: the share, above 0 and below 1; 0.5 books the median.

    Raises:
        InputError: the level is not between 0 and 1.
    """
    figures = dict(practice.site.procedures)
    overrides = planned_overrides(practice.catalogue, practice.assumptions.durations, level)
    factors: dict[str, float] = {}
    for procedure in practice.catalogue.procedures:
        override = overrides[procedure.key]
        base = override.base or procedure.procedure_minutes.base
        factors[procedure.key] = base / procedure.procedure_minutes.base
        given = {part: getattr(override, part) for part in PARTS}
        figures[procedure.key] = _override(figures.get(procedure.key), given, override.source)
    return _changed(practice, figures, rescaled(practice.assumptions.durations, factors))


def planned_overrides(
    catalogue: Catalogue, durations: Durations, level: float
) -> dict[Id, ProcedureOverride]:
    """The catalogue's minutes at a quantile of what procedures take, in whole minutes upwards.

    A procedure is looked up without levels, proceduralist and sedation, which are not known when
    its figures are set.

    Raises:
        InputError: the level is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise InputError(f"{level} is no quantile to book", remedy="give one above 0 and below 1")
    return {p.key: _planned(p, durations, level) for p in catalogue.procedures}


def _planned(procedure: ProcedureType, durations: Durations, level: float) -> ProcedureOverride:
    factor = expected_quantile(durations, (procedure.key,), level)
    minutes = procedure.procedure_minutes
    base = max(1, _up(minutes.base * factor))
    # The other parts follow the base as it came out, so that one factor undoes them all.
    parts = {part: round(getattr(minutes, part) * base / minutes.base) for part in PARTS[1:]}
    ratio = ratio_for(durations, (procedure.key,))
    return ProcedureOverride(base=base, **parts, source=f"quantile {level:g} of: {ratio.source}")


def _up(minutes: float) -> int:
    """Whole minutes upwards, unless a rounding of floats alone is above them."""
    return ceil(round(minutes, 6))


def rescaled(durations: Durations, factors: dict[str, float]) -> Durations:
    """The same lengths as factors on other minutes.

    Args:
        durations: factors on the minutes before.
        factors: minutes afterwards over those before, by procedure.
    """
    named = {group.key[0] for group in durations.groups if group.key}
    missing = sorted(set(factors) - named)
    everything = durations.groups[0]
    added = (everything.model_copy(update={"key": (key,), "cases": 0}) for key in missing)
    groups = (_divided(group, factors) for group in (*durations.groups, *added))
    return durations.model_copy(update={"groups": tuple(groups), "planned_quantile": None})


def _divided(group: DurationGroup, factors: dict[str, float]) -> DurationGroup:
    factor = factors.get(group.key[0], 1.0) if group.key else 1.0
    values = tuple(value / factor for value in group.ratio.values)
    ratio = Quantiles(
        levels=group.ratio.levels,
        values=values,
        source=group.ratio.source,
        evidence=group.ratio.evidence,
    )
    return DurationGroup(key=group.key, ratio=ratio, cases=group.cases)


def _override(
    before: ProcedureOverride | None, given: dict[str, int], source: str
) -> ProcedureOverride:
    kept = {} if before is None else before.model_dump(exclude_none=True, exclude={"source"})
    return ProcedureOverride.model_validate(kept | given | {"source": source})


def _changed(
    practice: Practice, figures: dict[Id, ProcedureOverride], durations: Durations
) -> Practice:
    site = practice.site.model_copy(update={"procedures": figures})
    assumptions = practice.assumptions.model_copy(update={"durations": durations})
    return practice.changed(site=site, assumptions=assumptions)
