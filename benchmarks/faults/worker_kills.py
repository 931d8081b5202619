"""A worker killed at random points of a night: never half a night, and every night ends once.

    python benchmarks/faults/worker_kills.py [--rounds 100] [--postgres] [--seed 0]

Each round cancels some bookings, asks for a night, and lets a worker process begin it; the process
gets SIGKILL at a random moment between its start and somewhat after the usual end of a night. Right
after that the store must be whole and either as before the night or as after it. Then workers are
started until the night has ended. Exit status 1 where one was half applied, or did not end once.
"""

import argparse
import sys
import time
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.faults.nightly import (  # noqa: E402 - needs the path above
    Place,
    a_store,
    ask,
    booked,
    effects,
    prepared,
    started,
    upset,
)
from scheduler.bootstrap import Container  # noqa: E402 - needs the path above
from scheduler.records_nights import RunState  # noqa: E402 - needs the path above

SEARCH_SECONDS = 0.2
MOST_STARTS = 5


def usual_seconds(place: Place) -> float:
    """How long a night takes a worker that nobody kills."""
    with place.opened("ann") as container:
        upset(container, Random(0))
        ask(container)
    began = time.monotonic()
    started(place, "calm", SEARCH_SECONDS).join()
    return time.monotonic() - began


def one_round(place: Place, rng: Random, usual: float) -> tuple[list[str], str]:
    """Faults of one night with kills, and the state in which the first kill left its run."""
    faults: list[str] = []
    with place.opened("ann") as container:
        waiting = upset(container, rng)
        run = ask(container)
        before = booked(container)
    assert run is not None
    process = started(place, "first", SEARCH_SECONDS)
    time.sleep(rng.uniform(0, 1.1 * usual))
    process.kill()
    process.join()
    with place.opened("ann") as container:
        faults += _halves(container, run.id, before)
        left = container.read(lambda desk: desk.uow.runs.get(run.id)).state
    for _ in range(MOST_STARTS):
        with place.opened("ann") as container:
            if container.read(lambda desk: desk.uow.runs.get(run.id)).over:
                break
        started(place, "next", SEARCH_SECONDS).join()
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


def main() -> int:
    """Print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--postgres", action="store_true")
    args = parser.parse_args()
    faults: list[str] = []
    left: dict[str, int] = {}
    rng, began = Random(args.seed), time.monotonic()
    with a_store(postgres=args.postgres) as target:
        place = prepared(target)
        usual = usual_seconds(place)
        print(f"a night takes {usual:.2f} s; seed {args.seed}", flush=True)
        for _ in range(args.rounds):
            found, state = one_round(place, rng, usual)
            faults += found
            left[state] = left.get(state, 0) + 1
    killed = ", ".join(f"{count} {state}" for state, count in sorted(left.items()))
    print(
        f"{args.rounds} kills ({killed}) on {'PostgreSQL' if args.postgres else 'SQLite'}"
        f" in {time.monotonic() - began:.0f} s: {len(faults)} faults"
    )
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
