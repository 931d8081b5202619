"""Compare the waiting that replays see with what queueing theory says of the same department.

    python benchmarks/queue_theory.py [--weeks 4] [--replications 20] [--seed 0] [--suites 1 2 3]

Each row is a department that is nothing but a queue (`benchmarks/queue_practice.py`); the interval
is that of the mean over independent replications (Student, 99 %). The number waiting is counted
live by the replay and compared with the rate of arrivals times the theoretical wait (Little). M/G/2
has no closed form: its row is compared with the approximation of Allen and Cunneen, and says so.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
from scipy import stats

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import queueing  # noqa: E402 - needs the path above
from benchmarks.queue_practice import queue_practice, waited  # noqa: E402 - needs the path above
from scenarios.records import Run  # noqa: E402 - needs the path above
from scenarios.replay.draws import Draws  # noqa: E402 - needs the path above
from scenarios.replay.simulate import replay  # noqa: E402 - needs the path above
from scenarios.scenario import Replay  # noqa: E402 - needs the path above
from scheduler.site_files import LibraryDates  # noqa: E402 - needs the path above

MINUTES_PER_DAY = 1_440
LEVEL = 0.99
TO_TICK = 2.0
"""Mean minutes from a referral to the first tick from it on: 0, 4, 3, 2 or 1."""
GEOMETRIC = tuple(sorted([1] * 6 + [2] * 4 + [3] * 3 + [4] * 2 + [5] * 2 + [6, 8, 12]))
"""Numbers of levels with about the spread of an exponential service."""


@dataclass(frozen=True, slots=True)
class Queue:
    """A department that is a queue, with the mean wait that theory gives."""

    name: str
    suites: int
    unit: int
    levels: tuple[int, ...]
    use: float
    """Share of the suites' time that is asked for."""
    exact: bool = True

    @property
    def services(self) -> list[int]:
        """Minutes of service, all equally likely."""
        return [self.unit * levels for levels in self.levels]

    @property
    def per_day(self) -> float:
        """Arrivals in 24 hours."""
        mean = sum(self.services) / len(self.services)
        return self.use * self.suites * MINUTES_PER_DAY / mean

    @property
    def theory(self) -> float:
        """Mean wait in minutes."""
        rate = self.per_day / MINUTES_PER_DAY
        if self.suites == 1:
            return queueing.wait_mg1(rate, self.services)
        if len(set(self.services)) == 1:
            return queueing.wait_mdc(rate, self.services[0], self.suites)
        return queueing.wait_mgc(rate, self.services, self.suites)

    @property
    def length(self) -> float:
        """Mean number waiting, from the referral on: the rate times the mean wait."""
        return self.per_day / MINUTES_PER_DAY * (self.theory + TO_TICK)


QUEUES = (
    Queue("M/D/1", 1, 60, (1,), 0.6),
    Queue("M/D/1", 1, 60, (1,), 0.75),
    Queue("M/G/1, 30 or 120 min", 1, 30, (1, 4), 0.6),
    Queue("M/G/1, near exponential", 1, 20, GEOMETRIC, 0.6),
    Queue("M/D/2", 2, 60, (1,), 0.75),
    Queue("M/D/3", 3, 60, (1,), 0.8),
    Queue("M/G/2, near exponential", 2, 20, GEOMETRIC, 0.7, exact=False),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What one replication saw of a queue."""

    wait: float
    """Mean wait in minutes, by the records of the cases."""
    length: float
    """Mean number waiting, counted live as the replay went on."""


def replayed(queue: Queue, weeks: int, replications: int, seed: int) -> list[Seen]:
    """What each replication of a queue saw."""
    practice = queue_practice(queue.suites, queue.unit, queue.levels, queue.per_day)
    run = Replay(weeks=weeks, warm_up_weeks=1, iterations=1)
    rules = LibraryDates()
    return [_seen(replay(practice, run, Draws(seed, n), rules)) for n in range(replications)]


def _seen(run: Run) -> Seen:
    assert run.headcount is not None
    days = (run.end - run.begin) / timedelta(days=1)
    return Seen(float(np.mean(waited(run))), run.headcount.case_days / days)


def interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Mean and half-open interval of it over replications: mean, low, high."""
    mean = float(np.mean(values))
    spread = float(np.std(values, ddof=1)) / len(values) ** 0.5
    reach = float(stats.t.ppf((1 + LEVEL) / 2, len(values) - 1)) * spread
    return mean, mean - reach, mean + reach


def row(queue: Queue, seen: Sequence[Seen]) -> tuple[str, bool]:
    """A line of the table, and whether theory lies in both intervals."""
    words, inside = [], True
    for theory, values in (
        (queue.theory, [one.wait for one in seen]),
        (queue.length, [one.length for one in seen]),
    ):
        mean, low, high = interval(values)
        inside = inside and low <= theory <= high
        words.append(f"{theory:7.2f} {mean:7.2f} {f'{low:.2f} to {high:.2f}':16}")
    said = "inside" if inside else "OUTSIDE"
    kind = "" if queue.exact else " (approximation)"
    return f"{queue.name:26} {queue.use:5.2f} {' '.join(words)} {said}{kind}", inside


def main() -> int:
    """Print one row for each queue; 1 where an exact theory lies outside of an interval."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weeks", type=int, default=4)
    parser.add_argument("--replications", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--suites", type=int, nargs="+", default=[1, 2, 3])
    given = parser.parse_args()
    outside = 0
    print(f"{'':33}mean wait, min{'':19}mean number waiting, counted live")
    print(f"{'queue':26} {'use':>5} " + " ".join([f"{'theory':>7} {'replay':>7} {'99 %':16}"] * 2))
    for queue in QUEUES:
        if queue.suites in given.suites:
            seen = replayed(queue, given.weeks, given.replications, given.seed)
            line, inside = row(queue, seen)
            outside += queue.exact and not inside
            print(line, flush=True)
    return 1 if outside else 0


if __name__ == "__main__":
    sys.exit(main())
