"""What the clinical rules need to know of a patient: the minimum necessary, in one unit system.

Labs are in the units named on `LabCode`; unknown facts are None or absent, and never read as safe.
"""

from datetime import date, time
from enum import StrEnum

from pydantic import Field, PositiveFloat, field_serializer

from models.base import Frozen, Id, Instant


class Sex(StrEnum):
    """Administrative sex, used for renal function and pregnancy rules."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


class LabCode(StrEnum):
    """Laboratory results the rules know, each in one unit."""

    INR = "INR"  # ratio
    PLATELETS = "platelets"  # 10*9/L
    CREATININE = "creatinine"  # mg/dL
    EGFR = "eGFR"  # mL/min/1.73 m2
    HCG = "hCG"  # 1 positive, 0 negative
    HAEMOGLOBIN = "haemoglobin"  # g/dL
    FIBRINOGEN = "fibrinogen"  # mg/dL
    APTT = "aPTT"  # s
    ANTI_XA = "anti-Xa"  # IU/mL


class Lab(Frozen):
    """One result with its time."""

    code: LabCode
    value: float
    taken_at: Instant


class ExposureStatus(StrEnum):
    """Whether the drug is being taken."""

    ACTIVE = "active"
    INTENDED = "intended"
    ON_HOLD = "on-hold"
    STOPPED = "stopped"


class Exposure(Frozen):
    """A drug the patient takes or lately took, at ingredient level."""

    drug: str
    """Ingredient name in lower case as the policies write it, or the display text when unknown."""
    known: bool = True
    """False when no ingredient could be told: the drug is then `unknown drug: X`."""
    rxcui: str | None = None
    atc: str | None = None
    status: ExposureStatus = ExposureStatus.ACTIVE
    dose_times: tuple[time, ...] = ()
    """Wall-clock dose times in the site's zone; empty when unknown."""
    interval_hours: PositiveFloat | None = None
    as_needed: bool = False
    route: str | None = None
    dose_mg: PositiveFloat | None = None
    intent: str | None = None
    """`prophylactic`, `therapeutic`, `primary` or `secondary` prevention, where it can be told."""
    last_dose: Instant | None = None
    """When the last dose was taken, if the hold has begun."""
    prescriber: str | None = None
    reason: str | None = None
    thrombotic_risk: int = Field(default=2, ge=1, le=3)


class Finding(Frozen):
    """A condition, allergy or flag by code, with the text a person reads."""

    code: str
    system: str
    text: str
    words: str = ""
    """What else the record says of it: looked through for words, and not shown."""
    since: Instant | None = None

    @property
    def name(self) -> str:
        """What a person reads."""
        return self.text or self.code


class Pregnancy(StrEnum):
    """What is known of pregnancy."""

    POSITIVE = "positive"
    POSSIBLE = "possible"
    NEGATIVE = "negative"
    NOT_APPLICABLE = "not-applicable"
    UNKNOWN = "unknown"


class Implant(Frozen):
    """A stent or valve with the date it was placed."""

    kind: str
    placed_on: date


class Commitment(Frozen):
    """Another appointment of the patient: dialysis, radiotherapy, contrast, or simply busy."""

    kind: str
    start: Instant
    end: Instant


class PatientFacts(Frozen):
    """Everything the rules may ask about one patient."""

    id: Id
    birth_date: date | None = None
    sex: Sex = Sex.UNKNOWN
    deceased: bool = False
    weight_kg: PositiveFloat | None = None
    height_cm: PositiveFloat | None = None
    exposures: tuple[Exposure, ...] = ()
    labs: tuple[Lab, ...] = ()
    """Any order; the latest of a code counts."""
    conditions: tuple[Finding, ...] = ()
    allergies: tuple[Finding, ...] = ()
    pregnancy: Pregnancy = Pregnancy.UNKNOWN
    implants: tuple[Implant, ...] = ()
    asa_class: int | None = Field(default=None, ge=1, le=6)
    airway_flags: tuple[str, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    unavailable: tuple[tuple[Instant, Instant], ...] = ()
    has_escort: bool | None = None
    unreadable: tuple[str, ...] = ()
    """Records of this patient that could not be read, a sentence each: their content is unknown."""
    language: str = "en"

    def latest(self, code: LabCode) -> Lab | None:
        """The most recent result of a code."""
        return max(
            (lab for lab in self.labs if lab.code == code),
            key=lambda lab: lab.taken_at,
            default=None,
        )

    def age_on(self, day: date) -> int | None:
        """Completed years on a day."""
        born = self.birth_date
        if born is None:
            return None
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


class Referral(Frozen):
    """One request for one procedure (a FHIR ServiceRequest, without FHIR's words)."""

    id: Id
    patient: Id
    code: str
    """Procedure code as sent (CPT or SNOMED CT)."""
    system: str
    display: str = ""
    priority: str = "routine"
    """FHIR priority: routine, urgent, asap, stat."""
    authored: Instant | None = None
    levels: tuple[str, ...] = ()
    """Vertebral levels such as T12 or L1."""
    reasons: tuple[Finding, ...] = ()
    flags: frozenset[str] = frozenset()
    """Coded order details: `ct-guidance`, `failed-conservative`, `posterior-wall-defect`,
    `epidural-invasion`, `inpatient`, `bilateral`, `contrast`, `corset`, ..."""
    active: bool = True

    @field_serializer("flags", when_used="json")
    def _in_order(self, flags: frozenset[str]) -> list[str]:
        """Equal referrals make equal documents."""
        return sorted(flags)
