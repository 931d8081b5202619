"""Many editors of one booking, each of what they have seen: no edit overwrites one it had not seen.

    python benchmarks/faults/lost_updates.py [--attempts 1000] [--editors 100] [--engine sqlite]

Each editor looks, then moves the booking with the version seen, again and again. Of all who have
seen the same version one is carried out; the others are told so. A move that names no version is
told to name one. The control runs against a store for which every version is the right one. The
exit status is 1 when an edit is lost, or the control loses none.
"""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.faults import inspection, servers  # noqa: E402 - needs the path above
from benchmarks.faults.calling import Caller  # noqa: E402 - needs the path above
from benchmarks.faults.world import Body  # noqa: E402 - needs the path above
from benchmarks.load.board import timetable  # noqa: E402 - needs the path above

DONE, STALE, UNSEEN = 200, 412, 428


@dataclass
class Outcome:
    """What editors were told, and what stands at the end."""

    statuses: Counter[int] = field(default_factory=Counter)
    unseen: Counter[int] = field(default_factory=Counter)
    """Statuses of moves that named no version."""
    carried_out: Counter[str] = field(default_factory=Counter)
    """How many edits were carried out of those who had seen a version."""
    wanted: dict[int, datetime] = field(default_factory=dict)
    """The start that the edit which made a version asked for."""
    stands: tuple[int, datetime] | None = None
    """Version and start of the booking at the end."""

    @property
    def edits(self) -> int:
        """Edits that were carried out."""
        return self.carried_out.total()

    @property
    def lost(self) -> int:
        """Edits that another overwrote who had not seen them."""
        return sum(count - 1 for count in self.carried_out.values())

    @property
    def kept(self) -> bool:
        """Whether each edit raised the version by one and stood until somebody had seen it."""
        version = 1 + self.edits
        return (
            self.lost == 0
            and self.stands == (version, self.wanted.get(version))
            and set(self.statuses) == {DONE, STALE}
            and set(self.unseen) == {UNSEEN}
        )


def run(engine: str, *, attempts: int, editors: int, kind: str = "sound") -> Outcome:
    """All attempts at one booking of a fresh store with two processes."""
    with (
        servers.arranged(engine, 1) as place,
        servers.serving(place.target, 2, kind=kind) as started,
    ):
        callers = [Caller(started[n % 2].url, place.token) for n in range(editors)]
        found = asyncio.run(_edited(callers, place.cases[0], attempts))
        [(version, start)] = inspection.query(place.target, "SELECT version, start_at FROM booking")
        found.stands = int(str(version)), datetime.fromtimestamp(int(str(start)), tz=UTC)
        return found


async def _edited(callers: list[Caller], case: str, attempts: int) -> Outcome:
    found, slots, path = Outcome(), timetable(18), f"/v1/cases/{case}/booking"
    await callers[0].ask("POST", path, {"placement": slots[0]}, Idempotency_Key="first")
    numbers = iter(range(attempts))
    await asyncio.gather(*(_editor(one, path, slots, numbers, found) for one in callers))
    for caller in callers:
        caller.hang_up()
    return found


async def _editor(
    caller: Caller, path: str, slots: list[Body], numbers: Iterator[int], found: Outcome
) -> None:
    """Look and move, as long as there are numbers left; first a move without having looked."""
    blind = await caller.ask("PUT", path, slots[0], Idempotency_Key=f"blind-{id(caller)}")
    found.unseen[blind.status] += 1
    for number in numbers:
        slot = slots[number % len(slots)]
        seen = (await caller.ask("GET", path)).headers["etag"]
        moved = await caller.ask("PUT", path, slot, Idempotency_Key=f"{number}", If_Match=seen)
        found.statuses[moved.status] += 1
        if moved.status == DONE:
            found.carried_out[seen] += 1
            found.wanted[moved.json["version"]] = datetime.fromisoformat(slot["start"])


def main() -> int:
    """Run the proof with its control from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--attempts", type=int, default=1000)
    parser.add_argument("--editors", type=int, default=100)
    parser.add_argument("--engine", choices=servers.ENGINES, action="append")
    options = parser.parse_args()
    good = True
    for engine in options.engine or servers.ENGINES:
        size = {"attempts": options.attempts, "editors": options.editors}
        found = run(engine, **size)
        print(f"{engine}: {found.edits} edits of {found.statuses.total()} attempts,", end=" ")
        print(f"{found.lost} lost, answers {dict(found.statuses)},", end=" ")
        print(f"without a version {dict(found.unseen)}, kept: {found.kept}", flush=True)
        control = run(engine, kind="no-versions", **size)
        print(f"{engine}, every version right: {control.edits} edits,", end=" ")
        print(f"{control.lost} lost", flush=True)
        good &= found.kept and control.lost > 0
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
