"""Fan-out in this process: order, sharing of equal tasks, stopping, failures, progress."""

from concurrent.futures import BrokenExecutor, Executor
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from models.errors import InputError, SolverError
from scenarios.records import Run
from scenarios.running.cache import Cache
from scenarios.running.crew import Here
from scenarios.running.fan_out import Results, run_all
from scenarios.running.progress import Progress
from scenarios.tasks import Task
from tests.unit.scenarios.running.fakes import (
    BEGIN,
    a_subject,
    broken,
    counted,
    easy,
    refused,
    tasks_of,
    times_begun,
)


def test_runs_come_in_the_order_of_their_tasks() -> None:
    tasks = tasks_of(4)
    found = run_all(tasks, Here(), work=easy)
    assert found.runs == tuple(easy(task) for task in tasks)
    assert (found.kept, found.computed, found.stopped, found.words()) == (0, 4, False, "")


def test_equal_tasks_are_run_once_whatever_their_scenario_is_called(tmp_path: Path) -> None:
    tasks = tasks_of(2) + tasks_of(2, a_subject(), scenario="other")
    found = run_all(tasks, Here(), work=counted(tmp_path))
    assert times_begun(tmp_path) == 2
    assert found.runs[:2] == found.runs[2:]


def test_second_run_computes_nothing(tmp_path: Path) -> None:
    cache, marks = Cache(tmp_path / "kept"), tmp_path
    first = run_all(tasks_of(3), Here(), cache=cache, work=counted(marks))
    again = run_all(tasks_of(3), Here(), cache=cache, work=counted(marks))
    assert times_begun(marks) == 3
    assert (again.kept, again.computed) == (3, 0)
    assert again.runs == first.runs


@pytest.mark.parametrize("how", ["asked", "interrupted"])
def test_stopped_run_keeps_what_is_finished_and_is_resumed(tmp_path: Path, how: str) -> None:
    cache = Cache(tmp_path / "kept")
    seen: list[int] = []

    def watch(progress: Progress) -> None:
        seen.append(progress.done)
        if how == "interrupted" and progress.done == 2:
            raise KeyboardInterrupt

    def enough() -> bool:
        return how == "asked" and seen[-1] == 2

    def go(**more: object) -> Results:
        return run_all(tasks_of(5), Here(), cache=cache, work=counted(tmp_path), **more)  # type: ignore[arg-type]  # of run_all

    first = go(on_progress=watch, should_stop=enough)
    assert first.stopped
    assert [task.number for task in first.missing] == [2, 3, 4]
    assert first.words().startswith("3 of 5 runs are missing: base at site, replication 2, seed 7")
    second = go()
    # 2 before the stop, the other 3 after it, and none twice.
    assert times_begun(tmp_path) == 5
    assert (second.kept, second.computed, second.stopped) == (2, 3, False)
    assert second.runs == tuple(easy(task) for task in tasks_of(5))


def test_failed_task_is_named_and_the_others_are_kept(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    with pytest.raises(InputError) as caught:
        run_all(tasks_of(4), Here(), cache=cache, work=refused)
    assert str(caught.value) == (
        "base at site, replication 2, seed 7: case c0: its windows are closed; open one"
    )
    assert run_all(tasks_of(2), Here(), cache=cache, work=broken).kept == 2


def test_fault_of_ours_stays_itself_with_the_task_in_a_note() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        run_all(tasks_of(1), Here(), work=broken)
    assert caught.value.__notes__ == ["while running base at site, replication 0, seed 7"]


def test_progress_counts_by_scenario_and_site_and_tells_what_is_left(tmp_path: Path) -> None:
    north, south = tasks_of(2, a_subject("north")), tasks_of(2, a_subject("south", cases=2))
    cache, seen = Cache(tmp_path), list[Progress]()
    run_all(north[:1], Here(), cache=cache, work=easy)
    seconds = iter([0.0, 0.0, 4.0, 8.0, 12.0, 12.0])
    run_all(
        [*north, *south],
        Here(),
        cache=cache,
        work=easy,
        on_progress=seen.append,
        clock=lambda: next(seconds),
    )
    assert [(p.done, p.total, p.kept) for p in seen] == [(n, 4, 1) for n in (1, 2, 3, 4)]
    # One was run in 4 s and two are left; then 3 in 12 s, and none is left.
    assert [p.seconds_left for p in seen] == [None, 8.0, 4.0, 0.0]
    assert [(part.site, part.done, part.total) for part in seen[2].parts] == [
        ("north", 2, 2),
        ("south", 1, 2),
    ]


def test_nothing_to_do_is_done() -> None:
    found = run_all([], Here(), work=easy)
    assert (found.runs, found.stopped) == ((), False)


def test_tasks_are_read_once_from_any_iterable() -> None:
    def listed() -> list[Task]:
        return tasks_of(3)

    assert len(run_all(iter(listed()), Here(), work=easy).runs) == 3


def abroad(task: Task) -> Run:
    """A run with an instant in another zone."""
    return replace(easy(task), begin=BEGIN.astimezone(ZoneInfo("America/Chicago")))


def test_runs_are_in_utc_whether_kept_or_just_made(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for _ in range(2):
        (run,) = run_all(tasks_of(1), Here(), cache=cache, work=abroad).finished
        assert (run.begin, run.begin.tzinfo) == (BEGIN, UTC)


class Faltering(Here):
    """A crew whose executor is broken the first times that it is given a task."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.left = times

    @property
    def executor(self) -> Executor:
        if self.left:
            self.left -= 1
            raise BrokenExecutor("it is gone")
        return super().executor


def test_broken_executor_is_replaced_and_nothing_counts_as_lost() -> None:
    found = run_all(tasks_of(2), Faltering(3), work=easy)
    assert (found.computed, found.lost) == (2, 0)


def test_executor_that_is_always_broken_is_given_up() -> None:
    with pytest.raises(SolverError, match="no worker can be started: it is gone; see that there"):
        run_all(tasks_of(2), Faltering(4), work=easy)
