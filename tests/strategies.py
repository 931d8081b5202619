"""Random small planning problems that bring every rule into play, few ticks and few resources each.

`random_problem` is seeded; `small_problems` is the same as a hypothesis strategy.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

from hypothesis import strategies as st

from models.problem import Booking, Case, Hold, Interval, Need, PlanningProblem, Resource
from tests.builders import a_case, a_problem, a_resource, at, need, prices

# The clocks go back in Chicago on this Sunday at 02:00.
SATURDAY = date(2026, 10, 31)
TAGS = ("left", "right")


def small_problems() -> st.SearchStrategy[PlanningProblem]:
    """Small problems by seed."""
    return st.integers(0, 2**32 - 1).map(lambda seed: random_problem(Random(seed)))


def random_problem(rng: Random, *, cases: int = 4) -> PlanningProblem:
    """A problem of 10 to 24 ticks, in half of them across a midnight."""
    tick = rng.choice((15, 20, 30, 60))
    first = rng.choice((date(2026, 11, 23), SATURDAY))
    start = at(rng.choice(("08:00", "22:30", "23:10")), first=first)
    end = start + timedelta(minutes=tick * rng.randint(10, 24) - rng.choice((0, 0, 7)))
    span = (start, end)
    resources = _resources(rng, span, tick)
    made = [_case(rng, f"case-{n}", resources, span, tick) for n in range(cases)]
    return a_problem(
        _without_locked_overlaps(made),
        resources,
        tick=tick,
        now=start + timedelta(minutes=tick * rng.choice((0, 0, 0, 2, 3)) - rng.choice((0, 5))),
        horizon=span,
        objective=prices(wait_per_day=dict.fromkeys(_PRIORITIES, rng.choice((10, 25, 100)))),
    )


_PRIORITIES = ("emergent", "urgent", "soon", "routine")


def _instant(rng: Random, span: Interval, *, beyond: int = 60, grain: int = 5) -> datetime:
    minutes = int((span[1] - span[0]) / timedelta(minutes=1))
    return span[0] + timedelta(
        minutes=grain * rng.randint(-beyond // grain, (minutes + beyond) // grain)
    )


def _pieces(rng: Random, span: Interval, count: int) -> list[Interval]:
    edges = sorted(_instant(rng, span, beyond=120) for _ in range(2 * count))
    pieces = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b]
    if len(pieces) > 1 and rng.random() < 0.3:
        pieces[0] = (pieces[0][0], pieces[1][0])
    return [piece for piece in pieces if piece[0] < piece[1]]


def _resources(rng: Random, span: Interval, tick: int) -> list[Resource]:
    found = [_resource(rng, f"suite-{n}", "suite", span) for n in range(rng.randint(1, 3))]
    found += [_resource(rng, f"dr-{n}", "doctor", span) for n in range(rng.randint(1, 3))]
    found += [_resource(rng, f"bay-{n}", "bay", span) for n in range(rng.randint(1, 3))]
    found += _slots(rng, span, tick)
    rng.shuffle(found)
    return found


def _resource(rng: Random, name: str, kind: str, span: Interval) -> Resource:
    priced = kind != "bay" or rng.random() < 0.2
    wide = (span[0] - timedelta(hours=2), span[1] + timedelta(hours=3))
    days = [span[0].date() + timedelta(days=n) for n in (-1, 0, 1)]
    limits = (None, None, 60, 120, {rng.choice(days): 90})
    return a_resource(
        name,
        kind,
        available=[wide] if rng.random() < 0.5 else _pieces(rng, span, rng.randint(1, 2)),
        tags=[tag for tag in TAGS if rng.random() < 0.7],
        limit=rng.choice(limits) if priced else None,
        open_cost=rng.choice((0, 10, 40)) if priced else 0,
        change_cost=rng.choice((0, 0, 25, 30)) if priced else 0,
    )


def _slots(rng: Random, span: Interval, tick: int) -> list[Resource]:
    """Openings one after another, some touching, some with a gap: these share lanes."""
    found, begin = [], span[0] - timedelta(minutes=60)
    while begin < span[1] and len(found) < 5:
        end = begin + timedelta(minutes=tick * rng.randint(1, 2))
        found.append(a_resource(f"slot-{9 - len(found)}", "slot", available=[(begin, end)]))
        begin = end + timedelta(minutes=rng.choice((0, 0, 5, tick, 90)))
    return found


def _needs(rng: Random, resources: Sequence[Resource], tick: int) -> list[Need]:
    kinds = [("suite", "suite"), ("doctor", "doctor")]
    extra = [("arrival", "slot"), ("recovery", "bay"), ("preparation", "bay"), ("second", "doctor")]
    if rng.random() < 0.15:
        extra.append(("other-suite", "suite"))
    wanted = kinds[rng.randint(0, 1) :] + rng.sample(extra, rng.randint(0, 2))
    return [_need(rng, role, kind, resources, tick) for role, kind in wanted]


def _need(rng: Random, role: str, kind: str, resources: Sequence[Resource], tick: int) -> Need:
    alike = [resource.id for resource in resources if resource.kind == kind]
    among = rng.sample(alike, rng.randint(1, len(alike))) if alike and rng.random() < 0.2 else None
    return need(
        role,
        rng.choice((10, 15, 30, 60)) if kind != "slot" else rng.choice((5, tick)),
        kind=kind,
        offset=rng.choice((0, 0, 0, -30, 30, 60))
        if role not in ("arrival", "preparation")
        else -45,
        tags=[rng.choice(TAGS)] if rng.random() < 0.2 else [],
        among=among,
    )


def _case(rng: Random, name: str, resources: Sequence[Resource], span: Interval, tick: int) -> Case:
    needs = _needs(rng, resources, tick)
    windows = [span] if rng.random() < 0.6 else _pieces(rng, span, 2)
    clipped = [(max(a, span[0]), min(b, span[1])) for a, b in windows]
    ready = _instant(rng, span) - timedelta(hours=rng.choice((0, 24)))
    hold = Hold(stage="planned", ready_at=ready, risk=rng.randint(1, 3))
    return a_case(
        name,
        *needs,
        windows=[(a, b) for a, b in clipped if a < b],
        priority=rng.choice(_PRIORITIES),
        mandatory=rng.random() < 0.1,
        release=_instant(rng, span) - timedelta(hours=rng.choice((0, 20, 30))),
        due=_instant(rng, span) if rng.random() < 0.4 else None,
        hold=hold if rng.random() < 0.4 else None,
        booking=_booking(rng, needs, resources, span, tick) if rng.random() < 0.7 else None,
    )


def _booking(
    rng: Random, needs: Sequence[Need], resources: Sequence[Resource], span: Interval, tick: int
) -> Booking | None:
    choices = {
        n.role: [
            r.id for r in resources if n.accepts(r) or (r.kind == n.kind and rng.random() < 0.1)
        ]
        for n in needs
    }
    if not all(choices.values()):
        return None
    count = int((span[1] - span[0]) / timedelta(minutes=tick))
    start = span[0] + timedelta(minutes=tick * rng.randrange(count))
    locked = rng.random() < 0.2
    if not locked and rng.random() < 0.1:
        start += timedelta(minutes=rng.choice((-70, -5, 5)))
    return Booking(
        start=start,
        assigned={role: rng.choice(ids) for role, ids in choices.items()},
        locked=locked,
        move_weight=rng.choice((0, 1, 3)),
    )


def _without_locked_overlaps(cases: Sequence[Case]) -> list[Case]:
    """The cases, without the locked bookings that would overlap an earlier locked one."""
    taken: list[tuple[str, datetime, datetime]] = []
    kept = []
    for case in cases:
        if case.booking is not None and case.booking.locked:
            spans = [
                (case.booking.assigned[n.role], *n.span(case.booking.start)) for n in case.needs
            ]
            pairs = [(one, two) for n, one in enumerate(spans) for two in (*taken, *spans[:n])]
            if any(a[0] == b[0] and a[1] < b[2] and b[1] < a[2] for a, b in pairs):
                kept.append(case.model_copy(update={"booking": None}))
                continue
            taken += spans
        kept.append(case)
    return kept
