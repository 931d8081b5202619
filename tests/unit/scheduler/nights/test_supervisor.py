"""Children that are kept running, and end with their supervisor."""

import os
import sys
import threading
import time
from pathlib import Path

import pytest

from models.errors import HoldfastError
from scheduler.nights import supervisor
from scheduler.nights.supervisor import Command, supervise

WRITES_AND_WAITS = (
    "import os, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); time.sleep(60)"
)
PATIENCE = 30.0


def until(path: Path, lines: int) -> list[int]:
    """The pids in a file, once there are so many."""
    over = time.monotonic() + PATIENCE
    while time.monotonic() < over:
        found = path.read_text().split() if path.exists() else []
        if len(found) >= lines:
            return [int(pid) for pid in found]
        threading.Event().wait(0.05)
    pytest.fail(f"{path.name} never had {lines} lines")


def test_a_child_that_dies_is_started_again_and_all_end_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE_SECONDS", 0.05)
    paths = [tmp_path / "one", tmp_path / "two"]
    commands = [
        Command(path.name, (sys.executable, "-c", WRITES_AND_WAITS, str(path))) for path in paths
    ]
    told = threading.Event()
    seen: list[int] = []

    def outside() -> None:
        try:
            (first,) = until(paths[0], 1)
            os.kill(first, 9)
            seen.extend(until(paths[0], 2) + until(paths[1], 1))
        finally:
            told.set()

    watcher = threading.Thread(target=outside)
    watcher.start()
    sentences: list[str] = []
    supervise(commands, told, tell=sentences.append)
    watcher.join()
    assert sentences == ["one was ended by SIGKILL; it is started again in 0.05 s"]
    assert len(seen) == 3
    for pid in seen:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_child_that_ends_at_once_with_one_clear_error_ends_all() -> None:
    refused = Command("serve", (sys.executable, "-c", "raise SystemExit(1)"))
    waits = Command("worker", (sys.executable, "-c", "import time; time.sleep(60)"))
    with pytest.raises(HoldfastError, match="serve did not start"):
        supervise([waits, refused], threading.Event(), tell=pytest.fail)
