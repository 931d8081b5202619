"""A sender killed at random, to a receiver that fails: every message once, in order, none lost.

    python benchmarks/faults/outbox.py [--messages 10000] [--postgres] [--seed 0]

A real HTTP receiver refuses one request in ten; of one in ten it takes the message and drops the
line before it answers, so that it is sent again. Sender processes get SIGKILL after a moment, until
nothing waits. The receiver checks every signature and drops ids it has seen; a second count without
that is the control. Exit status 1 where an effect is missing, doubled or out of order, or where the
control shows nothing.
"""

import argparse
import base64
import hashlib
import hmac
import json
import os
import secrets
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.faults.nightly import FORK, Place, a_store  # noqa: E402 - needs the path above
from benchmarks.faults.small import NOW, small_site  # noqa: E402
from scheduler.jobs.destinations import Destination, Notices  # noqa: E402
from scheduler.jobs.registry import Sending  # noqa: E402
from scheduler.services.desk import Desk  # noqa: E402
from scheduler.services.notices import notify  # noqa: E402
from scheduler.store.engine import Store  # noqa: E402

SUBJECTS = 200
FASTER = 30
"""The senders' clock runs so much faster, so that their pauses are short."""
MOST_SECONDS = 1500.0
SECRET = "OUTBOX_BENCHMARK_SECRET"  # noqa: S105  # a name, not the secret


class FastClock:
    """A clock that runs faster than the machine's."""

    def __init__(self) -> None:
        self._began = time.time()

    def now(self) -> datetime:
        """The instant, in whole seconds."""
        gone = timedelta(seconds=(time.time() - self._began) * FASTER)
        return (NOW.astimezone(UTC) + gone).replace(microsecond=0)


class Receiver:
    """Takes messages over HTTP, not always, and remembers what they did."""

    def __init__(self, rng: Random, key: bytes) -> None:
        self._rng, self._key = rng, key
        self._lock = threading.Lock()
        self._seen: set[str] = set()
        self.effects: dict[str, list[int]] = defaultdict(list)
        self.taken = 0
        self.forged = 0

    def take(self, headers: Any, body: bytes) -> int | None:
        """The status to answer with; None to drop the line."""
        with self._lock:
            fate = self._rng.random()
            if fate < 0.1:
                return 503
            signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
            wanted = base64.b64encode(hmac.digest(self._key, signed, hashlib.sha256)).decode()
            if headers["webhook-signature"] != f"v1,{wanted}":
                self.forged += 1
                return 400
            self.taken += 1
            message = json.loads(body)
            if message["id"] not in self._seen:
                self._seen.add(message["id"])
                self.effects[message["subject"]].append(message["data"]["number"])
            return None if fate < 0.2 else 204


@contextmanager
def listening(receiver: Receiver) -> Iterator[str]:
    """The URL at which a receiver can be reached on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers["content-length"])
            body = self.rfile.read(size)
            whole = len(body) == size  # a sender killed while it sends has sent nothing
            status = receiver.take(self.headers, body) if whole else None
            if status is None:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    server.server_close()


def write(place: Place, count: int, rng: Random) -> dict[str, list[int]]:
    """Messages about several subjects; what each subject should see."""
    wanted: dict[str, list[int]] = defaultdict(list)

    def written(desk: Desk) -> None:
        for number in range(count):
            subject = f"case-{rng.randrange(SUBJECTS)}"
            wanted[subject].append(number)
            notify(desk, "booking.move", subject, number=number)

    with place.opened() as container:
        container.write(written)
    return wanted


def send_for_ever(place: Place, url: str) -> None:
    """A sender process, until it is killed."""
    hook = Destination(name="hook", url=url, secret_env=SECRET)
    sending = Sending(Notices(destinations=(hook,)))
    with place.opened() as container:
        while True:
            sending(container)
            time.sleep(0.02)


def waits(place: Place) -> int:
    """How many messages have not arrived."""
    with place.opened() as container:
        return container.read(
            lambda desk: (
                desk.uow.outbox.unaddressed_count()
                + sum(line.waiting for line in desk.uow.outbox.backlog())
            )
        )


def kill_senders(place: Place, url: str, rng: Random) -> tuple[int, int]:
    """Start and kill senders until nothing waits: how many were killed, what is left."""
    killed, end = 0, time.monotonic() + MOST_SECONDS
    left = waits(place)
    while left and time.monotonic() < end:
        sender = FORK.Process(target=send_for_ever, args=(place, url))
        sender.start()
        sender.join(rng.uniform(0.2, 3.0))
        sender.kill()
        sender.join()
        killed += 1
        left = waits(place)
    return killed, left


def main() -> int:
    """Run it, print a table, and say whether all is well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    rng, key = Random(asked.seed), secrets.token_bytes(32)
    os.environ[SECRET] = "whsec_" + base64.b64encode(key).decode()
    receiver = Receiver(Random(asked.seed + 1), key)
    with a_store(postgres=asked.postgres) as target, listening(receiver) as url:
        store = Store.at(target)
        store.migrate()
        store.close()
        place = Place(target, FastClock())  # type: ignore[arg-type]  # it has what is asked of it
        with place.opened() as container:
            container.init(small_site())
        wanted = write(place, asked.messages, rng)
        killed, left = kill_senders(place, url, rng)
    wrong = sum(receiver.effects[subject] != numbers for subject, numbers in wanted.items())
    again = receiver.taken - asked.messages
    print(f"messages {asked.messages}, senders killed {killed}, left over {left}")
    print(f"subjects {len(wanted)}, missing, doubled or out of order {wrong}")
    print(f"bad signatures {receiver.forged}")
    print(f"control: arrived again, and would count twice without dropping ids: {again}")
    return int(bool(left or wrong or receiver.forged or again <= 0))


if __name__ == "__main__":
    sys.exit(main())
