"""Following a run: its rows in the store, read again and again, as server-sent events.

Each event has the step of the progress as its id. A follower that lost the line names the last one
it has (`Last-Event-ID`) and gets what came since; a run that is over says so once and the stream
ends. Nothing is kept for followers: who comes late gets the newest.
"""

from collections.abc import AsyncIterator, Callable

import anyio
from anyio import to_thread
from sse_starlette import ServerSentEvent

from api.schemas.runs import ProgressOut, RunOut
from models.errors import BusyError, InputError
from scheduler.records_nights import RunRecord

PAUSE_SECONDS = 0.5
LONGEST_SECONDS = 300.0
"""After which a follower has to come again, with a token that is still good."""
OVER = "over"


def step_of(last_event: str | None) -> int:
    """The step after which a follower wants to go on.

    Raises:
        InputError: it is no id of an event.
    """
    if last_event is None or last_event == "":
        return -1
    step = last_event.removesuffix(f"-{OVER}")
    if not (step.isascii() and step.isdigit() and len(step) < 16):
        raise InputError("this is no id of an event", place="Last-Event-ID", remedy="leave it out")
    return int(step)


def is_told(run: RunRecord, last_event: str | None) -> bool:
    """Whether a follower knows that a run is over."""
    return run.over and last_event == _id(run)


async def events(
    look: Callable[[], RunRecord],
    *,
    after: int,
    pause: float = PAUSE_SECONDS,
    longest: float = LONGEST_SECONDS,
) -> AsyncIterator[ServerSentEvent]:
    """What becomes of a run, until it is over or the follower has to come again.

    Args:
        look: reads the run from the store, on a thread of its own.
        after: the step that the follower has.
        pause: seconds between two looks.
        longest: seconds after which the stream ends.
    """
    until = anyio.current_time() + longest
    told = None
    while True:
        run = await to_thread.run_sync(_seen, look)
        if run is not None:
            if run.over:
                yield ServerSentEvent(RunOut.of(run).model_dump_json(), event=OVER, id=_id(run))
                return
            stands = ProgressOut.of(run)
            if stands.step > after and stands != told:
                told = stands
                yield ServerSentEvent(stands.model_dump_json(), event="progress", id=_id(run))
        if anyio.current_time() >= until:
            return
        await anyio.sleep(pause)


def _seen(look: Callable[[], RunRecord]) -> RunRecord | None:
    """A run as it stands; None while the store cannot be used, which a follower waits out."""
    try:
        return look()
    except BusyError:
        return None


def _id(run: RunRecord) -> str:
    return f"{run.progress.step}-{OVER}" if run.over else str(run.progress.step)
