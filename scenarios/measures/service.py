"""Measures of rooms and people: how far they are used, how long beyond hours, how punctually.

Kinds of resources are an open list. Those of `STAFF` are people; every kind has its own line in the
measures by kind. Only service as it went counts, clipped to the window; two services of a resource
at one time count once.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial

from models.timegrid import local_day
from scenarios.measures.measure import REPLAY, Better, Measure, Reduce, Seen
from scenarios.measures.spans import MINUTE, minutes_by_hour, minutes_in
from scenarios.measures.view import Service, View
from scenarios.records import UseRecord

SUITE, CT = "suite", "ct"
STAFF = frozenset({"anaesthesia", "nurse", "proceduralist", "sedation", "technologist"})
"""Kinds of resources that are people."""
ON_TIME = timedelta(minutes=5)
"""A first case that begins no later than this after its booked time is on time: one tick of the
finest usual grid, so that what counts as late is what a clock on the wall shows."""
HOURS = tuple(f"{hour:02}" for hour in range(24))


def _services(view: View, kinds: frozenset[str] | None) -> Iterator[Service]:
    return (s for s in view.services if kinds is None or s.kind in kinds)


def _kind(service: Service) -> str:
    return service.kind


def _resource(service: Service) -> str:
    return service.resource


def use_of(
    view: View, kinds: frozenset[str] | None = None, label: Callable[[Service], str] = _kind
) -> Iterator[Seen]:
    """Minutes of service within staffed hours, over the staffed minutes, of each resource."""
    for service in _services(view, kinds):
        yield Seen(minutes_in(service.within), label(service), minutes_in(service.staffed))


def use_by_hour(view: View, kinds: frozenset[str]) -> Iterator[Seen]:
    """The same for each hour of the local day, `00` to `23`."""
    for service in _services(view, kinds):
        used = minutes_by_hour(service.within, view.tz)
        for hour, staffed in minutes_by_hour(service.staffed, view.tz).items():
            yield Seen(used.get(hour, 0.0), HOURS[hour], staffed)


def hours_by_role(view: View) -> Iterator[Seen]:
    """Hours that each need was served for, by the role it had in its case."""
    for use in view.run.uses:
        begin, end = max(use.begin, view.run.begin), min(use.end, view.run.end)
        if begin < end:
            yield Seen((end - begin) / MINUTE / 60, use.role)


def overtime(view: View, kinds: frozenset[str] | None = None) -> Iterator[Seen]:
    """Hours of service outside the hours at which a resource was there."""
    return (Seen(s.overtime / 60, s.kind) for s in _services(view, kinds))


def idle(view: View, kinds: frozenset[str]) -> Iterator[Seen]:
    """Minutes at which someone was there and served nobody."""
    return (Seen(s.idle, s.kind) for s in _services(view, kinds))


def first_cases(view: View) -> dict[tuple[date, str], UseRecord]:
    """The use with the earliest booked begin of each suite and local day, among those that began.

    A suite whose first patient did not come starts with the next: that one's own booked time
    counts. Uses that began outside the window are left out.
    """
    uses: dict[tuple[date, str], list[UseRecord]] = defaultdict(list)
    for use in view.run.uses:
        if use.kind == SUITE and view.covers(use.begin):
            uses[local_day(use.booked_begin, view.tz), use.resource].append(use)
    return {key: min(uses[key], key=lambda u: (u.booked_begin, u.case)) for key in sorted(uses)}


def punctual(view: View) -> Iterator[Seen]:
    """Whether the first case of each suite's day was on time."""
    for use in first_cases(view).values():
        yield Seen(float(use.begin - use.booked_begin <= ON_TIME))


def _use(
    name: str,
    title: str,
    observe: Callable[[View], Iterator[Seen]],
    *,
    grouped: bool = False,
    of: str = "a resource",
) -> Measure:
    return Measure(
        name=name,
        title=title,
        unit="share",
        words=f"Minutes for which {of} served within the hours at which it was there, over the "
        "minutes at which it was there. Service beyond them is overtime and not counted here.",
        better=Better.NEITHER,
        observe=observe,
        reduce=Reduce.RATIO,
        grouped=grouped,
    )


def _overtime(
    name: str, title: str, *, kinds: frozenset[str] | None, grouped: bool = False
) -> Measure:
    return Measure(
        name=name,
        title=title,
        unit="hours",
        words="Hours of service outside the hours at which the resource was there, breaks "
        "included, summed over the window.",
        better=Better.LOWER,
        observe=partial(overtime, kinds=kinds),
        reduce=Reduce.SUM,
        grouped=grouped,
    )


def _idle(name: str, title: str, *, grouped: bool = False) -> Measure:
    return Measure(
        name=name,
        title=title,
        unit="minutes",
        words="Minutes at which staff were there and served no case, summed over the window.",
        better=Better.LOWER,
        observe=partial(idle, kinds=STAFF),
        reduce=Reduce.SUM,
        grouped=grouped,
    )


_SUITES, _CT = frozenset({SUITE}), frozenset({CT})
SERVICE = (
    _use("suite_use", "use of suites", partial(use_of, kinds=_SUITES), of="a suite"),
    _use(
        "suite_use_by_suite",
        "use of each suite",
        partial(use_of, kinds=_SUITES, label=_resource),
        grouped=True,
        of="a suite",
    ),
    _use(
        "suite_use_by_hour",
        "use of suites by hour of the local day",
        partial(use_by_hour, kinds=_SUITES),
        grouped=True,
        of="a suite",
    ),
    _use("ct_use", "use of CT", partial(use_of, kinds=_CT), of="CT"),
    _use("staff_use", "use of staff", partial(use_of, kinds=STAFF), of="someone"),
    _use(
        "staff_use_by_hour",
        "use of staff by hour of the local day",
        partial(use_by_hour, kinds=STAFF),
        grouped=True,
        of="someone",
    ),
    _use("use_by_kind", "use by kind of resource", use_of, grouped=True),
    Measure(
        name="hours_by_role",
        title="hours of service by role",
        unit="hours",
        words="Hours for which needs were served within the window, by their role in the case.",
        better=Better.NEITHER,
        observe=hours_by_role,
        reduce=Reduce.SUM,
        grouped=True,
    ),
    _overtime("overtime_suites", "overtime of suites", kinds=_SUITES),
    _overtime("overtime_staff", "overtime of staff", kinds=STAFF),
    _overtime("overtime_by_kind", "overtime by kind of resource", kinds=None, grouped=True),
    _idle("staff_idle", "staff minutes idle"),
    _idle("staff_idle_by_kind", "staff minutes idle by kind", grouped=True),
    Measure(
        name="first_case_on_time",
        title="first cases on time",
        unit="share",
        words="Of the suites' days with any case, the share whose first case began no more than "
        f"{ON_TIME // MINUTE} minutes after its booked time.",
        better=Better.HIGHER,
        observe=punctual,
        reduce=Reduce.RATIO,
        modes=REPLAY,
    ),
)
