"""Moving cases from one site's subject to another's: what goes along, and who can serve it.

In a planning problem a case takes its windows and needs along. In a practice it takes the facts:
the other site assesses them by its own policies. Bookings and promises stay behind, and so does
what a replay lets come in: referrals go on being made where they were.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.problem import Case, Interval, Need, PlanningProblem
from scenarios.practice import Known, Practice
from scenarios.running.digests import Subject


@dataclass(frozen=True, slots=True)
class Guest:
    """One case at a site that is not its own."""

    home: str
    case: str
    """Its id at home."""
    member: Case | Known

    @property
    def id(self) -> str:
        """Its id at the other site, which no case of that site has."""
        return f"{self.home}/{self.case}"


def members(subject: Subject) -> Mapping[str, Case | Known]:
    """The cases of a subject by id."""
    if isinstance(subject, PlanningProblem):
        return subject.case_by_id
    return {known.id: known for known in subject.known}


def without(subject: Subject, cases: Iterable[str]) -> Subject:
    """The subject without some of its cases."""
    gone = frozenset(cases)
    if isinstance(subject, PlanningProblem):
        return subject.model_copy(
            update={"cases": tuple(case for case in subject.cases if case.id not in gone)}
        )
    kept = tuple(one for one in subject.known if one.id not in gone)
    return subject.changed(known=kept, drawn_from=subject.sources)


def with_guests(subject: Subject, guests: Iterable[Guest]) -> Subject:
    """The subject with guests after its own cases; each must be one that it `can_serve`."""
    if isinstance(subject, PlanningProblem):
        added = (_case_at(subject, guest) for guest in guests)
        return subject.model_copy(update={"cases": (*subject.cases, *added)})
    known = (*subject.known, *map(_known_at, guests))
    return subject.changed(known=known, drawn_from=subject.sources)


def can_serve(subject: Subject, guest: Guest) -> bool:
    """Whether a site has the kinds and tags that a guest needs, and hours in which it may come."""
    member = guest.member
    if isinstance(subject, PlanningProblem):
        return isinstance(member, Case) and _can_serve_case(subject, member)
    return isinstance(member, Known) and _can_serve_known(subject, member)


def _can_serve_case(problem: PlanningProblem, case: Case) -> bool:
    served = all(_is_served(problem, need) for need in case.needs)
    return served and not case.mandatory and bool(_windows_at(problem, case))


def _is_served(problem: PlanningProblem, need: Need) -> bool:
    # A need that names resources means those of its own site.
    return need.among is None and any(need.accepts(resource) for resource in problem.resources)


def _windows_at(problem: PlanningProblem, case: Case) -> tuple[Interval, ...]:
    begin, end = problem.horizon.start, problem.horizon.end
    cut = ((max(a, begin), min(b, end)) for a, b in case.windows)
    return tuple((a, b) for a, b in cut if a < b)


def _case_at(problem: PlanningProblem, guest: Guest) -> Case:
    case = guest.member
    assert isinstance(case, Case)  # noqa: S101 - `can_serve` has seen to it
    windows = _windows_at(problem, case)
    return case.model_copy(update={"id": guest.id, "windows": windows, "booking": None})


def _can_serve_known(practice: Practice, known: Known) -> bool:
    """Whether the procedure is offered, its priority known, and there is each kind it always needs.

    What rules add to the needs is found out when the site assesses the case.
    """
    procedure = practice.catalogue.find(known.referral.code, known.referral.system)
    if procedure is None or known.referral.priority not in practice.site.priorities:
        return False
    site = practice.site
    there = [(one.kind, frozenset(one.tags)) for one in site.resources if not one.overflow]
    there += [(slots.kind, frozenset(slots.tags)) for slots in site.arrivals]
    return all(
        any(kind == need.kind and tags >= set(need.tags) for kind, tags in there)
        for need in procedure.needs
        if need.when is None
    )


def _known_at(guest: Guest) -> Known:
    """The facts alone; how far the patient lives from the other site is not known."""
    known = guest.member
    assert isinstance(known, Known)  # noqa: S101 - `can_serve` has seen to it
    referral = known.referral.model_copy(update={"id": guest.id})
    return known.model_copy(update={"referral": referral, "promise": None, "distance_km": None})
