"""A chart as the facts the clinical rules ask about: the minimum necessary, no names."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import TypeVar

from models.patients import PatientFacts, Sex
from scheduler.intake import labs as results
from scheduler.intake.charts import Chart
from scheduler.intake.concepts import codings, text_of
from scheduler.intake.conditions import (
    airway_flags,
    commitments_of,
    findings_of,
    held_allergies,
    held_conditions,
    implants_of,
    speechless,
)
from scheduler.intake.exposures import exposures_of
from scheduler.intake.jsontree import Json, child, children, words
from scheduler.intake.pregnancy import pregnancy_of
from scheduler.intake.reading import Reading
from scheduler.intake.times import period_span, whole_date
from scheduler.intake.unlisted import unlisted

UNAVAILABLE = "urn:holdfast:unavailable"
"""Patient extension with a valuePeriod: the patient cannot come then."""
ESCORT = "urn:holdfast:escort"
"""Patient extension with a valueBoolean: whether somebody takes the patient home."""
T = TypeVar("T")
LANGUAGE_NAMES = {"english": "en", "spanish": "es", "espanol": "es", "español": "es"}


def facts_of(chart: Chart, reading: Reading) -> PatientFacts:
    """Everything the rules may ask about one patient.

    Args:
        chart: the patient's sound records and what could not be read.
        reading: the clock, the zone, the references and the journal.
    """
    patient = chart.patient.resource
    conditions = held_conditions(chart, reading)
    measured = results.measured(chart, reading)
    implants, undated = implants_of(chart, conditions, reading)
    versions = [patient, *(other.resource for other in chart.other_versions)]
    sex = _agreed([_sex(version) for version in versions]) or Sex.UNKNOWN
    pregnancy = pregnancy_of(chart, conditions, measured.labs, sex, reading)
    exposures = exposures_of(chart, reading)
    allergies = held_allergies(chart, conditions, reading)
    warnings = (
        *chart.unreadable,
        *speechless([*conditions, *allergies]),
        *undated,
        *unlisted(chart, conditions, exposures, reading),
        *_identity_warnings(chart, versions),
    )
    return PatientFacts(
        id=chart.patient.id,
        birth_date=_agreed([_birth_date(version, chart, reading) for version in versions]),
        sex=sex,
        deceased=any(_is_dead(version) for version in versions),
        weight_kg=measured.weight_kg,
        height_cm=measured.height_cm,
        exposures=exposures,
        labs=measured.labs,
        conditions=findings_of(conditions, reading),
        allergies=findings_of(allergies, reading),
        pregnancy=pregnancy,
        implants=implants,
        asa_class=results.asa_class_of(chart, reading),
        airway_flags=tuple(
            sorted(airway_flags(conditions) | results.mallampati_flags(chart, reading))
        ),
        commitments=commitments_of(chart, reading),
        unavailable=_unavailable(patient, reading),
        has_escort=_escort(patient),
        unreadable=tuple(dict.fromkeys(warnings)),
        language=_language(patient),
    )


def _agreed(values: list[T]) -> T | None:
    """The one value of all versions of a patient, or None where they differ."""
    return values[0] if all(value == values[0] for value in values) else None


def _identity_warnings(chart: Chart, versions: list[Json]) -> Iterator[str]:
    if len(versions) > 1:
        yield f"{chart.patient.name} was sent in {len(versions)} versions that differ"
    for link in children(chart.patient.resource, "link"):
        if words(link, "type") == "replaced-by":
            other = words(child(link, "other"), "reference") or "another record"
            yield f"{chart.patient.name} was replaced by {other}: that record counts"


def _sex(patient: Json) -> Sex:
    gender = words(patient, "gender")
    return Sex(gender) if gender in set(Sex) else Sex.UNKNOWN


def _is_dead(patient: Json) -> bool:
    """Any record of a death counts, also one dated after `now`: deaths are not entered ahead."""
    said = patient.get("deceasedBoolean")
    denied = said is None or said is False or said == "false"
    return not denied or patient.get("deceasedDateTime") is not None


def _birth_date(patient: Json, chart: Chart, reading: Reading) -> date | None:
    """A complete birth date; with less than that the age in years is unknown."""
    text = words(patient, "birthDate")
    born = whole_date(text)
    if born is not None and born <= reading.now.astimezone(reading.tz).date():
        return born
    if text:
        reading.fault(chart.patient, f"birth date {text} gives no age: age is unknown")
    return None


def _unavailable(patient: Json, reading: Reading) -> tuple[tuple[datetime, datetime], ...]:
    spans = (
        period_span(child(extension, "valuePeriod"), reading.tz)
        for extension in children(patient, "extension")
        if words(extension, "url") == UNAVAILABLE
    )
    return tuple(sorted((span.first, span.last) for span in spans if span))


def _escort(patient: Json) -> bool | None:
    for extension in children(patient, "extension"):
        if words(extension, "url") == ESCORT:
            value = extension.get("valueBoolean")
            return value if isinstance(value, bool) else None
    return None


def _language(patient: Json) -> str:
    """The preferred language, else the first, as its primary subtag; English when none is given."""
    spoken = children(patient, "communication")
    ranked = sorted(spoken, key=lambda item: item.get("preferred") is not True)
    for item in ranked:
        concept = child(item, "language")
        code = next((coding.code for coding in codings(concept) if coding.code), "")
        named = LANGUAGE_NAMES.get(text_of(concept).lower(), "")
        subtag = code.split("-")[0].split("_")[0].lower() or named
        if subtag:
            return subtag
    return "en"
