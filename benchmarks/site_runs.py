"""What the workers of `dask_sites.py` do: plan one site, and tell what that took of the process."""

import time
from dataclasses import replace
from datetime import date
from pathlib import Path

from benchmarks.families import waiting
from models.calendars import HolidayRule
from scenarios.records import Run
from scenarios.scenario import Plan
from scenarios.tasks import Task, run_task

SUITE_CASES = 50
DAYS = 10
KILOBYTES = 1024
RESET_PEAK = "5"


class NoDates:
    """Rules of dates that a planning problem never asks for."""

    def holidays(self, _rule: HolidayRule, _first: date, _last: date) -> frozenset[date]:
        """None."""
        return frozenset()

    def recurrences(self, _rule: str, _start: date, _first: date, _last: date) -> tuple[date, ...]:
        """None."""
        return ()


def site_task(number: int, cases: int, iterations: int) -> Task:
    """A waiting list over two weeks at the usual load, one of its own for each number."""
    problem = waiting(cases, suites=max(1, cases // SUITE_CASES), days=DAYS, seed=number)
    named = problem.model_copy(update={"site": f"site-{number:03}"})
    return Task("base", named, Plan(iterations=iterations), seed=0, number=0, rules=NoDates())


def measured(task: Task) -> Run:
    """The run of a task; `versions` also tell its CPU seconds and its memory in MB.

    `peak_mb` is the most that the process had while it ran this task (the kernel's high-water mark,
    set back before it), `idle_mb` what it had before.
    """
    idle = _memory("VmRSS")
    Path("/proc/self/clear_refs").write_text(RESET_PEAK, encoding="ascii")
    before = time.process_time()
    run = run_task(task)
    took = {
        "cpu_seconds": f"{time.process_time() - before:.3f}",
        "idle_mb": f"{idle:.1f}",
        "peak_mb": f"{_memory('VmHWM'):.1f}",
    }
    return replace(run, versions=run.versions | took)


def warm_up() -> int:
    """Load libraries and machine code into a worker; the cost of a small plan."""
    return run_task(site_task(0, cases=20, iterations=50)).cost


def _memory(member: str) -> float:
    """Memory of this process in MB, by the kernel's name for it."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        name, _, value = line.partition(":")
        if name == member:
            return int(value.split()[0]) / KILOBYTES
    raise LookupError(member)
