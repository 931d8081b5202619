"""People who edit while a night searches: what they did is never overwritten.

    python benchmarks/faults/edits_during_solve.py [--rounds 1000] [--control 60] [--postgres]

While each night searches, 1 to 20 edits are made by hand: bookings are made, moved, cancelled,
pinned and freed. Every case that was edited must be exactly as it was left, once the night has
been applied to the others.

The control lets a move be made though its case has changed since it was planned; it must overwrite
something. Exit status 1 where an edit was overwritten, or where the control shows none.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.faults.nightly import (  # noqa: E402 - needs the path above
    CASES,
    a_store,
    engine_of,
    prepared,
    read_options,
    told,
    upset,
)
from benchmarks.faults.small import without_search  # noqa: E402 - needs the path above
from models.errors import HoldfastError  # noqa: E402 - needs the path above
from models.problem import PlanningProblem  # noqa: E402 - needs the path above
from scheduler.bootstrap import Container  # noqa: E402 - needs the path above
from scheduler.services.case_files import CaseFile  # noqa: E402 - needs the path above
from scheduler.services.night import Answer  # noqa: E402 - needs the path above

MOST_EDITS = 20
Left = tuple[datetime, tuple[tuple[str, str], ...], bool] | None
"""How a case stands: its start, its resources, whether it is pinned; None when not booked."""


def left(file: CaseFile) -> Left:
    """How a case stands."""
    if file.booking is None:
        return None
    held = file.booking.held
    return held.start, tuple(sorted(held.assigned.items())), file.booking.locked


@dataclass
class Editor:
    """Somebody who edits while the night searches."""

    container: Container
    rng: Random
    edited: dict[str, Left] = field(default_factory=dict)
    count: int = 0

    def search(self, problem: PlanningProblem, seconds: int, seed: int) -> Answer:
        """A night's search with some edits before its answer."""
        answer = without_search(problem, seconds, seed)
        for _ in range(self.rng.randint(1, MOST_EDITS)):
            self._edit()
        return answer

    def _edit(self) -> None:
        case = self.rng.choice(CASES)
        file = self.container.show_case(case)
        try:
            if file.booking is None:
                self._book(case, self.container.book)
            else:
                self._change(case, file)
        except HoldfastError:
            return  # refused: nothing was done
        self.count += 1
        self.edited[case] = left(self.container.show_case(case))

    def _change(self, case: str, file: CaseFile) -> None:
        assert file.booking is not None
        kind = self.rng.choice(["move", "cancel", "pin"])
        if kind == "move":
            self._book(case, self.container.move)
        elif kind == "cancel":
            self.container.cancel(case, reason="during the night")
        else:
            self.container.set_lock(case, locked=not file.booking.locked)

    def _book(self, case: str, act: Callable[..., object]) -> None:
        offered = self.container.propose(case, top=10).proposals
        proposal = self.rng.choice(offered)
        act(case, proposal.start, dict(proposal.assigned))

    def overwritten(self) -> list[str]:
        """The cases that are not as they were left."""
        return [
            f"{case} was left {was}, and is {left(self.container.show_case(case))}"
            for case, was in sorted(self.edited.items())
            if left(self.container.show_case(case)) != was
        ]


def nights(container: Container, edits: int, rng: Random) -> Iterator[tuple[int, list[str]]]:
    """Nights until so many edits have been made: the edits of each, and its faults."""
    done = 0
    while done < edits:
        for case in CASES:
            file = container.show_case(case)
            if file.booking and file.booking.locked:
                container.set_lock(case, locked=False)
        upset(container, rng)
        editor = Editor(container.acting("bob"), rng)
        replace(container, search=editor.search).night(apply=True)
        done += editor.count
        yield editor.count, [*editor.overwritten(), *container.faults()]


@contextmanager
def unmarked() -> Iterator[None]:
    """The control: no case ever looks changed."""
    mark_since = CaseFile.mark_since
    CaseFile.mark_since = lambda *_: ""  # type: ignore[method-assign]
    try:
        yield
    finally:
        CaseFile.mark_since = mark_since  # type: ignore[method-assign]


def faults_of(edits: int, seed: int, *, postgres: bool) -> tuple[int, int, list[str]]:
    """Nights, edits and faults on a department of its own."""
    rng, count, done, faults = Random(seed), 0, 0, []
    with a_store(postgres=postgres) as target, prepared(target).opened() as container:
        for made, found in nights(container, edits, rng):
            count, done = count + 1, done + made
            faults += found
    return count, done, faults


def main() -> int:
    """Print what was found, with and without the guard; a round is an edit."""
    asked = read_options(__doc__, rounds=1000, control=60)
    began = time.monotonic()
    count, done, faults = faults_of(asked.rounds, asked.seed, postgres=asked.postgres)
    print(
        f"{done} edits in {count} nights on {engine_of(asked)}"
        f" in {time.monotonic() - began:.0f} s: {len(faults)} overwritten"
    )
    with unmarked():
        _, done, control = faults_of(asked.control, asked.seed, postgres=asked.postgres)
    print(f"control: {done} edits")
    return told(faults, control, asked)


if __name__ == "__main__":
    sys.exit(main())
