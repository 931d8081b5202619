"""Quantities into the one unit each measure is kept in.

Spellings that mean the unit itself are settled by a table. Others go through UCUM, whose parser is
loaded only then, since it takes most of a second.
"""

from functools import lru_cache
from typing import Any

from scheduler.intake import tables
from scheduler.intake.jsontree import Json, words

SAME = {("10*9/L", "10*3/uL"), ("10*9/L", "10*9/L")}
"""A thousand million in a litre are a thousand in a microlitre."""


def converted(measure: str, value: float, quantity: Json) -> float | None:
    """A value in the unit of its measure; None when its unit cannot be turned into that.

    Args:
        measure: a name of the laboratory table, such as `creatinine`.
        value: the number as sent.
        quantity: the FHIR Quantity, whose code or unit names the unit.
    """
    spec = tables.measures().get(measure)
    if spec is None:
        return None
    unit = unit_of(quantity)
    if unit is None:
        return None
    if unit == spec.unit or (spec.unit, unit) in SAME:
        return value
    return _through_ucum(value, unit, spec.unit, spec.grams_per_mole)


def unit_of(quantity: Json) -> str | None:
    """The unit as UCUM; None when there is none or it is not known and not from UCUM."""
    code, unit = words(quantity, "code"), words(quantity, "unit")
    for spelling in (code, unit):
        known = tables.unit_spellings().get(_plain(spelling)) if spelling else None
        if known:
            return known
    if code and words(quantity, "system") == "http://unitsofmeasure.org":
        return code
    return "1" if not code and not unit else None


def _plain(spelling: str) -> str:
    return "".join(spelling.lower().split())


@lru_cache(maxsize=1)
def _registry() -> Any:
    from ucumvert import PintUcumRegistry  # noqa: PLC0415 -- slow, and only for rare units

    return PintUcumRegistry()


def _through_ucum(value: float, unit: str, target: str, molar: float | None) -> float | None:
    """A value converted by UCUM; moles to grams where the measure has a molar mass."""
    from pint.errors import PintError  # noqa: PLC0415 -- as above
    from ucumvert.parser import InvalidUcumError  # noqa: PLC0415 -- as above

    units = _registry()
    try:
        amount = value * units.from_ucum(unit)
        if molar is not None and amount.check("[substance] / [length] ** 3"):
            amount = amount * (molar * units.from_ucum("g/mol"))
        return float((amount / units.from_ucum(target)).to("dimensionless").magnitude)
    except (PintError, InvalidUcumError, TypeError, ValueError, ArithmeticError):
        return None  # no unit at all, or one of another kind of quantity
