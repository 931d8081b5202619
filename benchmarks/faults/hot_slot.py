"""Everybody wants the same slot at the same moment: exactly one gets it, round after round.

    python benchmarks/faults/hot_slot.py [--rounds 100] [--clients 200] [--engine sqlite]

The control runs against a store that claims nothing. The exit status is 1 when a round has another
number of winners than one, or the control never has more.
"""

import argparse
import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.faults import inspection, servers  # noqa: E402 - needs the path above
from benchmarks.faults.calling import Caller, LostError  # noqa: E402 - needs the path above
from benchmarks.load.board import timetable  # noqa: E402 - needs the path above


@dataclass(frozen=True)
class Outcome:
    """Winners of each round, as callers were told and as the store has it."""

    told: list[int]
    kept: list[int]
    faults: int
    """Answers that are neither a booking nor a refusal, and answers that never came."""

    @property
    def right(self) -> int:
        """Rounds with exactly one winner."""
        return sum(pair == (1, 1) for pair in zip(self.told, self.kept, strict=True))


def run(engine: str, *, rounds: int, clients: int, kind: str = "sound") -> Outcome:
    """All rounds on a fresh store with two processes; winners keep their slots."""
    with (
        servers.arranged(engine, clients + rounds) as place,
        servers.serving(place.target, 2, kind=kind) as started,
    ):
        urls = [one.url for one in started]
        return asyncio.run(_rounds(place, urls, rounds, clients))


async def _rounds(place: servers.Arranged, urls: list[str], rounds: int, clients: int) -> Outcome:
    callers = [Caller(urls[n % len(urls)], place.token) for n in range(clients)]
    waiting, told, kept, faults = list(place.cases), [], [], 0
    for number, slot in enumerate(timetable(18)[:rounds]):
        cases = waiting[:clients]
        asked = (_ask(c, case, slot, number) for c, case in zip(callers, cases, strict=True))
        statuses = await asyncio.gather(*asked)
        won = {case for case, status in zip(cases, statuses, strict=True) if status == 201}
        faults += sum(status not in {201, 409} for status in statuses)
        standing = {booking.case for booking in inspection.standing(place.target)}
        told.append(len(won))
        kept.append(len(standing & set(cases)))
        waiting = [case for case in waiting if case not in standing]
        if len(waiting) < clients:
            break
    for caller in callers:
        caller.hang_up()
    return Outcome(told, kept, faults)


async def _ask(caller: Caller, case: str, slot: object, number: int) -> int:
    try:
        answer = await caller.ask(
            "POST",
            f"/v1/cases/{case}/booking",
            {"placement": slot},
            Idempotency_Key=f"{case}-{number}",
        )
    except LostError:
        return 0
    return answer.status


def main() -> int:
    """Run the proof with its control from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--engine", choices=servers.ENGINES, action="append")
    options = parser.parse_args()
    good = True
    for engine in options.engine or servers.ENGINES:
        found = run(engine, rounds=options.rounds, clients=options.clients)
        print(f"{engine}: {found.right} of {options.rounds} rounds with one winner,", end=" ")
        print(f"{found.faults} other answers", flush=True)
        control = run(engine, rounds=2, clients=options.clients, kind="no-guard")
        print(f"{engine}, guard off: winners by round {control.told}", flush=True)
        good &= found.right == options.rounds and found.faults == 0 and max(control.told) > 1
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
