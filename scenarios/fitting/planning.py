"""Giving a practice fitted durations, with the minutes that they are ratios to.

A replay takes a case to last its catalogue's minutes times a drawn ratio. Whoever takes ratios over
must take over the minutes below the line, whole: what the catalogue added of its own for levels or
sides would count twice.
"""

from collections.abc import Mapping

from pydantic import NonNegativeInt, PositiveInt

from models.base import Frozen, Id
from models.site import ProcedureOverride
from scenarios.assumptions import Durations
from scenarios.practice import Practice

UNTOLD: Mapping[str, int] = {"bilateral": 0, "ct_guidance": 0, "thoracic": 0}
"""What a catalogue adds for things that no history tells of its cases: with them or without, they
are among the cases whose minutes were fitted."""


class BookedMinutes(Frozen):
    """What is booked for a procedure by its levels, in the form that a catalogue has for it."""

    base: PositiveInt
    """For one level."""
    per_extra_level: NonNegativeInt | None = None
    """For each further one; None: there were no cases of more, and the catalogue's figure stays."""


def with_durations(
    practice: Practice, durations: Durations, booked: Mapping[Id, BookedMinutes], source: str
) -> Practice:
    """The practice booking what a history booked, with the durations that the history saw.

    Procedures that the history does not know keep their minutes, with the ratios of all cases.

    Args:
        practice: what is changed.
        durations: ratios to the minutes of the history.
        booked: those minutes by procedure, as `Fitted.booked_minutes` has them.
        source: what to write beside the figures.
    """
    figures = dict(practice.site.procedures)
    for procedure in practice.catalogue.procedures:
        minutes = booked.get(procedure.key)
        if minutes is not None:
            figures[procedure.key] = _override(figures.get(procedure.key), minutes, source)
    site = practice.site.model_copy(update={"procedures": figures})
    assumptions = practice.assumptions.model_copy(update={"durations": durations})
    return practice.changed(site=site, assumptions=assumptions)


def _override(
    before: ProcedureOverride | None, minutes: BookedMinutes, source: str
) -> ProcedureOverride:
    kept = {} if before is None else before.model_dump(exclude_none=True)
    figures = minutes.model_dump(exclude_none=True)
    return ProcedureOverride.model_validate({**kept, **UNTOLD, **figures, "source": source})
