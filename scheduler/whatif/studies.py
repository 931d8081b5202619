"""The worker's turns at runs of scenarios, site after site; whatever goes wrong, it goes on."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import DBAPIError

from models.errors import BusyError, OvertakenError
from scheduler.bootstrap import Container
from scheduler.nights.leading import HandBackError
from scheduler.services import runs
from scheduler.services.runs import CancelledError
from scheduler.whatif.apart import study_apart
from scheduler.whatif.carrying import Apart, Student

log = logging.getLogger("holdfast.whatif")
WORKER = "worker"


@dataclass(frozen=True)
class Studies:
    """Carries out runs of scenarios at one site or several."""

    sites: Sequence[Container]
    process: str
    apart: Apart = study_apart
    workers: int = 1
    memory_mb: int | None = None
    lasts: timedelta = runs.LEASE

    def turn(self, to_end: Callable[[], bool]) -> bool:
        """Carry out at most one run of each site; whether there was any.

        Args:
            to_end: asked several times a second whether this process is to end.
        """
        found = [self._study(site.acting(WORKER), to_end) for site in self.sites if not to_end()]
        return any(found)

    def _study(self, site: Container, to_end: Callable[[], bool]) -> bool:
        student = Student(
            site.read,
            site.write,
            self.process,
            self.apart,
            self.workers,
            self.memory_mb,
            self.lasts,
            to_end,
        )
        try:
            claim = student.next()
            if claim is None:
                return False
            log.info("a study begins", extra={"run": claim.run.id})
            run = student.carry_out(claim)
        except OvertakenError:
            log.warning("another worker has taken the study over")
        except CancelledError:
            log.info("the study was cancelled")
        except HandBackError:
            log.info("the study is left to the next worker")
        except (BusyError, DBAPIError) as error:
            _tell("the store could not be used", error)
            return False  # whoever asks waits a moment before the next turn
        except Exception as error:  # noqa: BLE001  # the run says so; the worker goes on
            _tell("a study was broken off", error)
        else:
            log.info("a study ended", extra={"run": run.id, "status": run.status})
        return True


def _tell(event: str, error: Exception) -> None:
    """Log an error by its kind alone: its words may hold something of a patient."""
    log.error(event, extra={"kind": type(error).__name__})
