"""Laboratory results and measurements by LOINC: the latest usable one of each, in known units.

Only final, amended and corrected results taken and issued by `now` are used. A result that was
sent but cannot be read hides every older one of its kind: what was good last week says nothing when
today's result is illegible.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from models.patients import Lab, LabCode
from scheduler.intake import tables
from scheduler.intake.charts import Chart
from scheduler.intake.concepts import all_words, codings, text_of, word_list
from scheduler.intake.jsontree import Json, child, children, number, words
from scheduler.intake.reading import Reading
from scheduler.intake.records import Record
from scheduler.intake.times import Span, choice_span, span_of
from scheduler.intake.units import converted

RESULT_STATUSES = frozenset({"final", "amended", "corrected"})
UNFINISHED_STATUSES = frozenset({"registered", "preliminary", "cancelled", "entered-in-error"})
POSITIVE_CODES = frozenset({"POS", "DET", "H", "HH", "A", "AA"})
NEGATIVE_CODES = frozenset({"NEG", "ND", "N"})
LAST = datetime.max.replace(tzinfo=UTC)
ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6}


@dataclass(frozen=True, slots=True)
class Result:
    """One measurement; an unreadable one has no value and hides older ones."""

    measure: str
    value: float | None
    taken_at: datetime | None


@dataclass(frozen=True, slots=True)
class Measured:
    """What the observations of one patient give."""

    labs: tuple[Lab, ...]
    weight_kg: float | None
    height_cm: float | None


def measured(chart: Chart, reading: Reading) -> Measured:
    """The latest readable result of every measure.

    Args:
        chart: the patient's records.
        reading: the clock, the zone and the journal.
    """
    results: dict[str, list[Result]] = {}
    for result in [*_results(chart, reading), *_unreadable(chart, reading)]:
        results.setdefault(result.measure, []).append(result)
    latest = {measure: _latest(measure, found) for measure, found in sorted(results.items())}
    labs = tuple(
        Lab(code=code, value=result.value, taken_at=result.taken_at)
        for measure, result in latest.items()
        if result and (code := tables.lab_code(measure))
        if result.value is not None and result.taken_at is not None
    )
    weight, height = latest.get("weight"), latest.get("height")
    return Measured(labs, weight.value if weight else None, height.value if height else None)


def _latest(measure: str, results: list[Result]) -> Result | None:
    """The newest result; the worse of two of one instant; None where an unreadable one is newer."""
    if any(result.taken_at is None for result in results):
        return None
    spec = tables.measures().get(measure)
    sign = -1.0 if spec is not None and spec.worse == "low" else 1.0

    def rank(result: Result) -> tuple[datetime, float]:
        worst = math.inf if result.value is None else sign * result.value
        return result.taken_at or LAST, worst

    newest = max(results, key=rank)
    return newest if newest.value is not None else None


def _results(chart: Chart, reading: Reading) -> Iterator[Result]:
    for record in chart.of("Observation"):
        measure = measure_of(record)
        status = words(record.resource, "status")
        if measure is None or status in UNFINISHED_STATUSES:
            continue
        taken = _taken(record.resource, reading)
        issued = span_of(words(record.resource, "issued"), reading.tz)
        if (taken and taken.first > reading.now) or (issued and issued.first > reading.now):
            reading.note(record, "dated after now: not used")
            continue
        if "dataAbsentReason" in record.resource and not _has_value(record.resource):
            continue
        value, reason = _value(measure, record.resource)
        if status not in RESULT_STATUSES:
            value, reason = None, f"status {status!r} says nothing"
        if taken is None and value is not None:
            value, reason = None, "no time was given"
        if value is None:
            hidden = f"{reason}: not used, and no older {measure} either"
            reading.fault(record, hidden)
            chart.unreadable.append(f"{record.name} ({measure}) could not be used: {reason}")
        yield Result(measure, value, taken.first if taken else None)


def _unreadable(chart: Chart, reading: Reading) -> Iterator[Result]:
    """Results of resources that are no FHIR, as far as their code can be told."""
    for record in chart.unreadable_results:
        measure = measure_of(record)
        if measure:
            taken = _taken(record.resource, reading)
            if taken is None or taken.first <= reading.now:
                yield Result(measure, None, taken.first if taken else None)


def measure_of(record: Record) -> str | None:
    """What an Observation measures, by its LOINC code."""
    coded = codings(child(record.resource, "code"))
    return next((m for c in coded if (m := tables.lab_codes().get(c.code))), None)


def _taken(resource: Json, reading: Reading) -> Span | None:
    """When the specimen was taken, else when the result was issued; the earliest it may mean."""
    taken = choice_span(resource, "effective", reading.tz)
    return taken if taken is not None else span_of(words(resource, "issued"), reading.tz)


def _has_value(resource: Json) -> bool:
    return any(member.startswith("value") for member in resource)


def _value(measure: str, resource: Json) -> tuple[float | None, str]:
    """The value in the measure's unit, or None and why not."""
    if measure == LabCode.HCG:
        return _presence(resource)
    quantity = child(resource, "valueQuantity")
    raw = number(quantity, "value")
    if raw is None:
        return None, "no numeric value"
    if raw <= 0:
        return None, f"{raw:g} cannot be a result"
    unit = words(quantity, "code") or words(quantity, "unit") or "no unit"
    value = converted(measure, raw, quantity)
    if value is None:
        return None, f"unit {unit!r} cannot be turned into {tables.measures()[measure].unit}"
    return _bounded(measure, value, words(quantity, "comparator"))


