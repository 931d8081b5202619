"""Instruction sheets: the last dose for a start, results, food, arrival, restart."""

from datetime import datetime, time, timedelta

import pytest

from models.clinical.assess import assess
from models.clinical.facts import Facts
from models.clinical.instructions import (
    LINE_KEYS,
    InstructionLine,
    InstructionSheet,
    Section,
    instruction_sheet,
    planned_stops,
)
from models.clinical.permitted import permitted
from models.clinical.policy import PolicyBook
from models.patients import Exposure, ExposureStatus, Finding, LabCode, Pregnancy, Sex
from tests.unit.models.clinical.builders import (
    CLINIC,
    NOW,
    SIR,
    apixaban,
    aspirin,
    chicago,
    facts,
    lab,
    procedure,
    spine_referral,
    vertebroplasty,
)

START = chicago(6, 13)  # Friday 13:00


def sheet(
    *exposures: Exposure, book: PolicyBook = SIR, start: datetime = START, **members: object
) -> InstructionSheet:
    given = facts(*exposures, of=vertebroplasty(), order=spine_referral(), **members)
    return instruction_sheet(given, assess(given, book, NOW), start, ("Call 555 0100",))


def only(found: InstructionSheet, key: str) -> InstructionLine:
    (line,) = [line for line in found.lines if line.key == key]
    return line


def test_the_last_dose_is_the_latest_that_leaves_enough_skipped() -> None:
    # Before Fri 13:00 fall Fri 08:00, Thu 20:00, Thu 08:00, Wed 20:00: four skipped; Wed 08:00.
    line = only(sheet(apixaban()), "drug.last-dose")
    assert line.at == chicago(4, 8)
    assert line.values == {"drug": "apixaban"}
    assert line.rule == "SIR2019-high/apixaban/crcl-50-up"


def test_a_dose_due_at_the_start_counts_as_skipped() -> None:
    # Fri 08:00 itself, Thu 20:00, Thu 08:00, Wed 20:00 are skipped; Wed 08:00 is taken.
    assert only(sheet(apixaban(), start=chicago(6, 8)), "drug.last-dose").at == chicago(4, 8)


def test_by_hours_the_last_dose_is_the_last_dose_time_early_enough() -> None:
    # 120 h before Sun 8 March 13:00 of UTC-6 is Tue 13:00; aspirin at 08:00: Tue 08:00.
    line = only(sheet(aspirin(dose_times=(time(8),)), start=chicago(8, 13)), "drug.last-dose")
    assert line.at == chicago(3, 8)


def test_without_dose_times_no_dose_after_an_instant() -> None:
    line = only(sheet(aspirin(), start=chicago(8, 13)), "drug.last-dose-before")
    assert line.at == chicago(3, 13)


def test_a_hold_that_has_begun_is_confirmed() -> None:
    held = aspirin(status=ExposureStatus.ON_HOLD, last_dose=chicago(1, 7))
    assert only(sheet(held), "drug.stopped").at == chicago(1, 7)


def test_a_drug_without_figure_says_to_ask() -> None:
    assert only(sheet(apixaban(), book=CLINIC), "drug.ask").at is None


def test_restart_is_told_per_drug() -> None:
    found = sheet(apixaban(), Exposure(drug="abciximab"))
    assert only(found, "drug.restart").values == {"drug": "apixaban", "hours": "24"}
    assert only(found, "drug.restart-ask").values == {"drug": "abciximab"}


def test_metformin_goes_on_until_the_start_and_restarts_by_a_result() -> None:
    given = facts(
        Exposure(drug="metformin"), of=procedure(contrast=True), labs=(lab(LabCode.EGFR, 25),)
    )
    readiness = assess(given, PolicyBook.of(["ACR-METFORMIN"]), NOW)
    found = instruction_sheet(given, readiness, START)
    assert only(found, "drug.until-start").values == {"drug": "metformin"}
    assert only(found, "drug.restart-result").values == {"drug": "metformin", "hours": "48"}


def test_results_are_told_with_the_time_from_which_they_count() -> None:
    found = [line for line in sheet().lines if line.key == "test.needed"]
    assert [line.values["test"] for line in found] == ["INR", "platelets"]
    assert {line.at for line in found} == {START}
    assert {line.since for line in found} == {START - timedelta(days=30)}


