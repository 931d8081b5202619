"""Looking after deadlines: an alert, then an escalation, then, where the site says so, a release.

Looking twice does nothing more. An alert ends by itself when what it was about has come, or when
the booking has moved or begun; one after which a booking was released stays until a person ends it,
as somebody has to speak with the patient.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from models.errors import NotFoundError
from scheduler.records import CaseState
from scheduler.records_notices import AlertLevel, AlertRecord
from scheduler.services.booking import end_booking
from scheduler.services.case_files import CaseFile, all_files, open_file
from scheduler.services.deadlines import Awaited, Wait, waits
from scheduler.services.desk import Desk
from scheduler.services.notices import end_alert, escalate, raise_alert
from scheduler.services.readiness import refresh

_DONE = {
    AlertLevel.RAISED: "{what} is late",
    AlertLevel.ESCALATED: "{what} is late and nobody has seen to it",
    AlertLevel.ACTED: "{what} is late: the booking was released; tell the patient",
}
_WHAT = {
    Awaited.APPROVAL: "an approval",
    Awaited.HOLD: "the confirmation of a hold",
    Awaited.LAB: "a result",
}
_ORDER = tuple(AlertLevel)
_Key = tuple[str, str, str]


def find_due(desk: Desk) -> Callable[[Desk], str]:
    """Look at every open case, changing nothing; what is to be done, in a transaction of its own.

    Only the cases and alerts that were found are looked at again there, as they are by then.
    """
    known = _known(desk)
    due: list[str] = []
    standing: set[_Key] = set()
    for file in all_files(desk, state=CaseState.OPEN):
        if _counts(file):
            due += [file.id] if _is_due(desk, file, known) else []
            standing |= {_key(file, wait) for wait in waits(desk.scene, file)}
    over = tuple(key for key in known if key not in standing or key[1] in due)
    return partial(_see_to_all, due=tuple(due), over=over)


def _see_to_all(desk: Desk, *, due: tuple[str, ...], over: tuple[_Key, ...]) -> str:
    """Raise, escalate and end alerts, and release what the site lets go; what was done."""
    known = _known(desk)
    done = dict.fromkeys(("raised", "escalated", "released", "ended"), 0)
    for case in due:
        file = open_file(desk, case)
        if _counts(file) and _is_due(desk, file, known):
            _see_to(desk, refresh(desk, file), known, done)
    for key in over:
        alert = desk.uow.alerts.find_open(*key)
        if alert is not None and alert.level != AlertLevel.ACTED and not _is_awaited(desk, key):
            end_alert(desk, alert, "it is no longer awaited")
            done["ended"] += 1
    return ", ".join(f"{count} {what}" for what, count in done.items() if count) or "nothing is due"


def _known(desk: Desk) -> dict[_Key, AlertRecord]:
    return {
        (alert.kind, alert.subject, alert.about): alert
        for kind in Awaited
        for alert in desk.uow.alerts.open(kind)
    }


def _counts(file: CaseFile) -> bool:
    """Whether anything can be late for a case."""
    is_open = file.record.state == CaseState.OPEN
    return is_open and file.booking is not None and file.record.readiness is not None


def _is_awaited(desk: Desk, key: _Key) -> bool:
    try:
        file = open_file(desk, key[1])
    except NotFoundError:
        return False
    return _counts(file) and key in {_key(file, wait) for wait in waits(desk.scene, file)}


def _key(file: CaseFile, wait: Wait) -> _Key:
    booking = file.booking
    about = f"{wait.key}@{booking.id}@{booking.held.start.isoformat()}" if booking else wait.key
    return wait.kind, file.id, about


def _wanted(desk: Desk, file: CaseFile, wait: Wait) -> AlertLevel | None:
    """How far the alert should have gone by now."""
    stages = wait.kind.stages(desk.department.site)
    late_hours = (desk.now - wait.due_at) / timedelta(hours=1)
    locked = file.booking is not None and file.booking.locked
    reached = (
        (AlertLevel.RAISED, stages.alert_hours),
        (AlertLevel.ESCALATED, stages.escalate_hours),
        (AlertLevel.ACTED, None if locked else stages.release_hours),
    )
    levels = [level for level, hours in reached if hours is not None and hours <= late_hours]
    return levels[-1] if levels else None


def _is_due(desk: Desk, file: CaseFile, known: dict[_Key, AlertRecord]) -> bool:
    """Whether an alert has to be raised or to go further, by the readiness last kept."""
    for wait in waits(desk.scene, file):
        wanted, alert = _wanted(desk, file, wait), known.get(_key(file, wait))
        if wanted and (alert is None or _ORDER.index(alert.level) < _ORDER.index(wanted)):
            return True
    return False


def _see_to(
    desk: Desk, file: CaseFile, known: dict[_Key, AlertRecord], done: dict[str, int]
) -> None:
    for wait in waits(desk.scene, file):
        wanted, key = _wanted(desk, file, wait), _key(file, wait)
        if wanted is None:
            continue
        alert = known.get(key)
        if alert is None:
            alert = _raised(desk, key, wait)
            done["raised"] += 1
        if _ORDER.index(alert.level) < _ORDER.index(wanted):
            told = _DONE[wanted].format(what=_WHAT[wait.kind])
            alert = escalate(desk, alert, wanted, told)
            done["released" if wanted == AlertLevel.ACTED else "escalated"] += 1
        known[key] = alert
        if wanted == AlertLevel.ACTED and file.booking:
            end_booking(desk, file.booking, f"released by the site's rule: {told}")
            return


def _raised(desk: Desk, key: _Key, wait: Wait) -> AlertRecord:
    kind, case, about = key
    told = _DONE[AlertLevel.RAISED].format(what=_WHAT[wait.kind])
    return raise_alert(desk, kind, case, about=about, detail=told)
