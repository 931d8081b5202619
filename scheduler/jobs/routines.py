"""The routines: what is done how often, and doing what is due.

Each looks first, in a transaction that only reads; what is to be done is then done in another one,
which so keeps nobody waiting for long. Twice does no more than once. When one was last done stands
in the store and is looked at in the transaction that does it, so several workers share the work.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Protocol, TypeVar

from scheduler.jobs.deadlines import find_due
from scheduler.jobs.keeping import forget
from scheduler.records_notices import RoutineRecord
from scheduler.services import integrity, morning
from scheduler.services.desk import Desk
from scheduler.services.holding import expire_overdue
from scheduler.services.notices import end_alert, raise_alert

T = TypeVar("T")

Do = Callable[[Desk], str]
"""Does something, and says in a few words what was done; nothing of a patient is in them."""
STUCK_AFTER = timedelta(hours=1)
"""A message that waits so long is worth an alert."""
UNDELIVERED = "undelivered"
NOT_WHOLE = "store-not-whole"


class Department(Protocol):
    """The transactions of one site."""

    def read(self, service: Callable[[Desk], T], /) -> T:
        """Ask a service that changes nothing, on one snapshot."""
        ...

    def write(self, service: Callable[[Desk], T], /) -> T:
        """Let a service change something, in one transaction."""
        ...


@dataclass(frozen=True, slots=True)
class Routine:
    """One of the routines."""

    name: str
    about: str
    every: timedelta
    look: Callable[[Desk], Do]
    """Looks without changing anything; gives what is to be done then."""

    def due(self, desk: Desk) -> bool:
        """Whether it was not done for long enough."""
        last = desk.uow.routines.find(self.name)
        return last is None or desk.now - last.done_at >= self.every

    def run_due(self, department: Department) -> str | None:
        """Do it if it is due, and write down what came of it; None if it is not."""
        if not department.read(self.due):
            return None
        do = department.read(self.look)
        return department.write(lambda desk: self._done(desk, do) if self.due(desk) else None)

    def run(self, department: Department) -> str:
        """Do it, due or not, and write down what came of it."""
        do = department.read(self.look)
        return department.write(lambda desk: self._done(desk, do))

    def _done(self, desk: Desk, do: Do) -> str:
        outcome = do(desk)
        desk.uow.routines.put(RoutineRecord(name=self.name, done_at=desk.now, outcome=outcome))
        return outcome


def expire(desk: Desk) -> str:
    """Let go of reservations whose time is over, though nobody has wanted their cells."""
    overdue = desk.uow.reservations.overdue(desk.now)
    expire_overdue(desk)
    return f"{len(overdue)} expired" if overdue else "none is over"


def watch_sending(desk: Desk) -> str:
    """Alert somebody when messages to a destination wait for long; end that when they went."""
    stuck = {
        line.destination: line
        for line in desk.uow.outbox.backlog()
        if desk.now - line.oldest_at >= STUCK_AFTER
    }
    for name in stuck:
        raise_alert(desk, UNDELIVERED, name, detail="messages have been waiting for an hour")
    for alert in desk.uow.alerts.open(UNDELIVERED):
        if alert.subject not in stuck:
            end_alert(desk, alert, "the messages have arrived")
    return f"waiting: {', '.join(sorted(stuck))}" if stuck else "nothing waits for long"


def look_whether_whole(desk: Desk) -> Do:
    """Hold claims against bookings and follow the chain of the audit; alert if they disagree."""
    return partial(_tell_whether_whole, faults=integrity.faults(desk))


def _tell_whether_whole(desk: Desk, *, faults: tuple[str, ...]) -> str:
    site = desk.department.site.id
    known = desk.uow.alerts.find_open(NOT_WHOLE, site)
    if faults:
        raise_alert(desk, NOT_WHOLE, site, detail=f"{len(faults)} faults; see the runbook")
    elif known:
        end_alert(desk, known, "the store is whole again")
    return f"{len(faults)} faults" if faults else "whole"


MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def at_once(do: Do) -> Callable[[Desk], Do]:
    """The look of a routine that has little to look at before it acts."""
    return lambda _desk: do


ROUTINES = (
    Routine("expire", "Let go of reservations that are over.", MINUTE, at_once(expire)),
    Routine("deadlines", "Alert, escalate, release.", 5 * MINUTE, find_due),
    Routine("morning", "Send the morning's report.", 5 * MINUTE, at_once(morning.send_report)),
    Routine("sending", "Alert when messages wait for long.", 10 * MINUTE, at_once(watch_sending)),
    Routine("integrity", "Look whether the store is whole.", DAY, look_whether_whole),
    Routine("retention", "Forget what has had its use.", DAY / 4, at_once(forget)),
)


def do_due(
    department: Department, routines: Iterable[Routine] = ROUTINES
) -> tuple[tuple[str, str], ...]:
    """Do every routine that is due; the names with what was done.

    One that fails is written down as failed, alerted nowhere else, and tried again when it is next
    due; the others are done all the same.
    """
    done = []
    for routine in routines:
        try:
            outcome = routine.run_due(department)
        except Exception as error:  # noqa: BLE001  # whatever it is, the others must be done
            outcome = f"failed: {type(error).__name__}"  # its words might speak of a patient
            department.write(partial(_failed, routine=routine, outcome=outcome))
        if outcome is not None:
            done.append((routine.name, outcome))
    return tuple(done)


def _failed(desk: Desk, routine: Routine, outcome: str) -> None:
    desk.uow.routines.put(
        RoutineRecord(name=routine.name, done_at=desk.now, failed=True, outcome=outcome)
    )
