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
from scheduler.services import problems, slots
from scheduler.services.case_files import CaseFile, open_file
from scheduler.services.desk import Desk
from scheduler.services.problems import Gathered
from scheduler.services.scene import Scene
from scheduler.services.slots import Offer
from scheduler.services.warm_holdings import Holdings, caught_up, read_holdings
from solver.held_board import HeldBoard, HeldGround, holdings_of

# Of a site version, its closures, a local day, and what is still held from the day before.
_GroundKey = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    """A board with what it was made from; no board where it could not be made."""

    booked: Mapping[str, Held]
    reserved: Mapping[str, Held]
    key: _GroundKey
    held: Mapping[str, Held]
    board: HeldBoard | None

    def is_of(self, gathered: Gathered, today: datetime) -> bool:
        """Whether nothing that is held has changed since, and no day has begun."""
        scene = gathered.scene
        return (
            self.booked is gathered.booked
            and self.reserved == gathered.reserved
            and self.key[:3] == (scene.site_record, scene.closures, today)
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
        if _stands_out(gathered.scene, file):
            return slots.offer(slots.question(gathered), top=top)
        board = self._board(gathered, case)
        found = None if board is None else board.propose(gathered.scene.now, case, top=top)
        if found is None:
            return slots.offer(slots.question(gathered), top=top)
        return Offer(found, file)

    def _board(self, gathered: Gathered, case: Case) -> HeldBoard | None:
        """The board of all that is held for others."""
        with self._lock:
            kept = self._kept = _brought_up(self._kept, gathered, case)
        if kept.board is None or case.id not in kept.held:
            return kept.board
        return kept.board.changed([case.id], {})


def _stands_out(scene: Scene, file: CaseFile) -> bool:
    """Whether the case is booked for what has begun or lies beyond the horizon."""
    if file.booking is None:
        return False
    start = file.booking.held.start
    return start < scene.now or start not in scene.department.site.horizon(scene.now)


def _brought_up(kept: _Kept | None, gathered: Gathered, case: Case) -> _Kept:
    """The board of this moment, on a ground that reaches as far as the case needs."""
    scene = gathered.scene
    horizon = scene.department.site.horizon(scene.now)
    far_enough = kept is not None and (kept.board is None or kept.board.ground.reaches(case.needs))
    if kept is not None and far_enough and kept.is_of(gathered, horizon.start):
        return kept
    held = gathered.held
    wanted = {name: what for name, what in held.items() if what.start in horizon}
    key = _ground_key(scene, held, horizon.start)
    board = None
    if kept is not None and kept.board is not None and far_enough and kept.key == key:
        board = _changed(kept.board, kept.held, wanted, scene)
    if board is None:
        needs = {need for what in wanted.values() for need in what.needs}
        ground = HeldGround(problems.ground_of(gathered), (*case.needs, *needs))
        board = _changed(ground.empty(), {}, wanted, scene)
    return _Kept(gathered.booked, gathered.reserved, key, wanted, board)


def _changed(
    board: HeldBoard, before: Mapping[str, Held], wanted: Mapping[str, Held], scene: Scene
) -> HeldBoard | None:
    """The board with what is wanted in place of what was on it before."""
    gone = [name for name, what in before.items() if not _same(wanted.get(name), what)]
    come = {name: what for name, what in wanted.items() if not _same(before.get(name), what)}
    if not gone and not come:
        return board
    return board.changed(gone, holdings_of(come, scene.planned))


def _same(one: Held | None, other: Held) -> bool:
    return one is other or one == other


def _ground_key(scene: Scene, held: Mapping[str, Held], today: datetime) -> _GroundKey:
    before = tuple(
        sorted(span for what in held.values() if what.start < today for span in what.spans())
    )
    return (scene.site_record, scene.closures, today, before)
