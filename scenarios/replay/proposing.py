"""Proposals of a replay: from a board of what is held, kept from case to case as the service's."""

from models.errors import RefusedError
from models.surroundings import Surroundings
from scenarios.replay.office import Office
from solver.kept_board import KeptBoard, brought_up, proposed_on
from solver.proposals import Proposal


class Board:
    """What is held in an office on its ground of the day."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._kept: KeptBoard | None = None

    def proposals(self, case: str, *, top: int) -> tuple[Proposal, ...]:
        """The cheapest exact slots of a case, everything else fixed as it is held.

        Empty as well where the case cannot be planned at all.
        """
        office = self._office
        try:
            wanted = office.case_of(office.refresh(case))
        except RefusedError:
            return ()
        around = Surroundings(office.moment, office.held)
        self._kept = brought_up(self._kept, around, wanted)
        return proposed_on(self._kept, around, wanted, top=top)
