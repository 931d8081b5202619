"""Two clocks and two workers, the leading one paused for longer than its lease: one effect each.

    python benchmarks/faults/two_clocks.py [--rounds 100] [--control 5] [--postgres] [--seed 0]

Each round is a night. Two clocks ask for it at once; one run must come of it. Two workers wait for
it; the one that begins it gets SIGSTOP at a random moment until the other has taken the run over
and ended it, then SIGCONT. What it still writes must be refused: one end, one revision, applied
once. A leader that is stopped in the middle of a transaction keeps the other one out instead, and
ends the night itself.

The control takes the fence away: writes do not look at the lease, and a run may end more than once.
It must show a double effect. Exit status 1 where there is a stale or double effect with the fence,
or none without it.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from sqlalchemy import update  # noqa: E402 - needs the path above

from benchmarks.faults.nightly import (  # noqa: E402 - needs the path above
    FORK,
    OVERTAKEN,
    Place,
    a_store,
    ask,
    effects,
    engine_of,
    prepared,
    read_options,
    started,
    told,
    upset,
    work,
)
from models.errors import BusyError  # noqa: E402 - needs the path above
from scheduler.nights.leading import Fenced  # noqa: E402 - needs the path above
from scheduler.records_nights import (  # noqa: E402 - needs the path above
    RunRecord,
    RunState,
)
from scheduler.store import runs as stored  # noqa: E402 - needs the path above
from scheduler.store.tables_nights import JobRunRow  # noqa: E402 - needs the path above

SEARCH_SECONDS = 0.5
PATIENCE = 20.0
UNDER_WAY = (RunState.QUEUED, RunState.RUNNING)


def unfenced(place: Place, owner: str, seconds: float) -> None:
    """The worker of the control: it asks nobody whether it still leads."""

    def change(self: stored.SqlRuns, run: RunRecord, *, was: RunState) -> None:
        del was
        values = stored._changing(run)  # noqa: SLF001  # the control takes the guard out of it
        self._connection.execute(update(JobRunRow).where(JobRunRow.id == run.id).values(**values))

    stored.SqlRuns.change = change  # type: ignore[method-assign]
    stored.SqlRuns.note_progress = lambda *_: None  # type: ignore[method-assign]
    Fenced.__call__ = lambda self, service: self.write(service)  # type: ignore[method-assign]
    work(place, owner, seconds)


def _clock(place: Place, night: str, asked: Any) -> None:
    with place.opened("clock") as container:
        asked.put(ask(container, night) is not None)


def ask_twice(place: Place, night: str) -> int:
    """Let two clocks ask for a night at once; how many runs came of it."""
    asked = FORK.SimpleQueue()
    clocks = [FORK.Process(target=_clock, args=(place, night, asked)) for _ in range(2)]
    for clock in clocks:
        clock.start()
    for clock in clocks:
        clock.join()
    return sum(asked.get() for _ in clocks)


def one_round(
    place: Place, night: str, rng: Random, run_worker: Callable[..., None]
) -> tuple[list[str], bool]:
    """Faults of one night, and whether the leader was overtaken."""
    with place.opened("ann") as container:
        upset(container, rng)
        asked = ask_twice(place, night)
        (run,) = (r for r in container.runs(limit=5) if r.night == night)
        faults = [] if asked == 1 else [f"{night} was asked for {asked} times"]
        first = started(place, "first", SEARCH_SECONDS, run_worker)
        _until(lambda: _state(container, run.id) != RunState.QUEUED)
        time.sleep(rng.uniform(0, 1.1 * SEARCH_SECONDS))
        _tell(first, signal.SIGSTOP)
        second = started(place, "second", SEARCH_SECONDS / 5, run_worker)
        _until(lambda: _is_over(container, run.id))
        _tell(first, signal.SIGCONT)
        first.join(PATIENCE)
        _until(lambda: _is_over(container, run.id), PATIENCE)
        second.kill()  # it looks for another night, unless it has ended this one
        second.join()
        overtaken = first.exitcode == OVERTAKEN
        if _state(container, run.id) != RunState.DONE:
            faults.append(f"{night} is {_state(container, run.id)}")
        if effects(container, run.id) != (1, 1, 1):
            faults.append(f"{night} had effects {effects(container, run.id)}")
        return [*faults, *container.faults()], overtaken


def _tell(worker: Any, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):  # it may have ended by itself
        os.kill(worker.pid, number)


def _state(container: Any, run: str) -> RunState:
    state: RunState = container.read(lambda desk: desk.uow.runs.get(run)).state
    return state


def _is_over(container: Any, run: str) -> bool:
    """Whether a run has ended; a worker stopped while it commits keeps readers out as well."""
    try:
        return _state(container, run) not in UNDER_WAY
    except BusyError:
        return False


def _until(holds: Callable[[], bool], seconds: float = 6.0) -> None:
    """Wait for something, or for so long."""
    over = time.monotonic() + seconds
    while not holds() and time.monotonic() < over:
        time.sleep(0.02)


def rounds(
    count: int, seed: int, *, postgres: bool, run_worker: Callable[..., None] = work
) -> tuple[list[str], int]:
    """Faults of some rounds, and in how many the leader was overtaken."""
    rng, faults, overtaken = Random(seed), [], 0
    with a_store(postgres=postgres) as target:
        place = prepared(target)
        for number in range(count):
            found, late = one_round(place, f"{2000 + number}-01-01", rng, run_worker)
            faults += found
            overtaken += late
    return faults, overtaken


def main() -> int:
    """Print what was found, with and without the fence."""
    asked = read_options(__doc__, rounds=100, control=5)
    began = time.monotonic()
    faults, overtaken = rounds(asked.rounds, asked.seed, postgres=asked.postgres)
    print(
        f"{asked.rounds} rounds on {engine_of(asked)}, {overtaken} leaders overtaken,"
        f" in {time.monotonic() - began:.0f} s: {len(faults)} faults"
    )
    control, _ = rounds(asked.control, asked.seed, postgres=asked.postgres, run_worker=unfenced)
    return told(faults, control, asked)


if __name__ == "__main__":
    sys.exit(main())
