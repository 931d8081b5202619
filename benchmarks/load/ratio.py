"""Booking and proposing against a route that does nothing, in interleaved rounds.

    python benchmarks/load/ratio.py [--rounds 10] [--each 50] [--rate 50] [--engine sqlite]

One process of the service, a board with 200 bookings. Each round sends `each` requests at a fixed
rate to the empty route, then bookings, to the empty route again, then questions for proposals; the
bookings are given up again in between, untimed. The gates are the median over the rounds of the
ratio of medians, which noise of the machine leaves alone, and the best round's 99th percentile.
The exit status is 1 when a gate is missed.
"""

import argparse
import asyncio
import sys
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.faults import servers  # noqa: E402 - needs the path above
from benchmarks.faults.calling import Answer, Caller  # noqa: E402 - needs the path above
from benchmarks.load.board import timetable  # noqa: E402 - needs the path above
from benchmarks.load.driver import Ask, Load, Pool, send  # noqa: E402 - needs the path above

BOOKED = 200
LIMITS = {"book": 3.0, "propose": 4.0}
SLOWEST_P99 = 100.0
_numbers = count()


async def ask_noop(place: object, caller: Caller) -> Answer:
    """The route that does nothing, with the body of a booking."""
    return await caller.ask("POST", "/noop", {"placement": place})


async def ask_book(case: str, place: object, caller: Caller) -> Answer:
    """Book a placement."""
    path, key = f"/v1/cases/{case}/booking", f"load-{next(_numbers)}"
    return await caller.ask("POST", path, {"placement": place}, Idempotency_Key=key)


async def ask_cancel(case: str, version: str, caller: Caller) -> Answer:
    """Give a booking up."""
    path, key = f"/v1/cases/{case}/booking/cancel", f"load-{next(_numbers)}"
    return await caller.ask("POST", path, {"reason": "load"}, Idempotency_Key=key, If_Match=version)


async def ask_propose(case: str, caller: Caller) -> Answer:
    """Ask where a case can go."""
    path, key = f"/v1/cases/{case}/proposals", f"load-{next(_numbers)}"
    return await caller.ask("POST", path, {}, Idempotency_Key=key)


class Rounds:
    """What the rounds have shown so far."""

    def __init__(self) -> None:
        self.ratios: dict[str, list[float]] = {"book": [], "propose": []}
        self.tails: dict[str, list[float]] = {"book": [], "propose": []}
        self.medians: dict[str, list[float]] = {"noop": [], "book": [], "propose": []}
        self.faults: list[str] = []

    def add(self, name: str, noop: Load, subject: Load, expected: tuple[int, ...]) -> None:
        """Count one round of a subject."""
        for load, good in ((noop, (200,)), (subject, expected)):
            wrong = {s: n for s, n in load.statuses.items() if s not in good}
            if wrong or load.lost:
                self.faults.append(f"{name}: {wrong}, {load.lost} lost")
        self.ratios[name].append(subject.part(0.5) / noop.part(0.5))
        self.tails[name].append(subject.part(0.99))
        self.medians["noop"].append(noop.part(0.5))
        self.medians[name].append(subject.part(0.5))

    def table(self) -> str:
        """What came out."""
        lines = [
            f"noop p50 {median(self.medians['noop']):.1f} ms",
            "| what | p50 (ms) | p50 ratio: median | all rounds | limit | best p99 (ms) |",
            "|---|---|---|---|---|---|",
        ]
        for name, ratios in self.ratios.items():
            shown = " ".join(f"{ratio:.2f}" for ratio in ratios)
            lines.append(
                f"| {name} | {median(self.medians[name]):.1f} | {median(ratios):.2f} | {shown}"
                f" | {LIMITS[name]} | {min(self.tails[name]):.0f} |"
            )
        return "\n".join([*lines, *self.faults])

    @property
    def kept(self) -> bool:
        """Whether every gate is kept."""
        return not self.faults and all(
            median(ratios) <= LIMITS[name] and min(self.tails[name]) <= SLOWEST_P99
            for name, ratios in self.ratios.items()
        )


def run(engine: str, *, rounds: int, each: int, rate: float, booked: int = BOOKED) -> Rounds:
    """All rounds on a fresh store with one process."""
    with (
        servers.arranged(engine, booked + 2 * each) as place,
        servers.serving(place.target, 1) as (process,),
    ):
        return asyncio.run(_rounds(place, process.url, rounds, each, rate, booked))


async def _rounds(  # noqa: PLR0917 - private
    place: servers.Arranged, url: str, rounds: int, each: int, rate: float, booked: int
) -> Rounds:
    found, pool, places = Rounds(), Pool([url], place.token), timetable(18)
    standing = zip(place.cases[:booked], places[:booked], strict=True)
    await send(pool, [partial(ask_book, c, p) for c, p in standing], rate=rate)
    cases, later = place.cases[booked : booked + each], places[booked:]
    waiting = place.cases[booked + each :]
    noops: list[Ask] = [partial(ask_noop, later[0])] * each
    for number in range(rounds + 1):  # the first one is to warm up and is not counted
        noop = await send(pool, noops, rate=rate)
        turn = [partial(ask_book, c, p) for c, p in zip(cases, later, strict=False)]
        book = await send(pool, turn, rate=rate)
        versions = {a.json["case"]: a.headers["etag"] for a in book.answers if a.status == 201}
        again = await send(pool, noops, rate=rate)
        propose = await send(pool, [partial(ask_propose, case) for case in waiting], rate=rate)
        await send(pool, [partial(ask_cancel, c, v) for c, v in versions.items()], rate=rate)
        if number:
            found.add("book", noop, book, (201,))
            found.add("propose", again, propose, (200, 201))
    pool.close()
    return found


def main() -> int:
    """Run the rounds from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--each", type=int, default=50)
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--engine", choices=servers.ENGINES, action="append")
    options = parser.parse_args()
    good = True
    for engine in options.engine or servers.ENGINES:
        found = run(engine, rounds=options.rounds, each=options.each, rate=options.rate)
        print(f"{engine}: {found.table()}", flush=True)
        good &= found.kept
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
