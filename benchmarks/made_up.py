"""A made-up patient and what is asked for them, as often as a benchmark wants them.

Their birth date and the words about them are canaries: found anywhere else, they have leaked.
"""

from datetime import datetime, timedelta

from benchmarks.faults import canaries
from models.patients import Finding, Lab, LabCode, PatientFacts, Pregnancy, Referral, Sex


def made_up_patient(name: str, now: datetime) -> PatientFacts:
    """A man of 76 without drugs, whose results of yesterday pass every gate."""
    values = {LabCode.INR: 1.0, LabCode.PLATELETS: 220.0, LabCode.CREATININE: 0.9}
    taken_at = now - timedelta(days=1)
    return PatientFacts(
        id=name,
        birth_date=canaries.BORN,
        sex=Sex.MALE,
        weight_kg=75,
        height_cm=175,
        asa_class=2,
        has_escort=True,
        pregnancy=Pregnancy.NOT_APPLICABLE,
        labs=tuple(Lab(code=code, value=v, taken_at=taken_at) for code, v in values.items()),
    )


def made_up_referral(name: str, patient: str, now: datetime) -> Referral:
    """A lumbar vertebroplasty of one level."""
    return Referral(
        id=name,
        patient=patient,
        code="22511",
        system="http://www.ama-assn.org/go/cpt",
        levels=("L3",),
        authored=now,
        flags=frozenset({"failed-conservative"}),
        reasons=(Finding(code="M80.08XA", system="icd10", text=canaries.FREE_TEXT),),
    )
