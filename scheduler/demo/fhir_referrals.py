"""What made-up patients are referred for: procedures, levels, indications and order details."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from scheduler.demo.fhir_parts import CPT, ICD10CM, ORDER_DETAIL, SNOMED, Chart, Json, concept

THORACIC = tuple(f"T{n}" for n in range(6, 13))
LUMBAR = tuple(f"L{n}" for n in range(1, 6))


@dataclass(frozen=True, slots=True)
class Ask:
    """One kind of procedure that is asked for."""

    code: str
    label: str
    levels: tuple[str, ...] = ()
    """Vertebral levels to choose from; empty for procedures elsewhere."""
    reason: tuple[str, str] = ("", "")
    """ICD-10-CM code and words."""
    weight: int = 1


VERTEBRAL = (
    Ask("22510", "Percutaneous vertebroplasty, thoracic", THORACIC, weight=3),
    Ask("22511", "Percutaneous vertebroplasty, lumbar", LUMBAR, weight=4),
    Ask("22513", "Percutaneous vertebral augmentation, thoracic", THORACIC, weight=2),
    Ask("22514", "Percutaneous vertebral augmentation, lumbar", LUMBAR, weight=3),
)
OTHERS = (
    Ask("36561", "Tunnelled port", reason=("C50.919", "Carcinoma of breast"), weight=3),
    Ask("64493", "Facet joint injection, lumbar", reason=("M47.816", "Spondylosis"), weight=3),
    Ask("62323", "Epidural injection, lumbar", reason=("M54.16", "Radiculopathy"), weight=2),
    Ask("37243", "Prostate embolization", reason=("N40.1", "Prostate enlarged"), weight=2),
    Ask("49083", "Paracentesis", reason=("R18.8", "Ascites"), weight=1),
    Ask("37191", "Vena cava filter", reason=("I26.99", "Pulmonary embolism"), weight=1),
)
DIALYSIS_ACCESS = Ask("36901", "Dialysis circuit angiography", reason=("N18.6", "Dialysis"))
FRACTURES = (
    ("Osteoporotic fracture of vertebra", (ICD10CM, "M80.08XA"), (SNOMED, "443165006"), 12),
    ("Metastasis of vertebra with pathological fracture", (ICD10CM, "M84.58XA"), None, 3),
    ("Aggressive haemangioma of vertebra", (ICD10CM, "D18.09"), (SNOMED, "400210000"), 1),
    ("Wedge compression fracture of vertebra, traumatic", (ICD10CM, "S32.010A"), None, 2),
)
"""Indications: words, codes and weight."""


def vertebral_referral(chart: Chart, number: int, random: Random) -> Json:
    """A ServiceRequest for cement in a collapsed vertebra, with its indication as a condition."""
    ask = random.choices(VERTEBRAL, weights=[ask.weight for ask in VERTEBRAL])[0]
    start = random.randrange(len(ask.levels))
    count = random.choices((1, 2, 3), weights=(75, 20, 5))[0]
    levels = ask.levels[start : start + count]
    text, icd, snomed, _ = random.choices(FRACTURES, weights=[f[3] for f in FRACTURES])[0]
    coded = (icd, snomed) if snomed else (icd,)
    indication = chart.condition(text, *coded, days_ago=random.randint(14, 80))
    if text.startswith("Osteoporotic"):
        osteoporosis = ((SNOMED, "64859006"), (ICD10CM, "M81.0"))
        chart.condition("Osteoporosis", *osteoporosis, days_ago=1600)
    return _request(
        chart,
        number,
        ask,
        random,
        reason={"reasonReference": [indication]},
        more={
            "bodySite": [{"text": level} for level in levels],
            "orderDetail": _details(_vertebral_details(text, random)),
            "note": [{"text": "Rest, brace and pain medication were tried for some weeks."}],
        },
    )


def _vertebral_details(indication: str, random: Random) -> list[str]:
    """Order details: simpler treatment has nearly always failed, imaging is nearly always there."""
    details = ["corset"]
    details += ["failed-conservative"] if random.random() < 0.9 else []
    details += ["recent-imaging"] if random.random() < 0.9 else []
    details += ["ct-guidance"] if random.random() < 0.15 else []
    if indication.startswith("Metastasis") and random.random() < 0.5:
        details += ["posterior-wall-defect", "epidural-invasion"]
    return sorted(details)


def other_referral(chart: Chart, number: int, random: Random, *, dialysis: bool) -> Json:
    """A ServiceRequest for some other procedure of the department."""
    chosen = random.choices(OTHERS, weights=[ask.weight for ask in OTHERS])[0]
    ask = DIALYSIS_ACCESS if dialysis else chosen
    code, text = ask.reason
    reason = {"reasonCode": [concept(text, (ICD10CM, code))]}
    return _request(chart, number, ask, random, reason=reason, more={})


def _details(codes: Sequence[str]) -> list[Json]:
    return [{"coding": [{"system": ORDER_DETAIL, "code": code}]} for code in codes]


def _request(
    chart: Chart, number: int, ask: Ask, random: Random, *, reason: Json, more: Json
) -> Json:
    """The request; it stands in a file of its own, so that it names the patient by plain id."""
    priority = random.choices(("routine", "asap", "urgent"), weights=(70, 20, 10))[0]
    return {
        "resourceType": "ServiceRequest",
        "id": f"referral-{number + 1:04d}",
        "status": "active",
        "intent": "order",
        "priority": priority,
        "code": concept(ask.label, (CPT, ask.code)),
        "subject": {"reference": f"Patient/{chart.uuid('Patient')}"},
        "authoredOn": chart.ago(random.randint(1, 18)),
        "requester": {"display": "Dr. Paul Andrade, primary care"},
        **reason,
        **more,
    }
