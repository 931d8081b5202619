"""One process of the service, as `holdfast serve` runs it, over a store that may be broken.

    python benchmarks/faults/server.py --store URL [--kind sound]

It prints the address at which it listens, then serves until it is stopped.
"""

import argparse
import os
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from fastapi import APIRouter, FastAPI  # noqa: E402 - needs the path above

from api import serving  # noqa: E402 - needs the path above
from api.caller import Caller, needs  # noqa: E402 - needs the path above
from api.schemas.bookings import BookIn  # noqa: E402 - needs the path above
from api.security.permissions import Permission  # noqa: E402 - needs the path above
from api.settings import ApiSettings  # noqa: E402 - needs the path above
from benchmarks.faults import world  # noqa: E402 - needs the path above
from benchmarks.faults.broken import STORES  # noqa: E402 - needs the path above


class ShiftedClock:
    """The machine's clock, moved to the day of the department when the server starts."""

    def __init__(self, begin: datetime) -> None:
        self._begin, self._zero = begin, time.monotonic()

    def now(self) -> datetime:
        """This instant, in whole seconds."""
        passed = timedelta(seconds=int(time.monotonic() - self._zero))
        return self._begin.astimezone(UTC) + passed


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--store", required=True)
    parser.add_argument("--kind", choices=sorted(STORES), default="sound")
    parser.add_argument("--seconds", type=int, default=0, help="how far the clock has gone on")
    options = parser.parse_args()
    begin = world.NOW + timedelta(seconds=options.seconds)
    site = world.services(STORES[options.kind].at(options.store), clock=ShiftedClock(begin))
    settings = ApiSettings(limits=None)
    start = serving.prepare([site], settings, host="127.0.0.1", port=0, configured=True)
    add_noop(start.app)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    print(start.url, flush=True)
    serving.run(start, settings)


def _end_with_parent() -> None:
    """Whoever started this holds the other end of the input: when they go, so does this."""
    sys.stdin.buffer.read()
    os._exit(1)


def add_noop(app: FastAPI) -> None:
    """A route that does nothing: same middlewares, same token check, same body."""
    router = APIRouter()

    @router.post("/noop")
    def noop(body: BookIn, caller: Annotated[Caller, needs(Permission.BOOK)]) -> dict[str, Any]:
        return {"site": caller.site_id, "firm": body.firm}

    app.include_router(router)


if __name__ == "__main__":
    main()
