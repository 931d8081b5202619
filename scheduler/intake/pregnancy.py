"""What is known of pregnancy at `now`.

Positive beats everything: an active pregnancy among the conditions, whatever its age, or a latest
test that is positive. A negative test counts for 72 hours (ACR-SPR, as in the clinical notes);
an older one says nothing of today, and the state is unknown. A man's record is not applicable
unless something in it says otherwise; so is a patient without a uterus.
"""

from datetime import timedelta

from models.patients import Lab, LabCode, Pregnancy, Sex
from scheduler.intake import tables
from scheduler.intake.charts import PREGNANCY_STATUS, Chart
from scheduler.intake.concepts import all_words, codings
from scheduler.intake.conditions import kinds_in, performed
from scheduler.intake.jsontree import Json, child, words
from scheduler.intake.labs import RESULT_STATUSES
from scheduler.intake.reading import Reading
from scheduler.intake.records import Record
from scheduler.intake.times import choice_span

TEST_VALIDITY = timedelta(hours=72)
GESTATION = timedelta(days=300)
"""A positive test older than any pregnancy lasts says nothing of today."""
PREGNANT_WORDS = ("pregnan", "gestation", "antepartum", "eclampsia")
DONE_WORDS = ("history of", "h/o", "status post", "s/p")
PAST_WORDS = ("history", "postpartum", "post-partum", "not pregnant", "termination", "fear", "risk")


def pregnancy_of(
    chart: Chart, conditions: list[Record], labs: tuple[Lab, ...], sex: Sex, reading: Reading
) -> Pregnancy:
    """The state of knowledge about pregnancy.

    Args:
        chart: the patient's records.
        conditions: those that hold at `now`.
        labs: the usable results, hCG as 1 for positive and 0 for negative.
        sex: administrative sex.
        reading: the clock and the journal.
    """
    states = {_told_by(record) for record in conditions}
    states |= {_told_by_status(record, reading) for record in chart.of("Observation")}
    tests = [lab for lab in labs if lab.code == LabCode.HCG]
    latest = max(tests, key=lambda lab: (lab.taken_at, lab.value), default=None)
    if latest is not None and latest.value > 0 and reading.now - latest.taken_at <= GESTATION:
        states.add(Pregnancy.POSITIVE)
    for state in (Pregnancy.POSITIVE, Pregnancy.POSSIBLE):
        if state in states:
            return state
    if _unreadable_test(chart):
        return Pregnancy.POSSIBLE
    if sex == Sex.MALE or _without_uterus(chart, conditions, reading):
        return Pregnancy.NOT_APPLICABLE
    if Pregnancy.NEGATIVE in states or (latest and reading.now - latest.taken_at <= TEST_VALIDITY):
        return Pregnancy.NEGATIVE
    return Pregnancy.UNKNOWN


def _told_by(condition: Record) -> Pregnancy | None:
    kinds = kinds_in(condition)
    if "pregnancy" in kinds:
        return Pregnancy.POSITIVE
    text = all_words(child(condition.resource, "code"))
    in_words = any(word in text for word in PREGNANT_WORDS)
    if "possible-pregnancy" in kinds or (in_words and not any(w in text for w in PAST_WORDS)):
        return Pregnancy.POSSIBLE
    return None


def _told_by_status(observation: Record, reading: Reading) -> Pregnancy | None:
    """What a pregnancy-status observation says, as long as a test of its age would count."""
    resource = observation.resource
    if not any(coding.code == PREGNANCY_STATUS for coding in codings(child(resource, "code"))):
        return None
    span = choice_span(resource, "effective", reading.tz)
    if words(resource, "status") not in RESULT_STATUSES or not span or span.first > reading.now:
        return None
    kinds = _value_kinds(resource)
    age = reading.now - span.first
    if kinds & {"pregnancy", "possible-pregnancy"} and age <= GESTATION:
        return Pregnancy.POSITIVE if "pregnancy" in kinds else Pregnancy.POSSIBLE
    return Pregnancy.NEGATIVE if "not-pregnant" in kinds and age <= TEST_VALIDITY else None


def _value_kinds(resource: Json) -> set[str]:
    coded = codings(child(resource, "valueCodeableConcept"))
    return {kind for coding in coded for kind in tables.kinds_of(coding)}


def _unreadable_test(chart: Chart) -> bool:
    """Whether a pregnancy test was sent that could not be read."""
    concepts = (child(record.resource, "code") for record in chart.unreadable_results)
    codes = {coding.code for concept in concepts for coding in codings(concept)}
    return any(tables.lab_codes().get(code) == LabCode.HCG for code in codes)


def _without_uterus(chart: Chart, conditions: list[Record], reading: Reading) -> bool:
    """By code; by words only of a hysterectomy that was completed, or is said to be past."""
    done = [
        record
        for record, _ in performed(chart, reading)
        if words(record.resource, "status") == "completed"
    ]
    return (
        any("no-uterus" in kinds_in(record) for record in (*conditions, *done))
        or any("hysterectomy" in all_words(child(r.resource, "code")) for r in done)
        or any(_is_past_hysterectomy(record) for record in conditions)
    )


def _is_past_hysterectomy(condition: Record) -> bool:
    text = all_words(child(condition.resource, "code"))
    return "hysterectomy" in text and any(word in text for word in DONE_WORDS)
