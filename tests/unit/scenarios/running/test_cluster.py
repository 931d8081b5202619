"""A dask cluster as workers: equal results, workers killed in the middle, nobody there."""

import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from distributed import Client, LocalCluster

from models.errors import BusyError, InputError, SolverError
from scenarios.running.cluster import Cluster
from scenarios.running.fan_out import run_all
from scenarios.running.progress import Progress
from tests.unit.scenarios.running.fakes import a_subject, deadly, easy, tasks_of


@contextmanager
def a_cluster(workers: int) -> Iterator[LocalCluster]:
    """Worker processes on loopback, gone when left."""
    with LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        silence_logs=logging.CRITICAL,
    ) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    with a_cluster(2) as found:
        yield found


@pytest.fixture
def address(cluster: LocalCluster) -> str:
    return str(cluster.scheduler_address)


def test_cluster_gives_the_runs_of_this_process(address: str) -> None:
    tasks = [*tasks_of(5, a_subject("north")), *tasks_of(5, a_subject("south", cases=4))]
    with Cluster(address) as crew:
        assert run_all(tasks, crew, work=easy).runs == tuple(map(easy, tasks))


def test_workers_killed_in_the_middle_lose_nothing(address: str, tmp_path: Path) -> None:
    killed: list[int] = []

    def kill_one(progress: Progress) -> None:
        if progress.done == 5:
            with Client(address, set_as_default=False) as client:
                pid = min(client.run(os.getpid).values())
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)

    # One worker is killed from outside, and one kills itself within the task of number 12.
    with Cluster(address) as crew:
        found = run_all(tasks_of(40), crew, work=deadly(tmp_path, 12), on_progress=kill_one)
    assert len(killed) == 1
    assert len(list(tmp_path.glob("begun-12-*"))) >= 2
    assert found.runs == tuple(map(easy, tasks_of(40)))


def test_task_that_kills_is_sent_again_after_the_cluster_gave_it_up(
    cluster: LocalCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster.scheduler, "allowed_failures", 0)
    with Cluster(cluster.scheduler_address) as crew:
        found = run_all(tasks_of(3), crew, work=deadly(tmp_path, 1))
    assert found.runs == tuple(map(easy, tasks_of(3)))
    assert found.lost >= 1


def test_without_retries_the_loss_is_reported(
    cluster: LocalCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Last on this cluster: its task goes on killing workers after the run has been given up.
    monkeypatch.setattr(cluster.scheduler, "allowed_failures", 0)
    with (
        Cluster(cluster.scheduler_address) as crew,
        # The cluster may blame any task that the worker had been given.
        pytest.raises(SolverError, match="seed 7: its worker died once"),
    ):
        run_all(tasks_of(3), crew, retries=0, work=deadly(tmp_path, 1, deaths=9))


def test_cluster_without_workers_and_cluster_that_is_gone_are_said() -> None:
    with a_cluster(0) as empty:
        crew = Cluster(empty.scheduler_address, patience=0.0)
        with pytest.raises(BusyError, match="has had no worker for 0 s; start one with `dask work"):
            run_all(tasks_of(1), crew, work=easy)
    with pytest.raises(BusyError, match="the cluster does not answer any more; start it"):
        run_all(tasks_of(1), crew, work=easy)
    crew.close()


def test_cluster_that_goes_away_in_the_middle_is_said() -> None:
    asked = []
    with a_cluster(0) as empty, Cluster(empty.scheduler_address) as crew:

        def close() -> bool:
            asked.append(len(asked))
            if len(asked) == 2:
                empty.close()
            return False

        with pytest.raises(BusyError, match="the cluster does not answer any more"):
            run_all(tasks_of(3), crew, work=easy, should_stop=close)
    assert len(asked) >= 2


def test_nobody_at_the_address_is_said() -> None:
    with pytest.raises(InputError, match=r"no dask scheduler answers within 0.3 s; start one"):
        Cluster("tcp://127.0.0.1:9", connect_seconds=0.3)


def test_missing_package_is_said_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match="install Holdfast with the extra `dask`"):
        Cluster("tcp://127.0.0.1:9")
