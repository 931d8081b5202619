"""Many callers, several processes, six resources a booking: nothing may be promised twice.

    python benchmarks/faults/contended.py [--attempts 10000] [--engine sqlite] [--clients 64]

Each caller books cases of its own at starts and on resources drawn at random, and gives one in
four bookings up again, so that the board stays crowded. The control runs the same against a store
that claims nothing. The exit status is 1 when a promise is broken or the control finds nothing.
"""

import argparse
import asyncio
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.faults import canaries, inspection, servers, world  # noqa: E402 - needs the path above
from benchmarks.faults.calling import Answer, Caller, LostError  # noqa: E402 - needs the path above
from benchmarks.faults.history import CELL_MINUTES, Tenure, violations  # noqa: E402

DAYS = 12
CASES_EACH = 12
GIVEN_UP = 0.25


@dataclass
class Log:
    """What the callers saw."""

    statuses: Counter[int] = field(default_factory=Counter)
    tenures: list[Tenure] = field(default_factory=list)
    longest: float = 0
    attempts: int = 0
    lost: int = 0


@dataclass(frozen=True)
class Outcome:
    """What a run came to."""

    attempts: int
    statuses: dict[int, int]
    lost: int
    standing: int
    doubles: int
    violations: int
    orphans: int
    deadlocks: int
    longest: float
    seconds: float
    acknowledged: int
    logs: canaries.Searched

    @property
    def failures(self) -> int:
        """Answers of 500 and more."""
        return sum(count for status, count in self.statuses.items() if status >= 500)

    @property
    def kept(self) -> bool:
        """Whether every promise was kept."""
        broken = self.doubles + self.violations + self.orphans + self.deadlocks + self.failures
        whole = self.standing == self.acknowledged and self.lost == 0
        return broken == 0 and whole and self.logs.clean

    def row(self, name: str) -> str:
        """A line of the table."""
        return (
            f"| {name} | {self.attempts} | {self.statuses.get(201, 0)} | {self.standing} | "
            f"{self.doubles} | {self.violations} | {self.failures} | {self.deadlocks} | "
            f"{self.longest:.2f} | {self.seconds:.0f} |"
        )


HEAD = (
    "| run | attempts | booked | standing | double | impossible histories | 5xx | deadlocks "
    "| longest wait (s) | seconds |\n|---|---|---|---|---|---|---|---|---|---|"
)


def run(
    engine: str, *, attempts: int, clients: int = 64, processes: int = 2, kind: str = "sound"
) -> Outcome:
    """One run on a fresh store."""
    log = Log()
    with servers.arranged(engine, clients * CASES_EACH) as place:
        with servers.serving(place.target, processes, kind=kind) as started:
            began = time.monotonic()
            asyncio.run(_all(place, [one.url for one in started], log, attempts, clients))
            seconds = time.monotonic() - began
        bookings = inspection.standing(place.target)
        return Outcome(
            attempts=log.attempts,
            statuses=dict(log.statuses),
            lost=log.lost,
            standing=len(bookings),
            doubles=len(inspection.doubles(bookings)),
            violations=len(violations(log.tenures)),
            orphans=inspection.cells_without_booking(place.target),
            deadlocks=inspection.deadlocks(place.target),
            longest=log.longest,
            seconds=seconds,
            acknowledged=sum(one.until == float("inf") for one in log.tenures),
            logs=sum((one.searched for one in started), canaries.Searched()),
        )


async def _all(
    place: servers.Arranged, urls: list[str], log: Log, attempts: int, clients: int
) -> None:
    callers = [
        _caller(Caller(urls[n % len(urls)], place.token), place.cases[n::clients], n, log, attempts)
        for n in range(clients)
    ]
    await asyncio.gather(*callers)


async def _caller(caller: Caller, cases: list[str], number: int, log: Log, attempts: int) -> None:
    """Book and give up again until enough has been tried, or every case is booked."""
    rng, free, starts = Random(number), list(cases), world.starts(world.weekdays(DAYS))
    tried = 0
    while free and log.attempts < attempts:
        log.attempts += 1
        tried += 1
        case = free[tried % len(free)]
        place = world.placement(rng, rng.choice(starts))
        answer = await _timed(
            caller,
            log,
            f"/v1/cases/{case}/booking",
            {"placement": place},
            key=f"{case}-{tried}",
        )
        if answer is None or answer.status != 201:
            continue
        since, until = time.monotonic(), float("inf")
        cells = cells_of(place["start"], place["assigned"])
        if rng.random() < GIVEN_UP:
            until = time.monotonic()
            done = await _timed(
                caller,
                log,
                f"/v1/cases/{case}/booking/cancel",
                {"reason": canaries.FREE_TEXT},
                key=f"{case}-{tried}-cancel",
                If_Match=answer.headers["etag"],
            )
            until = until if done is not None and done.status == 200 else float("inf")
        if until == float("inf"):
            free.remove(case)
        log.tenures.append(Tenure(case, cells, since, until))
    caller.hang_up()


async def _timed(
    caller: Caller, log: Log, path: str, body: object, *, key: str, **headers: str
) -> Answer | None:
    began = time.monotonic()
    try:
        answer = await caller.ask("POST", path, body, Idempotency_Key=key, **headers)
    except LostError:
        log.lost += 1
        return None
    finally:
        log.longest = max(log.longest, time.monotonic() - began)
    log.statuses[answer.status] += 1
    return answer


NEEDS = {
    "suite": (0, 75),
    "proceduralist": (0, 60),
    "sedation": (-10, 80),
    "preparation": (-45, 45),
    "recovery": (60, 120),
    "arrival": (-60, 15),
}
"""What a booking of this department holds of each kind of resource: from the start, minutes."""


def cells_of(start: str, assigned: dict[str, str]) -> frozenset[tuple[str, int]]:
    """The five-minute cells that a placement has of each of its resources."""
    return frozenset(
        (assigned[role], int((datetime.fromisoformat(start) + step).timestamp()) // 300)
        for role, (first, minutes) in NEEDS.items()
        for step in (
            timedelta(minutes=first + CELL_MINUTES * n) for n in range(minutes // CELL_MINUTES)
        )
    )


def main() -> int:
    """Run the proof with its control from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--attempts", type=int, default=10_000)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--engine", choices=servers.ENGINES, action="append")
    options = parser.parse_args()
    print(HEAD, flush=True)
    good = True
    for engine in options.engine or servers.ENGINES:
        size = {"clients": options.clients, "processes": options.processes}
        sound = run(engine, attempts=options.attempts, **size)
        print(sound.row(engine), sound.statuses, sound.logs, flush=True)
        control = run(engine, attempts=min(options.attempts, 1000), kind="no-guard", **size)
        print(control.row(f"{engine}, guard off"), flush=True)
        good &= sound.kept and control.doubles > 0
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
