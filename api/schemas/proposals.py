"""Proposals, and why there is none, as callers read them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self

from pydantic import Field

from models.base import Frozen
from scheduler.records_promises import OfferRecord
from scheduler.services.asking import Answer, Made, Moved, Nowhere, Offered, Somewhere
from scheduler.services.slots import WhyNot


class ProposeIn(Frozen):
    """What to ask for."""

    top: int = Field(default=10, ge=1, le=100, description="How many at most.")
    make_room: bool = Field(
        default=False, description="Also slots for which one or two bookings of others move."
    )


class TermsOut(Frozen):
    """What a proposal costs, in points by term."""

    waiting: int
    lateness: int
    off_drug: int
    moves: int
    opening: int
    suite_changes: int


class MovedOut(Frozen):
    """A booking of another case that has to move."""

    case: str = Field(examples=["referral-3"])
    start: datetime
    to_start: datetime
    to_assigned: dict[str, str]
    price: int = Field(description="Points by which that case costs more.")
    sentence: str

    @classmethod
    def of(cls, moved: Moved) -> Self:
        """A move as it was found."""
        return cls(
            case=moved.case,
            start=moved.start,
            to_start=moved.to_start,
            to_assigned=dict(moved.to_assigned),
            price=moved.price,
            sentence=moved.sentence,
        )


class ProposalOut(Frozen):
    """A place for a case, with the id by which it is reserved or booked."""

    id: str = Field(examples=["proposal-5f0c"])
    start: datetime
    assigned: dict[str, str] = Field(examples=[{"suite": "suite-1", "proceduralist": "dr-1"}])
    cost: int = Field(description="Points; the first proposal is the cheapest.")
    terms: TermsOut
    moved: tuple[MovedOut, ...] = Field(description="Who has to move for it.")
    waiting_for: tuple[str, ...] = Field(description="What would keep a booking provisional.")
    expires_at: datetime

    @classmethod
    def of(cls, kept: OfferRecord, offered: Offered) -> Self:
        """A proposal with its id."""
        terms = offered.terms
        return cls(
            id=kept.id,
            start=offered.placement.start,
            assigned=dict(offered.placement.assigned),
            cost=offered.cost,
            terms=TermsOut(**{name: getattr(terms, name) for name in TermsOut.model_fields}),
            moved=tuple(map(MovedOut.of, offered.moved)),
            waiting_for=offered.waiting_for,
            expires_at=kept.expires_at,
        )


class NowhereOut(Frozen):
    """Why a case can be placed nowhere."""

    sentence: str
    clinical: tuple[str, ...] = Field(description="What the rules ask for first.")
    reasons: tuple[str, ...] = Field(description="What stands against it in the department.")


class ProposalsOut(Frozen):
    """Places for a case, best first; where there is none, why."""

    case: str = Field(examples=["referral-7"])
    proposals: tuple[ProposalOut, ...]
    nowhere: NowhereOut | None

    @classmethod
    def of(cls, made: Made) -> Self:
        """An answer whose proposals have ids."""
        answer = made.answer
        pairs = zip(made.records, answer.offered, strict=True)
        return cls(
            case=answer.case,
            proposals=tuple(ProposalOut.of(*pair) for pair in pairs),
            nowhere=_nowhere(answer),
        )


def _nowhere(answer: Answer) -> NowhereOut | None:
    found = answer.nowhere
    if found is None:
        return None
    return NowhereOut(
        sentence=found.sentence,
        clinical=answer.shut,
        reasons=tuple(reason.sentence for reason in found.reasons)
        if isinstance(found, Nowhere)
        else (),
    )


class NeedWhyOut(Frozen):
    """One need that finds nothing at that moment."""

    role: str = Field(examples=["suite"])
    sentence: str
    held_by: Mapping[str, str | None] = Field(
        description="Each resource it could have, with the case that holds it, if one does."
    )


class WhyOut(Frozen):
    """Why a case can or cannot start at a moment; without a moment, whether there is any."""

    case: str
    at: datetime | None
    possible: bool
    sentence: str
    clinical: tuple[str, ...] = Field(description="What the clinical rules have against it.")
    reasons: tuple[str, ...] = Field(description="What else stands against it.")
    needs: tuple[NeedWhyOut, ...]
    starts: int | None = Field(description="Without a moment: how many starts there are.")
    first: datetime | None
    last: datetime | None

    @classmethod
    def at_moment(cls, case: str, found: WhyNot) -> Self:
        """The answer for one moment."""
        engine = found.engine
        return cls(
            case=case,
            at=engine.at,
            possible=found.possible,
            sentence=engine.sentence,
            clinical=found.clinical,
            reasons=(
                *(reason.sentence for reason in engine.starts),
                *(clash.sentence for clash in engine.clashes),
            ),
            needs=tuple(
                NeedWhyOut(
                    role=need.role,
                    sentence=need.sentence,
                    held_by={r.resource: r.case for r in need.resources},
                )
                for need in engine.needs
            ),
            starts=None,
            first=None,
            last=None,
        )

    @classmethod
    def anywhere(cls, case: str, found: Somewhere | Nowhere, shut: tuple[str, ...]) -> Self:
        """The answer for the whole horizon."""
        there = found if isinstance(found, Somewhere) else None
        against = found.reasons if isinstance(found, Nowhere) else ()
        return cls(
            case=case,
            at=None,
            possible=there is not None,
            sentence=found.sentence,
            clinical=shut,
            reasons=tuple(reason.sentence for reason in against),
            needs=(),
            starts=there.count if there else 0,
            first=there.first if there else None,
            last=there.last if there else None,
        )
