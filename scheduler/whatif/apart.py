"""A study in a process of its own, so that neither its memory nor its death is the caller's."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from models.errors import GaveUpError, SolverError
from scheduler.whatif.order import StudyAnswer, StudyOrder, StudyProgress

POLL_SECONDS = 0.2
CHILD = (sys.executable, "-P", "-m", "scheduler.whatif.child")


def study_apart(
    order: StudyOrder,
    *,
    seconds: float,
    on_progress: Callable[[StudyProgress], None],
    should_stop: Callable[[], bool],
    command: tuple[str, ...] = CHILD,
) -> StudyAnswer:
    """Carry an order out in a child process.

    Args:
        order: what the child is given.
        seconds: after which it is ended.
        on_progress: called in the caller's thread.
        should_stop: asked several times a second; an error from it ends the child.
        command: of the child.

    Raises:
        GaveUpError: it overran its time.
        SolverError: it failed, died, or ran out of memory.
    """
    with _child(command) as process:
        answers: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=_read, args=(process, answers), daemon=True).start()
        threading.Thread(target=_tell, args=(process, order), daemon=True).start()
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not should_stop():
            with suppress(queue.Empty):
                line = answers.get(timeout=POLL_SECONDS)
                answer = _heard(process, line, on_progress)
                if answer is not None:
                    return answer
    raise GaveUpError(f"it was ended after {seconds:g} s", remedy="ask for less of it")


def _heard(
    process: "subprocess.Popen[str]", line: str | None, on_progress: Callable[[StudyProgress], None]
) -> StudyAnswer | None:
    """What one line says; None for progress."""
    if line is None:
        raise SolverError(f"its process gave no answer: {_death(process)}")
    said: dict[str, Any] = json.loads(line)
    if "error" in said:
        raise SolverError(str(said["error"]))
    if "answer" in said:
        return StudyAnswer.model_validate(said["answer"])
    on_progress(StudyProgress.model_validate(said["progress"]))
    return None


@contextmanager
def _child(command: tuple[str, ...]) -> "Iterator[subprocess.Popen[str]]":
    path = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
    process = subprocess.Popen(  # noqa: S603 - our own module, no shell
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # its words might speak of a patient
        text=True,
        env={**os.environ, "PYTHONPATH": path.rstrip(os.pathsep)},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with suppress(BrokenPipeError):
                if pipe is not None:
                    pipe.close()


def _read(process: "subprocess.Popen[str]", answers: "queue.Queue[str | None]") -> None:
    with suppress(ValueError):  # closed while it was read
        for line in process.stdout or ():
            answers.put(line)
    answers.put(None)


def _tell(process: "subprocess.Popen[str]", order: StudyOrder) -> None:
    """Write the order; a child that is gone shows in its exit code."""
    with suppress(BrokenPipeError, ValueError):
        if process.stdin is not None:
            process.stdin.write(order.model_dump_json() + "\n")
            process.stdin.flush()


def _death(process: "subprocess.Popen[str]") -> str:
    code = process.wait()
    if code < 0:
        return f"it was ended by {signal.Signals(-code).name}"
    return f"it ended with code {code}"
