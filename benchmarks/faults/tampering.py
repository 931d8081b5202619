"""Hands in the audit: edits, gaps, exchanges, copies, cuts and forged tails; none goes unseen.

    python benchmarks/faults/tampering.py [--rounds 10000] [--postgres] [--seed 0]

Each round does one of them to a store whose triggers were taken away, verifies the chain and the
exported head, and undoes it. The control leaves the head out: cuts must then go unseen. Exit status
1 where one was missed, where an untouched audit was suspected, or where the control shows nothing.
"""

import argparse
import sys
from collections import Counter
from pathlib import Path
from random import Random

from sqlalchemy import text

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.faults.attacks import (  # noqa: E402 - needs the path above
    ATTACKS,
    WITHOUT_GUARD,
    holds,
    tampered,
)
from benchmarks.faults.nightly import Place, ShiftedClock, a_store  # noqa: E402 - needs the path
from benchmarks.faults.small import small_site  # noqa: E402 - needs the path above
from scheduler.services import chain  # noqa: E402 - needs the path above
from scheduler.store.engine import Store  # noqa: E402 - needs the path above

ROWS = 40


def main() -> int:
    """Run it, print a table, and say whether all is well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10_000)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    done, missed, unseen = Counter[str](), Counter[str](), Counter[str]()
    with a_store(postgres=asked.postgres) as target:
        store = Store.at(target)
        store.migrate()
        department = Place(target, ShiftedClock.starting_now()).over(store)
        department.init(small_site())
        for number in range(ROWS):
            department.write(lambda desk, n=number: desk.audit("look", f"A-{n % 5}"))  # type: ignore[misc]
        with store.engine.begin() as connection:
            for statement in WITHOUT_GUARD[store.engine.dialect.name]:
                connection.execute(text(statement))
        head = department.read(chain.head)
        for number in range(asked.rounds):
            attack, rng = ATTACKS[number % len(ATTACKS)], Random(asked.seed + number)
            with tampered(store, lambda c, a=attack, r=rng: a(c, r)) as audit:  # type: ignore[misc]
                unbroken = audit.first_break() is None
                done[attack.__name__] += 1
                unseen[attack.__name__] += unbroken
                missed[attack.__name__] += unbroken and holds(audit, head)
        whole = department.read(lambda desk: chain.verify(desk, head)).whole
        store.close()
    for name, count in sorted(done.items()):
        print(f"{name:12} {count:6} done, {missed[name]} missed, {unseen[name]} without the head")
    print(f"untouched audit is whole: {whole}")
    return int(bool(missed.total() or not whole or not unseen.total()))


if __name__ == "__main__":
    sys.exit(main())