def _bounded(measure: str, value: float, comparator: str) -> tuple[float | None, str]:
    """A value with `<` or `>` counts only where the truth can be no worse than the number.

    `<` and `>` step off the number, so that a limit that includes it is judged rightly.
    """
    worse = tables.measures()[measure].worse
    if not comparator:
        return value, ""
    if (comparator in ("<", "<=") and worse == "low") or (
        comparator in (">", ">=") and worse == "high"
    ):
        return None, f"only known to be {comparator} {value:g}"
    step = {"<": 0.0, ">": math.inf}.get(comparator)
    return (value if step is None else math.nextafter(value, step)), ""


def _presence(resource: Json) -> tuple[float | None, str]:
    """1 for a positive and 0 for a negative pregnancy test, by word, code or reference range."""
    concepts = (child(resource, "valueCodeableConcept"), *children(resource, "interpretation"))
    coded = [coding for concept in concepts for coding in codings(concept)]
    kinds = {kind for coding in coded for kind in tables.kinds_of(coding)}
    signs = {coding.code for coding in coded}
    said = word_list(" ".join([words(resource, "valueString"), *map(text_of, concepts)]))
    positive = resource.get("valueBoolean") is True or "positive" in [*kinds, *said]
    negative = resource.get("valueBoolean") is False or "negative" in [*kinds, *said]
    positive = (
        positive or bool(signs & POSITIVE_CODES) or ("detected" in said and "not" not in said)
    )
    negative = negative or bool(signs & NEGATIVE_CODES) or "not detected" in " ".join(said)
    if positive:
        return 1.0, ""
    if negative:
        return 0.0, ""
    return _against_range(resource)


def _against_range(resource: Json) -> tuple[float | None, str]:
    value = number(child(resource, "valueQuantity"), "value")
    highs = [number(child(span, "high"), "value") for span in children(resource, "referenceRange")]
    limits = [high for high in highs if high is not None]
    if value is None or len(limits) != 1:
        return None, "neither positive nor negative by word, code or reference range"
    return (1.0 if value > limits[0] else 0.0), ""


def asa_class_of(chart: Chart, reading: Reading) -> int | None:
    """The latest ASA physical status class, the higher of two of one instant."""
    found: list[tuple[datetime, int]] = []
    for record in chart.of("Observation"):
        resource = record.resource
        taken = _taken(resource, reading)
        if words(resource, "status") not in RESULT_STATUSES or not _is_asa(resource):
            continue
        grade = _asa_grade(resource)
        if grade and taken and taken.first <= reading.now:
            found.append((taken.first, grade))
    return max(found)[1] if found else None


def _is_asa(resource: Json) -> bool:
    concept = child(resource, "code")
    kinds = {kind for coding in codings(concept) for kind in tables.kinds_of(coding)}
    text = all_words(concept)
    return "asa-class" in kinds or "asa class" in text or "asa physical status" in text


def _asa_grade(resource: Json) -> int | None:
    concept = child(resource, "valueCodeableConcept")
    for coding in codings(concept):
        for kind in tables.kinds_of(coding):
            if kind.startswith("asa-") and kind != "asa-class":
                return int(kind.removeprefix("asa-"))
    plain = resource.get("valueInteger")
    return _grade(
        [str(plain)] if plain else word_list(f"{text_of(concept)} {words(resource, 'valueString')}")
    )


def _grade(said: list[str]) -> int | None:
    grades = {ROMAN.get(word, int(word) if word.isdigit() else 0) for word in said} & set(
        range(1, 7)
    )
    return max(grades, default=None)


def mallampati_flags(chart: Chart, reading: Reading) -> set[str]:
    """`mallampati-3` or `mallampati-4` by the latest such observation."""
    found: list[tuple[datetime, int]] = []
    for record in chart.of("Observation"):
        resource = record.resource
        taken = _taken(resource, reading)
        if "mallampati" not in all_words(child(resource, "code")) or taken is None:
            continue
        grade = _asa_grade(resource)
        if words(resource, "status") in RESULT_STATUSES and grade and taken.first <= reading.now:
            found.append((taken.first, grade))
    latest = max(found)[1] if found else 0
    return {f"mallampati-{latest}"} if latest in (3, 4) else set()
