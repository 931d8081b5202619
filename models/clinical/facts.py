"""Everything one assessment looks at, in one frozen value."""

from pydantic import NonNegativeFloat, PositiveInt

from models.base import Frozen, Id
from models.patients import PatientFacts, Referral
from models.procedures import ProcedureType


class ClinicSetting(Frozen):
    """The site's own figures that shape windows."""

    timezone: Id
    notice_hours: NonNegativeFloat = 24
    """Hours in which a patient can be told to stop a drug."""
    approval_lead_hours: NonNegativeFloat = 0
    """Hours a prescriber needs to agree, before the notice begins."""
    tick_minutes: PositiveInt = 5
    horizon_days: PositiveInt = 28


class Facts(Frozen):
    """Patient, referral, catalogue entry and site figures."""

    patient: PatientFacts
    referral: Referral
    procedure: ProcedureType
    setting: ClinicSetting
