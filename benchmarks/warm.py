"""How long it takes to propose and to book on a store: warm, after a write, and cold.

    python benchmarks/warm.py [--bookings 500] [--questions 200] [--out bench-out] [--store URL]

A made-up department of six suites over 28 days gets so many bookings in a SQLite store in the
`out` folder, or in the empty PostgreSQL database of a URL; a store that is there already is taken
again. Then it is asked, in this process and by the services alone, without HTTP:

- `warm`: the slots of one case after another, nothing having changed;
- `after a booking`: the same, each after a booking here;
- `after a booking elsewhere`: the same, done by other services on the same store;
- `cold`: the same with nothing kept, as each question would be in a process of its own;
- `book` and `cancel`: the writes themselves.

A sample of warm answers is compared with cold ones; the exit status is 1 when they differ.
"""

import argparse
import gc
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.made_up import (  # noqa: E402 - needs the path above
    made_up_patient,
    made_up_referral,
)
from scheduler.bootstrap import (  # noqa: E402 - needs the path above
    Container,
    FixedClock,
    RandomIds,
)
from scheduler.services.department import Departments  # noqa: E402 - needs the path above
from scheduler.services.search import search_in_child  # noqa: E402 - needs the path above
from scheduler.services.warm import Warm  # noqa: E402 - needs the path above
from scheduler.site_files import LibraryDates, parse_site  # noqa: E402 - needs the path above
from scheduler.store.engine import Store  # noqa: E402 - needs the path above
from solver.proposals import Proposer  # noqa: E402 - needs the path above

NOW = datetime(2026, 11, 16, 15, tzinfo=UTC)
SITE = """
id: made-up
timezone: America/Chicago
tick_minutes: 5
horizon_days: 28
policies: [SIR2019-high]
calendars:
  weekdays: {weekly: {mon-fri: ["08:00-17:30"]}}
  long: {weekly: {mon-fri: ["06:00-20:00"]}}
resources:
  - {id: suite, kind: suite, tags: [fluoroscopy, biplane], calendar: weekdays, count: 6,
     open_cost: 40}
  - {id: dr, kind: proceduralist, tags: [spine, ir], calendar: weekdays, count: 6,
     minutes_per_day: 480, suite_change_cost: 25}
  - {id: rn, kind: sedation, tags: [moderate, deep], calendar: long, count: 7}
  - {id: bay, kind: bay, calendar: long, count: 16}
  - {id: ct-1, kind: ct, calendar: weekdays}
arrivals:
  - {calendar: long, first: "06:00", last: "16:00", every_minutes: 15, per_time: 2}
"""
WAITING = 40
COLD = 10


def main() -> int:
    """Run the benchmark from the command line."""
    options = _options()
    target = options.store or str(options.out / f"warm-{options.bookings}.sqlite")
    options.out.mkdir(parents=True, exist_ok=True)
    container, elsewhere = _services(target), _services(target)
    booked, waiting = _filled(container, options.bookings)
    print(f"{booked} bookings, {len(waiting)} cases waiting")
    began = time.perf_counter()
    container.propose(waiting[0])
    print(f"first question {1_000 * (time.perf_counter() - began):.0f} ms")
    # What was loaded is no garbage: a service freezes it, so that no answer waits for a sweep.
    gc.collect()
    gc.freeze()
    same = _ask(container, elsewhere, waiting, options.questions)
    print("warm answers are the cold ones" if same else "WARM ANSWERS DIFFER FROM COLD ONES")
    return 0 if same else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--bookings", type=int, default=500)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--out", type=Path, default=Path("bench-out"))
    parser.add_argument("--store", help="URL of an empty PostgreSQL database")
    return parser.parse_args()


def _services(target: str) -> Container:
    store = Store.at(target)
    store.migrate()
    return Container(
        store=store,
        clock=FixedClock(NOW),
        ids=RandomIds(),
        departments=Departments(LibraryDates()),
        search=search_in_child,
        actor="benchmark",
    )


def _filled(container: Container, bookings: int) -> tuple[int, list[str]]:
    """Book so many cases, each at its cheapest start; how many fitted, and who waits."""
    container.init(parse_site(SITE, place="the made-up site"))
    names = [f"case-{number:04}" for number in range(bookings + WAITING)]
    if not container.list_cases():
        container.import_intake(
            [made_up_patient(f"patient-{name}", NOW) for name in names],
            [made_up_referral(name, f"patient-{name}", NOW) for name in names],
        )
        container.assess_all()
        proposer = Proposer(container.problem_now().problem)
        for name in names[:bookings]:
            for proposal in proposer.propose(name, top=1):
                proposer.hold(proposal.placement)
                container.book(name, proposal.start, proposal.assigned)
    files = container.list_cases()
    return sum(f.booking is not None for f in files), [f.id for f in files if f.booking is None]


def _ask(container: Container, elsewhere: Container, waiting: list[str], questions: int) -> bool:
    """Print the table; whether the sample of warm answers is right."""
    turns = [waiting[n % len(waiting)] for n in range(questions)]
    some = waiting[:20]
    print("| what | times | processor p50 | p99 | max | elapsed p50 | p99 | max (ms) |")
    print("|---|---|---|---|---|---|---|---|")
    _row("warm", (partial(container.propose, case) for case in turns))
    for name, writer in (("after a booking", container), ("... elsewhere", elsewhere)):
        _row(name, _after_writes(container, writer, turns[: questions // 4]))
    _row("book", _bookings(container, some))
    _row("cancel", (partial(container.cancel, case, reason="benchmark") for case in some))
    _row("cold", (partial(_cold(container).propose, case) for case in turns[:COLD]))
    return all(
        container.propose(case).proposals == _cold(container).propose(case).proposals
        for case in turns[:COLD]
    )


def _bookings(container: Container, cases: list[str]) -> Iterator[Callable[[], object]]:
    """Bookings of what is cheapest by then."""
    for case in cases:
        proposal = container.propose(case, top=1).proposals[0]
        yield partial(container.book, case, proposal.start, proposal.assigned)


def _after_writes(
    container: Container, writer: Container, turns: list[str]
) -> Iterator[Callable[[], object]]:
    """Questions, each after another case was booked; that booking is cancelled again."""
    for number, case in enumerate(turns):
        other = turns[(number + 1) % len(turns)]
        proposal = writer.propose(other, top=1).proposals[0]
        writer.book(other, proposal.start, proposal.assigned)
        yield partial(container.propose, case)
        writer.cancel(other, reason="benchmark")


def _cold(container: Container) -> Container:
    return replace(container, warm=Warm())


def _row(name: str, questions: Iterator[Callable[[], object]]) -> None:
    """Time each question by itself and print percentiles in milliseconds."""
    processor, elapsed = [], []
    for ask in questions:
        used, began = time.process_time(), time.perf_counter()
        ask()
        processor.append(1_000 * (time.process_time() - used))
        elapsed.append(1_000 * (time.perf_counter() - began))
    if processor:
        cells = [f"{_percentile(v, p):.1f}" for v in (processor, elapsed) for p in (0.5, 0.99, 1)]
        print(f"| {name} | {len(processor)} | {' | '.join(cells)} |")


def _percentile(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


if __name__ == "__main__":
    sys.exit(main())
