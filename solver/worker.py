"""The search in a child process, so that neither its memory nor its death is the caller's.

The child reads one JSON line (settings, problem, risk), then "stop" if it comes; it writes JSON
lines: `progress` with the best plan so far, and at last `result` or `error`.
"""

import ctypes
import json
import os
import queue
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from models.errors import GaveUpError, SolverError
from models.plan import Plan
from models.problem import PlanningProblem, dump_problem, parse_problem
from models.risk import NO_RISK, Risk
from solver.optimize import Progress, Settings, SolveResult, Status, versions
from solver.robust import SPREAD_SHARE, optimize_robust

STARTUP_SECONDS = 240.0
GRACE_SECONDS = 10.0
POLL_SECONDS = 0.1
MEGABYTE = 1 << 20
STOP = "stop\n"


def solve_in_child(
    problem: PlanningProblem,
    settings: Settings | None = None,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    memory_mb: int | None = None,
    grace_seconds: float = GRACE_SECONDS,
    risk: Risk | None = None,
) -> SolveResult:
    """Like `optimize`, or `optimize_robust` where a risk is given, in a child process.

    Args:
        problem: what to plan.
        settings: limits, seed and number of workers.
        on_progress: called in the caller's thread.
        should_stop: asked several times a second; a child that has not answered `grace_seconds`
            after it said True is killed.
        memory_mb: most data memory of the child; None for no limit.
        grace_seconds: how long to wait after a stop request, and beyond the time limit.
        risk: how fragile the cases are, and the price of a pair of failures; None: as if none were.

    Returns:
        The child's answer. If it died or was killed after its first plan, that plan, with `note`
        saying what happened.

    Raises:
        GaveUpError: it overran its time before the first plan.
        SolverError: it died or ran out of memory before the first plan.
    """
    settings = settings or Settings()
    if risk is not None:
        grace_seconds += SPREAD_SHARE * settings.seconds  # spreading has its share in any case
    with _child(problem, settings, memory_mb, risk) as process:
        talk = _Talk(process, settings, grace_seconds)
        return talk.until_answer(on_progress, should_stop)


