"""Answers get lost and callers send again, several times at once: each request counts once.

    python benchmarks/faults/retries.py [--keys 5000] [--lost 0.3] [--engine sqlite]

Each caller books, gives the booking up, and opens the emergency access, each under a key of its
own and each sent one to five times at once; three in ten copies hang up before their answer. All
answers that arrive, and one more copy at the end, must be the same to the byte, and the audit must
tell of each request once. The control runs against a store that forgets what it answered.
"""

import argparse
import asyncio
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.faults import inspection, servers  # noqa: E402 - needs the path above
from benchmarks.faults.calling import Answer, Caller, LostError  # noqa: E402
from benchmarks.load.board import timetable  # noqa: E402 - needs the path above
from scheduler.records_identity import Role  # noqa: E402 - needs the path above

MOST_COPIES = 5
EFFECTS = ("booking.add", "booking.cancel", "glass.break")


@dataclass
class Outcome:
    """What the callers asked for and what became of it."""

    keys: Counter[str] = field(default_factory=Counter)
    """Requests by the action that the audit tells of."""
    copies: int = 0
    lost: int = 0
    differing: int = 0
    """Requests whose answers were not all the same."""
    refused: int = 0
    """Requests whose first answer was not a success."""
    effects: Counter[str] = field(default_factory=Counter)

    @property
    def duplicates(self) -> int:
        """Effects beyond one for each request."""
        return sum((self.effects - self.keys).values())

    @property
    def kept(self) -> bool:
        """Whether each request counted once."""
        return self.effects == self.keys and self.differing == 0 and self.refused == 0


def run(
    engine: str, *, keys: int, lost: float = 0.3, clients: int = 16, kind: str = "sound"
) -> Outcome:
    """So many requests on a fresh store with two processes."""
    with (
        servers.arranged(engine, clients, Role.SCHEDULER, Role.NURSE) as place,
        servers.serving(place.target, 2, kind=kind) as started,
    ):
        found = Outcome()
        storms = [
            _Storms([one.url for one in started], place.token, found, lost, Random(number))
            for number in range(clients)
        ]
        slots = timetable(2)
        asyncio.run(_all(storms, place, slots, keys))
        rows = inspection.query(place.target, "SELECT action, count(*) FROM audit GROUP BY action")
        found.effects = Counter({str(a): int(str(n)) for a, n in rows if a in EFFECTS})
        return found


async def _all(
    storms: "list[_Storms]", place: servers.Arranged, slots: list[object], keys: int
) -> None:
    await asyncio.gather(
        *(
            _cycle(one, case, slot, keys)
            for one, case, slot in zip(storms, place.cases, slots, strict=False)
        )
    )


async def _cycle(storms: "_Storms", case: str, slot: object, keys: int) -> None:
    found, number = storms.found, 0
    while found.keys.total() < keys:
        number += 1
        path = f"/v1/cases/{case}/booking"
        made = await storms.send("booking.add", path, {"placement": slot}, f"{case}-{number}")
        tag = made.headers.get("etag", 'W/"1"')
        why = {"reason": "given up"}
        await storms.send("booking.cancel", f"{path}/cancel", why, f"{case}-{number}", If_Match=tag)
        reason = {"reason": "nobody else can be reached"}
        await storms.send("glass.break", "/v1/break-glass", reason, f"{case}-{number}")
    for caller in storms.callers:
        caller.hang_up()


class _Storms:
    """One caller who sends everything more than once."""

    def __init__(
        self, urls: list[str], token: str, found: Outcome, lost: float, rng: Random
    ) -> None:
        self.callers = [Caller(urls[n % len(urls)], token) for n in range(MOST_COPIES)]
        self.found, self._lost, self._rng = found, lost, rng

    async def send(self, action: str, path: str, body: object, key: str, **headers: str) -> Answer:
        """Send a request until an answer arrives, then once more."""
        self.found.keys[action] += 1
        answers: list[Answer] = []
        while not answers:
            copies = self._rng.randint(1, MOST_COPIES)
            sent = (
                self._copy(self.callers[n], path, body, Idempotency_Key=key, **headers)
                for n in range(copies)
            )
            answers = [answer for answer in await asyncio.gather(*sent) if answer is not None]
        again = await self.callers[0].ask("POST", path, body, Idempotency_Key=key, **headers)
        self.found.copies += 1
        if len({(a.status, a.body, a.headers.get("etag")) for a in (*answers, again)}) > 1:
            self.found.differing += 1
        if answers[0].status >= 300:
            self.found.refused += 1
        return answers[0]

    async def _copy(self, caller: Caller, path: str, body: object, **headers: str) -> Answer | None:
        self.found.copies += 1
        lose = self._rng.random() < self._lost
        self.found.lost += lose
        try:
            return await caller.ask("POST", path, body, lose=lose, **headers)
        except LostError:
            return None


def main() -> int:
    """Run the proof with its control from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--keys", type=int, default=5_000)
    parser.add_argument("--lost", type=float, default=0.3)
    parser.add_argument("--engine", choices=servers.ENGINES, action="append")
    options = parser.parse_args()
    good = True
    for engine in options.engine or servers.ENGINES:
        found = run(engine, keys=options.keys, lost=options.lost)
        control = run(engine, keys=min(options.keys, 300), lost=options.lost, kind="no-keys")
        for name, one in ((engine, found), (f"{engine}, no keys kept", control)):
            print(
                f"{name}: {one.keys.total()} keys, {one.copies} copies, {one.lost} answers lost,"
                f" {one.duplicates} duplicates, {one.differing} with differing answers",
                flush=True,
            )
        good &= found.kept and control.duplicates > 0
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
