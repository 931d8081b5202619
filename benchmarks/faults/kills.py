"""`kill -9` while bookings are made: whatever was acknowledged is there when the service is back.

    python benchmarks/faults/kills.py [--kills 200] [--engine sqlite]

Callers book and give up as fast as they can; the process is killed at a random moment, and another
one takes over. Then every acknowledged booking must stand, every request without an answer is sent
again under its key, each booking must have its audit row and its cells, and SQLite's own check of
the file must pass. The control acknowledges before it commits.
"""

import argparse
import asyncio
import sys
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.faults import canaries, inspection, servers  # noqa: E402 - needs the path above
from benchmarks.faults.calling import Caller, LostError  # noqa: E402 - needs the path above
from benchmarks.load.board import timetable  # noqa: E402 - needs the path above

CLIENTS = 8
LONGEST_SECONDS = 0.6


@dataclass
class Outcome:
    """What was seen over all kills."""

    kills: int = 0
    acknowledged: int = 0
    unanswered: int = 0
    lost: list[str] = field(default_factory=list)
    """Acknowledged, and not in the store."""
    halves: list[str] = field(default_factory=list)
    """Bookings without their audit row, or the other way round; cells without a booking."""
    unsound: int = 0
    logs: canaries.Searched = field(default_factory=canaries.Searched)

    @property
    def kept(self) -> bool:
        """Whether nothing was lost, half done or broken, and no log tells of a patient."""
        whole = not self.lost and not self.halves and self.unsound == 0
        return whole and self.logs.clean


@dataclass
class Asked:
    """A booking that a caller asks for."""

    case: str
    slot: object
    key: str
    booked: str | None = None
    """Its id, once it was acknowledged."""


def run(engine: str, *, kills: int, kind: str = "sound", seed: int = 0, days: int = 18) -> Outcome:
    """So many kills on one store, with bookings on so many days."""
    found, rng, slots = Outcome(), Random(seed), timetable(days)
    with servers.arranged(engine, len(slots)) as place:
        spare = servers.start(place.target, kind=kind)
        try:
            number = 0
            while found.kills < kills:
                current, spare = spare, servers.start(place.target, kind=kind)
                first = number % len(slots)
                asked = [
                    Asked(case, slot, f"{case}-{found.kills}")
                    for case, slot in zip(place.cases[first:], slots[first:], strict=False)
                ]
                number += asyncio.run(_until_killed(current, place.token, asked, rng))
                found.kills += 1
                found.logs += current.searched
                _settle(place, spare, asked, found)
                if number >= len(slots) - CLIENTS * 20:
                    number = 0
                    clear(place, spare)
        finally:
            spare.stop()
        found.logs += spare.searched
    return found


async def _until_killed(
    current: servers.Process, token: str, asked: list[Asked], rng: Random
) -> int:
    """Let callers book until the process is killed; how many bookings were asked for."""
    sent = iter(asked)
    begun = 0

    async def caller() -> None:
        nonlocal begun
        one = Caller(current.url, token)
        for wish in sent:
            begun += 1
            try:
                answer = await one.ask(
                    "POST",
                    f"/v1/cases/{wish.case}/booking",
                    {"placement": wish.slot},
                    Idempotency_Key=wish.key,
                )
            except LostError:
                return
            if answer.status == 201:
                wish.booked = answer.json["id"]

    async def killer() -> None:
        await asyncio.sleep(rng.uniform(0.05, LONGEST_SECONDS))
        current.kill()

    await asyncio.gather(killer(), *(caller() for _ in range(CLIENTS)))
    return begun


def _settle(
    place: servers.Arranged, spare: servers.Process, asked: list[Asked], found: Outcome
) -> None:
    """Compare what was promised with what is there, after whoever takes over has begun."""
    standing = {booking.id: booking for booking in inspection.standing(place.target)}
    promised = [wish for wish in asked if wish.booked is not None]
    found.acknowledged += len(promised)
    found.lost += [f"{w.case}: {w.booked}" for w in promised if w.booked not in standing]
    found.unsound += not inspection.whole(place.target)
    found.halves += halves(place.target)
    open_ones = [wish for wish in asked if wish.booked is None][: CLIENTS * 2]
    found.unanswered += asyncio.run(_resolve(spare, place.token, open_ones, found))


async def _resolve(spare: servers.Process, token: str, asked: list[Asked], found: Outcome) -> int:
    """Send again what had no answer: it must come out as booked, once."""
    one, done = Caller(spare.url, token), 0
    for wish in asked[:CLIENTS]:
        answer = await one.ask(
            "POST",
            f"/v1/cases/{wish.case}/booking",
            {"placement": wish.slot},
            Idempotency_Key=wish.key,
        )
        if answer.status != 201:
            found.halves.append(f"{wish.case}: {answer.status} when it was sent again")
        done += 1
    one.hang_up()
    return done


def halves(target: str) -> list[str]:
    """Bookings without an audit row or without cells, and the other way round."""
    count = "SELECT count(*) FROM "
    booked = inspection.query(target, count + "booking")[0][0]
    told = inspection.query(target, count + "audit WHERE action = 'booking.add'")[0][0]
    empty = inspection.bookings_without_cells(target)
    orphans = inspection.cells_without_booking(target)
    found = []
    if booked != told:
        found.append(f"{booked} bookings, {told} audit rows")
    if empty or orphans:
        found.append(f"{empty} bookings without cells, {orphans} cells without booking")
    return found


def clear(place: servers.Arranged, process: servers.Process) -> None:
    """Give all bookings up, so that there is room again."""

    async def cancel() -> None:
        one = Caller(process.url, place.token)
        for booking in inspection.standing(place.target):
            path = f"/v1/cases/{booking.case}/booking"
            seen = await one.ask("GET", path)
            await one.ask(
                "POST",
                f"{path}/cancel",
                {"reason": canaries.FREE_TEXT},
                Idempotency_Key=booking.id,
                If_Match=seen.headers["etag"],
            )
        one.hang_up()

    asyncio.run(cancel())


def main() -> int:
    """Run the proof with its control from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--engine", choices=servers.ENGINES, action="append")
    options = parser.parse_args()
    good = True
    for engine in options.engine or servers.ENGINES:
        found = run(engine, kills=options.kills)
        control = run(engine, kills=min(options.kills, 5), kind="ack-first")
        for name, one in ((engine, found), (f"{engine}, acknowledged first", control)):
            print(
                f"{name}: {one.kills} kills, {one.acknowledged} acknowledged, {len(one.lost)} lost,"
                f" {len(one.halves)} half done, {one.unsound} unsound,"
                f" {one.unanswered} resolved by sending again, {one.logs}",
                flush=True,
            )
        print(*(found.lost + found.halves)[:5], sep="\n", end="")
        good &= found.kept and len(control.lost) > 0
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
