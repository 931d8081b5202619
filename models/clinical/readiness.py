"""What the clinical rules say of one referral: windows, holds, requirements and blocks.

Every statement carries the rule's id, the policy and version it came from, its source and evidence.
"""

from datetime import datetime
from enum import StrEnum

from models.base import Frozen, HoldStage, Id, Instant
from models.windows import Window, WindowSet


class Status(StrEnum):
    """How far the rules let a referral go."""

    READY = "ready"
    CONDITIONAL = "conditional"  # somebody must still act
    BLOCKED = "blocked"  # not until something is cleared


class RuleRef(Frozen):
    """Where a statement comes from."""

    rule: str
    policy: str
    version: str
    source: str
    evidence: str


class HoldPlan(Frozen):
    """Stopping one drug before the procedure."""

    drug: str
    ref: RuleRef
    stage: HoldStage
    last_dose: Instant | None
    """The last dose that is (or was) taken; None when the rule gives no figure."""
    ready_at: Instant | None
    """From when the drug has been off long enough; None: no figure, a clinician must say."""
    hours: float | None = None
    doses: int | None = None
    restart_hours: float | None = None
    """Hours after the procedure at which the drug may be taken again; None: ask the clinician."""
    cap_at: Instant | None = None
    """From when the drug has been off too long, where the site set a limit and the hold began."""
    cap_hard: bool = False
    """Whether that ends the windows; otherwise it is reported only."""
    risk: int = 2
    sentence: str


class Requirement(Frozen):
    """Something a person or a laboratory must still do."""

    kind: str
    """approval, lab, unknown-drug, ask-clinician, review, premedication, escort, ..."""
    ref: RuleRef
    sentence: str
    latest: Instant | None = None
    """After this it is too late for the earliest permitted start."""
    firm: bool = True
    """Whether no firm booking may be made while it is open (checks on the day are not firm)."""
    closes_windows: bool = False
    """Whether there is no window at all until it is met."""
    ahead_hours: float | None = None
    """For any start: it must be done so many hours before it."""
    counts_hours: float | None = None
    """For any start: what is done earlier than so many hours before it does not count."""
    after_hours: float | None = None
    """It lasts so many hours after the procedure."""
    applies_from: Instant | None = None
    """Only starts at or after this instant need it: a result that is good until then."""
    drug: str = ""
    """The drug concerned, where one is."""
    subject: str = ""
    """The laboratory value concerned, where one is: `INR`, `platelets`, `aPTT or anti-Xa`."""


class Block(Frozen):
    """A contraindication: no window until it is cleared."""

    kind: str
    ref: RuleRef
    sentence: str


class Refusal(Frozen):
    """One reason why an instant is not permitted."""

    kind: str
    ref: RuleRef
    sentence: str


class Readiness(Frozen):
    """The whole answer for one referral at one instant."""

    referral: Id
    patient: Id
    procedure: str
    assessed_at: Instant
    status: Status
    windows: tuple[tuple[Instant, Instant], ...]
    holds: tuple[HoldPlan, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    blocks: tuple[Block, ...] = ()
    preparation: tuple[Requirement, ...] = ()
    """Standing instructions (fasting, arrival, escort, corset) that gate nothing."""
    needs: tuple[str, ...] = ()
    """Tags the clinical rules add to the procedure: `biplane`, `anaesthesia`, `ct`, `deep`, ..."""
    extra_minutes: int = 0
    """Minutes the clinical rules add to the procedure phase."""

    @property
    def window_set(self) -> WindowSet:
        """The windows as a set."""
        return WindowSet(Window(a, b) for a, b in self.windows)

    def open_at(self, start: datetime) -> tuple[Requirement, ...]:
        """The firm requirements that stand in the way of a firm booking at a start."""
        return tuple(
            asked
            for asked in self.requirements
            if asked.firm and (asked.applies_from is None or asked.applies_from <= start)
        )

    @property
    def stage(self) -> HoldStage:
        """The furthest stage any hold has reached."""
        order = list(HoldStage)
        return max((hold.stage for hold in self.holds), key=order.index, default=HoldStage.NONE)
