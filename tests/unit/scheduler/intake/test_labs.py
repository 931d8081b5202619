"""Laboratory results, units and which result counts. Now is 23 Nov 2026, 09:00 -06:00."""

import pytest

from models.patients import LabCode
from scheduler.intake.units import converted
from tests.unit.scheduler.intake.resources import (
    LOINC,
    SNOMED,
    Json,
    concept,
    facts,
    patient,
    read,
    result,
)


def value(*resources: Json, code: LabCode) -> float | None:
    found = facts(*resources).latest(code)
    return found.value if found else None


@pytest.mark.parametrize(
    ("measure", "amount", "unit", "expected"),
    [
        ("creatinine", 1.1, "mg/dL", 1.1),
        ("creatinine", 88.4, "umol/L", 1.0),  # 88.4e-6 mol/L * 113.12 g/mol = 10.0 mg/L
        ("creatinine", 0.0884, "mmol/L", 1.0),
        ("creatinine", 10.0, "mg/L", 1.0),
        ("platelets", 210, "10*3/uL", 210),
        ("platelets", 210, "10*9/L", 210),
        ("platelets", 210, "K/uL", 210),
        ("platelets", 210000, "/uL", 210),
        ("platelets", 210000, "/mm3", 210),
        ("INR", 1.4, "{INR}", 1.4),
        ("INR", 1.4, "", 1.4),
        ("eGFR", 55, "mL/min/{1.73_m2}", 55),
        ("eGFR", 55, "mL/min/1.73 m2", 55),
        ("haemoglobin", 120, "g/L", 12.0),
        ("haemoglobin", 7.5, "mmol/L", 12.086),  # 7.5e-3 * 16114.5 g/L = 120.86 g/L
        ("fibrinogen", 3.0, "g/L", 300),
        ("weight", 154.0, "[lb_av]", 69.853),  # 154 * 0.45359237
        ("weight", 154.0, "lb", 69.853),
        ("weight", 70000, "g", 70),
        ("height", 70, "[in_i]", 177.8),
        ("height", 1.78, "m", 178),
    ],
)
def test_a_unit_is_converted(measure: str, amount: float, unit: str, expected: float) -> None:
    quantity = {"unit": unit, "code": unit, "system": "http://unitsofmeasure.org"}
    assert converted(measure, amount, quantity) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(
    ("measure", "quantity"),
    [
        ("creatinine", {}),  # a number without a unit
        ("creatinine", {"unit": "furlongs"}),
        ("creatinine", {"code": "kg", "system": "http://unitsofmeasure.org"}),
        ("creatinine", {"code": "mg/dL/", "system": "http://unitsofmeasure.org"}),
        ("platelets", {"code": "{score}", "system": "http://unitsofmeasure.org"}),
        ("haemoglobin", {"unit": "10*9/L"}),
    ],
)
def test_another_unit_gives_nothing(measure: str, quantity: Json) -> None:
    assert converted(measure, 5.0, quantity) is None


@pytest.mark.parametrize("loinc", ["6301-6", "34714-6", "38875-1", "46418-0"])
def test_every_inr_code_is_one_lab(loinc: str) -> None:
    assert value(result(loinc, 1.2), code=LabCode.INR) == 1.2


@pytest.mark.parametrize(
    ("loinc", "code"),
    [
        ("2160-0", LabCode.CREATININE),
        ("38483-4", LabCode.CREATININE),
        ("33914-3", LabCode.EGFR),
        ("98979-8", LabCode.EGFR),
        ("777-3", LabCode.PLATELETS),
        ("718-7", LabCode.HAEMOGLOBIN),
    ],
)
def test_other_codes(loinc: str, code: LabCode) -> None:
    units = {"creatinine": "mg/dL", "eGFR": "mL/min", "platelets": "10*3/uL", "haemoglobin": "g/dL"}
    assert value(result(loinc, 9.5, units[code]), code=code) == 9.5


