"""The site file: what one department has, keeps and decides, as one frozen document.

Everything is data with a default that is said here; only id, time zone, calendars, resources and
policies have none. Cross-references are checked once, when the document is read.
"""
# ruff: noqa: A005  # imported as `models.site`; the standard module of that name is never used

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import cached_property
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    BeforeValidator,
    Field,
    NonNegativeInt,
    PositiveInt,
    field_validator,
    model_validator,
)

from models.base import MAX_DAYS, Frozen, HoldStage, Hours, Id, Priority
from models.calendars import Calendar, Clock, DatedSpan, HolidayRule
from models.catalogue import Catalogue
from models.clinical.facts import ClinicSetting
from models.clinical.policy import RowOverride
from models.errors import InputError
from models.fragility import RiskRule
from models.problem import Objective
from models.procedures import ProcedureType
from models.resources import ArrivalSlots, SiteResource
from models.timegrid import local_day, start_of_day, zone
from models.upkeep import DeadlineRules, Retention
from models.windows import Window

TICKS = (5, 10, 15, 20, 30, 60)
"""Resources are claimed by five minutes, and hours begin on a tick."""
DEFAULT_PRICES: dict[str, Any] = {
    "unscheduled": {"emergent": 60_000, "urgent": 20_000, "soon": 8_000, "routine": 4_000},
    "wait_per_day": {"emergent": 1_200, "urgent": 300, "soon": 80, "routine": 25},
    "late_per_day": {"emergent": 6_000, "urgent": 1_500, "soon": 400, "routine": 125},
    "off_drug_per_day": 60,
    "move": 150,
    "move_per_day": 40,
    "unbook": 3_000,
}
"""Points, as in the worked example of the planning file."""
DEFAULT_PRIORITIES = {"stat": "emergent", "asap": "urgent", "urgent": "soon", "routine": "routine"}
"""FHIR orders routine < urgent < asap < stat; ours follow in that order."""
DEFAULT_DUE_DAYS = {"emergent": 1, "urgent": 4, "soon": 10, "routine": 21}
"""Planning values."""
DEFAULT_MOVE_WEIGHTS = {"none": 1, "planned": 1, "started": 3, "drawn": 4}
"""Planning values: a hold once begun is wasted by a move."""


def _over(default: dict[str, Any], given: object) -> object:
    """The default with what is given in its place, member by member."""
    if not isinstance(given, dict):
        return given
    return default | {
        name: _over(default[name], value) if isinstance(default.get(name), dict) else value
        for name, value in given.items()
    }


class ProcedureOverride(Frozen):
    """The site's own figures for one procedure; what is left out stays."""

    base: PositiveInt | None = None
    per_extra_level: NonNegativeInt | None = None
    bilateral: NonNegativeInt | None = None
    ct_guidance: NonNegativeInt | None = None
    thoracic: NonNegativeInt | None = None
    preparation_minutes: NonNegativeInt | None = None
    turnover_minutes: NonNegativeInt | None = None
    recovery_minutes: NonNegativeInt | None = None
    setting: Literal["outpatient", "inpatient"] | None = None
    sedation: Literal["none", "moderate", "deep", "anaesthesia"] | None = None
    source: str = Field(min_length=1)
    """Where the figures come from, such as `own log of 2025, 212 cases`."""

    def apply(self, procedure: ProcedureType) -> ProcedureType:
        """The procedure with these figures; those of its length are then of evidence `site`."""
        given = {
            name: getattr(self, name)
            for name in type(self).model_fields
            if name != "source" and getattr(self, name) is not None
        }
        parts = type(procedure.procedure_minutes).model_fields
        minutes = procedure.procedure_minutes.model_dump()
        minutes |= {name: given[name] for name in given if name in parts}
        if set(given) & set(parts):
            evidence = {name: "site" for name in given if name in parts}
            minutes["evidence_of"] = minutes["evidence_of"] | evidence
            minutes["source"] = f"{minutes['source']}; site: {self.source}"
        whole = {name: given[name] for name in given if name not in parts}
        data = procedure.model_dump() | whole | {"procedure_minutes": minutes}
        return ProcedureType.model_validate(data)


