"""Time the replay of the demonstration department: by part, and with one and two processes.

    python benchmarks/replay.py [--weeks 12] [--replications 20] [--processes 1 2] [--seed 0]

The department has four suites and, unless told otherwise, 14 referrals a working day, as many as
its CT time can keep up with; two weeks to warm up come before those measured. First one short
replay is timed by part in this process, then all replications run once with each number of
processes.
"""

import argparse
import functools
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import mean
from typing import Any
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from scenarios.assumptions import Arrivals  # noqa: E402 - needs the path above
from scenarios.practice import Practice  # noqa: E402 - needs the path above
from scenarios.records import Outcome, Run  # noqa: E402 - needs the path above
from scenarios.replay import happenings, night, simulate  # noqa: E402 - needs the path above
from scenarios.scenario import Replay  # noqa: E402 - needs the path above
from scenarios.tasks import Task, run_task  # noqa: E402 - needs the path above
from scheduler.demo.practice import demo_practice  # noqa: E402 - needs the path above
from scheduler.site_files import LibraryDates  # noqa: E402 - needs the path above

WARM_UP = 2
BY_PART = 2
"""Weeks of the replay that is timed by part."""
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
PARTS: dict[str, tuple[Any, str]] = {
    "night: assess and freeze": (night, "frozen"),
    "night: search": (night, "optimize_robust"),
    "night: judge and settle": (night, "judged_and_settled"),
    "night: what is changed": (night, "moves_of"),
    "night: apply": (night, "apply_moves"),
    "referrals": (happenings, "arrive"),
    "surprises": (happenings, "surprise"),
    "the day's procedures": (simulate, "end_of_day"),
}


def practice(per_day: float) -> Practice:
    """The demonstration's department with so many referrals a working day."""
    made = demo_practice(cases=200, seed=7)
    arrivals = Arrivals(per_day=dict.fromkeys(WORKDAYS, per_day))
    assumptions = made.assumptions.model_copy(update={"arrivals": arrivals})
    return made.changed(assumptions=assumptions)


@contextmanager
def timed(parts: dict[str, tuple[Any, str]]) -> Iterator[dict[str, float]]:
    """Seconds of this process spent in functions, by the name of the part."""
    spent: dict[str, float] = defaultdict(float)

    def timing(part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(*given: Any, **named: Any) -> Any:
            began = time.process_time()
            try:
                return function(*given, **named)
            finally:
                spent[part] += time.process_time() - began

        return call

    with ExitStack() as stack:
        for part, (module, name) in parts.items():
            stack.enter_context(patch.object(module, name, timing(part, getattr(module, name))))
        yield spent


def by_part(subject: Practice, iterations: int, seed: int) -> None:
    """Print seconds of one core for each working day of a short replay, by part."""
    run = Replay(weeks=BY_PART, warm_up_weeks=WARM_UP, iterations=iterations)
    task = Task("base", subject, run, seed, 0, LibraryDates())
    run_task(Task("base", subject, Replay(weeks=1, warm_up_weeks=0), seed, 0, LibraryDates()))
    began = time.process_time()
    with timed(PARTS) as spent:
        run_task(task)
    whole = time.process_time() - began
    days = len(WORKDAYS) * (BY_PART + WARM_UP)
    print("seconds of one core for each working day, its share of the nights included")
    for part, seconds in spent.items():
        print(f"  {part:28} {seconds / days:7.3f}")
    print(f"  {'anything else':28} {(whole - sum(spent.values())) / days:7.3f}")
    print(f"  {'all':28} {whole / days:7.3f}", flush=True)


def run_all(tasks: list[Task], processes: int) -> tuple[float, list[Run]]:
    """Wall-clock seconds for all tasks with so many processes, and their runs."""
    began = time.monotonic()
    with ProcessPoolExecutor(processes) as executor:
        runs = list(executor.map(run_task, tasks))
    return time.monotonic() - began, runs


def said(runs: list[Run]) -> str:
    """What became of the cases, on the average of all runs."""
    found = []
    for outcome in Outcome:
        counts = [sum(case.outcome is outcome for case in run.cases) for run in runs]
        found.append(f"{mean(counts):.0f} {outcome.value}")
    return ", ".join(found)


def main() -> int:
    """Print how long everything took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weeks", type=int, default=12)
    parser.add_argument("--replications", type=int, default=20)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--iterations", type=int, default=2_000)
    parser.add_argument("--per-day", type=float, default=14.0)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    subject = practice(given.per_day)
    by_part(subject, given.iterations, given.seed)
    run = Replay(weeks=given.weeks, warm_up_weeks=WARM_UP, iterations=given.iterations)
    tasks = [
        Task("base", subject, run, given.seed, number, LibraryDates())
        for number in range(given.replications)
    ]
    took: list[float] = []
    for processes in given.processes:
        seconds, runs = run_all(tasks, processes)
        took.append(seconds)
        days = len(tasks) * len(WORKDAYS) * (given.weeks + WARM_UP)
        print(
            f"{given.weeks} weeks x {len(tasks)} replications, processes {processes}: "
            f"{seconds:.0f} s, {seconds / days:.3f} s a working day, "
            f"{took[0] / seconds:.2f} times as fast; {said(runs)}",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
