"""Random histories on SQLite and PostgreSQL at once: the same answers, and cells that fit bookings.

    python benchmarks/faults/states.py [--sequences 2000] [--steps 12] [--seed 0]

Each step is done on both engines with the same clock and the same ids: reserve, release, book, book
what is reserved, move, cancel, undo, tell, lock, let time pass, close and reopen a resource, plan a
night, accept or reject its moves. Both must answer alike, to the sentence, and after each step the
claimed cells must be those of what is held, reckoned here from the rows alone. The control has a
fault sown into one of them, which must be found.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.faults import servers, twins, world  # noqa: E402 - needs the path above
from benchmarks.faults.twins import Twin  # noqa: E402 - needs the path above
from models.errors import HoldfastError  # noqa: E402 - needs the path above
from scheduler.bootstrap import Container  # noqa: E402 - needs the path above
from scheduler.services import undoing  # noqa: E402 - needs the path above

CASES = ("case-00000", "case-00001", "case-00002", "case-00003")
STARTS = world.starts(world.weekdays(2), every_minutes=45)[:10]
RESOURCES = ("suite-1", "dr-1", "rn-2", "bay-2")
case_names = st.sampled_from(CASES)
starts = st.sampled_from(STARTS)
units = st.integers(1, 2)
Act = Callable[[Container], object]


class DivergenceError(AssertionError):
    """The engines answered differently, or cells do not fit bookings."""


class _Histories(RuleBasedStateMachine):
    """One history of a small department, done on a pair of stores."""

    pair: ClassVar[tuple[Twin, Twin]]
    counts: ClassVar[dict[str, int]]

    def __init__(self) -> None:
        super().__init__()
        self.tokens: list[str] = []
        self.closures: list[str] = []
        self.revisions: list[str] = []
        for twin in self.pair:
            twin.begin()
        self.counts["sequences"] += 1

    def both(self, act: Act) -> object:
        """Do the same on both."""
        self.counts["steps"] += 1
        one, other = (_answer(act, twin.site) for twin in self.pair)
        if one != other:
            msg = f"{self.pair[0].engine}: {one}\n{self.pair[1].engine}: {other}"
            raise DivergenceError(msg)
        self.counts["refused"] += isinstance(one, tuple)
        return one

    @rule(case=case_names, start=starts, unit=units)
    def reserve(self, case: str, start: Any, unit: int) -> None:
        done = self.both(lambda site: site.reserve(case, start, twins.seats(unit, start)))
        if isinstance(done, dict):
            self.tokens.append(done["token"])

    @rule(case=case_names, start=starts, unit=units)
    def book(self, case: str, start: Any, unit: int) -> None:
        self.both(lambda site: site.book(case, start, twins.seats(unit, start)))

    @rule(case=case_names, number=st.integers(0, 3))
    def book_reserved(self, case: str, number: int) -> None:
        if self.tokens:
            token = self.tokens[number % len(self.tokens)]
            self.both(lambda site: site.book_reserved(case, token))

    @rule(number=st.integers(0, 3))
    def release(self, number: int) -> None:
        if self.tokens:
            token = self.tokens[number % len(self.tokens)]
            self.both(lambda site: site.release(token))

    @rule(case=case_names, start=starts, unit=units)
    def move(self, case: str, start: Any, unit: int) -> None:
        self.both(lambda site: site.move(case, start, twins.seats(unit, start)))

    @rule(case=case_names)
    def cancel(self, case: str) -> None:
        self.both(lambda site: site.cancel(case, reason="given up"))

    @rule(case=case_names)
    def undo(self, case: str) -> None:
        self.both(lambda site: site.write(lambda desk: undoing.undo(desk, case)))

    @rule(case=case_names, locked=st.booleans())
    def lock(self, case: str, locked: bool) -> None:  # noqa: FBT001 - drawn by name
        self.both(lambda site: site.set_lock(case, locked=locked))

    @rule(case=case_names)
    def tell(self, case: str) -> None:
        self.both(lambda site: site.tell(case))

    @rule(minutes=st.sampled_from((1, 6, 14, 16, 600, 1440)))
    def wait(self, minutes: int) -> None:
        for twin in self.pair:
            twin.clock.instant += timedelta(minutes=minutes)

    @rule(resource=st.sampled_from(RESOURCES), start=starts)
    def close(self, resource: str, start: Any) -> None:
        end = start + timedelta(hours=3)
        done = self.both(lambda site: site.close_resource(resource, start, end, reason="out"))
        if isinstance(done, dict):
            self.closures = [closure.id for closure in self.pair[0].site.closures()]

    @rule(number=st.integers(0, 2))
    def reopen(self, number: int) -> None:
        if self.closures:
            closure = self.closures[number % len(self.closures)]
            self.both(lambda site: site.reopen_resource(closure))

    @rule()
    def night(self) -> None:
        self.both(lambda site: site.night(seconds=1, apply=False))
        self.revisions = [revision.id for revision in self.pair[0].site.revisions()]

    @rule(accept=st.booleans())
    def decide(self, accept: bool) -> None:  # noqa: FBT001 - drawn by name
        if self.revisions:
            name = self.revisions[0]
            self.both(lambda site: site.accept_moves(name) if accept else site.reject_moves(name))

    @invariant()
    def cells_are_those_of_what_is_held(self) -> None:
        for twin in self.pair:
            faults = twin.faults()
            if faults:
                msg = f"{twin.engine}: {faults}"
                raise DivergenceError(msg)


def machine(pair: tuple[Twin, Twin], counts: dict[str, int]) -> type[_Histories]:
    """The state machine over a pair of stores, counting what it does."""
    return type("HistoriesOfPair", (_Histories,), {"pair": pair, "counts": counts})


def _answer(act: Act, site: Container) -> object:
    """What came of it, so that it can be compared: a record's content, or the error's sentence."""
    try:
        return twins.plain(act(site))
    except HoldfastError as error:
        return type(error).__name__, str(error)


def run(pair: tuple[Twin, Twin], *, sequences: int, steps: int, number: int = 0) -> dict[str, int]:
    """Play so many histories; how many there were.

    Raises:
        DivergenceError: the shortest history that shows one is printed.
    """
    counts = {"sequences": 0, "steps": 0, "refused": 0}
    found = seed(number)(machine(pair, counts))
    run_state_machine_as_test(
        found,
        settings=settings(
            max_examples=sequences,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate,),
        ),
    )
    return counts


@contextmanager
def prepared(*, sown: bool = False, engines: tuple[str, ...] = servers.ENGINES) -> Iterator[Any]:
    """A pair of stores with the same department."""
    with ExitStack() as stack:
        opened = [
            stack.enter_context(twins.opened(engine, len(CASES), sown=sown and not number))
            for number, engine in enumerate(engines)
        ]
        yield tuple(opened)


def main() -> int:
    """Run the proof with its control from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--sequences", type=int, default=2_000)
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with prepared() as pair:
        counts = run(pair, sequences=options.sequences, steps=options.steps, number=options.seed)
    print(f"{counts['sequences']} histories, {counts['steps']} steps, of which", end=" ")
    print(f"{counts['refused']} refused: 0 divergences", flush=True)
    try:
        with prepared(sown=True) as pair:
            run(pair, sequences=200, steps=options.steps, number=options.seed)
    except DivergenceError as found:
        print(f"control, a fault sown into sqlite: found ({str(found)[:100]})")
        return 0
    print("control: the sown fault was not found")
    return 1


if __name__ == "__main__":
    sys.exit(main())