class AutoApply(Frozen):
    """Which moves of the night need nobody's approval. By default all do.

    Once enabled, moves are applied by themselves that take from no patient the time they were told.
    The others wait for approval unless they are as few as the limits say.
    """

    enabled: bool = False
    max_moves: NonNegativeInt = 0
    """Most patients who were told a time that it may take from them."""
    max_started_moves: NonNegativeInt = 0
    """Most of those whose hold has begun."""
    min_gain: NonNegativeInt = 0
    """Fewest points the whole revision must save."""

    def permits(self, *, moves: int, started_moves: int, gain: int) -> bool:
        """Whether moves of this size may be applied unseen."""
        return (
            self.enabled
            and moves <= self.max_moves
            and started_moves <= self.max_started_moves
            and gain >= self.min_gain
        )


class FreezeRule(Frozen):
    """From when on the night leaves a booking alone."""

    hours: Hours = 24
    """A booking that starts within so many hours is locked."""


Prices = Annotated[Objective, BeforeValidator(lambda given: _over(DEFAULT_PRICES, given))]
Priorities = Annotated[
    dict[str, Priority], BeforeValidator(lambda given: _over(DEFAULT_PRIORITIES, given))
]
DueDays = Annotated[
    dict[Priority, Annotated[float, Field(gt=0, le=MAX_DAYS)] | None],
    BeforeValidator(lambda given: _over(DEFAULT_DUE_DAYS, given)),
]
MoveWeights = Annotated[
    dict[HoldStage, NonNegativeInt],
    BeforeValidator(lambda given: _over(DEFAULT_MOVE_WEIGHTS, given)),
]


class Site(Frozen):
    """One department."""

    id: Id
    name: str = ""
    timezone: Id
    """IANA zone; the site's days, hours and dose times are in it."""
    tick_minutes: PositiveInt = 5
    horizon_days: PositiveInt = Field(default=28, le=MAX_DAYS)
    notice_hours: Hours = 24
    approval_lead_hours: Hours = 0
    night_at: Clock = Field(default="02:00", validate_default=True)
    """Local time of the nightly run."""
    morning_at: Clock = Field(default="06:00", validate_default=True)
    """Local time of the report on the day's cases."""
    reservation_minutes: PositiveInt = 15
    """How long a proposal is kept for the person who asked."""
    undo_minutes: NonNegativeInt = 30
    """How long the last change of a booking can be undone; 0: never."""
    holidays: HolidayRule | None = None
    calendars: dict[Id, Calendar] = Field(min_length=1)
    resources: tuple[SiteResource, ...] = Field(min_length=1)
    arrivals: tuple[ArrivalSlots, ...] = ()
    policies: tuple[Id, ...] = Field(min_length=1)
    """In order of precedence: the first that knows a drug speaks for it."""
    overrides: tuple[RowOverride, ...] = ()
    prices: Prices = Field(default_factory=dict, validate_default=True)
    priorities: Priorities = Field(default_factory=dict, validate_default=True)
    """Priority of a referral as sent to priority of a case."""
    due_days: DueDays = Field(default_factory=dict, validate_default=True)
    """Days after release from which a case is late; null: never."""
    move_weights: MoveWeights = Field(default_factory=dict, validate_default=True)
    freeze: FreezeRule = FreezeRule()
    auto_apply: AutoApply = AutoApply()
    deadlines: DeadlineRules = DeadlineRules()
    """What is done about bookings whose preparation is late."""
    retention: Retention = Retention()
    """How long is kept what has had its use."""
    risk: RiskRule = Field(default_factory=RiskRule)
    """What the night gives to keep fragile cases apart, and how fragile they are."""
    enabled: tuple[Id, ...] | None = None
    """Keys of the procedures offered; all of the catalogue when left out."""
    procedures: dict[Id, ProcedureOverride] = Field(default_factory=dict)
    contacts: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Lines at the foot of instruction sheets, by language."""

    @field_validator("resources")
    @classmethod
    def _spread(cls, given: tuple[SiteResource, ...]) -> tuple[SiteResource, ...]:
        return tuple(unit for resource in given for unit in resource.units())

    @model_validator(mode="after")
    def _cross_references(self) -> Self:
        for fault in _faults(self):
            raise ValueError(fault)
        return self

    @cached_property
    def tz(self) -> ZoneInfo:
        """The site's zone."""
        return zone(self.timezone)

    @cached_property
    def resource_by_id(self) -> dict[str, SiteResource]:
        """Resources by id (arrival slots are made per day and not among them)."""
        return {r.id: r for r in self.resources}

    @cached_property
    def overflow(self) -> frozenset[str]:
        """Ids of the resources that are for deliberate overbooking only."""
        return frozenset(r.id for r in self.resources if r.overflow)

    @property
    def setting(self) -> ClinicSetting:
        """The figures that shape clinical windows."""
        return ClinicSetting(
            timezone=self.timezone,
            notice_hours=self.notice_hours,
            approval_lead_hours=self.approval_lead_hours,
            tick_minutes=self.tick_minutes,
            horizon_days=self.horizon_days,
        )

    def horizon(self, now: datetime) -> Window:
        """Whole local days: from the midnight before now, `horizon_days` of them."""
        today = local_day(now, self.tz)
        end = today + timedelta(days=self.horizon_days)
        return Window(start_of_day(today, self.tz), start_of_day(end, self.tz))

    def due(self, priority: Priority, release: datetime) -> datetime | None:
        """From when on a case of a priority is late."""
        days = self.due_days[priority]
        return None if days is None else release + timedelta(days=days)

    def contact_lines(self, language: str) -> tuple[str, ...]:
        """Contact lines in a language, or in English where the site has none."""
        return self.contacts.get(language, self.contacts.get("en", ()))

    def offered(self, catalogue: Catalogue) -> Catalogue:
        """The catalogue as this site offers it: its own figures, and only what is enabled.

        Raises:
            InputError: the site names a procedure that the catalogue does not have.
        """
        named = {*self.procedures, *(self.enabled or ())}
        for key in sorted(named - set(catalogue.by_key)):
            raise InputError(
                f"there is no procedure {key!r} in the catalogue",
                place=f"site {self.id}",
                remedy="take a key of the procedure catalogue",
            )
        kept = (p for p in catalogue.procedures if self.enabled is None or p.key in self.enabled)
        figures = self.procedures
        offered = tuple(figures[p.key].apply(p) if p.key in figures else p for p in kept)
        return Catalogue(version=catalogue.version, systems=catalogue.systems, procedures=offered)


