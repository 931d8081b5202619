"""Revisions as callers read and decide them."""

from datetime import datetime
from typing import Self

from pydantic import Field

from models.base import Frozen, HoldStage, Id
from scheduler.records import MoveRecord, MoveState, RevisionRecord, RevisionState
from scheduler.services.accepting import Decision
from scheduler.services.revisions import kept_moves
from solver.moves import Move
from solver.revision import Change


class RevisionSummary(Frozen):
    """A revision without its moves."""

    id: str = Field(examples=["revision-2b7f0c93d1e84a56"])
    run: str = Field(description="The run that proposed it.", examples=["run-0d3e5f7a9b1c2d4e"])
    state: RevisionState
    cost_before: int = Field(description="Points of the plan as it was.", examples=[48_200])
    cost_after: int = Field(description="Points with every move carried out.", examples=[44_900])
    bound: int | None = Field(description="Points that no plan can beat.", examples=[44_100])
    made_at: datetime
    decided_at: datetime | None = None
    decided_by: str | None = None
    moves: int = Field(description="How many moves it has.", examples=[12])
    waiting: int = Field(description="How many of them wait for a decision.", examples=[9])
    version: int

    @classmethod
    def of(cls, record: RevisionRecord) -> Self:
        """A revision as it is kept."""
        known = {"id", "run", "state", "cost_before", "cost_after", "bound", "version"}
        return cls(
            made_at=record.created_at,
            decided_at=record.decided_at,
            decided_by=record.decided_by,
            moves=len(record.moves),
            waiting=len(record.cases(MoveState.PROPOSED)),
            **record.model_dump(include=known),
        )


class MoveOut(Frozen):
    """What a revision would change for one case, why, and how that stands."""

    case: str = Field(examples=["referral-7"])
    change: Change
    before: datetime | None = Field(description="The start as booked; none where nothing was.")
    after: datetime | None = Field(description="The start proposed; none where it is given up.")
    assigned: dict[str, str] | None = Field(description="Resources proposed, by role.")
    hold: HoldStage = Field(description="How far the medication hold had come.")
    told: bool = Field(description="Whether the patient had been told a time.")
    forced: bool = Field(description="Whether the booking could no longer stand.")
    price: int = Field(description="Points that the change itself costs.", examples=[150])
    reasons: tuple[str, ...] = Field(examples=[["it makes room for referral-3"]])
    waits_for: tuple[str, ...] = Field(
        description="Cases that must give something up first.", examples=[["referral-3"]]
    )
    state: MoveState
    detail: str = Field(description="Why it was rejected or became stale.", default="")
    decided_at: datetime | None = None
    decided_by: str | None = None

    @classmethod
    def of(cls, move: Move, stands: MoveRecord) -> Self:
        """A move and how it stands."""
        return cls(
            hold=move.stage,
            waits_for=move.depends_on,
            state=stands.state,
            detail=stands.detail,
            decided_at=stands.decided_at,
            decided_by=stands.decided_by,
            **move.model_dump(
                include={
                    "case",
                    "change",
                    "before",
                    "after",
                    "assigned",
                    "told",
                    "forced",
                    "price",
                    "reasons",
                }
            ),
        )


class RevisionOut(RevisionSummary):
    """A revision with every move."""

    changes: tuple[MoveOut, ...]
    groups: tuple[tuple[str, ...], ...] = Field(
        description="Cases whose moves wait for each other: accepted together or not at all.",
        examples=[[["referral-3", "referral-7"]]],
    )

    @classmethod
    def of(cls, record: RevisionRecord) -> Self:
        """A revision as it is kept, with its moves."""
        moves = kept_moves(record)
        stands = {move.case: move for move in record.moves}
        return cls(
            **dict(RevisionSummary.of(record)),
            changes=tuple(MoveOut.of(move, stands[move.case]) for move in moves.moves),
            groups=moves.groups,
        )


class AcceptIn(Frozen):
    """Which moves to carry out."""

    moves: tuple[Id, ...] | None = Field(
        default=None,
        min_length=1,
        max_length=2000,
        description="Cases whose moves; all that wait for a decision when left out.",
        examples=[["referral-7"]],
    )
    with_needed: bool = Field(
        default=False, description="Also accept the moves that these wait for."
    )


class RejectIn(Frozen):
    """Which moves to put aside, and why."""

    moves: tuple[Id, ...] | None = Field(
        default=None,
        min_length=1,
        max_length=2000,
        description="Cases whose moves; all that wait for a decision when left out.",
        examples=[["referral-7"]],
    )
    reason: str = Field(default="", max_length=500, examples=["the patient cannot come on Friday"])


class StaleMove(Frozen):
    """A move that could no longer be carried out."""

    case: str = Field(examples=["referral-9"])
    reason: str = Field(examples=["the case has changed since the night froze it"])


class DecisionOut(Frozen):
    """What a decision did; moves that it does not name wait still."""

    revision: str
    state: RevisionState
    applied: tuple[str, ...] = Field(description="Cases whose move was carried out.")
    rejected: tuple[str, ...] = Field(description="Cases whose move was put aside.")
    stale: tuple[StaleMove, ...] = Field(description="Cases whose move was refused, with reasons.")
    waiting: tuple[str, ...] = Field(description="Cases whose move waits for a decision still.")
    version: int

    @classmethod
    def of(cls, decision: Decision) -> Self:
        """A decision as it was taken."""
        record = decision.record
        return cls(
            revision=record.id,
            state=record.state,
            applied=decision.applied,
            rejected=decision.rejected,
            stale=tuple(StaleMove(case=case, reason=reason) for case, reason in decision.stale),
            waiting=record.cases(MoveState.PROPOSED),
            version=record.version,
        )
