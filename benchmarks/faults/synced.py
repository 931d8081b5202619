"""System calls of the service: no booking is acknowledged before the disk was told to keep it.

    python benchmarks/faults/synced.py [--bookings 1000]

The service over a SQLite file is watched with strace while one caller books and gives up. Between
the last page that was written into the file and the answer that acknowledges, the file must have
been synchronised; so must the journal that undoes the pages have been before the first of them. The
control acknowledges before it commits. Exit status 1 where an answer came too early, or where the
control shows none; 2 where there is no strace, or where it may not watch.
"""

import argparse
import asyncio
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.faults import servers  # noqa: E402 - needs the path above
from benchmarks.faults.broken import LATE_SECONDS  # noqa: E402 - needs the path above
from benchmarks.faults.calling import Caller  # noqa: E402 - needs the path above
from benchmarks.load.board import timetable  # noqa: E402 - needs the path above

SYNCS = ("fsync", "fdatasync")
READS = ("read", "recvfrom", "recvmsg")
WRITES = ("pwrite64", "write", "writev", "sendto", "sendmsg")
ASKED = re.compile(r'"POST ')
ACKNOWLEDGED = re.compile(r"HTTP/1\.1 20[01] ")
CALL = re.compile(r"(?P<name>\w+)\(\d+<(?P<path>[^>]*)>(?P<rest>.*)")
RESUMED = re.compile(r"<\.\.\. (?P<name>\w+) resumed>")
STOP_SECONDS = 10


class CannotWatchError(Exception):
    """There is no strace, or it may not watch other processes here."""


@dataclass
class Outcome:
    """What the system calls tell."""

    acknowledged: int = 0
    early: int = 0
    """Answers before which nothing was synchronised since they were asked for, or not the last
    page."""
    unguarded: int = 0
    """Pages that were written before the journal was synchronised."""


def run(bookings: int, *, kind: str = "sound", pause: float = 0.0) -> Outcome:
    """Book so often, each given up again, and read what the kernel was asked for meanwhile.

    Args:
        bookings: how many.
        kind: of store, as `broken.py` has them.
        pause: seconds between an answer and the next request.

    Raises:
        CannotWatchError: the process cannot be watched here.
    """
    with servers.arranged("sqlite", 1) as place:
        server = servers.start(place.target, kind=kind)
        try:
            with tempfile.TemporaryDirectory(prefix="holdfast-trace-") as folder:
                trace = Path(folder) / "trace"
                with _watched(server.process.pid, trace):
                    asyncio.run(_book(server.url, place, bookings, pause))
                return judged(trace.read_text(errors="replace").splitlines(), place.target)
        finally:
            server.stop()


@contextmanager
def _watched(process: int, trace: Path) -> Iterator[None]:
    """Let strace write the calls of a process into a file until the block ends."""
    strace = shutil.which("strace")
    if strace is None:
        raise CannotWatchError("there is no strace on this machine")
    asked = ["-f", "-y", "-s", "24", "-e", f"trace={','.join((*SYNCS, *READS, *WRITES))}"]
    watcher = subprocess.Popen(
        [strace, *asked, "-o", str(trace), "-p", str(process)],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert watcher.stderr is not None
    said = watcher.stderr.readline()
    if "attached" not in said:
        watcher.kill()
        watcher.communicate()
        raise CannotWatchError(said.strip())
    try:
        yield
    finally:
        watcher.send_signal(signal.SIGINT)
        watcher.communicate(timeout=STOP_SECONDS)


async def _book(url: str, place: servers.Arranged, bookings: int, pause: float) -> None:
    caller, (case,) = Caller(url, place.token), place.cases
    path = f"/v1/cases/{case}/booking"
    slots = timetable(2)
    for number in range(bookings):
        slot = slots[number % len(slots)]
        answer = await caller.ask(
            "POST", path, {"placement": slot}, Idempotency_Key=f"book-{number}"
        )
        assert answer.status == 201, answer.body
        await asyncio.sleep(pause)
        version = answer.headers["etag"]
        answer = await caller.ask(
            "POST",
            f"{path}/cancel",
            {"reason": "to book it again"},
            Idempotency_Key=f"give-up-{number}",
            If_Match=version,
        )
        assert answer.status == 200, answer.body
        await asyncio.sleep(pause)
    caller.hang_up()
    await asyncio.sleep(0)  # so that the loop sees it closed


def judged(calls: Iterable[str], store: str) -> Outcome:
    """What the system calls of a process tell about its answers.

    Args:
        calls: lines of strace with the paths of descriptors, in the order of the kernel.
        store: path of the SQLite file.
    """
    found, journal = Outcome(), f"{store}-journal"
    unsynced: set[str] = set()
    synced = False
    for call in _begun(calls):
        name, path = call["name"], call["path"]
        if name in SYNCS and path in {store, journal}:
            unsynced.discard(path)
            synced = synced or path == store
        elif path == journal and name in WRITES:
            unsynced.add(path)
        elif path == store and name in WRITES:
            found.unguarded += journal in unsynced
            unsynced.add(path)
        elif name in READS and ASKED.search(call["rest"]):
            synced = False
        elif name in WRITES and ACKNOWLEDGED.search(call["rest"]):
            found.acknowledged += 1
            found.early += store in unsynced or not synced
    return found


def _begun(calls: Iterable[str]) -> Iterator[dict[str, str]]:
    """The calls that name a file, each where it was done: a synchronisation counts at its end."""
    waiting: dict[str, dict[str, str]] = {}
    for line in calls:
        thread = line.split(maxsplit=1)[0]
        if (resumed := RESUMED.search(line)) and resumed["name"] in SYNCS:
            if thread in waiting:
                yield waiting.pop(thread)
        elif match := CALL.search(line):
            if match["name"] in SYNCS and "<unfinished" in match["rest"]:
                waiting[thread] = match.groupdict()
            else:
                yield match.groupdict()


def main() -> int:
    """Watch from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--bookings", type=int, default=1_000)
    options = parser.parse_args()
    try:
        found = run(options.bookings)
        control = run(max(5, options.bookings // 100), kind="ack-first", pause=2 * LATE_SECONDS)
    except CannotWatchError as error:
        print(f"not seen: {error}")
        return 2
    for what, seen in (("sound", found), ("acknowledged before the commit", control)):
        print(
            f"{what}: {seen.acknowledged} acknowledged, {seen.early} too early, "
            f"{seen.unguarded} pages before their journal"
        )
    return 1 if found.early or found.unguarded or not found.acknowledged or not control.early else 0


if __name__ == "__main__":
    sys.exit(main())