def test_a_result_good_until_later_is_not_asked_for_at_an_early_start() -> None:
    labs = (
        lab(LabCode.INR, 1.0, NOW - timedelta(days=20)),
        lab(LabCode.PLATELETS, 200, NOW - timedelta(days=20)),
    )
    early, late = sheet(labs=labs), sheet(labs=labs, start=START + timedelta(days=14))
    assert [line.key for line in early.of(Section.TESTS)] == []
    assert [line.key for line in late.of(Section.TESTS)] == ["test.needed", "test.needed"]


def test_food_arrival_company_and_corset() -> None:
    found = sheet()
    assert only(found, "fasting-clear").at == chicago(6, 11)  # 2 h before
    assert only(found, "fasting-light").at == chicago(6, 7)  # 6 h before
    assert only(found, "fasting-heavy").at == chicago(6, 5)  # 8 h before
    assert only(found, "arrival").at == chicago(6, 11)  # 2 h before
    assert only(found, "escort").values == {"hours": "24"}
    assert only(found, "corset").section is Section.AFTER
    assert only(found, "recovery").values == {"hours": "1"}
    assert found.site_lines == ("Call 555 0100",)


def test_a_long_preparation_brings_the_arrival_forward() -> None:
    given = facts(of=vertebroplasty(preparation_minutes=150), order=spine_referral())
    found = instruction_sheet(given, assess(given, CLINIC, NOW), START)
    assert only(found, "arrival").at == chicago(6, 10, 30)


def test_premedication_begins_thirteen_hours_before() -> None:
    allergy = (Finding(code="Z91.041", system="icd10", text="contrast"),)
    given = facts(of=procedure(contrast=True), allergies=allergy)
    found = instruction_sheet(given, assess(given, CLINIC, NOW), START)
    assert only(found, "premedication").at == chicago(6, 0)


def test_the_pregnancy_test_counts_for_three_days() -> None:
    woman = {"sex": Sex.FEMALE, "birth_date": NOW.date().replace(year=1990)}
    line = only(sheet(**woman, pregnancy=Pregnancy.NEGATIVE), "pregnancy-test")
    assert (line.since, line.at) == (START - timedelta(hours=72), START)


def test_a_drug_that_goes_on_with_liquids_only() -> None:
    line = only(
        sheet(Exposure(drug="dulaglutide"), book=PolicyBook.of(["MULTISOC2024-GLP1"])),
        "liquid-diet",
    )
    assert line.at == START - timedelta(hours=24)
    assert line.values == {"drug": "dulaglutide"}


def test_what_is_open_is_said_with_the_time_for_this_start() -> None:
    # The last dose for Fri 13:00 is Wed 08:00; the prescriber must agree 24 h earlier.
    line = only(sheet(apixaban()), "approval")
    assert line.at == chicago(3, 8)


def test_every_key_is_known_to_translators() -> None:
    sheets = (sheet(apixaban(), aspirin()), sheet(apixaban(), book=CLINIC))
    assert {line.key for found in sheets for line in found.lines} <= set(LINE_KEYS)


def promised(given: Facts, start: datetime) -> Facts:
    return given.model_copy(update={"stops": planned_stops(given, assess(given, SIR, NOW), start)})


@pytest.mark.parametrize("exposure", [apixaban(), apixaban(dose_times=()), aspirin()])
@pytest.mark.parametrize("hours", [0, 7, 30])
def test_what_was_told_keeps_the_promised_start_permitted(exposure: Exposure, hours: int) -> None:
    given = facts(exposure)
    first = assess(given, SIR, NOW).windows[0][0]
    start = first + timedelta(hours=hours)
    kept = promised(given, start)
    assert len(kept.stops) == 1
    for days in range((start - NOW).days + 1):
        assert permitted(kept, SIR, NOW + timedelta(days=days), start) == ()


def test_a_recorded_last_dose_is_not_planned_anew() -> None:
    held = facts(aspirin(last_dose=chicago(1, 7)))
    assert planned_stops(held, assess(held, SIR, NOW), START) == ()
