"""Workers of a `dask.distributed` cluster, on this machine or on others."""

import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor
from typing import TYPE_CHECKING

from models.errors import BusyError, InputError
from scenarios.running.crew import Crew
from scenarios.running.errands import Ground, sealed, unsealed

if TYPE_CHECKING:
    from distributed import Client, Future

CONNECT_SECONDS = 10.0
PATIENCE_SECONDS = 60.0
COUNT_SECONDS = 1.0


class Cluster(Crew):
    """The workers that a scheduler at an address has, as many as there are at any time.

    What many tasks share is computed on the cluster from its bytes rather than scattered: scattered
    data is lost with the worker that holds it, and what can be computed is computed again.

    Args:
        address: of the scheduler, such as `tcp://10.0.0.7:8786`.
        patience: seconds without any worker after which the run is given up.
        clock: seconds that only rise.

    Raises:
        InputError: the package `distributed` is not installed, or the address is none, or nobody
            answers at it.
    """

    def __init__(
        self,
        address: str,
        *,
        connect_seconds: float = CONNECT_SECONDS,
        patience: float = PATIENCE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.address = address
        self._patience = patience
        self._clock = clock
        self._client = _connected(address, connect_seconds)
        self._executor: Executor | None = None
        self._grounds: dict[str, Future[Ground]] = {}
        self._counted = -COUNT_SECONDS, 0
        self._staffed_at = clock()
        self.losses = _losses()

    @property
    def executor(self) -> Executor:
        """The client's executor."""
        if self._executor is None:
            self._executor = self._client.get_executor()
        return self._executor

    @property
    def slots(self) -> int:
        """Two for each thread of each worker: one at work, one next."""
        return 2 * max(1, self._threads())

    def share(self, name: str, ground: Ground) -> "Future[Ground]":
        """Its future on the cluster."""
        if name not in self._grounds:
            self._grounds[name] = self._client.submit(unsealed, sealed(ground), pure=False)
        return self._grounds[name]

    def forget(self, name: str) -> None:
        """Release its future."""
        known = self._grounds.pop(name, None)
        if known is not None:
            known.release()

    def give_up(self) -> None:
        """Cancel all; what a worker has begun it ends, and nobody asks for it."""
        self._grounds.clear()
        executor, self._executor = self._executor, None
        if executor is not None and self._client.status == "running":
            executor.shutdown(wait=False)

    def close(self) -> None:
        """Leave the cluster; it goes on without us."""
        self.give_up()
        self._client.close()

    def verify(self) -> None:
        """See that the scheduler answers and that it has workers.

        Raises:
            BusyError: the cluster is gone, or has had no worker for too long.
        """
        if self._client.status != "running":
            raise BusyError(
                "the cluster does not answer any more",
                place=self.address,
                remedy="start it and the run again: what is finished is kept",
            )
        if self._threads():
            return
        if self._clock() - self._staffed_at > self._patience:
            raise BusyError(
                f"the cluster has had no worker for {self._patience:g} s",
                place=self.address,
                remedy=f"start one with `dask worker {self.address}`",
            )

    def _threads(self) -> int:
        """Threads of all workers, counted once a second."""
        now = self._clock()
        if now - self._counted[0] >= COUNT_SECONDS and self._client.status == "running":
            try:
                self._counted = now, sum(self._client.nthreads().values())
            except OSError:  # the scheduler went away meanwhile, as the client's status will say
                self._counted = now, 0
        if self._counted[1]:
            self._staffed_at = now
        return self._counted[1]


def _connected(address: str, seconds: float) -> "Client":
    try:
        from distributed import Client  # noqa: PLC0415 - an extra, and slow to load
        from distributed.comm.addressing import get_address_host_port  # noqa: PLC0415 - likewise
    except ImportError as error:
        raise InputError(
            "a cluster needs the package `distributed`, which is not installed",
            remedy="install Holdfast with the extra `dask`, or leave out --dask",
        ) from error
    try:
        get_address_host_port(address)
    except ValueError as error:
        raise InputError(
            f"this is no address of a dask scheduler: {error}",
            place=address,
            remedy="write one such as tcp://10.0.0.7:8786",
        ) from error
    try:
        return Client(address, timeout=seconds, set_as_default=False)
    except (OSError, ValueError) as error:
        raise InputError(
            f"no dask scheduler answers within {seconds:g} s",
            place=address,
            remedy="start one with `dask scheduler`, and check the address",
        ) from error


def _losses() -> tuple[type[BaseException], ...]:
    from distributed.scheduler import KilledWorker  # noqa: PLC0415 - an extra, and slow to load

    return (KilledWorker, CancelledError)
