"""The procedure catalogue: what each kind of procedure needs, in phases, as data.

Minutes are counted from the start of the procedure phase. Preparation ends there; turnover (of the
room) and recovery (of the patient, in a bay) both begin where the procedure ends. Codes are CPT or
SNOMED CT; labels are our own.
"""

from enum import StrEnum

from pydantic import Field, NonNegativeInt, PositiveInt

from models.base import Frozen, Id


class BleedingRisk(StrEnum):
    """Bleeding-risk class, derived from the procedure and never picked by hand."""

    HIGH = "high"
    LOW = "low"


class Phase(StrEnum):
    """The part of the stay in which a resource is needed."""

    PREPARATION = "preparation"
    PROCEDURE = "procedure"
    TURNOVER = "turnover"
    RECOVERY = "recovery"


class PhaseNeed(Frozen):
    """One resource held through consecutive phases."""

    role: Id
    kind: Id
    tags: tuple[str, ...] = ()
    phases: tuple[Phase, ...]
    lead_minutes: NonNegativeInt = 0
    """Minutes before the first phase begins at which the resource is needed already."""
    tail_minutes: NonNegativeInt = 0
    """Minutes after the last phase ends for which the resource is still needed."""
    first_minutes: PositiveInt | None = None
    """Held for only the first so many minutes of that time (an arrival slot)."""
    when: str | None = None
    """Only when the case has this flag or added tag: `sedation`, `anaesthesia`, `ct`, ..."""


class Minutes(Frozen):
    """Length of the procedure phase and what lengthens it."""

    base: PositiveInt
    per_extra_level: NonNegativeInt = 0
    bilateral: NonNegativeInt = 0
    """Added for a bipedicular approach."""
    ct_guidance: NonNegativeInt = 0
    thoracic: NonNegativeInt = 0
    source: str
    evidence: str
    evidence_of: dict[str, str] = Field(default_factory=dict)
    """Evidence of a single figure where it differs, such as `{"per_extra_level": "planning"}`."""


class ProcedureType(Frozen):
    """One entry of the catalogue."""

    key: Id
    label: str
    cpt: tuple[str, ...] = ()
    add_on_cpt: tuple[str, ...] = ()
    """Codes of further levels, which come beside a code of `cpt` and never alone."""
    snomed: tuple[str, ...] = ()
    region: str
    """`spine`, `body`, `vascular`, ... decides which guideline takes precedence."""
    bleeding_risk: BleedingRisk
    fluoroscopy: bool
    """Uses ionising radiation; pregnancy blocks it."""
    contrast: bool = False
    """Uses iodinated contrast."""
    vertebral: bool = False
    """Levels, indications and cement rules apply."""
    setting: str = Field(default="outpatient", pattern="^(outpatient|inpatient)$")
    sedation: str = Field(default="moderate", pattern="^(none|moderate|deep|anaesthesia)$")
    preparation_minutes: NonNegativeInt
    procedure_minutes: Minutes
    turnover_minutes: NonNegativeInt
    recovery_minutes: NonNegativeInt
    needs: tuple[PhaseNeed, ...]
    source: str
    evidence: str
