"""Times, interval, route and dose from dosage instructions."""

from datetime import time

import pytest

from scheduler.intake.dosage import Regimen, regimen_of
from tests.unit.scheduler.intake.resources import SNOMED, Json, exposure, order


def regimen(*dosages: Json, name: str = "") -> Regimen:
    return regimen_of({"dosageInstruction": list(dosages)}, name)


def repeated(**members: object) -> Json:
    return {"timing": {"repeat": members}}


def test_times_of_day_are_dose_times_and_give_the_interval() -> None:
    found = regimen(repeated(timeOfDay=["20:00:00", "08:00:00"]))
    assert found.dose_times == (time(8), time(20))
    assert found.interval_hours == 12


@pytest.mark.parametrize(
    ("repeat", "hours"),
    [
        ({"frequency": 2, "period": 1, "periodUnit": "d"}, 12),
        ({"frequency": 1, "period": 6, "periodUnit": "h"}, 6),
        ({"frequency": 1, "period": 1, "periodUnit": "wk"}, 168),
        ({"frequency": 1, "frequencyMax": 2, "period": 1, "periodUnit": "d"}, None),  # a range
        ({"period": 1, "periodUnit": "d"}, 24),
    ],
)
def test_frequency_and_period_give_an_interval_without_times(
    repeat: Json, hours: float | None
) -> None:
    found = regimen(repeated(**repeat))
    assert (found.dose_times, found.interval_hours) == ((), hours)


def test_a_timing_code_gives_an_interval() -> None:
    assert regimen({"timing": {"code": {"coding": [{"code": "BID"}]}}}).interval_hours == 12


def test_words_alone_leave_times_and_interval_unknown() -> None:
    found = regimen({"text": "one tablet twice a day at 8 and 20"})
    assert (found.dose_times, found.interval_hours) == ((), None)


def test_instructions_for_morning_and_evening_join() -> None:
    found = regimen(repeated(timeOfDay=["08:00:00"]), repeated(timeOfDay=["20:00:00"]))
    assert found.dose_times == (time(8), time(20))


def test_times_of_only_some_instructions_are_not_all_times() -> None:
    found = regimen(
        repeated(timeOfDay=["08:00:00"]), repeated(frequency=1, period=1, periodUnit="d")
    )
    assert found.dose_times == ()


@pytest.mark.parametrize(
    "repeat",
    [
        {"timeOfDay": ["08:00:00"], "dayOfWeek": ["mon"]},
        {"timeOfDay": ["08:00:00"], "frequency": 1, "period": 2, "periodUnit": "d"},
    ],
)
def test_times_on_some_days_only_are_not_daily_times(repeat: Json) -> None:
    assert regimen(repeated(**repeat)).dose_times == ()


@pytest.mark.parametrize(
    "times",
    [
        {"timeOfDay": ["08:00:00"], "frequency": 2, "period": 1, "periodUnit": "d"},
        {"timeOfDay": ["08:00:00", "20:00:00"], "frequency": 1, "period": 1, "periodUnit": "d"},
        {"timeOfDay": ["08:00:00"], "frequency": 1, "period": 12, "periodUnit": "h"},
        {"timeOfDay": ["08:00:00"], "frequency": 1, "frequencyMax": 2},
    ],
)
def test_times_that_are_not_as_many_as_the_doses_are_not_all_times(times: Json) -> None:
    assert regimen(repeated(**times)).dose_times == ()


def test_as_many_times_as_doses_are_all_times() -> None:
    twice = {"timeOfDay": ["08:00:00", "20:00:00"], "period": 1, "periodUnit": "d"}
    assert regimen(repeated(**twice, frequency=2)).dose_times == (time(8), time(20))
    assert regimen(repeated(**twice)).dose_times == (time(8), time(20))


@pytest.mark.parametrize(
    ("dosage", "name", "route"),
    [
        ({"route": {"coding": [{"system": SNOMED, "code": "34206005"}]}}, "", "subcutaneous"),
        ({"route": {"text": "IV"}}, "", "intravenous"),
        ({}, "Warfarin Sodium 5 MG Oral Tablet", "oral"),
        ({}, "Hydrocortisone 10 MG/ML Topical Cream", "topical"),
        ({}, "Alteplase 100 MG Injection", None),
        ({"route": {"text": "as directed"}}, "", None),
    ],
)
def test_route(dosage: Json, name: str, route: str | None) -> None:
    assert regimen(dosage, name=name).route == route


def _dose(value: float, unit: str) -> Json:
    return {"doseAndRate": [{"doseQuantity": {"value": value, "unit": unit}}]}


@pytest.mark.parametrize(
    ("value", "unit", "strength", "mg"),
    [
        (40, "mg", None, 40),
        (0.5, "g", None, 500),
        (2, "tablets", 2.5, 5),
        (1, "{tbl}", 5, 5),
        (2, "tablet", None, None),  # of unknown strength
        (1, "mL", 100, None),
    ],
)
def test_dose(value: float, unit: str, strength: float | None, mg: float | None) -> None:
    assert regimen(_dose(value, unit)).dose_mg(strength) == mg


def test_two_different_doses_are_no_one_dose() -> None:
    assert regimen(_dose(5, "mg"), _dose(2.5, "mg")).dose_mg(None) is None


def test_as_needed_only_when_every_instruction_is() -> None:
    asked = {"asNeededBoolean": True}
    assert regimen(asked).as_needed
    assert not regimen(asked, repeated(timeOfDay=["08:00:00"])).as_needed
    assert not regimen().as_needed


def test_a_dose_of_one_tablet_takes_its_strength_from_the_product() -> None:
    assert exposure(order(dosageInstruction=[_dose(1, "tablet")])).dose_mg == 5
