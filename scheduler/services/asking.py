"""Asking for places: proposals found outside of any transaction, then kept with ids in one."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from models.plan import Placement
from scheduler.records_promises import OfferedMove, OfferRecord
from scheduler.services import offers, rooming, slots
from scheduler.services.case_files import CaseFile
from scheduler.services.desk import Desk
from scheduler.services.offers import ToOffer, mark_of
from scheduler.services.problems import Gathered
from scheduler.services.warm import Warm
from solver.explain import Nowhere, Somewhere
from solver.make_room import Moved
from solver.proposals import Terms

__all__ = ["Answer", "Made", "Moved", "Nowhere", "Offered", "Somewhere", "ask", "closing", "keep"]

T = TypeVar("T")


class Site(Protocol):
    """What this asks of a site's services."""

    def read(self, service: Callable[[Desk], T]) -> T:
        """Ask a service that changes nothing."""
        ...

    def write(self, service: Callable[[Desk], T]) -> T:
        """Let a service change something, in one transaction."""
        ...

    @property
    def warm(self) -> Warm:
        """What questions leave for the next ones."""
        ...


@dataclass(frozen=True, slots=True)
class Offered:
    """A place for a case, and who has to move for it."""

    placement: Placement
    cost: int
    terms: Terms
    waiting_for: tuple[str, ...]
    moved: tuple[Moved, ...] = ()
    moves: tuple[OfferedMove, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """Places for a case, best first; where there is none, why."""

    case: str
    mark: str
    offered: tuple[Offered, ...]
    nowhere: Nowhere | Somewhere | None = None
    shut: tuple[str, ...] = ()
    """What the rules said that leaves the case no window at all."""


@dataclass(frozen=True, slots=True)
class Made:
    """An answer whose places have been given ids, in their order."""

    answer: Answer
    records: tuple[OfferRecord, ...]


def ask(site: Site, case: str, *, top: int, with_room: bool = False) -> Made:
    """Find places for a case and keep them as proposals with ids.

    Raises:
        NotFoundError: there is no such case.
        RefusedError: the case is not open, or cannot be planned here at all.
    """
    answer = _with_room(site, case, top) if with_room else _plain(site, case, top)
    return site.write(lambda desk: keep(desk, answer))


def keep(desk: Desk, answer: Answer) -> Made:
    """Give the places of an answer ids."""
    found = [ToOffer(one.placement, answer.mark, one.moves) for one in answer.offered]
    return Made(answer, offers.keep(desk, found))


def _plain(site: Site, case: str, top: int) -> Answer:
    gathered = site.read(lambda desk: site.warm.gather(desk, case))
    found = site.warm.offer(gathered, top=top)
    file = found.file
    places = tuple(
        Offered(p.placement, p.cost, p.terms, file.waiting_for(p.start)) for p in found.proposals
    )
    return _answer(gathered, file, places)


def _with_room(site: Site, case: str, top: int) -> Answer:
    gathered = site.read(lambda desk: rooming.gather_room(desk, case))
    found = rooming.room_for(gathered, top=top)
    places = tuple(
        Offered(
            p.placements[0],
            p.cost,
            p.terms,
            found.file.waiting_for(p.start),
            p.moved,
            found.moves_of(p),
        )
        for p in found.proposals
    )
    return _answer(gathered, found.file, places)


def _answer(gathered: Gathered, file: CaseFile, places: tuple[Offered, ...]) -> Answer:
    mark = mark_of(file, gathered.scene.department.version)
    if places:
        return Answer(file.id, mark, places)
    nowhere = slots.where(slots.question(replace(gathered, files=(gathered.files[0],))))
    return Answer(file.id, mark, (), nowhere, closing(file))


def closing(file: CaseFile) -> tuple[str, ...]:
    """What the rules said that leaves a case no window at all."""
    readiness = file.readiness
    if readiness.windows:
        return ()
    asked = (one.sentence for one in readiness.requirements if one.closes_windows)
    return (*(block.sentence for block in readiness.blocks), *asked)
