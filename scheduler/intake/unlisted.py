"""Drugs that a record speaks of and that no order or statement lists.

Only orders and statements tell what a patient takes. But a dose that was given, a package that was
handed over, or a problem such as long-term use of anticoagulants says that something is taken. What
nobody lists is told to the rules; how it is taken cannot be told from it.
"""

from collections.abc import Iterator

from models.patients import Exposure
from scheduler.intake.charts import Chart
from scheduler.intake.concepts import text_of
from scheduler.intake.conditions import kinds_in
from scheduler.intake.courses import LOOK_BACK
from scheduler.intake.exposures import ANTITHROMBOTIC_ATC, substances_of
from scheduler.intake.jsontree import child, words
from scheduler.intake.reading import Reading
from scheduler.intake.records import Record
from scheduler.intake.times import Span, choice_span, span_of

GIVEN_TYPES = ("MedicationAdministration", "MedicationDispense")
NOT_GIVEN = frozenset(
    {"entered-in-error", "not-done", "cancelled", "declined", "preparation", "unknown"}
)
ANTIPLATELET_ATC = "B01AC"


def unlisted(
    chart: Chart, conditions: list[Record], exposures: tuple[Exposure, ...], reading: Reading
) -> Iterator[str]:
    """A sentence for every drug or kind of drug that is spoken of and not among the exposures.

    Args:
        chart: the patient's records.
        conditions: those that hold at `now`.
        exposures: what orders and statements list.
        reading: the clock, the zone, the references and the journal.
    """
    listed = {exposure.drug for exposure in exposures}
    given = {
        substance.name
        for record in chart.of(*GIVEN_TYPES)
        if _is_recent(record, reading)
        for substance in substances_of(record, reading)
    }
    for name in sorted(given - listed):
        yield f"{name} was given or dispensed lately and is not among the drugs taken"
    for record in conditions:
        if _lacks_its_drug(record, exposures):
            what = text_of(child(record.resource, "code"))
            yield f"{record.name} ({what}): no such drug is among the drugs taken"


def _is_recent(record: Record, reading: Reading) -> bool:
    """Whether it was given by `now` and within the longest hold of any policy, or nobody knows."""
    if words(record.resource, "status") in NOT_GIVEN:
        return False
    when = _when(record, reading)
    if when is None:
        return True
    return when.first <= reading.now and reading.now - when.last <= LOOK_BACK


def _when(record: Record, reading: Reading) -> Span | None:
    if record.type == "MedicationDispense":
        return span_of(words(record.resource, "whenHandedOver"), reading.tz)
    return choice_span(record.resource, "effective", reading.tz)


def _lacks_its_drug(condition: Record, exposures: tuple[Exposure, ...]) -> bool:
    kinds = kinds_in(condition)
    taken = {exposure.atc or "" for exposure in exposures}
    thinners = {code for code in taken if code.startswith(ANTITHROMBOTIC_ATC)}
    antiplatelets = {code for code in thinners if code.startswith(ANTIPLATELET_ATC)}
    return ("antiplatelet-use" in kinds and not antiplatelets) or (
        "anticoagulant-use" in kinds and thinners == antiplatelets
    )
