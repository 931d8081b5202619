"""Everything one assessment needs, put together; or the one reason why it cannot be.

A referral always gets an answer: a `FactsProblem` is for the caller to turn into a block.
"""

from dataclasses import dataclass

from models.catalogue import Catalogue
from models.clinical.facts import ClinicSetting, Facts
from models.patients import Referral
from scheduler.intake.intake import Intake


@dataclass(frozen=True, slots=True)
class FactsProblem:
    """Why a referral cannot be assessed."""

    kind: str
    """`patient-not-found` or `unknown-procedure`."""
    referral: str
    patient: str
    procedure: str
    sentence: str


def facts_for(
    intake: Intake, referral: Referral, catalogue: Catalogue, setting: ClinicSetting
) -> Facts | FactsProblem:
    """The facts of one referral, or what is missing for them.

    Args:
        intake: knows the patients.
        referral: what is asked for.
        catalogue: knows the procedures.
        setting: the site's figures.
    """
    patient = intake.patient(referral.patient)
    if patient is None:
        return _problem(
            "patient-not-found",
            referral,
            f"patient {referral.patient} is not among the patients: send the patient's record",
        )
    procedure = catalogue.find(referral.code, referral.system)
    if procedure is None:
        lacks = "is not in the catalogue: add it, or correct the code"
        if catalogue.is_add_on(referral.code, referral.system):
            lacks = "stands for further levels only: send the code of the first level"
        return _problem("unknown-procedure", referral, f"procedure {_named(referral)} {lacks}")
    return Facts(patient=patient, referral=referral, procedure=procedure, setting=setting)


def _problem(kind: str, referral: Referral, sentence: str) -> FactsProblem:
    return FactsProblem(kind, referral.id, referral.patient, referral.code, sentence)


def _named(referral: Referral) -> str:
    code = referral.code or "without a code"
    display = referral.display
    return f"{code} ({display})" if display not in ("", code) else code
