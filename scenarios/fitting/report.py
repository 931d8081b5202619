"""All that a fit found, as data: to be shown in words and frames, and kept beside the figures."""

from pydantic import NonNegativeInt

from models.base import Frozen
from scenarios.fitting.accuracy import Accuracy
from scenarios.fitting.arrivals import ArrivalReport
from scenarios.fitting.chances import CauseCount, ChanceReport
from scenarios.fitting.forms import FormReport
from scenarios.fitting.lateness import LatenessReport


class BadLine(Frozen):
    """A row that could not be used."""

    line: NonNegativeInt
    why: str


class Reading(Frozen):
    """What the history was."""

    source: str
    column_map: str
    minutes: str
    """What booked and actual minutes cover: `procedure` or `room`."""
    rows: NonNegativeInt
    done: NonNegativeInt
    first_day: str
    last_day: str
    bad: tuple[BadLine, ...] = ()
    distinct: NonNegativeInt
    """Different pairs of a procedure and actual minutes among the done cases: far fewer than cases
    say that the minutes repeat, and that a model will look better than it is."""
    not_offered: tuple[str, ...] = ()
    """Procedures of the history that the catalogue does not have, as the history calls them."""


class GroupReport(Frozen):
    """One depth of the duration model."""

    depth: str
    """Which part of the key it adds."""
    groups: NonNegativeInt
    """Groups that differ from their parents."""
    strength: float | None
    """k of the weight n / (n + k), in cases; None: infinite, the depth tells nothing."""


class FitReport(Frozen):
    """All of it."""

    reading: Reading
    groups: tuple[GroupReport, ...]
    accuracy: tuple[Accuracy, ...] = ()
    accuracy_missing: str = ""
    arrivals: ArrivalReport
    lateness: LatenessReport
    chances: tuple[ChanceReport, ...]
    causes: tuple[CauseCount, ...]
    forms: tuple[FormReport, ...]
