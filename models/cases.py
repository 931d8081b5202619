"""From a referral and its readiness to a case of the planning problem.

What the clinical rules added arrives as tags. A tag that nothing here serves is an error, never
dropped. Need times lie on ticks: minutes are rounded up, away from the procedure's start.
"""

from datetime import datetime, timedelta

from pydantic import ValidationError

from models.base import HoldStage
from models.clinical.readiness import Readiness
from models.documents import first_fault
from models.errors import InputError
from models.patients import Referral
from models.problem import Booking, Case, Hold, Need
from models.procedures import Phase, PhaseNeed, ProcedureType
from models.site import Site
from models.windows import WindowSet

SEDATION = ("none", "moderate", "deep", "anaesthesia")
"""Levels, each including those before it."""
TAGS_OF_KIND = {
    "suite": frozenset({"biplane", "bariatric"}),
    "ct": frozenset({"bariatric"}),
    "procedure-room": frozenset({"bariatric"}),
    "proceduralist": frozenset({"spine", "oncology", "neuro"}),
}
"""Added tags that ask more of the one who serves a need of that kind."""
ADDED_NEEDS = {"ct": PhaseNeed(role="ct", kind="ct", phases=(Phase.PROCEDURE,))}
"""What a tag asks for where the procedure lists no need of that role."""
FLAG_TAGS = {"ct-guidance": "ct", "inpatient": "inpatient", "bariatric": "bariatric"}
"""Order details that ask for something by themselves."""


def sedation_level(procedure: ProcedureType, readiness: Readiness) -> str:
    """The deepest of the procedure's level and those the rules ask for."""
    asked = [procedure.sedation, *(tag for tag in readiness.needs if tag in SEDATION)]
    return max(asked, key=SEDATION.index)


def active_tags(
    procedure: ProcedureType, referral: Referral, readiness: Readiness
) -> frozenset[str]:
    """What is asked for: by the rules, the order, the setting and the sedation."""
    tags = {FLAG_TAGS[flag] for flag in referral.flags if flag in FLAG_TAGS}
    tags |= set(readiness.needs) - set(SEDATION)
    if "inpatient" not in tags:
        tags.add(procedure.setting)
    level = sedation_level(procedure, readiness)
    return frozenset(tags | ({"sedation", level} if level != "none" else set()))


def procedure_minutes(procedure: ProcedureType, referral: Referral, readiness: Readiness) -> int:
    """Length of the procedure phase: the catalogue's base, what the order adds, what rules add.

    The catalogue's figure for thoracic levels is the rules' to add: they decide what is thoracic.
    """
    minutes = procedure.procedure_minutes
    extra_levels = max(0, len(set(referral.levels)) - 1)
    total = minutes.base + minutes.per_extra_level * extra_levels + readiness.extra_minutes
    if "bilateral" in referral.flags:
        total += minutes.bilateral
    if "ct" in active_tags(procedure, referral, readiness):
        total += minutes.ct_guidance
    return total


def _phase_spans(procedure: ProcedureType, minutes: int) -> dict[Phase, tuple[int, int]]:
    return {
        Phase.PREPARATION: (-procedure.preparation_minutes, 0),
        Phase.PROCEDURE: (0, minutes),
        Phase.TURNOVER: (minutes, minutes + procedure.turnover_minutes),
        Phase.RECOVERY: (minutes, minutes + procedure.recovery_minutes),
    }


def _need(
    need: PhaseNeed, spans: dict[Phase, tuple[int, int]], tags: frozenset[str], tick: int
) -> Need | None:
    begin = min(spans[phase][0] for phase in need.phases) - need.lead_minutes
    end = max(spans[phase][1] for phase in need.phases) + need.tail_minutes
    if need.first_minutes is not None:
        end = min(end, begin + need.first_minutes)
    if end <= begin:
        return None
    begin, end = begin // tick * tick, -(-end // tick) * tick
    wanted = {*need.tags, *(tags & TAGS_OF_KIND.get(need.kind, frozenset()))}
    if need.kind == "sedation":
        wanted |= tags & set(SEDATION)
    return Need(
        role=need.role,
        kind=need.kind,
        tags=tuple(sorted(wanted)),
        offset=begin,
        minutes=end - begin,
    )


