"""What can be the matter with a made-up patient, one function per story.

Each story writes into the patient's bundle what such a patient's record holds. The shares are
chosen so that every rule of the clinic meets somebody in a list of forty, not measured anywhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from types import MappingProxyType

from scheduler.demo.fhir_parts import (
    ICD10CM,
    LOINC,
    SNOMED,
    Chart,
    Drug,
    Json,
    order,
    statement,
)

SUBCUTANEOUS = ("34206005", "Subcutaneous route")
APIXABAN = Drug("apixaban 5 MG Oral Tablet", "1364445", ("08:00:00", "20:00:00"))
APIXABAN_LOW = Drug("apixaban 2.5 MG Oral Tablet", "1364435", ("08:00:00", "20:00:00"))
RIVAROXABAN = Drug("rivaroxaban 20 MG Oral Tablet [Xarelto]", "1232088", ("18:00:00",))
DABIGATRAN = Drug(
    "dabigatran etexilate 150 MG Oral Capsule",
    "1037045",
    ("07:30:00", "19:30:00"),
    unit="{Capsule}",
)
EDOXABAN = Drug("edoxaban 60 MG Oral Tablet [Savaysa]", "", ("09:00:00",))
WARFARIN = Drug("warfarin sodium 5 MG Oral Tablet", "855332", ("17:00:00",))
ASPIRIN = Drug("aspirin 81 MG Delayed Release Oral Tablet", "308416", ("08:00:00",))
CLOPIDOGREL = Drug("clopidogrel 75 MG Oral Tablet [Plavix]", "213169", ("08:00:00",))
NAPROXEN = Drug("naproxen sodium 220 MG Oral Tablet", "849574", per_day=2)
IBUPROFEN = Drug("ibuprofen 600 MG Oral Tablet", "197806", per_day=3, as_needed=True)
ENOXAPARIN = Drug(
    "0.6 ML enoxaparin sodium 100 MG/ML Prefilled Syringe",
    "854238",
    ("09:00:00", "21:00:00"),
    dose=60,
    unit="mg",
    route=SUBCUTANEOUS,
)
SERTRALINE = Drug("sertraline 100 MG Oral Tablet", "312938", ("08:00:00",))
METFORMIN = Drug("metformin hydrochloride 500 MG Oral Tablet", "861007", per_day=2)
EVERYDAY = (
    Drug("amlodipine 5 MG Oral Tablet", "197361", ("08:00:00",)),
    Drug("atorvastatin 80 MG Oral Tablet", "259255", ("20:00:00",)),
    Drug("lisinopril 10 MG Oral Tablet", "", ("08:00:00",)),
    Drug("alendronic acid 10 MG Oral Tablet", "", ("07:00:00",)),
    Drug("acetaminophen 325 MG Oral Tablet", "313782", per_day=4, as_needed=True),
)
"""Drugs that many patients take and that are not held anywhere."""
EVERYDAY_SHARE = 0.4
UNKNOWN = Drug("Zelvorin 40 MG Oral Tablet", "")
CARDIOLOGY = "Dr. Ines Holloway, cardiology"
PRIMARY_CARE = "Dr. Paul Andrade, primary care"


@dataclass(frozen=True, slots=True)
class Person:
    """Who the story is about."""

    chart: Chart
    random: Random
    female: bool
    age: int
    weight_kg: float

    def creatinine_for(self, clearance: float) -> float:
        """The creatinine in mg/dL that gives a clearance in mL/min by Cockcroft-Gault."""
        factor = 0.85 if self.female else 1.0
        return round((140 - self.age) * self.weight_kg * factor / (72 * clearance), 2)

    def renal(self, low: float, high: float, *, in_moles: bool = False) -> None:
        """A recent creatinine for a clearance between two values."""
        value = self.creatinine_for(self.random.uniform(low, high))
        days = self.random.randint(2, 12)
        if in_moles:
            micromoles = round(value * 88.4, 0)
            self.chart.result("Creatinine", "14682-9", micromoles, "umol/L", days_ago=days)
        else:
            self.chart.result("Creatinine", "2160-0", value, "mg/dL", days_ago=days)

    def fibrillation(self) -> Json:
        """Atrial fibrillation, the usual reason for an anticoagulant."""
        coded = ((SNOMED, "49436004"), (ICD10CM, "I48.91"))
        return self.chart.condition("Atrial fibrillation", *coded, days_ago=900)


Story = Callable[[Person], None]


def _anticoagulant(drug: Drug, low: float, high: float, *, in_moles: bool = False) -> Story:
    def tell(person: Person) -> None:
        person.renal(low, high, in_moles=in_moles)
        order(person.chart, drug, CARDIOLOGY, [person.fibrillation()])

    return tell


def _anticoagulant_without_creatinine(person: Person) -> None:
    order(person.chart, APIXABAN, CARDIOLOGY, [person.fibrillation()])


def _warfarin(person: Person) -> None:
    person.renal(50, 90)
    order(person.chart, WARFARIN, CARDIOLOGY, [person.fibrillation()])
    value = round(person.random.uniform(2.0, 3.2), 1)
    person.chart.result("INR", "6301-6", value, "{INR}", days_ago=person.random.randint(1, 6))


def _warfarin_without_inr(person: Person) -> None:
    order(person.chart, WARFARIN, CARDIOLOGY, [person.fibrillation()])


def _aspirin(person: Person) -> None:
    order(person.chart, ASPIRIN, PRIMARY_CARE)


def _stent(person: Person) -> None:
    """A coronary stent years ago and aspirin for it."""
    days = person.random.randint(900, 2500)
    coded = ((SNOMED, "53741008"), (ICD10CM, "I25.10"))
    disease = person.chart.condition("Coronary heart disease", *coded, days_ago=days)
    text = "Drug-eluting stent in coronary artery"
    person.chart.procedure(text, (SNOMED, "36969009"), days_ago=days)
    order(person.chart, ASPIRIN, CARDIOLOGY, [disease])


def _recent_stent(person: Person) -> None:
    coded = ((SNOMED, "53741008"), (ICD10CM, "I25.10"))
    disease = person.chart.condition("Coronary heart disease", *coded, days_ago=90)
    text = "Drug-eluting stent in coronary artery"
    person.chart.procedure(text, (SNOMED, "36969009"), days_ago=80)
    order(person.chart, ASPIRIN, CARDIOLOGY, [disease])
    order(person.chart, CLOPIDOGREL, CARDIOLOGY, [disease])


def _clopidogrel(person: Person) -> None:
    coded = ((SNOMED, "230690007"), (ICD10CM, "I63.9"))
    stroke = person.chart.condition("Stroke", *coded, days_ago=700)
    order(person.chart, CLOPIDOGREL, CARDIOLOGY, [stroke])


def _painkiller(person: Person) -> None:
    order(person.chart, person.random.choice((NAPROXEN, IBUPROFEN)), PRIMARY_CARE)


def _hold_begun(person: Person) -> None:
    """The order is still active, but the patient has already stopped as told."""
    person.renal(55, 95)
    order(person.chart, APIXABAN, CARDIOLOGY, [person.fibrillation()])
    statement(person.chart, APIXABAN, "on-hold", person.random.choice((0.5, 1.0, 1.5)))


def _stopped_lately(person: Person) -> None:
    statement(person.chart, CLOPIDOGREL, "stopped", person.random.randint(2, 20))


def _enoxaparin(person: Person) -> None:
    coded = ((SNOMED, "128053003"), (ICD10CM, "I82.401"))
    thrombosis = person.chart.condition("Deep vein thrombosis of leg", *coded, days_ago=50)
    person.renal(45, 90)
    order(person.chart, ENOXAPARIN, PRIMARY_CARE, [thrombosis])


def _contrast_allergy(person: Person) -> None:
    text = "Allergy to iodinated contrast medium"
    person.chart.allergy(text, (ICD10CM, "Z91.041"))


def _pregnant(person: Person) -> None:
    person.chart.condition(
        "Normal pregnancy", (SNOMED, "72892002"), (ICD10CM, "Z34.90"), days_ago=80
    )


def _pregnancy_excluded(person: Person) -> None:
    test = ("Choriogonadotropin (pregnancy test) in urine", "2106-3", "Negative")
    person.chart.coded_result(*test, (LOINC, "LA6577-6"), days_ago=1)


def _unknown_drug(person: Person) -> None:
    order(person.chart, UNKNOWN, PRIMARY_CARE)


def _antidepressant(person: Person) -> None:
    order(person.chart, SERTRALINE, PRIMARY_CARE)


def _metformin(person: Person) -> None:
    diabetes = person.chart.condition("Diabetes", (SNOMED, "44054006"), days_ago=2000)
    order(person.chart, METFORMIN, PRIMARY_CARE, [diabetes])
    egfr = float(person.random.randint(48, 88))
    unit = "mL/min/{1.73_m2}"
    person.chart.result("eGFR (CKD-EPI 2021)", "98979-8", egfr, unit, days_ago=9)


def _dialysis(person: Person) -> None:
    person.chart.condition("End-stage renal disease", (ICD10CM, "N18.6"), days_ago=1100)
    person.renal(8, 13, in_moles=True)
    morning = person.chart.now.replace(hour=7, minute=0, second=0)
    for day in range(1, 29):
        start = morning + timedelta(days=day)
        if start.weekday() in (0, 2, 4):
            person.chart.appointment("Haemodialysis", start, 240)


def _sleep_apnoea(person: Person) -> None:
    coded = ((SNOMED, "78275009"), (ICD10CM, "G47.33"))
    person.chart.condition("Obstructive sleep apnoea", *coded, days_ago=1500)


def _infection(person: Person) -> None:
    person.chart.condition("Cellulitis of back", (ICD10CM, "L03.312"), days_ago=3)


def _plain(person: Person) -> None:
    person.renal(60, 110)


STORIES: Mapping[str, Story] = MappingProxyType(
    {
        "plain": _plain,
        "apixaban": _anticoagulant(APIXABAN, 65, 95),
        "apixaban-moderate": _anticoagulant(APIXABAN, 32, 48, in_moles=True),
        "apixaban-severe": _anticoagulant(APIXABAN_LOW, 16, 28),
        "apixaban-no-creatinine": _anticoagulant_without_creatinine,
        "rivaroxaban": _anticoagulant(RIVAROXABAN, 45, 90),
        "dabigatran": _anticoagulant(DABIGATRAN, 33, 47),
        "edoxaban": _anticoagulant(EDOXABAN, 55, 90),
        "warfarin": _warfarin,
        "warfarin-no-inr": _warfarin_without_inr,
        "aspirin": _aspirin,
        "stent": _stent,
        "recent-stent": _recent_stent,
        "clopidogrel": _clopidogrel,
        "painkiller": _painkiller,
        "hold-begun": _hold_begun,
        "stopped-lately": _stopped_lately,
        "enoxaparin": _enoxaparin,
        "contrast-allergy": _contrast_allergy,
        "pregnant": _pregnant,
        "pregnancy-excluded": _pregnancy_excluded,
        "unknown-drug": _unknown_drug,
        "antidepressant": _antidepressant,
        "metformin": _metformin,
        "dialysis": _dialysis,
        "sleep-apnoea": _sleep_apnoea,
        "infection": _infection,
    }
)
"""Every story by its name."""
YOUNG_WOMEN = frozenset({"pregnant", "pregnancy-excluded"})
OPENING = (
    "apixaban", "plain", "warfarin", "aspirin", "hold-begun", "apixaban-moderate", "painkiller",
    "rivaroxaban", "pregnant", "clopidogrel", "warfarin-no-inr", "stent", "dabigatran", "plain",
    "unknown-drug", "contrast-allergy", "stopped-lately", "apixaban-severe", "metformin",
    "enoxaparin", "dead", "edoxaban", "antidepressant", "recent-stent", "pregnancy-excluded",
    "apixaban-no-creatinine", "dialysis", "sleep-apnoea", "infection", "plain",
)  # fmt: skip
"""The stories of the first patients, so that even a short list shows them all."""
LATER = {
    "plain": 9, "painkiller": 5, "aspirin": 5, "apixaban": 4, "stent": 3, "clopidogrel": 3,
    "apixaban-moderate": 2, "rivaroxaban": 2, "warfarin": 2, "hold-begun": 2, "metformin": 2,
    "contrast-allergy": 1, "dabigatran": 1, "stopped-lately": 1, "antidepressant": 1,
    "sleep-apnoea": 1, "pregnancy-excluded": 1, "warfarin-no-inr": 1, "apixaban-no-creatinine": 1,
    "enoxaparin": 1, "dialysis": 1,
}  # fmt: skip
"""Weights of the stories of everybody after that."""


def everyday_drugs(person: Person, number: int) -> None:
    """Everyday drugs for some; the opening stories stay as they are told."""
    if number >= len(OPENING) and person.random.random() < EVERYDAY_SHARE:
        for drug in person.random.sample(EVERYDAY, person.random.randint(1, 2)):
            order(person.chart, drug, PRIMARY_CARE)


def story_of(number: int, random: Random) -> str:
    """The name of the story of the patient with a number, counted from 0; `dead` is told apart."""
    if number < len(OPENING):
        return OPENING[number]
    return random.choices(list(LATER), weights=list(LATER.values()))[0]
