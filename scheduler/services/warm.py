"""Proposals from a board that stays loaded: the same answers as from a problem frozen anew.

What is kept is a cache and nothing more. In each question's own transaction the store says what
has changed since (`warm_holdings`); then the board is brought up to that and to the question's
moment. The clock counts in three ways: reservations end, a local day begins (another horizon, and
so another ground), and the case that is asked for is assessed and compiled at that moment. Wherever
the board cannot tell, the problem is frozen and searched as if there were no cache.

Nothing that is kept is ever changed in place, so several threads may ask at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from models.held import Held
from models.problem import Case
from models.surroundings import Surroundings
from scheduler.records import Closure, SiteRecord
from scheduler.services import problems, slots
from scheduler.services.case_files import open_file
from scheduler.services.desk import Desk
from scheduler.services.problems import Gathered
from scheduler.services.scene import Scene
from scheduler.services.slots import Offer
from scheduler.services.warm_holdings import Holdings, caught_up, read_holdings
from solver.kept_board import KeptBoard, brought_up, proposed_on


@dataclass(frozen=True, slots=True)
class _Kept:
    """A board with what was read for it."""

    booked: Mapping[str, Held]
    reserved: Mapping[str, Held]
    site: SiteRecord
    closures: tuple[Closure, ...]
    today: datetime
    board: KeptBoard

    def is_of(self, gathered: Gathered, today: datetime) -> bool:
        """Whether nothing that is held has changed since, and no day has begun."""
        scene = gathered.scene
        return (
            self.booked is gathered.booked
            and self.reserved == gathered.reserved
            and (self.site, self.closures, self.today) == (scene.site_record, scene.closures, today)
        )


class Warm:
    """What one store's questions leave behind for the next ones."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._holdings: Holdings | None = None
        self._kept: _Kept | None = None

    def gather(self, desk: Desk, case: str) -> Gathered:
        """What there is to know for a question about one case, read in its transaction.

        Raises:
            NotFoundError: there is no such case.
        """
        known = self._holdings
        holdings = caught_up(known, desk) if known else read_holdings(desk)
        if holdings is None:
            return slots.gather_case(desk, case)
        self._holdings = holdings
        return Gathered(
            scene=Scene(desk.departments, holdings.site, holdings.closures, desk.now),
            files=(open_file(desk, case),),
            booked=holdings.booked,
            reserved={r.case: r.held for r in holdings.live(desk.now)},
        )

    def offer(self, gathered: Gathered, *, top: int) -> Offer:
        """The cheapest exact slots of the gathered case, everything else fixed as it is held.

        Raises:
            RefusedError: the case is not open, or cannot be planned here at all.
            InputError: `top` is below 1.
        """
        file = slots.assessed(gathered)
        case = problems.case_of(gathered.scene, file)
        kept = self._board(gathered, case)
        around = Surroundings(gathered.scene, kept.held)
        return Offer(proposed_on(kept, around, case, top=top), file)

    def _board(self, gathered: Gathered, case: Case) -> KeptBoard:
        """The board of all that is held."""
        with self._lock:
            self._kept = _brought_up(self._kept, gathered, case)
            return self._kept.board


def _brought_up(kept: _Kept | None, gathered: Gathered, case: Case) -> _Kept:
    scene = gathered.scene
    today = scene.department.site.horizon(scene.now).start
    if kept is not None and kept.is_of(gathered, today) and kept.board.serves(case):
        return kept
    around = Surroundings(scene, gathered.held)
    board = brought_up(kept.board if kept else None, around, case)
    booked, reserved = gathered.booked, gathered.reserved
    return _Kept(booked, reserved, scene.site_record, scene.closures, today, board)
