"""Backups taken while bookings move: each restores to a moment of the past, and is whole.

    python benchmarks/faults/backups.py [--rounds 100] [--postgres] [--seed 0]

A process moves bookings without a pause. Each round takes a copy meanwhile and restores it into an
empty SQLite store, which checks counts, claims and the chain of the audit; then its audit must be
the first rows of the live one. For comparison the bytes of the live SQLite file are copied too (not
for PostgreSQL): copies that do not open, or are not whole, are counted. Exit status 1 where a
restored copy is no moment of the past.
"""

import argparse
import shutil
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.faults.nightly import FORK, Place, a_store, prepared  # noqa: E402 - needs the path
from models.errors import HoldfastError  # noqa: E402 - needs the path above
from scheduler.copying import back_up, restore  # noqa: E402 - needs the path above
from scheduler.settings import Settings  # noqa: E402 - needs the path above
from tests.contract.department import at, seats  # noqa: E402 - needs the path above

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
    """Whether a copy of the bytes of the file, taken now, cannot be used."""
    target = folder / f"careless-{number}.sqlite"
    shutil.copyfile(place.target, target)
    try:
        with Place(str(target), place.clock).opened("ann") as there:
            return bool(there.faults())
    except Exception:  # noqa: BLE001 - whatever it is, the copy is of no use
        return True
    finally:
        target.unlink()


def main() -> int:
    """Run it, print a table, and say whether all is well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    wrong, torn = [], 0
    with a_store(postgres=asked.postgres) as target, tempfile.TemporaryDirectory() as name:
        place = prepared(target)
        mover = FORK.Process(target=move_for_ever, args=(place, asked.seed))
        mover.start()
        try:
            for number in range(asked.rounds):
                wrong += [said for said in [one_round(place, Path(name), number)] if said]
                if not asked.postgres:
                    torn += careless(place, Path(name), number)
        finally:
            mover.kill()
            mover.join()
        with place.opened("ann") as live:
            moves = sum(row.action == "booking.move" for row in live.audit())
    print(f"copies {asked.rounds}, bookings moved meanwhile {moves}, wrong {len(wrong)}")
    for said in wrong[:5]:
        print(f"  {said}")
    if not asked.postgres:
        print(f"copies of the bytes that cannot be used: {torn} of {asked.rounds}")
    return int(bool(wrong) or not moves)


if __name__ == "__main__":
    sys.exit(main())
