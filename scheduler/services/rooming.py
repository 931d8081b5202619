"""Room for one case by moving bookings of others: finding it, and making it in one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass

from models.errors import RefusedError
from scheduler.records import CaseState
from scheduler.records_promises import OfferedMove
from scheduler.services import booking
from scheduler.services.case_files import CaseFile, all_files, open_file
from scheduler.services.desk import Desk
from scheduler.services.holding import checked, claim
from scheduler.services.problems import Gathered, gather, problem_of_bookings
from scheduler.services.readiness import assess_now, refresh
from solver.make_room import RoomProposal, make_room


@dataclass(frozen=True, slots=True)
class RoomOffer:
    """Ranked slots of a case with who has to move, and the case as it was assessed for them."""

    proposals: tuple[RoomProposal, ...]
    file: CaseFile
    versions: dict[str, int]
    """The versions of all bookings that were looked at, by case."""

    def moves_of(self, proposal: RoomProposal) -> tuple[OfferedMove, ...]:
        """Who has to move for a proposal, as an offer keeps it."""
        return tuple(
            OfferedMove(
                case=moved.case,
                version=self.versions[moved.case],
                start=moved.to_start,
                assigned=dict(moved.to_assigned),
            )
            for moved in proposal.moved
        )


def gather_room(desk: Desk, case: str) -> Gathered:
    """What there is to know: the case, and every open case that is booked.

    Raises:
        NotFoundError: there is no such case.
    """
    asked = open_file(desk, case)
    others = (file for file in all_files(desk, state=CaseState.OPEN) if file.booking)
    return gather(desk, (asked, *(file for file in others if file.id != case)))


def room_for(gathered: Gathered, *, top: int) -> RoomOffer:
    """The cheapest slots of the first gathered case, with up to two bookings moved.

    Raises:
        RefusedError: the case is not open, or cannot be planned here at all.
    """
    asked = gathered.files[0]
    record = asked.record.model_copy(update={"readiness": assess_now(gathered.scene, asked)})
    file = asked.with_readiness(record)
    found = make_room(problem_of_bookings(gathered, file), file.id, top=top)
    versions = {f.id: f.booking.version for f in gathered.files if f.booking}
    return RoomOffer(found, file, versions)


def lift(desk: Desk, moves: Iterable[OfferedMove]) -> None:
    """Free what the bookings that have to move hold, each as it was seen.

    Raises:
        NotFoundError: one of them is no longer there.
        StaleError: one of them has changed since.
        RefusedError: one of them is locked, or has begun.
    """
    for moved in moves:
        record = booking.standing(desk, moved.case, moved.version)
        if record.locked or record.held.start < desk.now:
            why = "is locked" if record.locked else "has begun"
            raise RefusedError(
                f"a booking that would have to move {why}",
                place=f"case {moved.case}",
                remedy="ask for proposals again",
            )
        desk.uow.claims.release([record.id])


def put(desk: Desk, moves: Iterable[OfferedMove]) -> None:
    """Put the bookings that were lifted where they go.

    Raises:
        RefusedError: a rule forbids it; then nothing may be kept.
        ConflictError: somebody else holds some of it; then nothing may be kept.
    """
    for moved in moves:
        file = refresh(desk, open_file(desk, moved.case))
        held = checked(desk, file, moved.start, moved.assigned)
        claim(desk, {booking.standing(desk, moved.case).id: held})
        booking.keep_move(desk, file, held)
