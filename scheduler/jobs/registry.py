"""The chores of the worker: what they are called, how often they are done, and what does them."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

import httpx2

from scheduler.bootstrap import Container
from scheduler.jobs.delivery import send_due
from scheduler.jobs.destinations import Notices
from scheduler.jobs.routines import do_due
from scheduler.jobs.sending import Sender, open_client

ROUTINES_EVERY = timedelta(seconds=20)
SENDING_EVERY = timedelta(seconds=2)
ROUNDS = 20
"""Most rounds of sending at one site in one go."""


@dataclass(frozen=True, slots=True)
class Chore:
    """Something the worker does again and again at every site; twice does no more than once."""

    name: str
    every: timedelta
    do: Callable[[Container], object]


class Sending:
    """Sends what is due at a site, until nothing is or everything fails."""

    def __init__(self, notices: Notices) -> None:
        self._notices = notices
        self._rng = random.Random()  # noqa: S311 - spreads tries, no secret

    @cached_property
    def _client(self) -> httpx2.Client:
        return open_client()

    def __call__(self, department: Container) -> None:
        """Send what is due."""
        site = department.department().site.id
        told = self._notices.of_site(site)
        if not told:
            return
        send = Sender(site, self._client)
        for _ in range(ROUNDS):
            if send_due(department, told, send, self._rng).arrived == 0:
                return


def chores(notices: Notices | None = None) -> tuple[Chore, ...]:
    """All chores, in the order in which they are done.

    Args:
        notices: to whom messages are sent; nobody when left out.
    """
    sending = Sending(notices or Notices())
    return (
        Chore("routines", ROUTINES_EVERY, do_due),
        Chore("sending", SENDING_EVERY, sending),
    )