@pytest.mark.parametrize(
    ("status", "used"),
    [
        ("final", True),
        ("amended", True),
        ("corrected", True),
        ("preliminary", False),
        ("registered", False),
        ("cancelled", False),
        ("entered-in-error", False),
    ],
)
def test_only_finished_results_count(status: str, used: bool) -> None:  # noqa: FBT001 -- a case of the table
    assert (value(result("6301-6", 1.2, status=status), code=LabCode.INR) is not None) is used


def test_the_latest_result_counts() -> None:
    older = result("6301-6", 3.0, effectiveDateTime="2026-11-01T08:00:00-06:00")
    newer = result("34714-6", 1.2, id="r2", effectiveDateTime="2026-11-22T08:00:00-06:00")
    assert value(newer, older, code=LabCode.INR) == 1.2


def test_of_two_results_of_one_instant_the_worse_counts() -> None:
    # High is worse for the INR, low for platelets.
    assert value(result("6301-6", 1.2), result("6301-6", 2.5, id="r2"), code=LabCode.INR) == 2.5
    counts = [result("777-3", n, "10*3/uL", id=f"r{n}") for n in (210, 45)]
    assert value(*counts, code=LabCode.PLATELETS) == 45


@pytest.mark.parametrize(
    "late",
    [
        {"effectiveDateTime": "2026-11-23T09:00:01-06:00"},
        {"issued": "2026-11-23T12:00:00-06:00"},
    ],
)
def test_a_result_from_after_now_is_noted_and_not_used(late: Json) -> None:
    found = read(result("6301-6", 1.2, **late))
    assert found.patients[0].labs == ()
    assert [note.reason for note in found.notes] == ["dated after now: not used"]


def test_a_date_alone_is_the_start_of_its_day() -> None:
    # The earliest it can mean, so that the result is not thought fresher than it is.
    (lab,) = facts(result("6301-6", 1.2, effectiveDateTime="2026-11-20")).labs
    assert lab.taken_at.isoformat() == "2026-11-20T06:00:00+00:00"


def test_a_result_without_a_time_of_taking_counts_from_its_issue() -> None:
    issued = result("6301-6", 1.2, issued="2026-11-20T10:00:00-06:00")
    del issued["effectiveDateTime"]
    (lab,) = facts(issued).labs
    assert lab.taken_at.isoformat() == "2026-11-20T16:00:00+00:00"


def test_an_unknown_unit_is_a_fault_and_hides_older_results() -> None:
    older = result("777-3", 210, "10*3/uL", effectiveDateTime="2026-11-01T08:00:00-06:00")
    found = read(older, result("777-3", 5, "furlongs", id="r2"))
    assert found.patients[0].labs == ()
    assert "unit 'furlongs' cannot be turned into 10*9/L" in found.faults[0].reason
    assert "platelets" in found.patients[0].unreadable[0]


def test_an_unreadable_result_does_not_hide_newer_ones() -> None:
    newer = result("777-3", 210, "10*3/uL", effectiveDateTime="2026-11-22T08:00:00-06:00")
    assert value(newer, result("777-3", 5, "furlongs", id="r2"), code=LabCode.PLATELETS) == 210


def test_a_malformed_result_hides_all_others_when_its_time_is_unreadable() -> None:
    broken = result("6301-6", 1.0, id="r2", effectiveDateTime="last week")
    found = read(result("6301-6", 1.2), broken)
    assert found.patients[0].labs == ()
    assert found.patients[0].unreadable[0].startswith("Observation/r2 (6301-6) could not be read")


def test_an_absent_value_hides_nothing() -> None:
    reason = {"coding": [{"code": "not-performed"}]}
    absent = result("6301-6", id="r2", dataAbsentReason=reason, effectiveDateTime="2026-11-22")
    assert value(result("6301-6", 1.2), absent, code=LabCode.INR) == 1.2


