"""Runs in child processes, one at a time, with what is found kept row by row."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from benchmarks.measure import code_of, digest_of
from benchmarks.peers import BY_NAME, Limits
from benchmarks.registry import Instance, chosen
from benchmarks.rows import Row, from_json, read_csv, write_csv

MEASURE = Path(__file__).with_name("measure.py")
GRACE_SECONDS = 240.0
"""For reading the file, building models and judging the plan, besides the limit."""
SMALL = "own-waiting-40"
WARM_UP_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Task:
    """One row to be measured: what, by whom, within which limits."""

    instance: Instance
    solver: str
    limits: Limits


class Ledger:
    """The rows of one output file; written after each, so that nothing found is lost."""

    def __init__(self, path: Path, *, fresh: bool = False) -> None:
        self._path = path
        self._rows = {} if fresh else {row.key: row for row in read_csv(path)}
        path.parent.mkdir(parents=True, exist_ok=True)

    def known(self, task: Task, problem: str) -> Row | None:
        """The row of the same run of the same code, if there is one."""
        limits = task.limits
        settings = (limits.seconds, limits.workers, limits.seed)
        key = (task.instance.name, task.solver, *settings, problem, code_of(task.solver))
        return self._rows.get(key)

    def add(self, row: Row) -> None:
        """Keep a row in place of rows of the same run by other code."""
        same = (row.file, row.solver, row.limit, row.workers, row.seed)
        self._rows = {k: r for k, r in self._rows.items() if k[:5] != same}
        self._rows[row.key] = row
        partial = self._path.with_suffix(".part")
        write_csv(partial, list(self._rows.values()))
        partial.replace(self._path)


def run_all(tasks: Iterable[Task], ledger: Ledger) -> list[Row]:
    """Measure what the ledger does not have, in order, and tell of each row.

    Ctrl-C ends the run under way and gives the rows finished before. A run that fails is in what is
    returned, but not in the ledger, so that it is tried again next time.
    """
    listed, rows = list(tasks), []
    problems: dict[str, tuple[str, int]] = {}
    warm = False
    try:
        for number, task in enumerate(listed, 1):
            name = task.instance.name
            if name not in problems:
                problem = task.instance.load()
                problems[name] = (digest_of(problem), len(problem.cases))
            head = f"[{number}/{len(listed)}] {name} · {_by(task)}"
            known = ledger.known(task, problems[name][0])
            if known is None and BY_NAME[task.solver].own and not warm:
                warm = warm_up(task)
            rows.append(known or _measured(task, ledger, problems[name][1], head))
            state = "known, " if known is not None else ""
            print(f"{head}: {state}{told(rows[-1])}", flush=True)
    except KeyboardInterrupt:
        print("\nstopped; the rows finished so far are kept")
    return rows


def _by(task: Task) -> str:
    """Who runs; Holdfast with the number of its workers, which others decide by themselves."""
    workers = task.limits.workers
    return f"{task.solver} on {workers}" if BY_NAME[task.solver].own else task.solver


def warm_up(task: Task) -> bool:
    """Let changed parts of the search compile before anything is timed."""
    print("compiling the search where it has changed", flush=True)
    (small,) = chosen([SMALL])
    limits = Limits(WARM_UP_SECONDS, task.limits.workers, task.limits.seed)
    measure_apart(Task(small, task.solver, limits), "")
    return True


def _measured(task: Task, ledger: Ledger, cases: int, head: str) -> Row:
    found = measure_apart(task, head)
    if isinstance(found, str):
        return _failed(task, cases, found)
    ledger.add(found)
    return found


def measure_apart(task: Task, head: str) -> Row | str:
    """The row of a run in a process of its own, or what went wrong there."""
    limits = task.limits
    command = [sys.executable, str(MEASURE), task.instance.argument, task.solver]
    command += [f"--seconds={limits.seconds}", f"--workers={limits.workers}"]
    command += [f"--seed={limits.seed}"]
    last = ""
    with TemporaryFile("w+") as errors:
        with _child(command, limits.seconds + GRACE_SECONDS, errors) as child:
            assert child.stdout is not None
            for line in child.stdout:
                last = line
                _progress(head, line)
            _progress("", "")
            code = child.wait()
        errors.seek(0)
        said = errors.read().strip().splitlines() or ["no message"]
    if code < 0:
        return f"ended by signal {-code}; it may have overrun its time or the memory"
    return from_json(last) if code == 0 else said[-1]


@contextmanager
def _child(
    command: list[str], seconds: float, errors: IO[str]
) -> Iterator["subprocess.Popen[str]"]:
    """A child that Ctrl-C does not reach, ended on leaving or when its time is over."""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True
    ) as child:
        timer = threading.Timer(seconds, child.kill)
        timer.start()
        try:
            yield child
        finally:
            timer.cancel()
            child.kill()


def _failed(task: Task, cases: int, reason: str) -> Row:
    limits = task.limits
    return Row(
        file=task.instance.name,
        family=task.instance.family,
        cases=cases,
        solver=task.solver,
        limit=limits.seconds,
        workers=limits.workers,
        seed=limits.seed,
        status="failed",
        cost=None,
        bound=None,
        bound_kind="",
        placed=0,
        moved=0,
        violations=0,
        first_seconds=None,
        seconds=0.0,
        memory_mb=0,
        problem="",
        code="",
        note=reason,
    )


def _progress(head: str, line: str) -> None:
    """Rewrite one line of a terminal; nothing where the output goes to a file."""
    if not sys.stderr.isatty():
        return
    state = json.loads(line) if line else {}
    better = "limit" not in state and bool(state)
    text = f"{head}  {state['seconds']:6.1f} s  {state['cost']:,}" if better else ""
    print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def told(row: Row) -> str:
    """A row in a line."""
    if row.status == "failed":
        return f"FAILED: {row.note}"
    if row.cost is None:
        return f"nothing found in {row.seconds:.0f} s ({row.status})"
    gap = "" if row.gap is None else f", gap {100 * row.gap:.1f} %"
    faults = f", {row.violations} VIOLATIONS ({row.note})" if row.violations else ""
    first = "" if row.first_seconds is None else f", first {row.first_seconds:.2f} s"
    return (
        f"{row.cost:,}, {row.placed}/{row.cases} placed{gap}{first}, {row.memory_mb} MB, "
        f"{row.seconds:.0f} s{faults}"
    )
