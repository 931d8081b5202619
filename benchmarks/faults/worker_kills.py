"""A worker killed at random points of a night: never half a night, and every night ends once.

    python benchmarks/faults/worker_kills.py [--rounds 100] [--control 8] [--postgres] [--seed 0]

Each round cancels some bookings, asks for a night, and lets a worker process begin it; the process
gets SIGKILL at a random moment. Right after that the store must be whole and either as before the
night or as after it. Then workers are started until the night has ended. A kill that came when the
night was over is not counted among the rounds, and the next ones come earlier. What the workers log
is searched for words of patients.

The control ends the run in a transaction of its own after its effects; it must show half a night.
Exit status 1 where a night was half applied or did not end once, where a log tells of a patient, or
where the control shows no fault.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TextIO

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.faults import canaries  # noqa: E402 - needs the path above
from benchmarks.faults.nightly import (  # noqa: E402 - needs the path above
    LEASE,
    Place,
    a_store,
    ask,
    booked,
    effects,
    engine_of,
    prepared,
    read_options,
    slow_search,
    started,
    told,
    upset,
)
from scheduler import logs  # noqa: E402 - needs the path above
from scheduler.bootstrap import Container  # noqa: E402 - needs the path above
from scheduler.nights.processes import Worker  # noqa: E402 - needs the path above
from scheduler.records_nights import (  # noqa: E402 - needs the path above
    RunRecord,
    RunState,
    RunStatus,
)
from scheduler.services import runs  # noqa: E402 - needs the path above
from scheduler.services.night import RunReport  # noqa: E402 - needs the path above
from scheduler.services.shift import Shift  # noqa: E402 - needs the path above

SEARCH_SECONDS = 0.2
MOST_STARTS = 5
PATIENCE_SECONDS = 20


def work(place: Place, owner: str, seconds: float) -> None:
    """A worker process: wait for a night that can be begun, run it as the service does, exit."""
    over = time.monotonic() + PATIENCE_SECONDS
    with place.opened() as container:
        worker = Worker([container], slow_search(seconds), owner, lasts=LEASE)
        while not worker.turn() and time.monotonic() < over:
            time.sleep(0.02)
    os._exit(0)


def heard(log: TextIO, run_worker: Callable[..., None]) -> Callable[..., None]:
    """The same worker, with a file for what it writes to stderr, logs and tracebacks."""

    def run(place: Place, owner: str, seconds: float) -> None:
        sys.stderr = log
        logs.configure()
        run_worker(place, owner, seconds)

    return run


def usual_seconds(place: Place, run_worker: Callable[..., None]) -> float:
    """How long a night takes a worker that nobody kills."""
    with place.opened("ann") as container:
        upset(container, Random(0))
        ask(container)
    began = time.monotonic()
    started(place, "calm", SEARCH_SECONDS, run_worker).join()
    return time.monotonic() - began


def in_two_steps(place: Place, owner: str, seconds: float) -> None:
    """The worker of the control: the end of a run comes some time after its effects."""
    end, run_all = runs.end, Shift.run

    def run_and_end(self: Shift, run: RunRecord) -> RunReport:
        runs.end = lambda _desk, run, *_: run  # type: ignore[assignment]
        report = run_all(self, run)
        runs.end = end
        time.sleep(5 * seconds)
        self._write(  # the control takes the transaction apart
            lambda desk: end(desk, run, RunState.DONE, RunStatus.APPLIED_FEASIBLE, "late")
        )
        return report

    Shift.run = run_and_end  # type: ignore[method-assign]
    work(place, owner, seconds)


def one_round(
    place: Place, rng: Random, usual: float, log: TextIO, run_worker: Callable[..., None] = work
) -> tuple[list[str], str]:
    """Faults of one night with kills, and the state in which the first kill left its run."""
    faults: list[str] = []
    with place.opened("ann") as container:
        waiting = upset(container, rng)
        run = ask(container)
        before = booked(container)
    assert run is not None
    process = started(place, "first", SEARCH_SECONDS, heard(log, run_worker))
    time.sleep(rng.uniform(0, usual))
    process.kill()
    process.join()
    with place.opened("ann") as container:
        faults += _halves(container, run.id, before)
        left = container.read(lambda desk: desk.uow.runs.get(run.id)).state
    for _ in range(MOST_STARTS):
        with place.opened("ann") as container:
            if container.read(lambda desk: desk.uow.runs.get(run.id)).over:
                break
        started(place, "next", SEARCH_SECONDS, heard(log, work)).join()
    with place.opened("ann") as container:
        ended = container.read(lambda desk: desk.uow.runs.get(run.id))
        if ended.state != RunState.DONE:
            faults.append(f"{run.id} is {ended.state}: {ended.outcome}")
        if effects(container, run.id) != (1, 1, 1):
            faults.append(f"{run.id} had effects {effects(container, run.id)}")
        if not set(waiting) <= set(booked(container)):
            faults.append(f"{run.id} left {waiting} without a booking")
        faults += container.faults()
    return faults, left


def _halves(container: Container, run: str, before: object) -> list[str]:
    """What is neither as before the night nor as after it."""
    record = container.read(lambda desk: desk.uow.runs.get(run))
    faults = list(container.faults())
    as_before = booked(container) == before
    if record.over:
        if effects(container, run) != (1, 1, 1) or as_before:
            faults.append(f"{run} is over and its effects are not there")
    elif effects(container, run) != (0, 0, 0) or not as_before:
        faults.append(f"{run} is not over and has effects")
    return faults


def rounds(
    count: int, seed: int, *, postgres: bool, run_worker: Callable[..., None] = work
) -> tuple[list[str], dict[str, int], canaries.Searched]:
    """Faults of so many nights that were killed before their end, how the kills left them, logs."""
    faults: list[str] = []
    left = dict.fromkeys(RunState, 0)
    rng = Random(seed)
    with a_store(postgres=postgres) as target, canaries.log_file() as log:
        place = prepared(target)
        usual = usual_seconds(place, heard(log, run_worker))
        for _ in range(3 * count):
            found, state = one_round(place, rng, usual, log, run_worker)
            faults += found
            left[state] += 1
            usual *= 0.85 if state == RunState.DONE else 1.05
            if left[RunState.QUEUED] + left[RunState.RUNNING] == count:
                break
        searched = canaries.search(log)
    return faults, {state: number for state, number in left.items() if number}, searched


def main() -> int:
    """Print what was found, with effects in one transaction and, for control, in two."""
    asked = read_options(__doc__, rounds=100, control=8)
    began = time.monotonic()
    faults, left, searched = rounds(asked.rounds, asked.seed, postgres=asked.postgres)
    print(
        f"{sum(left.values())} kills ({_counted(left)}) on {engine_of(asked)},"
        f" in {time.monotonic() - began:.0f} s: {len(faults)} faults,"
        f" {searched}"
    )
    control: list[str] = []
    if asked.control:
        control, left, _ = rounds(
            asked.control, asked.seed, postgres=asked.postgres, run_worker=in_two_steps
        )
        print(f"control in two steps: kills ({_counted(left)})")
    silent = [] if searched.lines else ["nothing was logged"]
    return told([*faults, *searched.leaks, *silent], control, asked)


def _counted(left: dict[str, int]) -> str:
    return ", ".join(f"{count} {state}" for state, count in sorted(left.items()))


if __name__ == "__main__":
    sys.exit(main())
