"""What the page of a comparison shows: plain data, with nothing left to compute or to look up."""

from dataclasses import dataclass
from datetime import date, datetime

from scenarios.measures.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval; the ends are None where there is no interval."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class ScenarioNote:
    """One of the scenarios compared, in words."""

    name: str
    title: str
    about: str
    changes: tuple[str, ...]
    """Each edit in words; none: as it is."""
    document: str
    """The scenario file, as it can be run again."""
    caution: str = ""
    """Why such a run cannot tell it from the baseline; empty where it can."""


@dataclass(frozen=True, slots=True)
class MeasureNote:
    """What a measure counts."""

    key: str
    name: str
    subject: str
    """Under which measures are shown together."""
    unit: str
    better: str
    """`lower`, `higher` or `neither`."""
    words: str
    leading: bool = False
    """Whether it is among the dozen that are shown at a glance."""


@dataclass(frozen=True, slots=True)
class Row:
    """One measure of one scenario against the baseline."""

    measure: str
    group: str
    """Part of the cases or resources; empty: all."""
    scenario: str
    baseline: float | None
    value: float | None
    """Means over the paired replications; None: not defined."""
    difference: Estimate | None
    verdict: Verdict
    remark: str = ""
    """What must be known besides: pairs that are missing, or why there is no verdict."""


@dataclass(frozen=True, slots=True)
class Waits:
    """Waiting times of one scenario, in days, over all its replications."""

    scenario: str
    days: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Presence:
    """Cases present in one scenario over all of a replay, the warm-up too."""

    scenario: str
    first: int
    """The week at which the first number stands: 0 is the first measured, below is warm-up."""
    weeks: tuple[Estimate, ...]
    """At the beginning of each week, and at the end of the last."""


@dataclass(frozen=True, slots=True)
class Heat:
    """Shares of staffed time in use by row and local hour of one scenario."""

    scenario: str
    rows: tuple[str, ...]
    hours: tuple[int, ...]
    shares: tuple[tuple[float | None, ...], ...]
    """By row and hour, from 0 up; None where nobody was there."""


@dataclass(frozen=True, slots=True)
class HoldHours:
    """Hours off drugs of one class in one scenario."""

    scenario: str
    drug_class: str
    hours: Estimate
    """Mean length of a hold whose booking took place."""
    holds: int
    wasted: int
    """Those of them for a booking that did not take place."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A resource booked for a case."""

    resource: str
    kind: str
    case: str
    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class MovedCase:
    """A patient moved by a night after having stopped a drug for the booking."""

    scenario: str
    number: int
    """Of the replication."""
    case: str
    priority: str
    age_band: str
    at: datetime
    before: datetime
    after: datetime
    told: bool


@dataclass(frozen=True, slots=True)
class DayPanel:
    """The chosen day in one scenario."""

    scenario: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class DayChart:
    """One local day in the baseline and in the scenarios; `number` is the replication shown."""

    day: date
    timezone: str
    site: str
    number: int
    panels: tuple[DayPanel, ...]


@dataclass(frozen=True, slots=True)
class SweepPoint:
    """One scenario of a sweep: its parameters' values and its figures by measure."""

    scenario: str
    values: tuple[float | str, ...]
    figures: dict[str, Estimate]


@dataclass(frozen=True, slots=True)
class Sweep:
    """Measures over a grid of one or two parameters."""

    parameters: tuple[str, ...]
    points: tuple[SweepPoint, ...]


@dataclass(frozen=True, slots=True)
class Assumption:
    """One figure that the runs rest on."""

    name: str
    figure: str
    source: str
    evidence: str
    scenario: str = ""
    """Where it holds; empty: in all."""


@dataclass(frozen=True, slots=True)
class Making:
    """How the figures were made, so that they can be made again."""

    mode: str
    site: str
    timezone: str
    begin: datetime
    end: datetime
    seed: int
    settings: tuple[tuple[str, str], ...]
    replications: tuple[tuple[str, int], ...]
    """By scenario."""
    seconds: tuple[tuple[str, float], ...]
    """Computing time by scenario, all replications together."""
    versions: tuple[tuple[str, str], ...]
    digests: tuple[tuple[str, str], ...]
    """Name and digest of what was run on."""
    command: str


@dataclass(frozen=True, slots=True)
class ReportData:
    """All of a page."""

    title: str
    baseline: str
    scenarios: tuple[ScenarioNote, ...]
    """The baseline is one of them."""
    measures: tuple[MeasureNote, ...]
    rows: tuple[Row, ...]
    making: Making
    waits: tuple[Waits, ...] = ()
    presences: tuple[Presence, ...] = ()
    heats: tuple[Heat, ...] = ()
    holds: tuple[HoldHours, ...] = ()
    moved: tuple[MovedCase, ...] = ()
    """Who was moved after the stop date, in the first replication."""
    day: DayChart | None = None
    sweep: Sweep | None = None
    assumptions: tuple[Assumption, ...] = ()
    notes: tuple[str, ...] = ()
    """What a reader must know: how intervals were made, what was left out."""

    @property
    def others(self) -> tuple[ScenarioNote, ...]:
        """All but the baseline."""
        return tuple(s for s in self.scenarios if s.name != self.baseline)

    def measure(self, key: str) -> MeasureNote:
        """The measure of a row.

        Raises:
            StopIteration: no such measure.
        """
        return next(m for m in self.measures if m.key == key)
