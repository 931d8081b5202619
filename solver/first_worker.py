"""The plan without a search in a child process: one problem in, one plan out, each in JSON."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from models.errors import GaveUpError, SolverError
from models.plan import Plan
from models.problem import PlanningProblem, dump_problem, parse_problem
from solver.first_plan import first_plan

POLL_SECONDS = 0.1
GRACE_SECONDS = 60.0
"""What it may take at the least: reading and compiling take their time whatever is allowed."""
MEGABYTE = 1 << 20


def first_plan_in_child(
    problem: PlanningProblem,
    seconds: float,
    *,
    should_stop: Callable[[], bool] | None = None,
    memory_mb: int | None = None,
) -> Plan:
    """Like `first_plan`, in a child process.

    Args:
        problem: what to plan.
        seconds: how long it may take, beside `GRACE_SECONDS`.
        should_stop: asked several times a second; the child is killed once it says True.
        memory_mb: most data memory of the child; None for no limit.

    Raises:
        GaveUpError: it overran its time, or was told to stop.
        SolverError: it died, or ran out of memory.
    """
    path = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    with subprocess.Popen(  # noqa: S603  # our own module
        [sys.executable, "-m", "solver.first_worker", str(memory_mb or "")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": path.rstrip(os.pathsep)},
    ) as process:
        try:
            _hand_over(process, dump_problem(problem))
            said = _said(process, seconds, should_stop)
        finally:
            process.kill()
    if process.returncode:
        raise SolverError(f"the process of the greedy plan {_ending(process.returncode)}")
    return Plan.model_validate_json(said)


def _hand_over(process: "subprocess.Popen[str]", order: str) -> None:
    """Write it all: the child says nothing before it has read it. One that is gone shows later."""
    pipe, process.stdin = process.stdin, None
    if pipe is not None:
        with suppress(BrokenPipeError), pipe:
            pipe.write(order)


def _said(
    process: "subprocess.Popen[str]", seconds: float, should_stop: Callable[[], bool] | None
) -> str:
    deadline = time.monotonic() + seconds + GRACE_SECONDS
    while True:
        try:
            return process.communicate(timeout=POLL_SECONDS)[0]
        except subprocess.TimeoutExpired:
            pass
        if should_stop is not None and should_stop():
            raise GaveUpError("the greedy plan was not waited for")
        if time.monotonic() > deadline:
            raise GaveUpError("the greedy plan took too long")


def _ending(code: int) -> str:
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"


def main(memory_mb: str) -> int:
    """The child: the problem in, the plan out; the exit code."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory_mb:
        most = int(memory_mb) * MEGABYTE
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    problem = parse_problem(sys.stdin.read(), place="the problem handed to the greedy plan")
    sys.stdout.write(first_plan(problem).model_dump_json())
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's
    sys.exit(main(sys.argv[1]))
