"""Backups taken while bookings move: each restores to a moment of the past, and is whole.

    python benchmarks/faults/backups.py [--rounds 100] [--postgres] [--seed 0]

A process moves bookings without a pause. Each round takes a copy meanwhile and restores it into an
empty SQLite store, which checks counts, claims and the chain of the audit; then its audit must be
the first rows of the live one. The control copies the live SQLite file page by page, as slow disks
do, and some of these copies must be found to be torn or not whole. Exit status 1 where a restored
copy is no moment of the past, or where the control finds nothing.
"""

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.faults import inspection  # noqa: E402 - needs the path above
from benchmarks.faults.nightly import FORK, Place, a_store, prepared  # noqa: E402 - needs the path
from benchmarks.faults.small import at, seats  # noqa: E402 - needs the path above
from models.errors import HoldfastError  # noqa: E402 - needs the path above
from scheduler.copying import back_up, restore  # noqa: E402 - needs the path above
from scheduler.settings import Settings  # noqa: E402 - needs the path above

PAGE_BYTES, PAGE_SECONDS = 4096, 0.002
TEN = at("10:00", day=3)


def move_for_ever(place: Place, seed: int) -> None:
    """A process that moves bookings about, until it is killed."""
    rng = Random(seed)
    with place.opened("mover") as container:
        while True:
            start = TEN + timedelta(minutes=15 * rng.randrange(12))
            try:
                container.move(rng.choice("ABC"), start, seats(rng.choice((1, 2)), start))
            except HoldfastError:
                continue  # somebody else is there: another one then


def one_round(place: Place, folder: Path, number: int) -> str:
    """What is wrong with a copy taken now; empty when nothing is."""
    copy, target = folder / f"copy-{number}", str(folder / f"restored-{number}.sqlite")
    with place.opened("ann") as live:
        back_up(live, copy)
        try:
            restore(Settings(store=target), copy)
        except HoldfastError as error:
            return str(error)
        with Place(target, place.clock).opened("ann") as there:
            kept = there.audit()[:-1]
            whole = live.audit()[: len(kept)]
            wrong = "" if kept == whole else "its rows are no moment of the past"
    copy.unlink()
    Path(target).unlink()
    return wrong


def careless(place: Place, folder: Path, number: int) -> bool:
    """Whether a copy of the file page by page, while it is written to, cannot be used."""
    target = folder / f"careless-{number}.sqlite"
    with Path(place.target).open("rb") as source, target.open("wb") as sink:
        while page := source.read(PAGE_BYTES):
            sink.write(page)
            time.sleep(PAGE_SECONDS)
    try:
        return _is_torn(target) or _does_not_fit(place, target)
    except Exception:  # noqa: BLE001 - whatever it is, the copy is of no use
        return True
    finally:
        target.unlink()


def _is_torn(target: Path) -> bool:
    return not inspection.whole(str(target))


def _does_not_fit(place: Place, target: Path) -> bool:
    with Place(str(target), place.clock).opened("ann") as there:
        return bool(there.faults())


@dataclass
class Outcome:
    """What was seen over all rounds."""

    wrong: list[str] = field(default_factory=list)
    """What is wrong with copies."""
    torn: int = 0
    """Careless copies of the file that cannot be used."""
    moves: int = 0
    """Bookings moved meanwhile."""


def run(*, rounds: int, control: int, postgres: bool = False, seed: int = 0) -> Outcome:
    """Take copies while bookings move; careless ones too, of a SQLite file."""
    found = Outcome()
    with a_store(postgres=postgres) as target, tempfile.TemporaryDirectory() as name:
        place = prepared(target)
        mover = FORK.Process(target=move_for_ever, args=(place, seed))
        mover.start()
        try:
            for number in range(rounds):
                found.wrong += [said for said in [one_round(place, Path(name), number)] if said]
            for number in range(0 if postgres else control):
                found.torn += careless(place, Path(name), number)
        finally:
            mover.kill()
            mover.join()
        with place.opened("ann") as live:
            found.moves = sum(row.action == "booking.move" for row in live.audit())
    return found


def main() -> int:
    """Run it, print a table, and say whether all is well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--control", type=int, default=20)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    found = run(
        rounds=asked.rounds, control=asked.control, postgres=asked.postgres, seed=asked.seed
    )
    print(f"copies {asked.rounds}, moved meanwhile {found.moves}, wrong {len(found.wrong)}")
    for said in found.wrong[:5]:
        print(f"  {said}")
    controlled = bool(asked.control) and not asked.postgres
    if controlled:
        print(f"careless copies that cannot be used: {found.torn} of {asked.control}")
    return int(bool(found.wrong) or not found.moves or (controlled and not found.torn))


if __name__ == "__main__":
    sys.exit(main())
