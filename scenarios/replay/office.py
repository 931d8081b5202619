"""A department in memory: open cases, bookings and closures, under the rules of the service.

Every decision is made by the code that the service itself uses (`models.clinical.booked`,
`models.night_cases`, `models.placing`, `solver.held_board`); this only keeps what was decided.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from models.calendars import DateRules
from models.clinical.booked import assess_booked, not_offered, refused, told_after_move
from models.clinical.facts import Decision, Facts
from models.clinical.readiness import Readiness
from models.department import Department
from models.errors import InputError, RefusedError
from models.held import Held
from models.night_cases import case_of
from models.patients import PatientFacts, Referral
from models.placing import Asked, limit_faults, rule_faults, unavailable
from models.plan import Placement
from models.problem import Case
from models.procedures import ProcedureType
from models.timegrid import local_day
from scenarios.practice import OutOfUse, Practice
from scenarios.replay.files import Booked, File
from scenarios.replay.lengths import Lengths, Minutes
from scenarios.replay.memory import Answers, Calendars, Now, closed_times

NEAR = timedelta(days=6)
"""Needs that begin on one day belong to starts that are no further apart."""


class Office:
    """The one mutable thing of a replay: what is known and booked by now."""

    def __init__(self, practice: Practice, rules: DateRules) -> None:
        self.department = Department(practice.site, practice.catalogue, practice.book, rules)
        self.files: dict[str, File] = {}
        self._calendars = Calendars(self.department)
        self._answers = Answers()
        self._lengths = Lengths(practice.assumptions.durations)
        self._closures: tuple[OutOfUse, ...] = ()
        self._over: dict[str, Held] = {}
        self._held: tuple[datetime, Mapping[str, Held]] | None = None
        """What is held, until something changes, and from when on."""
        self.moment = self._moment(practice.now)

    def _moment(self, now: datetime) -> Now:
        return Now(self.department, closed_times(self._closures), now, self._calendars)

    @property
    def now(self) -> datetime:
        """The instant at which things are done."""
        return self.moment.now

    def at(self, now: datetime) -> None:
        """Let the clock show another instant."""
        if now != self.now:
            self.moment = replace(self.moment, now=now)

    def close(self, lost: OutOfUse) -> None:
        """Take a resource out of use; bookings on it are looked at again."""
        self._closures = (*self._closures, lost)
        self.moment = self._moment(self.now)
        for file in tuple(self.files.values()):
            spans = file.booked.held.spans() if file.booked else ()
            if any(
                _is_of(s.resource, lost) and s.begin < lost.end and lost.start < s.end
                for s in spans
            ):
                self.refresh(file.id)

    def take_in(
        self,
        patient: PatientFacts,
        referral: Referral,
        decisions: tuple[Decision, ...] = (),
        booked: Booked | None = None,
    ) -> File:
        """Open a case and assess it."""
        kind = self.department.procedure(referral)
        facts = self._facts(patient, referral, kind, decisions)
        readiness = self._assessed(referral, facts, booked)
        file = File(patient, referral, kind, facts, readiness, booked, decisions)
        self.files[file.id], self._held = file, None
        return file

    def learn(
        self,
        case: str,
        *,
        patient: PatientFacts | None = None,
        decisions: tuple[Decision, ...] | None = None,
    ) -> File:
        """Replace what is known of a case; it is assessed anew."""
        file = self.files[case]
        patient = file.patient if patient is None else patient
        decisions = file.decisions if decisions is None else decisions
        facts = self._facts(patient, file.referral, file.kind, decisions)
        self.files[case] = replace(file, patient=patient, decisions=decisions, facts=facts)
        return self.refresh(case)

    def _facts(
        self,
        patient: PatientFacts,
        referral: Referral,
        kind: ProcedureType | None,
        decisions: tuple[Decision, ...],
    ) -> Facts | None:
        return self.department.facts(patient, referral, kind, decisions) if kind else None

    def finish(self, case: str) -> File:
        """Close a case: treated, or never to be. What it still holds is held till the day after."""
        self._answers.forget(case)
        self._held = None
        file = self.files.pop(case)
        if file.booked is not None:
            self._over[case] = file.booked.held
        return file

    def refresh(self, case: str) -> File:
        """The case with the readiness and the booking of this moment."""
        file = self.files[case]
        readiness = self._assessed(file.referral, file.facts, file.booked)
        file = replace(file, readiness=readiness)
        self.files[case] = file = file.with_booked(self._rechecked(file))
        return file

    def refresh_all(self) -> None:
        """All open cases as of this moment."""
        for case in sorted(self.files):
            self.refresh(case)

    def _assessed(
        self, referral: Referral, facts: Facts | None, booked: Booked | None
    ) -> Readiness:
        if facts is None:
            return not_offered(referral, self.department.catalogue.version, self.now)
        book = self.department.book
        found = assess_booked(facts, book, self.now, booked, self._answers.assess)
        return self._lengths.planned(facts, found)

    def _rechecked(self, file: File) -> Booked | None:
        booked = file.booked
        if booked is None or booked.start < self.now:
            return booked
        if booked.start >= self.department.site.horizon(self.now).end:
            return booked
        trouble = (
            *self._forbidden_as_booked(file, booked.start),
            *unavailable(self.moment, booked.held),
        )
        return booked if trouble == booked.trouble else replace(booked, trouble=trouble)

    def _forbidden_as_booked(self, file: File, start: datetime) -> tuple[str, ...]:
        """As `_forbidden`; both forms of the rules agree, so windows just made are asked first."""
        if any(a <= start < b for a, b in file.readiness.windows):
            return ()
        return self._forbidden(file, start)

    def _forbidden(self, file: File, start: datetime) -> tuple[str, ...]:
        """Why the rules forbid a start, by their pointwise form."""
        if file.facts is None:
            return tuple(asked.sentence for asked in file.readiness.requirements)
        promised = None if file.readiness.blocks else file.booked
        found = refused(file.facts, self.department.book, self.now, start, promised)
        return tuple(refusal.sentence for refusal in found)

    def minutes_of(self, file: File) -> Minutes:
        """How long the procedure of a case takes by the catalogue, and as it is planned."""
        if file.facts is None:
            return Minutes(0, 0)
        return self._lengths.minutes(file.facts, file.readiness)

    @property
    def held(self) -> Mapping[str, Held]:
        """What bookings from the day before on hold, by case."""
        since = self.department.span(self.now).start
        if self._held is None or self._held[0] != since:
            self._held = since, self._held_since(since)
        return self._held[1]

    def _held_since(self, since: datetime) -> Mapping[str, Held]:
        self._over = {case: held for case, held in self._over.items() if held.start >= since}
        booked = {
            case: file.booked.held
            for case, file in self.files.items()
            if file.booked and file.booked.start >= since
        }
        return dict(sorted((self._over | booked).items()))

    def case_of(self, file: File) -> Case:
        """The case for the planning problems of this moment.

        Raises:
            RefusedError: its procedure is not offered, or the rules ask for something that nothing
                here can give.
        """
        standing = file.standing()
        if standing is None:
            raise RefusedError(file.readiness.requirements[0].sentence, place=f"case {file.id}")
        try:
            return case_of(self.moment, standing)
        except InputError as error:
            raise RefusedError(error.problem, place=f"case {file.id}") from error

    def faults_alone(self, file: File, case: Case, held: Held) -> tuple[str, ...]:
        """What forbids a placement whatever others hold."""
        before = file.booked.held if file.booked else None
        forbidden = self._forbidden(file, held.start)
        return tuple(rule_faults(self.moment, Asked(case, held, before), forbidden))

    def book(self, case: str, start: datetime, assigned: Mapping[str, str]) -> File:
        """Book a placement of a case that has none.

        Raises:
            RefusedError: a rule forbids it, or somebody else holds some of it.
        """
        file = self.refresh(case)
        held = self._checked(file, start, assigned)
        return self.keep(file.id, Booked(held, placed_at=self.now))

    def move(self, case: str, start: datetime, assigned: Mapping[str, str]) -> File:
        """Move a booking, or leave it exactly where it is.

        Raises:
            RefusedError: a rule forbids it, or somebody else holds some of it.
        """
        file = self.refresh(case)
        held = self._checked(file, start, assigned)
        return self.keep_move(file, held)

    def keep_move(self, file: File, held: Held) -> File:
        """Write down the new place of a booking that was found to be possible."""
        booked = file.booked
        if booked is None:
            return self.keep(file.id, Booked(held, placed_at=self.now))
        told = told_after_move(booked, held.start, self.now)
        moved = replace(booked, held=held, trouble=())
        return self.keep(file.id, replace(moved, **told))  # type: ignore[arg-type]

    def _checked(self, file: File, start: datetime, assigned: Mapping[str, str]) -> Held:
        case = self.case_of(file)
        held = Held.of(Placement(case=case.id, start=start, assigned=dict(assigned)), case.needs)
        others = self.others_on(case.id, held)
        faults = [
            *self.faults_alone(file, case, held),
            *limit_faults(self.moment, Asked(case, held), others),
            *Taken(others).overlaps(held),
        ]
        if faults:
            raise RefusedError("; ".join(faults), place=f"case {case.id}")
        return held

    def others_on(self, case: str, held: Held) -> dict[str, Held]:
        """What others hold of the same resources on the same local days, by case."""
        tz = self.department.site.tz
        wanted = {(span.resource, local_day(span.begin, tz)) for span in held.spans()}
        names = {resource for resource, _ in wanted}
        near = {
            name: other
            for name, other in self.held.items()
            if name != case
            and abs(other.start - held.start) < NEAR
            and not names.isdisjoint(other.assigned.values())
        }
        return {
            name: other
            for name, other in near.items()
            if any((s.resource, local_day(s.begin, tz)) in wanted for s in other.spans())
        }

    def keep(self, case: str, booked: Booked | None) -> File:
        """Write down a booking, or that there is none any more."""
        self._held = None
        self.files[case] = file = self.files[case].with_booked(booked)
        return file

    def tell(self, case: str) -> File:
        """Note that the patient has been told the time of the booking."""
        booked = self.files[case].booked
        return self.keep(case, replace(booked, told_at=self.now) if booked else None)


def _is_of(resource: str, lost: OutOfUse) -> bool:
    return resource == lost.resource or resource.startswith(f"{lost.resource}-")


class Taken:
    """What is held, by resource."""

    def __init__(self, held: Mapping[str, Held]) -> None:
        self._spans: dict[str, list[tuple[datetime, datetime, str]]] = defaultdict(list)
        for name, what in held.items():
            for span in what.spans():
                self._spans[span.resource].append((span.begin, span.end, name))

    def overlaps(self, held: Held) -> Iterator[str]:
        """Who holds some of what is wanted, a sentence each."""
        for span in held.spans():
            for begin, end, name in self._spans.get(span.resource, ()):
                if span.begin < end and begin < span.end:
                    yield f"{span.resource} is held by case {name}"
