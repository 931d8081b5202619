"""The process of one study: it reads an order, and writes progress and at last the answer.

It is given neither the store nor a name of anybody. It gives way to whatever else the machine has
to do, keeps no results on disk, and ends with the process that started it.
"""

import base64
import gzip
import json
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable
from importlib.metadata import version
from typing import TextIO

from models.errors import HoldfastError, InputError
from scenarios.carrying_out import Found, carry_out
from scenarios.found_json import found_json
from scenarios.report.page import comparison_html
from scenarios.running.crew import Crew, Here
from scenarios.running.pool import Processes
from scenarios.running.progress import Progress
from scenarios.scenario import Settings
from scenarios.study import Base, prepare
from scenarios.study_page import study_page
from scheduler.site_files import LibraryDates
from scheduler.whatif.order import StudyAnswer, StudyOrder, StudyProgress
from solver.worker import end_with_caller

MEGABYTE = 1 << 20
POLITE = 10
"""By how much its priority is lowered: nights come first."""


def main(source: TextIO, sink: TextIO) -> int:
    """Carry one order out; the exit code."""
    order = StudyOrder.model_validate_json(source.readline())
    _limit(order)
    stop = threading.Event()
    threading.Thread(target=_listen, args=(source, stop), daemon=True).start()

    def say(kind: str, content: object) -> None:
        sink.write(json.dumps({kind: content}) + "\n")
        sink.flush()

    def tell(progress: Progress) -> None:
        told = StudyProgress(done=progress.done, total=progress.total, seconds=progress.seconds)
        say("progress", told.model_dump())

    try:
        answer = _answer(order, tell, stop)
    except MemoryError:
        say("error", f"it ran out of memory ({order.memory_mb} MB allowed)")
        return 1
    except HoldfastError as error:
        say("error", str(error))
        return 1
    say("answer", answer.model_dump())
    return 0


def _limit(order: StudyOrder) -> None:
    os.nice(POLITE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if order.memory_mb is not None:
        most = order.memory_mb * MEGABYTE
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _answer(
    order: StudyOrder, tell: Callable[[Progress], None], stop: threading.Event
) -> StudyAnswer:
    rules = LibraryDates()
    base = Base.alone(order.practice)
    study = prepare(base, [order.document], order.settings, rules=rules)
    with _crew(order) as crew:
        found = carry_out(study, crew, on_progress=tell, should_stop=stop.is_set)
    measures = found_json(found, "intervals", "differences")
    return StudyAnswer(measures=measures, page=_page(order, found))


def _crew(order: StudyOrder) -> Crew:
    return Here() if order.workers == 1 else Processes(order.workers)


def _page(order: StudyOrder, found: Found) -> str:
    report = study_page(found, command=command_of(order.name, order.settings))
    if report is None:
        raise InputError("it was stopped before there was anything to compare")
    return base64.b64encode(gzip.compress(comparison_html(report).encode(), mtime=0)).decode()


def command_of(name: str, settings: Settings) -> str:
    """The command line that runs the same on a practice that was frozen."""
    run = settings.run.model_dump()
    options = [f"--{member.replace('_', '-')} {value}" for member, value in run.items()]
    return " ".join(
        (
            f"holdfast scenario compare {name} --on practice.json",
            *options,
            f"--seed {settings.seed} --html page.html  # Holdfast {version('holdfast')}",
        )
    )


def _listen(source: TextIO, stop: threading.Event) -> None:
    """A line, or the caller's end, stops the study."""
    source.readline()
    stop.set()


if __name__ == "__main__":
    end_with_caller()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    sys.exit(main(sys.stdin, sys.stdout))
