"""PostgreSQL killed while bookings are made: callers come again, and what they were told stands.

    python benchmarks/faults/database_kills.py [--kills 100]

Two processes of the service live through all of it. Callers book as fast as they can and send again
what was answered with 503; after a random number of bookings every process of the database gets
SIGKILL, and after a random pause it is started again. Meanwhile nobody may be answered anything but
503 with `Retry-After` and without the address of the database. Once it answers, the service must be
healthy within five seconds, and grant what is still open. Then every acknowledged booking must
stand, and each booking must have its audit row and its cells. The control acknowledges before it
commits.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.faults import inspection, kills, servers  # noqa: E402 - needs the path above
from benchmarks.faults.calling import (  # noqa: E402 - needs the path above
    Answer,
    Caller,
    LostError,
)
from benchmarks.faults.kills import Asked  # noqa: E402 - needs the path above
from benchmarks.faults.postgres import (  # noqa: E402 - needs the path above
    LOOK_SECONDS,
    OwnServer,
    answers_at,
    own_server,
)
from benchmarks.load.board import timetable  # noqa: E402 - needs the path above

PROCESSES = 2
CLIENTS = 8
WISHES = 64
"""Bookings of one round; at most half of them are made before the kill."""
LONGEST_SECONDS = 0.6
"""Between a kill and the next start."""
PROMISED_SECONDS = 5.0
"""How long the service may take once the database answers."""
AGAIN_SECONDS = 0.1
"""A caller that is told to come again does so sooner than it is asked to."""


@dataclass
class Outcome:
    """What was seen over all kills."""

    kills: int = 0
    acknowledged: int = 0
    told_to_come_again: int = 0
    lost: list[str] = field(default_factory=list)
    """Acknowledged, and not in the store."""
    halves: list[str] = field(default_factory=list)
    """Bookings without their audit row, or the other way round; cells without a booking."""
    wrong: list[str] = field(default_factory=list)
    """Answers that no caller should get."""
    recovered: list[float] = field(default_factory=list)
    """Seconds from the first answer of the database to that of the service, by kill."""

    @property
    def kept(self) -> bool:
        """Whether nothing was lost, half done or wrongly answered, and all of it came back."""
        back = all(seconds <= PROMISED_SECONDS for seconds in self.recovered)
        return back and not self.lost and not self.halves and not self.wrong


@dataclass(frozen=True)
class _Scene:
    """What one round needs."""

    database: OwnServer
    place: servers.Arranged
    processes: Sequence[servers.Process]
    rng: Random
    found: Outcome

    def callers(self, count: int) -> list[Caller]:
        """Callers of all processes in turn."""
        urls = [process.url for process in self.processes]
        return [Caller(urls[n % len(urls)], self.place.token) for n in range(count)]


@dataclass
class _Wishes:
    """The bookings of one round, and after how many the database is killed."""

    sent: Iterator[Asked]
    left: int
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    def count(self) -> None:
        """One was granted."""
        self.left -= 1
        if self.left <= 0:
            self.enough.set()


def run(
    *, count: int, kind: str = "sound", seed: int = 0, days: int = 18, wishes: int = WISHES
) -> Outcome:
    """So many kills under one service, with bookings on so many days, and so many a round."""
    found, slots = Outcome(), timetable(days)
    with own_server() as database:
        place = servers.arrange(database.fresh_database(), len(slots))
        with servers.serving(place.target, PROCESSES, kind=kind) as processes:
            scene = _Scene(database, place, processes, Random(seed), found)
            free: Iterator[tuple[str, object]] = iter(())
            while found.kills < count:
                asked = [
                    Asked(case, slot, f"{case}-{found.kills}")
                    for case, slot in islice(free, wishes)
                ]
                if len(asked) < wishes:
                    kills.clear(place, processes[0])
                    free = iter(zip(place.cases, slots, strict=True))
                    continue
                asyncio.run(_round(scene, asked))
                found.kills += 1
                _settle(scene, asked)
    return found


async def _round(scene: _Scene, asked: list[Asked]) -> None:
    """Book while the database is killed and comes back, until all wishes have been granted."""
    wishes = _Wishes(iter(asked), scene.rng.randint(1, len(asked) // 2))
    callers = scene.callers(CLIENTS)
    await asyncio.gather(
        _kill_and_start(scene, wishes), *(_book(scene, one, wishes) for one in callers)
    )
    for one in callers:
        one.hang_up()


async def _book(scene: _Scene, one: Caller, wishes: _Wishes) -> None:
    """One caller: book one wish after the other, each as often as it takes."""
    for wish in wishes.sent:
        while wish.booked is None:
            answer = await _asked_for(scene, one, wish)
            if answer is None:
                wishes.enough.set()
                return
            if answer.status == 201:
                wish.booked = answer.json["id"]
                wishes.count()
            else:
                scene.found.told_to_come_again += 1
                await asyncio.sleep(AGAIN_SECONDS)


async def _asked_for(scene: _Scene, one: Caller, wish: Asked) -> Answer | None:
    """The answer to a wish; None when it is none that a caller should get."""
    path, body = f"/v1/cases/{wish.case}/booking", {"placement": wish.slot}
    try:
        answer = await one.ask("POST", path, body, Idempotency_Key=wish.key)
    except LostError as error:
        scene.found.wrong.append(f"{wish.case}: no answer ({error})")
        return None
    if answer.status != 201 and not _comes_again(answer):
        scene.found.wrong.append(f"{wish.case}: {answer.status} {answer.body[:200]!r}")
        return None
    return answer


def _comes_again(answer: Answer) -> bool:
    """Whether an answer says no more than to come again: no URL, no path of a socket."""
    private = b"postgres" in answer.body or b"/" in answer.body
    return answer.status == 503 and "retry-after" in answer.headers and not private


async def _kill_and_start(scene: _Scene, wishes: _Wishes) -> None:
    await wishes.enough.wait()
    await asyncio.to_thread(scene.database.kill)
    await asyncio.sleep(scene.rng.uniform(0, LONGEST_SECONDS))
    healthy = [_healthy_at(one) for one in scene.callers(PROCESSES)]
    start = asyncio.to_thread(scene.database.start)
    back = asyncio.to_thread(answers_at, scene.place.target)
    _, answered, *served = await asyncio.gather(start, back, *healthy)
    scene.found.recovered.append(max(0.0, max(served) - answered))


async def _healthy_at(one: Caller) -> float:
    """The moment at which a process says that it is up."""
    while (await one.ask("GET", "/v1/health")).status != 200:  # noqa: ASYNC110 - it is looked at
        await asyncio.sleep(LOOK_SECONDS)
    one.hang_up()
    return time.monotonic()


def _settle(scene: _Scene, asked: list[Asked]) -> None:
    """Compare what was promised with what is there."""
    found, target = scene.found, scene.place.target
    standing = {booking.id for booking in inspection.standing(target)}
    promised = [wish for wish in asked if wish.booked is not None]
    found.acknowledged += len(promised)
    found.lost += [
        f"{wish.case}: {wish.booked}" for wish in promised if wish.booked not in standing
    ]
    found.halves += kills.halves(target)


def main() -> int:
    """Run the proof with its control from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--kills", type=int, default=100)
    options = parser.parse_args()
    found = run(count=options.kills)
    control = run(count=min(options.kills, 5), kind="ack-first")
    for name, one in (("PostgreSQL", found), ("acknowledged first", control)):
        print(
            f"{name}: {one.kills} kills, {one.acknowledged} acknowledged, {len(one.lost)} lost,"
            f" {len(one.halves)} half done, {len(one.wrong)} wrong answers,"
            f" {one.told_to_come_again} told to come again; healthy after the database in"
            f" {median(one.recovered):.2f} s, at most {max(one.recovered):.2f} s",
            flush=True,
        )
    print(*(found.lost + found.halves + found.wrong)[:5], sep="\n")
    return 0 if found.kept and control.lost else 1


if __name__ == "__main__":
    sys.exit(main())
