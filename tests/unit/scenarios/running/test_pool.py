"""Processes as workers: equal results, dead workers replaced, nobody left behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.errors import InputError, SolverError
from scenarios.running.cache import Cache
from scenarios.running.fan_out import run_all
from scenarios.running.pool import Processes
from scenarios.running.progress import Progress
from tests.unit.scenarios.running.fakes import (
    counted,
    deadly,
    easy,
    interrupting,
    refused,
    tasks_of,
    times_begun,
    worker_pid,
)

# A pool of the standard library that breaks while it starts another worker may trip over that.
pytestmark = pytest.mark.filterwarnings(
    "ignore:(?s).*dictionary changed size during iteration"
    ":pytest.PytestUnhandledThreadExceptionWarning"
)


@pytest.fixture(scope="module")
def crew() -> Iterator[Processes]:
    with Processes(2) as opened:
        yield opened


def test_processes_give_the_runs_of_this_process(crew: Processes) -> None:
    assert run_all(tasks_of(6), crew, work=easy).runs == tuple(map(easy, tasks_of(6)))
    pids = {run.cost for run in run_all(tasks_of(6), crew, work=worker_pid).finished}
    assert os.getpid() not in pids


def test_task_of_dead_workers_is_run_again(crew: Processes, tmp_path: Path) -> None:
    found = run_all(tasks_of(6), crew, work=deadly(tmp_path, number=3, deaths=2))
    assert found.runs == tuple(map(easy, tasks_of(6)))
    assert found.lost >= 2


def test_task_that_always_kills_is_named_and_the_others_are_kept(
    crew: Processes, tmp_path: Path
) -> None:
    cache = Cache(tmp_path / "kept")
    with pytest.raises(SolverError) as caught:
        run_all(tasks_of(2), crew, cache=cache, retries=1, work=deadly(tmp_path, 1, deaths=9))
    assert "replication 1, seed 7: its worker died 2 times" in str(caught.value)
    assert len(list(tmp_path.glob("begun-1-*"))) == 2
    # Number 0 was not to blame: whoever was beside it, it is run in the end or was before.
    again = run_all(tasks_of(2), crew, cache=cache, work=easy)
    assert again.runs == tuple(map(easy, tasks_of(2)))


def test_without_retries_the_loss_is_reported(crew: Processes, tmp_path: Path) -> None:
    with pytest.raises(SolverError, match="its worker died once"):
        run_all(tasks_of(3), crew, retries=0, work=deadly(tmp_path, 1))


def test_stopped_run_goes_on_where_it_was(crew: Processes, tmp_path: Path) -> None:
    cache, seen = Cache(tmp_path / "kept"), list[Progress]()

    def enough() -> bool:
        return bool(seen) and seen[-1].done >= 2

    work = counted(tmp_path)
    first = run_all(
        tasks_of(12), crew, cache=cache, work=work, on_progress=seen.append, should_stop=enough
    )
    done = len(first.finished)
    assert first.stopped
    assert 2 <= done < 12
    # The crew is of use again.
    second = run_all(tasks_of(12), crew, cache=cache, work=work)
    assert (second.kept, second.computed) == (done, 12 - done)
    assert second.runs == tuple(map(easy, tasks_of(12)))
    # Only what was under way, two for each worker, may have been begun twice.
    assert 12 <= times_begun(tmp_path) <= 12 + crew.slots


@pytest.fixture
def heard_ctrl_c() -> Iterator[None]:
    """Ctrl-C interrupts, also where the tests were started in the background, deaf to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard_ctrl_c")
def test_ctrl_c_keeps_what_is_finished_and_ends_what_is_not(tmp_path: Path) -> None:
    cache, work = Cache(tmp_path / "kept"), interrupting(tmp_path, 3)
    # One worker takes tasks in their order: three are finished when the fourth presses Ctrl-C.
    with Processes(1) as crew:
        first = run_all(tasks_of(6), crew, cache=cache, work=work)
        assert first.stopped
        assert [task.number for task in first.missing] == [3, 4, 5]
        second = run_all(tasks_of(6), crew, cache=cache, work=work)
    assert (second.kept, second.computed) == (3, 3)
    assert second.runs == tuple(map(easy, tasks_of(6)))


def test_error_of_a_task_comes_back_with_its_name(crew: Processes) -> None:
    with pytest.raises(InputError, match="replication 2, seed 7: case c0: its windows are closed"):
        run_all(tasks_of(4), crew, work=refused)


def test_crew_of_nobody_is_refused() -> None:
    with pytest.raises(InputError, match="take at least one"):
        Processes(0)


ORPHANS = """
import os, signal
from scenarios.running.pool import Processes
from tests.unit.scenarios.running.fakes import tasks_of, worker_pid
from scenarios.running.fan_out import run_all
if __name__ == "__main__":
    crew = Processes(1)
    print(run_all(tasks_of(1), crew, work=worker_pid).finished[0].cost, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "orphans.py"
    script.write_text(ORPHANS)
    paths = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    # The pipe is the worker's too: it is at its end only when both are gone.
    done = subprocess.run(
        [sys.executable, script],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | paths,
    )
    assert done.returncode == -9
    assert not is_alive(int(done.stdout))


def is_alive(pid: int) -> bool:
    """Whether a process is there and not merely waiting to be buried."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"