@pytest.mark.parametrize(
    ("loinc", "unit", "comparator", "code", "usable"),
    [
        ("6301-6", "", "<", LabCode.INR, True),
        ("6301-6", "", ">", LabCode.INR, False),  # may be far worse than the number
        ("777-3", "10*9/L", ">", LabCode.PLATELETS, True),
        ("777-3", "10*9/L", "<", LabCode.PLATELETS, False),
        ("33914-3", "mL/min", ">=", LabCode.EGFR, True),
    ],
)
def test_a_bound_counts_only_where_the_truth_cannot_be_worse(
    loinc: str,
    unit: str,
    comparator: str,
    code: LabCode,
    usable: bool,  # noqa: FBT001 -- a case of the table
) -> None:
    bounded = result(loinc, 60, unit)
    bounded["valueQuantity"]["comparator"] = comparator
    assert (value(bounded, code=code) is not None) is usable


def test_a_number_below_or_at_zero_is_no_result() -> None:
    assert value(result("2160-0", 0, "mg/dL"), code=LabCode.CREATININE) is None


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"valueCodeableConcept": concept("Negative")}, 0),
        ({"valueCodeableConcept": concept("", (SNOMED, "10828004"))}, 1),
        ({"valueCodeableConcept": concept("", (LOINC, "LA6577-6"))}, 0),
        ({"valueCodeableConcept": concept("Not detected")}, 0),
        ({"valueString": "POSITIVE"}, 1),
        ({"valueBoolean": False}, 0),
        ({"interpretation": [{"coding": [{"code": "NEG"}]}], "valueString": "see code"}, 0),
        ({"valueCodeableConcept": concept("indeterminate")}, None),
    ],
)
def test_a_pregnancy_test_by_word_or_code(members: Json, expected: float | None) -> None:
    assert value(result("2106-3", **members), code=LabCode.HCG) == expected


@pytest.mark.parametrize(("amount", "expected"), [(3.0, 0), (5.0, 0), (5.1, 1)])
def test_a_quantity_of_hcg_is_judged_by_its_reference_range(amount: float, expected: float) -> None:
    span = [{"high": {"value": 5, "unit": "mIU/mL"}}]
    assert (
        value(result("21198-7", amount, "mIU/mL", referenceRange=span), code=LabCode.HCG)
        == expected
    )


def test_a_quantity_of_hcg_without_a_range_says_nothing() -> None:
    assert value(result("21198-7", 3.0, "mIU/mL"), code=LabCode.HCG) is None


def test_weight_and_height_are_the_latest() -> None:
    found = facts(
        result("29463-7", 154.0, "lb", effectiveDateTime="2026-11-01"),
        result("29463-7", 71.0, "kg", id="r2", effectiveDateTime="2026-11-10"),
        result("8302-2", 1.7, "m", id="r3"),
    )
    assert (found.weight_kg, found.height_cm) == (71.0, pytest.approx(170))


@pytest.mark.parametrize(
    ("members", "grade"),
    [
        ({"valueInteger": 3}, 3),
        ({"valueCodeableConcept": concept("", (SNOMED, "413497009"))}, 3),
        ({"valueCodeableConcept": concept("ASA IV")}, 4),
        ({"valueString": "ASA class 2"}, 2),
        ({"valueString": "not assessed"}, None),
    ],
)
def test_asa_class(members: Json, grade: int | None) -> None:
    seen = result("", code=concept("ASA physical status class", (SNOMED, "302132005")), **members)
    assert facts(seen).asa_class == grade


def test_the_latest_asa_class_counts() -> None:
    coded = concept("ASA physical status class")
    older = result("", code=coded, valueInteger=4, effectiveDateTime="2020-01-01")
    newer = result("", code=coded, valueInteger=2, id="r2")
    assert facts(newer, older).asa_class == 2


@pytest.mark.parametrize(("grade", "flags"), [("Class III", ("mallampati-3",)), ("Class I", ())])
def test_mallampati(grade: str, flags: tuple[str, ...]) -> None:
    seen = result("", code=concept("Mallampati class"), valueString=grade)
    assert facts(seen).airway_flags == flags


def test_an_observation_of_no_interest_is_not_even_checked() -> None:
    odd = result("8480-6", 120, "mm[Hg]", status=None, nonsense=True)
    found = read(patient(), odd)
    assert (found.faults, found.patients[0].unreadable) == ((), ())