def needs_of(
    procedure: ProcedureType, referral: Referral, readiness: Readiness, tick: int
) -> tuple[Need, ...]:
    """The needs of a case, in the catalogue's order.

    Raises:
        InputError: something is asked for that no need of this procedure can give.
    """
    tags = active_tags(procedure, referral, readiness)
    spans = _phase_spans(procedure, procedure_minutes(procedure, referral, readiness))
    listed = [need for need in procedure.needs if need.when is None or need.when in tags]
    roles = {need.role for need in listed}
    listed += [need for tag, need in ADDED_NEEDS.items() if tag in tags and tag not in roles]
    unserved = _unserved(tags, listed)
    if unserved:
        raise InputError(
            f"no need of {procedure.key} can give {unserved[0]!r}, which is asked for",
            place=f"case {referral.id}",
            remedy="add a need for it to the procedure",
        )
    made = (_need(need, spans, tags, tick) for need in listed)
    return tuple(need for need in made if need is not None)


def _unserved(tags: frozenset[str], listed: list[PhaseNeed]) -> list[str]:
    """What is asked for and has no effect on any need."""
    kinds = {need.kind for need in listed}
    served = {need.when for need in listed} | set(ADDED_NEEDS) | {"outpatient", "inpatient"}
    served |= {tag for kind in kinds for tag in TAGS_OF_KIND.get(kind, ())}
    served |= {"sedation", *SEDATION} if "sedation" in kinds else set()
    return sorted(tags - served)


def planning_hold(readiness: Readiness) -> Hold | None:
    """What the solver may know of the holds: the furthest stage, the latest end, the highest risk.

    `ready_at` is given once a hold has begun: before that the stop time follows the booking, and no
    start costs days off the drug. To the solver, a lab already drawn is a hold that has begun.
    """
    if not readiness.holds:
        return None
    begun = readiness.stage in {HoldStage.STARTED, HoldStage.DRAWN}
    ends = [hold.ready_at for hold in readiness.holds if hold.ready_at is not None]
    return Hold(
        stage=HoldStage.STARTED if begun else readiness.stage,
        ready_at=max(ends, default=None) if begun else None,
        risk=max(hold.risk for hold in readiness.holds),
    )


def planning_case(
    referral: Referral,
    readiness: Readiness,
    procedure: ProcedureType,
    site: Site,
    *,
    booking: Booking | None = None,
) -> Case:
    """The case of a referral: windows within the horizon of its assessment, needs, hold, booking.

    The booking's move weight is set by the stage of the hold; its lock is kept. Days that the case
    has waited or been late already are in every plan, so release and due leave them out: counted,
    they would make leaving out a case that waits long cheaper than placing it.

    Raises:
        InputError: an unknown priority, a tag nothing serves, or a booking whose roles are not
            those of the needs.
    """
    place = f"case {referral.id}"
    if referral.priority not in site.priorities:
        known = ", ".join(site.priorities)
        raise InputError(f"priority {referral.priority!r} is none of {known}", place=place)
    priority = site.priorities[referral.priority]
    release = referral.authored or readiness.assessed_at
    now, due = readiness.assessed_at, site.due(priority, release)
    horizon = site.horizon(now)
    if booking is not None:
        weight = site.move_weights[readiness.stage]
        booking = booking.model_copy(update={"move_weight": weight})
    try:
        return Case(
            id=referral.id,
            priority=priority,
            release=_without_days_gone(release, now),
            due=None if due is None else _without_days_gone(due, now),
            windows=_pairs(readiness.window_set.clip(horizon.start, horizon.end)),
            needs=needs_of(procedure, referral, readiness, site.tick_minutes),
            hold=planning_hold(readiness),
            booking=booking,
        )
    except ValidationError as error:
        raise InputError(first_fault(error), place=place, remedy="book it anew") from error


def _without_days_gone(counts_from: datetime, now: datetime) -> datetime:
    """The same hour of the day, later by the whole days that have gone by."""
    return counts_from + timedelta(days=max(0, (now - counts_from) // timedelta(days=1)))


def _pairs(windows: WindowSet) -> tuple[tuple[datetime, datetime], ...]:
    return tuple((w.start, w.end) for w in windows)
