"""`holdfast up` as it is run: service, clock and worker live, one that dies comes back, all end."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.records_nights import Heartbeat
from scheduler.store.engine import Store
from tests.contract.conftest import fresh_file
from tests.contract.department import department_at

__all__ = ["fresh_file"]
PATIENCE = 120.0


@pytest.fixture
def store(tmp_path: Path, fresh_file: Path) -> Iterator[Store]:
    """A site's store on a file."""
    path = tmp_path / "store.sqlite"
    path.write_bytes(fresh_file.read_bytes())
    opened = Store.at(str(path))
    department_at(opened)
    yield opened
    opened.close()


def beats(store: Store, kind: str) -> dict[str, Heartbeat]:
    """The signs of life of a kind, by process."""
    found = store.read(lambda uow: uow.heartbeats.all())
    return {beat.process: beat for beat in found if beat.kind == kind}


def until_more(store: Store, kind: str, count: int) -> None:
    over = time.monotonic() + PATIENCE
    while len(beats(store, kind)) < count:
        assert time.monotonic() < over, f"never {count} of {kind}"
        threading.Event().wait(0.2)


def children(pid: int) -> dict[str, int]:
    """The children of a process by their command; Linux tells."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    words = {int(child): Path(f"/proc/{child}/cmdline").read_text().split("\0") for child in listed}
    return {line[line.index("api") + 1]: child for child, line in words.items() if "api" in line}


@pytest.mark.skipif(sys.platform != "linux", reason="looks for children in /proc")
def test_up_keeps_all_three_running_until_it_is_told_to_end(store: Store, tmp_path: Path) -> None:
    supervisor = subprocess.Popen(
        [sys.executable, "-P", "-m", "api", "up", "--port", "0", "--json"],
        env={**os.environ, "HOLDFAST_STORE": str(tmp_path / "store.sqlite")},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        until_more(store, "clock", 1)
        until_more(store, "worker", 1)
        os.kill(children(supervisor.pid)["worker"], signal.SIGKILL)
        until_more(store, "worker", 2)
        assert set(children(supervisor.pid)) == {"serve", "clock", "worker"}
        pids = children(supervisor.pid).values()
        supervisor.terminate()
        said, _ = supervisor.communicate(timeout=PATIENCE)
    finally:
        supervisor.kill()
        supervisor.wait()
    assert supervisor.returncode == 0
    assert '"url": "http://127.0.0.1:' in said
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
