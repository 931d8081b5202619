"""What the clinical rules say of a case, as callers read it."""

from datetime import datetime
from typing import Self

from pydantic import Field

from models.base import Frozen, HoldStage
from models.clinical.readiness import Block, HoldPlan, Readiness, Requirement, RuleRef, Status
from scheduler.services.case_files import requirement_key

DRUG = "apixaban"


class RuleOut(Frozen):
    """Where a statement comes from."""

    rule: str = Field(examples=["hold/apixaban"])
    policy: str = Field(examples=["SIR2019-high"])
    version: str = Field(examples=["2019.1"])
    source: str = Field(examples=["SIR consensus guidelines 2019, table 4"])
    evidence: str = Field(examples=["guideline"])

    @classmethod
    def of(cls, ref: RuleRef) -> Self:
        """A reference as the rules give it."""
        return cls(**ref.model_dump())


class WindowOut(Frozen):
    """A time in which the procedure may start: from `start` on, before `end`."""

    start: datetime
    end: datetime


class HoldOut(Frozen):
    """A drug that has to be stopped before the procedure."""

    drug: str = Field(examples=[DRUG])
    stage: HoldStage
    last_dose: datetime | None = Field(description="The last dose for the earliest start.")
    ready_at: datetime | None = Field(description="From when it has been off long enough.")
    restart_hours: float | None
    sentence: str
    rule: RuleOut

    @classmethod
    def of(cls, hold: HoldPlan) -> Self:
        """A hold as the rules plan it."""
        members = hold.model_dump(include=set(cls.model_fields) - {"rule"})
        return cls(rule=RuleOut.of(hold.ref), **members)


class RequirementOut(Frozen):
    """Something that a person or a laboratory must still do."""

    key: str = Field(
        description="The name by which it is approved.",
        examples=["approval:hold/apixaban:apixaban"],
    )
    kind: str = Field(examples=["approval"])
    sentence: str
    latest: datetime | None = Field(description="After it the earliest start is lost.")
    applies_from: datetime | None = Field(description="Only starts from here on need it.")
    firm: bool = Field(description="Whether no firm booking is made while it is open.")
    closes_windows: bool = Field(description="Whether there is no window until it is met.")
    rule: RuleOut

    @classmethod
    def of(cls, asked: Requirement) -> Self:
        """A requirement as the rules state it."""
        members = asked.model_dump(include=set(cls.model_fields) - {"rule", "key"})
        return cls(key=requirement_key(asked), rule=RuleOut.of(asked.ref), **members)


class BlockOut(Frozen):
    """A contraindication: no start until it is cleared."""

    kind: str
    sentence: str
    rule: RuleOut

    @classmethod
    def of(cls, block: Block) -> Self:
        """A contraindication as the rules state it."""
        return cls(kind=block.kind, sentence=block.sentence, rule=RuleOut.of(block.ref))


class ReadinessOut(Frozen):
    """When a case may start, what stops it, and what is still missing."""

    case: str = Field(examples=["referral-7"])
    procedure: str = Field(examples=["vertebroplasty"])
    assessed_at: datetime
    status: Status
    windows: tuple[WindowOut, ...]
    holds: tuple[HoldOut, ...]
    requirements: tuple[RequirementOut, ...]
    blocks: tuple[BlockOut, ...]
    preparation: tuple[str, ...] = Field(description="Standing instructions; they stop nothing.")

    @classmethod
    def of(cls, found: Readiness) -> Self:
        """A readiness as the rules give it."""
        return cls(
            case=found.referral,
            procedure=found.procedure,
            assessed_at=found.assessed_at,
            status=found.status,
            windows=tuple(WindowOut(start=a, end=b) for a, b in found.windows),
            holds=tuple(map(HoldOut.of, found.holds)),
            requirements=tuple(map(RequirementOut.of, found.requirements)),
            blocks=tuple(map(BlockOut.of, found.blocks)),
            preparation=tuple(asked.sentence for asked in found.preparation),
        )
