"""Writers stand in a line: threads by when they came, processes one behind the other."""

import fcntl
import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from scheduler.store import queueing
from scheduler.store.queueing import Line, Turns

PATIENCE = 30.0


def until(true: Callable[[], bool]) -> None:
    over = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < over, "it never came"
        threading.Event().wait(0.002)


def locked(path: Path) -> bool:
    """Whether somebody has the lock of a file."""
    if not path.exists():
        return False
    file = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def test_threads_go_in_the_order_in_which_they_came() -> None:
    line, order = Line(), list[int]()

    def stand(number: int) -> None:
        with line:
            order.append(number)

    threads = [threading.Thread(target=stand, args=(number,)) for number in range(6)]
    with line:
        for count, thread in enumerate(threads, start=1):
            thread.start()
            until(lambda n=count: len(line._waiting) == n)  # type: ignore[misc]
        assert order == []
    for thread in threads:
        thread.join()
    assert order == list(range(6))
    with line:
        order.append(6)
    assert order[-1] == 6


def test_who_is_interrupted_while_waiting_is_never_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its lock is acquired once to be closed; waiting is the second time."""
    line = Line()

    class Interrupted:
        def __init__(self) -> None:
            self.times = 0

        def acquire(self) -> None:
            self.times += 1
            if self.times == 2:
                raise KeyboardInterrupt

    with line:
        monkeypatch.setattr(queueing.threading, "Lock", Interrupted)
        with pytest.raises(KeyboardInterrupt), line:
            pytest.fail("it had no turn")
        assert not line._waiting
    assert not line._busy


def test_who_comes_after_the_next_one_goes_after_it(tmp_path: Path) -> None:
    """Three at one file: while b is next, c cannot get before it, however quick it is."""
    path, order = tmp_path / "store", list[str]()
    a, b, c = (Turns(path, PATIENCE) for _ in range(3))

    def stand(name: str, turns: Turns) -> None:
        with turns.turn():
            order.append(name)

    second = threading.Thread(target=stand, args=("b", b))
    third = threading.Thread(target=stand, args=("c", c))
    with a.turn():
        second.start()
        until(lambda: locked(tmp_path / "store-next"))
        third.start()
        order.append("a")
    second.join()
    third.join()
    assert order == ["a", "b", "c"]
    for turns in (a, b, c):
        turns.close()


def _keep(path: Path, told: Connection) -> None:
    with Turns(path, PATIENCE).turn():
        told.send("has it")
        threading.Event().wait()


def test_a_process_that_is_killed_leaves_the_line(tmp_path: Path) -> None:
    path = tmp_path / "store"
    here, there = multiprocessing.Pipe()
    other = multiprocessing.get_context("fork").Process(target=_keep, args=(path, there))
    other.start()
    assert here.recv() == "has it"
    hurried = Turns(path, 0.02)
    with hurried.turn():  # it took too long: SQLite's own lock decides
        assert locked(tmp_path / "store-turn")
        assert hurried._wait() == ()
    other.kill()
    other.join()
    assert hurried._wait() != ()
    hurried.close()
    assert not locked(tmp_path / "store-turn")


def test_a_line_that_cannot_be_made_is_none(tmp_path: Path) -> None:
    turns = Turns(tmp_path / "missing" / "store", 1.0)
    with turns.turn():
        assert turns._wait() == ()
    turns.close()
