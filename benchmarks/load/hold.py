"""A steady load for some minutes: four in five requests look or ask, one books or gives up.

    python benchmarks/load/hold.py [--seconds 300] [--rate 50] [--processes 1] [--engine sqlite]

The exit status is 1 when a request failed or had no answer.
"""

import argparse
import asyncio
import sys
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.faults import servers  # noqa: E402 - needs the path above
from benchmarks.faults.calling import Answer, Caller  # noqa: E402 - needs the path above
from benchmarks.load.board import timetable  # noqa: E402 - needs the path above
from benchmarks.load.driver import Ask, Load, Pool, send  # noqa: E402 - needs the path above
from benchmarks.load.ratio import ask_book, ask_cancel, ask_propose  # noqa: E402

TURNS = 60
"""Cases that are booked and given up in turn; half of them are booked at any time."""
SUCCESSES = frozenset({200, 201})


async def _look(case: str, caller: Caller) -> Answer:
    return await caller.ask("GET", f"/v1/cases/{case}/booking")


def requests(cases: list[str]) -> Iterator[Ask]:
    """Without end: two looks, a question, a look, a booking or its end."""
    places = timetable(18)
    standing, turning, waiting = cases[:20], cases[20 : 20 + TURNS], cases[20 + TURNS :]
    number = 0
    while True:
        for offset in (0, 7):
            yield partial(_look, standing[(number + offset) % len(standing)])
        yield partial(ask_propose, waiting[number % len(waiting)])
        yield partial(_look, standing[(number + 3) % len(standing)])
        half = TURNS // 2
        turn, place = divmod(number // 2, TURNS)
        if number % 2 == 0:
            yield partial(ask_book, turning[place], places[20 + place])
        else:
            ended = (place - half) % TURNS
            before = turn - (place < half)
            # each booking and each end raises the version by one
            tag = f'W/"{2 * before + 1}"'
            yield (
                partial(ask_cancel, turning[ended], tag)
                if before >= 0
                else partial(_look, standing[0])
            )
        number += 1


def run(engine: str, *, seconds: int, rate: float, processes: int) -> Load:
    """The load on a fresh store."""
    with (
        servers.arranged(engine, 20 + TURNS + 20) as place,
        servers.serving(place.target, processes) as started,
    ):
        return asyncio.run(_held(place, [one.url for one in started], seconds, rate))


async def _held(place: servers.Arranged, urls: list[str], seconds: int, rate: float) -> Load:
    pool, cases = Pool(urls, place.token), list(place.cases)
    first = zip(cases[:20], timetable(1)[:20], strict=True)
    await send(pool, [partial(ask_book, case, slot) for case, slot in first], rate=10)
    load = await send(pool, list(islice(requests(cases), int(seconds * rate))), rate=rate)
    pool.close()
    return load


def main() -> int:
    """Hold the load from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--engine", choices=servers.ENGINES, action="append")
    options = parser.parse_args()
    good = True
    for engine in options.engine or servers.ENGINES:
        load = run(engine, seconds=options.seconds, rate=options.rate, processes=options.processes)
        wrong = {s: n for s, n in load.statuses.items() if s not in SUCCESSES}
        shown = ", ".join(f"p{100 * part:g} {load.part(part):.0f} ms" for part in (0.5, 0.95, 0.99))
        print(f"{engine}: {len(load.latencies)} answers at {options.rate}/s: {shown};", end=" ")
        print(f"{wrong or 'no'} errors, {load.lost} lost", flush=True)
        good &= not wrong and load.lost == 0
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
