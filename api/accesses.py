"""Accesses to patients and refusals, collected in memory and added to the audit by a thread.

A request never waits for it and never fails because of it. The first access of a kind is added at
the next turn, those that follow within a minute together after it: however often somebody knocks,
the store gets two rows a minute for whoever is turned away, and for each reader of a case. What was
collected last is lost when the process is killed; its access log has it.
"""

import logging
import threading
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from sqlalchemy.exc import DBAPIError

from models.errors import HoldfastError
from scheduler.bootstrap import Container
from scheduler.services import access
from scheduler.services.access import Access, Seen

log = logging.getLogger("holdfast.access")

TURN_SECONDS = 2.0
TOGETHER_SECONDS = 60.0
ROWS_AT_ONCE = 200
"""Most rows of one transaction, so that nobody waits long for the store."""


class _Key(NamedTuple):
    site: str
    access: Access


@dataclass
class Accesses:
    """What has been seen and not yet added."""

    sites: Mapping[str, Container]
    monotonic: Callable[[], float] = time.monotonic
    _waiting: dict[_Key, Counter[str]] = field(default_factory=dict, init=False)
    _added_at: dict[_Key, float] = field(default_factory=dict, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def note(self, site: str, what: Access, way: str) -> None:
        """Take note of one access."""
        with self._lock:
            self._waiting.setdefault(_Key(site, what), Counter())[way] += 1

    def add(self, *, all_of_it: bool = False) -> int:
        """Add what is due to the audit of each site; how many rows.

        What cannot be added now is kept for the next time.
        """
        added = 0
        for site, keys in self._due(all_of_it=all_of_it).items():
            for first in range(0, len(keys), ROWS_AT_ONCE):
                added += self._add_some(site, keys[first : first + ROWS_AT_ONCE])
        return added

    def _due(self, *, all_of_it: bool) -> dict[str, list[_Key]]:
        now = self.monotonic()
        with self._lock:
            recent = {k: at for k, at in self._added_at.items() if now - at < TOGETHER_SECONDS}
            self._added_at = recent
            due = sorted(k for k in self._waiting if all_of_it or k not in recent)
        by_site = defaultdict[str, list[_Key]](list)
        for key in due:
            by_site[key.site].append(key)
        return by_site

    def _add_some(self, site: str, keys: list[_Key]) -> int:
        with self._lock:
            taken = {key: self._waiting.pop(key) for key in keys}
        seen = [Seen(key.access, ways) for key, ways in taken.items()]
        try:
            self.sites[site].write(partial(access.keep, seen=seen))
        except (HoldfastError, DBAPIError) as error:
            log.warning("accesses wait to be audited", extra={"kind": type(error).__name__})
            with self._lock:
                for key, ways in taken.items():
                    self._waiting.setdefault(key, Counter()).update(ways)
            return 0
        with self._lock:
            self._added_at.update(dict.fromkeys(taken, self.monotonic()))
        return len(taken)

    @asynccontextmanager
    async def while_serving(self, _app: object) -> AsyncIterator[None]:
        """The lifetime of an application: add what is due every few seconds, all of it at last."""
        ended = threading.Event()
        thread = threading.Thread(target=self._add_until, args=(ended,), name="accesses")
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
            self.add(all_of_it=True)

    def _add_until(self, ended: threading.Event) -> None:
        while not ended.wait(TURN_SECONDS):
            self.add()