@contextmanager
def _child(
    problem: PlanningProblem, settings: Settings, memory_mb: int | None, risk: Risk | None
) -> Iterator["subprocess.Popen[str]"]:
    path = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    process = subprocess.Popen(
        [sys.executable, "-m", "solver.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path.rstrip(os.pathsep)},
    )
    order = {
        "settings": asdict(settings),
        "memory_mb": memory_mb,
        "problem": dump_problem(problem),
        "risk": None if risk is None else asdict(risk),
    }
    _tell(process, json.dumps(order) + "\n")
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                _close(pipe)


def _close(pipe: Any) -> None:
    try:
        pipe.close()
    except BrokenPipeError:
        return


def _tell(process: "subprocess.Popen[str]", text: str) -> None:
    """Write to the child; a child that is gone shows in its exit code."""
    if process.stdin is None:
        return
    try:
        process.stdin.write(text)
        process.stdin.flush()
    except BrokenPipeError:
        return


class _Talk:
    """What the child has said so far, and how long it may still take."""

    def __init__(
        self, process: "subprocess.Popen[str]", settings: Settings, grace_seconds: float
    ) -> None:
        self.process = process
        self.settings = settings
        self.grace = grace_seconds
        self.last: dict[str, Any] | None = None
        self.lines: queue.Queue[str | None] = queue.Queue()
        self.complaint: list[str] = []
        self.threads = [
            threading.Thread(target=self._read_answers, daemon=True),
            threading.Thread(target=self._read_complaint, daemon=True),
        ]
        for thread in self.threads:
            thread.start()

    def _read_answers(self) -> None:
        for line in self.process.stdout or ():
            self.lines.put(line)
        self.lines.put(None)

    def _read_complaint(self) -> None:
        for line in self.process.stderr or ():
            self.complaint = [*self.complaint, line.strip()][-5:]

    def until_answer(
        self,
        on_progress: Callable[[Progress], None] | None,
        should_stop: Callable[[], bool] | None,
    ) -> SolveResult:
        deadline = time.monotonic() + self.settings.seconds + STARTUP_SECONDS + self.grace
        asked = False
        while True:
            if not asked and should_stop is not None and should_stop():
                asked = True
                _tell(self.process, STOP)
                deadline = min(deadline, time.monotonic() + self.grace)
            if time.monotonic() > deadline:
                return self.ended(
                    f"it did not stop within {self.grace:g} s of the request and was killed"
                    if asked
                    else "it overran its time limit and was killed",
                    GaveUpError,
                )
            try:
                line = self.lines.get(timeout=POLL_SECONDS)
            except queue.Empty:
                continue
            if line is None:
                return self.ended(self.death())
            said = json.loads(line)
            if "result" in said:
                return _result(said["result"])
            if "error" in said:
                return self.ended(said["error"])
            self.last = said["progress"]
            deadline = self.shortened(deadline, asked=asked)
            if on_progress is not None:
                on_progress(_progress(said["progress"]))

    def shortened(self, deadline: float, *, asked: bool) -> float:
        """Once a plan has come, compiling is over: only the search's own time is left."""
        if asked or self.last is None:
            return deadline
        left = max(self.settings.seconds - float(self.last["seconds"]), 0.0)
        return min(deadline, time.monotonic() + left + self.grace)

    def death(self) -> str:
        code = self.process.wait()
        if code < 0:
            reason = f"it was ended by {signal.Signals(-code).name}"
        else:
            reason = f"it ended with code {code}"
        self.threads[1].join(1.0)
        told = f": {self.complaint[-1]}" if self.complaint else ""
        return reason + told

    def ended(self, what: str, error: type[SolverError] = SolverError) -> SolveResult:
        """The last plan with a note of what happened, or an error where there is none."""
        if self.last is None:
            raise error(
                f"the search process gave no plan: {what}",
                remedy="allow more memory or time, or try a smaller problem",
            )
        progress = _progress(self.last)
        return SolveResult(
            plan=progress.plan,
            cost=progress.cost,
            bound=progress.bound,
            bound_kind="as last reported",
            status=Status.INCOMPLETE if progress.missing else Status.FEASIBLE,
            placed=progress.placed,
            seconds=progress.seconds,
            seconds_to_first=progress.seconds,
            seed=self.settings.seed,
            iterations=progress.iterations,
            missing=progress.missing,
            versions=versions(),
            note=f"the search process ended early: {what}",
        )


def _flat(value: Progress | SolveResult) -> dict[str, Any]:
    """As JSON-ready members; the plan by its own dump."""
    names = value.__dataclass_fields__
    members = {name: getattr(value, name) for name in names if name != "plan"}
    return {**members, "plan": value.plan.model_dump(mode="json")}


def _progress(members: dict[str, Any]) -> Progress:
    plan = Plan.model_validate(members["plan"])
    return Progress(**{**members, "plan": plan, "missing": tuple(members["missing"])})


def _result(members: dict[str, Any]) -> SolveResult:
    return SolveResult(
        **{
            **members,
            "plan": Plan.model_validate(members["plan"]),
            "status": Status(members["status"]),
            "missing": tuple(members["missing"]),
        }
    )


def main(source: TextIO, sink: TextIO) -> int:
    """The child: one order in, JSON lines out; the exit code."""
    order = json.loads(source.readline())
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if order["memory_mb"] is not None:
        most = order["memory_mb"] * MEGABYTE
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    stop = threading.Event()
    threading.Thread(target=_listen, args=(source, stop), daemon=True).start()

    def say(kind: str, content: object) -> None:
        sink.write(json.dumps({kind: content}) + "\n")
        sink.flush()

    try:
        found = optimize_robust(
            parse_problem(order["problem"], place="the problem handed to the search process"),
            Risk(**order["risk"]) if order["risk"] else NO_RISK,
            Settings(**order["settings"]),
            on_progress=lambda progress: say("progress", _flat(progress)),
            should_stop=stop.is_set,
        )
    except MemoryError:
        say("error", f"it ran out of memory ({order['memory_mb']} MB allowed)")
        return 1
    say("result", _flat(found.result))
    return 0


def _listen(source: TextIO, stop: threading.Event) -> None:
    """A stop line, or the caller's end, stops the search."""
    source.readline()
    stop.set()


def end_with_caller() -> None:
    """Let the kernel end this process with its caller's, where it can; `_listen` is too polite."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


if __name__ == "__main__":
    end_with_caller()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's: it says "stop"
    sys.exit(main(sys.stdin, sys.stdout))