def _faults(site: Site) -> Iterator[str]:
    try:
        tz = zone(site.timezone)
    except InputError as error:
        yield f"timezone: {error}"
        return
    yield from _repeated("resource id", [r.id for r in site.resources])
    yield from _repeated("arrivals id", [a.id for a in site.arrivals])
    yield from _repeated("policy", list(site.policies))
    users = [(r.id, r.calendar) for r in site.resources]
    users += [(slots.id, slots.calendar) for slots in site.arrivals]
    for user, calendar in users:
        if calendar not in site.calendars:
            yield f"{user}: there is no calendar {calendar!r}"
    yield from _price_faults(site)
    yield from _missing_defaults(site)
    for name, shared in sorted(site.calendars.items()):
        yield from _dated_faults(f"calendar {name}", shared.dated, tz)
    for resource in site.resources:
        dated = (*resource.openings, *resource.closures, *resource.absences)
        yield from _dated_faults(resource.id, dated, tz)


def _repeated(what: str, names: list[str]) -> Iterator[str]:
    for name, count in Counter(names).items():
        if count > 1:
            yield f"{what} {name!r} is used {count} times"


def _price_faults(site: Site) -> Iterator[str]:
    for name in sorted(site.prices.model_extra or {}):
        yield f"prices: there is no price {name!r}"


def _missing_defaults(site: Site) -> Iterator[str]:
    unknown = sorted(set(site.priorities) - set(DEFAULT_PRIORITIES))
    if unknown:
        yield f"priorities: {unknown[0]!r} is none of {', '.join(DEFAULT_PRIORITIES)}"
    if site.contacts and "en" not in site.contacts:
        yield "contacts: there are no lines in English (en)"
    if site.tick_minutes not in TICKS:
        yield f"tick_minutes: {site.tick_minutes} is none of {', '.join(map(str, TICKS))}"


def _dated_faults(place: str, spans: Iterable[DatedSpan], tz: ZoneInfo) -> Iterator[str]:
    for span in spans:
        try:
            span.window(tz)
        except InputError as error:
            yield f"{place}: {error}"
