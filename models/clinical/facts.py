"""Everything one assessment looks at, in one frozen value."""

from datetime import UTC, datetime

from pydantic import Field, PositiveInt

from models.base import MAX_DAYS, Frozen, Hours, Id, Instant
from models.patients import Exposure, PatientFacts, Referral
from models.procedures import ProcedureType
from models.timegrid import TimeGrid

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ClinicSetting(Frozen):
    """The site's own figures that shape windows."""

    timezone: Id
    notice_hours: Hours = 24
    """Hours in which a patient can be told to stop a drug."""
    approval_lead_hours: Hours = 0
    """Hours a prescriber needs to agree, before the notice begins."""
    tick_minutes: PositiveInt = 5
    horizon_days: PositiveInt = Field(default=28, le=MAX_DAYS)

    @property
    def grid(self) -> TimeGrid:
        """The ticks of the site: whole multiples of its tick since 1970 in UTC.

        For ticks that divide an hour these are whole ticks of the local clock too, in every zone
        whose offset is a multiple of the tick.
        """
        return TimeGrid(EPOCH, self.tick_minutes, 0)


class Decision(Frozen):
    """What a named clinician decided for this patient where a rule asks for a decision."""

    rule: str
    """The whole id of the rule that asked, such as `clinical-rules/review/posterior-wall`."""
    kind: str
    """The kind of requirement it answers: approval, review, lab, ask-clinician, ..."""
    drug: Id | None = None
    """The drug concerned, where one is; None: whatever the rule asked about."""
    accepted: bool
    """False: it stays open, and the refusal is shown."""
    hold_hours: Hours | None = None
    """Hours off the drug, where the rule gives no figure; 0: it need not be held."""
    by: str = Field(min_length=1)
    at: Instant
    reason: str = Field(min_length=1)


class PlannedStop(Frozen):
    """The last dose that the patient has been told to take, once a start has been promised."""

    drug: Id
    last_dose: Instant


class Facts(Frozen):
    """Patient, referral, catalogue entry and site figures."""

    patient: PatientFacts
    referral: Referral
    procedure: ProcedureType
    setting: ClinicSetting
    decisions: tuple[Decision, ...] = ()
    """Any order; of several on one rule and drug the latest counts."""
    stops: tuple[PlannedStop, ...] = ()
    """For drugs without a recorded last dose: the hold runs from here, and not from `told`."""

    @property
    def exposures(self) -> tuple[Exposure, ...]:
        """The patient's drugs, each once, with recorded or planned last doses."""
        planned = {stop.drug: stop.last_dose for stop in self.stops}
        return tuple(
            dict.fromkeys(
                exposure
                if exposure.last_dose is not None or exposure.drug not in planned
                else exposure.model_copy(update={"last_dose": planned[exposure.drug]})
                for exposure in self.patient.exposures
            )
        )

    def decision(self, kind: str, rule: str, drug: str | None = None) -> Decision | None:
        """The latest decision on what a rule asked, for a drug where one is meant."""
        return max(
            (
                d
                for d in self.decisions
                if (d.kind, d.rule) == (kind, rule) and d.drug in (None, drug)
            ),
            key=lambda d: d.at,
            default=None,
        )

    def accepted(self, kind: str, rule: str, drug: str | None = None) -> bool:
        """Whether a clinician has settled what a rule asked."""
        found = self.decision(kind, rule, drug)
        return found is not None and found.accepted
