"""How a drug is taken: times of day, interval, route and dose, from FHIR dosage instructions.

Only coded timing is believed; instructions in words leave the times unknown, and the rules then
take the longest hours. Several instructions of one medication are one regimen: their times of day
join, and the shortest interval counts.
"""

from dataclasses import dataclass
from datetime import time

from scheduler.intake import tables
from scheduler.intake.concepts import codings, text_of, word_list
from scheduler.intake.jsontree import Json, child, children, number, words
from scheduler.intake.times import clock_time

HOURS = {"s": 1 / 3600, "min": 1 / 60, "h": 1.0, "d": 24.0, "wk": 168.0, "mo": 730.0, "a": 8760.0}
TIMING_CODES = {
    "QD": 24.0, "AM": 24.0, "PM": 24.0, "BED": 24.0, "QOD": 48.0, "BID": 12.0, "TID": 8.0,
    "QID": 6.0, "Q1H": 1.0, "Q2H": 2.0, "Q3H": 3.0, "Q4H": 4.0, "Q6H": 6.0, "Q8H": 8.0,
    "WK": 168.0, "MO": 730.0,
}  # fmt: skip
"""Hours between doses of the GTSAbbreviation codes."""
ROUTE_WORDS = {
    "oral": "oral", "mouth": "oral", "po": "oral", "intravenous": "intravenous",
    "iv": "intravenous", "subcutaneous": "subcutaneous", "sc": "subcutaneous",
    "subq": "subcutaneous", "intramuscular": "intramuscular", "im": "intramuscular",
    "topical": "topical", "transdermal": "transdermal", "ophthalmic": "ophthalmic",
    "inhaler": "inhaled", "inhalation": "inhaled", "nasal": "nasal",
}  # fmt: skip
MASS_MG = {"mg": 1.0, "ug": 0.001, "mcg": 0.001, "g": 1000.0, "milligram": 1.0, "gram": 1000.0}
PIECES = ("tablet", "tab", "tbl", "capsule", "cap", "{tbl}", "{capsule}", "[tablet]", "1", "")


@dataclass(frozen=True, slots=True)
class Regimen:
    """One medication's regimen; what cannot be told is empty or None."""

    dose_times: tuple[time, ...] = ()
    interval_hours: float | None = None
    as_needed: bool = False
    route: str | None = None
    quantity: float | None = None
    unit: str = ""
    text: str = ""
    """The instructions in words, for what a dose or a word says of the intent."""

    def dose_mg(self, strength_mg: float | None) -> float | None:
        """One dose in mg; tablets and capsules need the strength of one."""
        if self.quantity is None or self.quantity <= 0:
            return None
        unit = self.unit.lower()
        if unit in MASS_MG:
            return self.quantity * MASS_MG[unit]
        return self.quantity * strength_mg if strength_mg and unit.rstrip("s") in PIECES else None


def regimen_of(medication: Json, name: str) -> Regimen:
    """The regimen of a MedicationRequest or MedicationStatement.

    Args:
        medication: a sound resource of either type.
        name: the product's words, which tell the route when the instructions do not.
    """
    dosages = children(medication, "dosageInstruction") or children(medication, "dosage")
    repeats = [child(child(dosage, "timing"), "repeat") for dosage in dosages]
    quantities = {_quantity(dosage) for dosage in dosages} - {(None, "")}
    quantity, unit = next(iter(quantities)) if len(quantities) == 1 else (None, "")
    intervals = [hours for dosage in dosages if (hours := _interval(dosage))]
    return Regimen(
        dose_times=_times(repeats),
        interval_hours=min(intervals, default=None),
        as_needed=bool(dosages) and all(_as_needed(dosage) for dosage in dosages),
        route=_route(dosages, name),
        quantity=quantity,
        unit=unit,
        text=" ".join(words(dosage, "text") for dosage in dosages),
    )


def _times(repeats: list[Json]) -> tuple[time, ...]:
    """Times of day; none at all unless every instruction tells all of its doses by them."""
    if not all(_tells_every_dose(repeat) for repeat in repeats):
        return ()
    clocks = {clock_time(text) for repeat in repeats for text in repeat["timeOfDay"]}
    return tuple(sorted(clock for clock in clocks if clock)) if None not in clocks else ()


def _tells_every_dose(repeat: Json) -> bool:
    """Whether there are times of day, for every day, and as many as a frequency says."""
    clocks = repeat.get("timeOfDay")
    hours = (number(repeat, "period") or 1) * HOURS.get(words(repeat, "periodUnit"), 24.0)
    if not clocks or repeat.get("dayOfWeek") or hours > 24.0 or _is_range(repeat):
        return False
    frequency = number(repeat, "frequency")
    return frequency is None or len(set(clocks)) * hours == frequency * 24.0


def _is_range(repeat: Json) -> bool:
    return "periodMax" in repeat or "frequencyMax" in repeat


def _interval(dosage: Json) -> float | None:
    timing = child(dosage, "timing")
    repeat = child(timing, "repeat")
    if _is_range(repeat):
        return None
    clocks = repeat.get("timeOfDay")
    if clocks and "frequency" not in repeat and _tells_every_dose(repeat):
        return 24.0 / len(clocks)
    period, frequency = number(repeat, "period"), number(repeat, "frequency") or 1
    unit = HOURS.get(words(repeat, "periodUnit"))
    if period and unit and period > 0 and frequency > 0:
        return period * unit / frequency
    coded = (TIMING_CODES.get(coding.code) for coding in codings(child(timing, "code")))
    return next((hours for hours in coded if hours), None)


def _as_needed(dosage: Json) -> bool:
    return dosage.get("asNeededBoolean") is True or bool(child(dosage, "asNeededCodeableConcept"))


def _route(dosages: tuple[Json, ...], name: str) -> str | None:
    """The one route of all instructions, else the route the product's words tell."""
    routes = {route for dosage in dosages if (route := _coded_route(child(dosage, "route")))}
    if len(routes) == 1:
        return routes.pop()
    if routes:
        return None
    said = {ROUTE_WORDS[word] for word in word_list(name) if word in ROUTE_WORDS}
    return said.pop() if len(said) == 1 else None


def _coded_route(route: Json) -> str | None:
    for coding in codings(route):
        for kind in tables.kinds_of(coding):
            if kind.startswith("route-"):
                return kind.removeprefix("route-")
    said = {ROUTE_WORDS[word] for word in word_list(text_of(route)) if word in ROUTE_WORDS}
    return said.pop() if len(said) == 1 else None


def _quantity(dosage: Json) -> tuple[float | None, str]:
    rates = children(dosage, "doseAndRate")
    doses = [child(rate, "doseQuantity") for rate in rates if rate.get("doseQuantity")]
    doses += [child(child(rate, "doseRange"), "high") for rate in rates if rate.get("doseRange")]
    if len(doses) != 1:
        return None, ""
    return number(doses[0], "value"), words(doses[0], "code") or words(doses[0], "unit")
