"""Running many tasks: on any crew, in any order, with equal results.

Few tasks are under way at a time, however many there are. What is finished is kept at once, so that
nothing but the tasks under way is lost when a run is stopped.
"""

import time
from collections.abc import Callable, Iterable

from scenarios.running.cache import Cache
from scenarios.running.crew import Crew
from scenarios.running.dispatch import Dispatch
from scenarios.running.errands import Work
from scenarios.running.progress import Progress
from scenarios.running.results import Results, Store
from scenarios.tasks import Task, run_task

__all__ = ["Results", "run_all"]

RETRIES = 2


def run_all(
    tasks: Iterable[Task],
    crew: Crew,
    *,
    cache: Cache | None = None,
    work: Work = run_task,
    retries: int = RETRIES,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Results:
    """Run tasks and wait for them. Ctrl-C ends the waiting; what is finished is returned.

    Args:
        tasks: tasks whose runs rest on the same are run once.
        crew: who carries them out; stays open.
        cache: where finished runs are kept and looked for; None: nowhere.
        work: what makes a run of a task; a module-level function or a partial of one.
        retries: how often a task may be lost with its worker and run again.
        on_progress: called in this thread when it begins and when a task has its result.
        should_stop: asked several times a second; True is as good as Ctrl-C.
        clock: seconds that only rise.

    Returns:
        A run for each task, equal whatever the crew and the order in which they were finished.

    Raises:
        SolverError: a task was lost with its worker more often than `retries`.
        HoldfastError: a task failed; it is named. Finished runs are kept.
    """
    listed = tuple(tasks)
    store = Store(listed, cache, clock, on_progress)
    dispatch = Dispatch(store, crew, work, retries)
    stopped = False
    try:
        store.look_up()
        stopped = not dispatch.work_off(should_stop or _never)
    except KeyboardInterrupt:
        stopped = True
    finally:
        dispatch.end()
    return store.results(stopped=stopped)


def _never() -> bool:
    return False
