"""Hold policies as callers read, compare and sign them."""

from collections import Counter
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, StringConstraints

from models.base import Frozen, Id
from models.clinical.policy import (
    Difference,
    Fault,
    HoldRule,
    LabGate,
    Policy,
    RowOverride,
    check_policy,
)
from models.clinical.readiness import Status
from scenarios.touched import Touched, Trial, View
from scheduler.records_plan import SignOff
from scheduler.services.policies import Standing

EXAMPLE = "SIR2019-high"
DIGEST = "0f4d1c0c8e0a4a1e9d5b6f0b7c2d3e4f0f4d1c0c8e0a4a1e9d5b6f0b7c2d3e4f"


class SignatureOut(Frozen):
    """A clinician's signature."""

    by: str = Field(examples=["dr-lee"])
    at: datetime
    version: str = Field(examples=["2019"])
    comment: str = Field(examples=["as agreed in the department's meeting"])
    current: bool = Field(description="Whether it stands under the policy as it is worded now.")

    @classmethod
    def of(cls, signed: SignOff, digest: str) -> Self:
        """A signature under a policy of a digest."""
        kept = signed.model_dump(include={"by", "at", "version", "comment"})
        return cls(current=signed.digest == digest, **kept)


class PolicyBrief(Frozen):
    """A policy without its rows."""

    name: str = Field(examples=[EXAMPLE])
    version: str = Field(examples=["2019"])
    title: str = Field(examples=["SIR consensus guidelines, high bleeding risk"])
    digest: str = Field(description="SHA-256 over all that it says.", examples=[DIGEST])
    bleeding_risk: str = Field(description="The procedures it is for.", examples=["high"])
    superseded_by: str = Field(description="Empty while it is the newest.", examples=[""])
    rank: int | None = Field(description="1 for the first that is asked; none: not in force.")
    rows: int = Field(examples=[41])
    without_figure: int = Field(description="Rows that ask a clinician each time.", examples=[3])
    evidence: dict[str, int] = Field(
        description="How many rows of each evidence tag.", examples=[{"P": 30, "K": 11}]
    )
    sources: tuple[str, ...] = Field(examples=[["SIR 2019, table 4"]])
    decided_by_site: tuple[RowOverride, ...] = Field(
        description="The site's own decisions on single rows, with approver and reason."
    )
    signed: bool = Field(description="Whether a clinician signed it as it is worded now.")
    signatures: tuple[SignatureOut, ...]

    @classmethod
    def of(cls, standing: Standing) -> Self:
        """A policy as it stands at the site."""
        policy = standing.policy
        refs = [row.ref for row in policy.holds] + [gate.ref for gate in policy.gates]
        return cls(
            digest=standing.digest,
            rank=standing.rank,
            rows=len(refs),
            without_figure=sum(row.is_blank for row in policy.holds),
            evidence=dict(sorted(Counter(ref.evidence for ref in refs).items())),
            sources=tuple(sorted({ref.source for ref in refs})),
            decided_by_site=standing.overrides,
            signed=bool(standing.signed),
            signatures=tuple(SignatureOut.of(s, standing.digest) for s in standing.signatures),
            **_said(policy),
        )


def _said(policy: Policy) -> dict[str, str]:
    return policy.model_dump(include={"name", "version", "title", "bleeding_risk", "superseded_by"})


class PolicyOut(PolicyBrief):
    """A policy with every row, and what a clinician should look at before signing it."""

    holds: tuple[HoldRule, ...]
    gates: tuple[LabGate, ...]
    to_look_at: tuple[Fault, ...]

    @classmethod
    def of(cls, standing: Standing) -> Self:
        """A policy as it stands at the site, with its rows."""
        policy = standing.policy
        return cls(
            **dict(PolicyBrief.of(standing)),
            holds=policy.holds,
            gates=policy.gates,
            to_look_at=check_policy(policy),
        )


class SignIn(Frozen):
    """Which wording is signed, and a comment."""

    version: Id = Field(examples=["2019"])
    digest: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")] = Field(
        description="Of the policy as you have read it.", examples=[DIGEST]
    )
    comment: str = Field(
        min_length=1, max_length=2000, examples=["as agreed in the department's meeting"]
    )


class PolicyDiffOut(Frozen):
    """Every figure in which two policies differ."""

    first: str = Field(examples=[EXAMPLE])
    second: str = Field(examples=["clinic-page"])
    differences: tuple[Difference, ...]


class ChangeIn(Frozen):
    """A list of policies that is thought of."""

    policies: tuple[Id, ...] = Field(
        min_length=1,
        max_length=40,
        description="In order of precedence.",
        examples=[[EXAMPLE, "clinic-page"]],
    )
    overrides: tuple[RowOverride, ...] | None = Field(
        default=None,
        max_length=400,
        description="The site's own decisions; those in force when left out.",
        examples=[None],
    )


class ViewOut(Frozen):
    """What the rules say of a booking."""

    status: Status
    against: tuple[str, ...] = Field(description="Why the booked start is forbidden.")
    waiting_for: tuple[str, ...] = Field(description="What keeps the booking provisional.")
    holds: tuple[str, ...] = Field(description="What is planned for each drug, and by which rule.")
    earliest: datetime | None = Field(description="The first start that the rules permit.")

    @classmethod
    def of(cls, view: View) -> Self:
        """What the rules say."""
        return cls(
            status=view.status,
            against=view.against,
            waiting_for=view.waiting_for,
            holds=view.holds,
            earliest=view.earliest,
        )


class TouchedOut(Frozen):
    """A booking that the change touches."""

    case: str = Field(examples=["referral-7"])
    start: datetime
    forbidden: bool = Field(description="Whether it could stand before and could not then.")
    before: ViewOut | None
    after: ViewOut | None = Field(
        description="None where what is booked is gone, and the case is placed anew."
    )
    lost: tuple[str, ...] = Field(
        description="What it uses and would not have: resources, their hours, what they can.",
        examples=[["suite-2 is not there Mon 30 Nov 2026 09:00 to 10:30"]],
    )

    @classmethod
    def of(cls, touched: Touched) -> Self:
        """One booking."""
        return cls(
            case=touched.case,
            start=touched.start,
            forbidden=touched.falls,
            before=touched.before and ViewOut.of(touched.before),
            after=touched.after and ViewOut.of(touched.after),
            lost=touched.lost,
        )


class TrialOut(Frozen):
    """What a change of policies would do to the bookings; nothing has been changed."""

    assessed: int = Field(description="Bookings that were looked at.", examples=[64])
    touched: tuple[TouchedOut, ...]

    @classmethod
    def of(cls, trial: Trial) -> Self:
        """What was found."""
        return cls(assessed=trial.assessed, touched=tuple(map(TouchedOut.of, trial.touched)))
