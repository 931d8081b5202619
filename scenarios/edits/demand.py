"""Edits of demand: more or fewer referrals, of all kinds or of one.

Both sides are set: what is known now, drawn from the practice's own referrals, and the factors on
what comes in during a replay, whose sources stay as they were. A referral drawn comes under a new
id, of a new patient, without a booking, its times moved by whole days (whole weeks where a weekday
is named), never past now. Those left out are as if they had never come, booked or not; cases under
way stay.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, NonNegativeFloat, PositiveInt, model_validator

from models.base import Id, Priority
from models.calendars import Weekday
from models.errors import InputError
from models.problem import Case, PlanningProblem
from models.timegrid import local_day
from scenarios.assumptions import Arrivals
from scenarios.edits import practices, problems
from scenarios.edits.base import Edit
from scenarios.edits.naming import counted, day_words, fresh_ids, times, unknown
from scenarios.edits.shifting import another, instants
from scenarios.practice import Known, Practice

DAY = timedelta(days=1)
Factor = Annotated[float, Field(ge=0, le=20, allow_inf_nan=False)]
T = TypeVar("T")


class OfReferrals(Edit):
    """An edit of all referrals, or of those for a procedure, of a priority or of a weekday."""

    procedure: Id | None = None
    priority: Priority | None = None
    weekday: Weekday | None = None
    """On which they were made, by the site's clock."""
    seed: int = 0
    """Decides which of the known ones are drawn."""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        given = [n for n in (self.procedure, self.priority, self.weekday) if n is not None]
        if len(given) > 1:
            msg = "give one of procedure, priority and weekday, or none"
            raise ValueError(msg)
        return self

    def which(self) -> str:
        """The referrals meant, in words."""
        if self.procedure is not None:
            return f"referrals for {self.procedure}"
        if self.weekday is not None:
            return f"referrals made on {day_words((self.weekday,))}"
        return "referrals" if self.priority is None else f"{self.priority} referrals"

    def meant(self, practice: Practice) -> tuple[Known, ...]:
        """The known cases meant, by id.

        Raises:
            InputError: there is no such procedure.
        """
        if self.procedure is not None and self.procedure not in practice.catalogue.by_key:
            raise unknown("procedure", self.procedure, practice.catalogue.by_key)
        found = (known for known in practice.known if self._is_meant(known, practice))
        return tuple(sorted(found, key=lambda known: known.id))

    def _is_meant(self, known: Known, practice: Practice) -> bool:
        referral, site = known.referral, practice.site
        if self.procedure is not None:
            found = practice.catalogue.find(referral.code, referral.system)
            return found is not None and found.key == self.procedure
        if self.priority is not None:
            return site.priorities.get(referral.priority) == self.priority
        if self.weekday is None:
            return True
        authored = referral.authored
        return authored is not None and Weekday.of(local_day(authored, site.tz)) == self.weekday

    def drawn(self, practice: Practice, count: int) -> Practice:
        """The practice with so many more cases drawn from those meant."""
        pool = self.meant(practice)
        random = Random(self.seed)  # noqa: S311 - a seeded draw, no secret
        taken = {known.id for known in practice.known}
        new = []
        for known in _draws(pool, count, random):
            (name,) = fresh_ids(known.id, 1, taken)
            taken.add(name)
            new.append(another(known, name, self._shift(known, pool, practice.now, random)))
        return practices.changed(practice, known=(*practice.known, *new)) if new else practice

    def _shift(
        self, known: Known, pool: Iterable[Known], now: datetime, random: Random
    ) -> timedelta:
        """Whole days between the first referral of the pool and now, at random."""
        authored = known.referral.authored
        if authored is None:
            return timedelta()
        step = DAY if self.weekday is None else 7 * DAY
        first = min(k.referral.authored for k in pool if k.referral.authored is not None)
        bare = known.model_copy(update={"promise": None})
        past = max((at for at in instants(bare) if at <= now), default=now)
        earliest = -((authored - first) // step)
        return step * random.randint(earliest, max(earliest, (now - past) // step))

    def fewer(self, practice: Practice, count: int) -> Practice:
        """The practice without so many of the cases meant."""
        pool = [known for known in self.meant(practice) if not _under_way(known, practice.now)]
        gone = {known.id for known in _lost(pool, count, self.seed)}
        kept = tuple(known for known in practice.known if known.id not in gone)
        return practices.changed(practice, known=kept)

    def more_to_come(self, practice: Practice, factor: float) -> Practice:
        """The practice with another factor on the arrivals meant, of the same sources as before."""
        arrivals = practice.assumptions.arrivals
        fresh = arrivals.model_copy(update=self._factors(arrivals, factor))
        assumed = practice.assumptions.model_copy(update={"arrivals": fresh})
        return practices.changed(practice, assumptions=assumed, drawn_from=practice.sources)

    def _factors(self, arrivals: Arrivals, factor: float) -> dict[str, object]:
        if self.procedure is not None:
            return {"by_procedure": _scaled(arrivals.by_procedure, self.procedure, factor)}
        if self.priority is not None:
            return {"by_priority": _scaled(arrivals.by_priority, self.priority.value, factor)}
        if self.weekday is not None:
            return {"by_weekday": _scaled(arrivals.by_weekday, self.weekday, factor)}
        return {"scale": arrivals.scale * factor}

    def cases_meant(self, problem: PlanningProblem) -> tuple[Case, ...]:
        """The cases of a planning file that are meant, by id.

        Raises:
            InputError: a procedure or weekday is asked for, which a planning file does not say.
        """
        if self.procedure is not None or self.weekday is not None:
            raise InputError(
                "a planning file says neither the procedure nor when the referral was made",
                remedy="choose by priority, or run it on a practice",
            )
        found = (c for c in problem.cases if self.priority in (None, c.priority))
        return tuple(sorted(found, key=lambda case: case.id))

    def drawn_cases(self, problem: PlanningProblem, count: int) -> PlanningProblem:
        """The problem with so many more cases, alike but for id and booking."""
        taken = set(problem.case_by_id)
        new = []
        random = Random(self.seed)  # noqa: S311 - a seeded draw, no secret
        for case in _draws(self.cases_meant(problem), count, random):
            (name,) = fresh_ids(case.id, 1, taken)
            taken.add(name)
            new.append(case.model_copy(update={"id": name, "booking": None}))
        return problems.rebuilt(problem, cases=(*problem.cases, *new)) if new else problem

    def fewer_cases(self, problem: PlanningProblem, count: int) -> PlanningProblem:
        """The problem without so many of the cases meant."""
        pool = [c for c in self.cases_meant(problem) if not problems.begun(c, problem.now)]
        gone = {case.id for case in _lost(pool, count, self.seed)}
        return problems.rebuilt(
            problem, cases=tuple(case for case in problem.cases if case.id not in gone)
        )


class ScaleDemand(OfReferrals):
    """So many times as many referrals."""

    kind: Literal["scale-demand"] = "scale-demand"
    factor: Factor

    def on_practice(self, practice: Practice) -> Practice:
        """The practice with known referrals added or left out, and arrivals scaled."""
        more = self._change(len(self.meant(practice)))
        if self.factor != 1:
            practice = self.more_to_come(practice, self.factor)
        if more < 0:
            return self.fewer(practice, -more)
        return self.drawn(practice, more)

    def on_problem(self, problem: PlanningProblem) -> PlanningProblem:
        """The problem with cases added or left out."""
        more = self._change(len(self.cases_meant(problem)))
        if more < 0:
            return self.fewer_cases(problem, -more)
        return self.drawn_cases(problem, more)

    def _change(self, count: int) -> int:
        """How many more, halves rounded up."""
        return int(count * self.factor + 0.5) - count

    def words(self) -> str:
        """What is changed."""
        if self.factor == 1:
            return f"Have as many {self.which()} as now."
        return f"Have {times(self.factor)} {self.which()}."


class AddReferrals(OfReferrals):
    """So many more of the known referrals; those to come grow in the same proportion."""

    kind: Literal["add-referrals"] = "add-referrals"
    count: PositiveInt = Field(le=1000)

    def on_practice(self, practice: Practice) -> Practice:
        """The practice with them.

        Raises:
            InputError: none is known that they could be drawn from.
        """
        known = len(self.meant(practice))
        self._refuse_empty(known)
        return self.drawn(self.more_to_come(practice, (known + self.count) / known), self.count)

    def on_problem(self, problem: PlanningProblem) -> PlanningProblem:
        """The problem with them."""
        self._refuse_empty(len(self.cases_meant(problem)))
        return self.drawn_cases(problem, self.count)

    def _refuse_empty(self, known: int) -> None:
        if not known:
            raise InputError(
                f"there are no {self.which()} to draw from", remedy="choose others, or scale all"
            )

    def words(self) -> str:
        """What is changed."""
        return f"Add {self.count} {self.which()} like those known."


class SetArrivals(Edit):
    """How many referrals come on each weekday of a replay."""

    kind: Literal["arrivals"] = "arrivals"
    per_day: dict[Weekday, NonNegativeFloat] = Field(min_length=1)

    def on_practice(self, practice: Practice) -> Practice:
        """The practice with these means; weekdays left out have none."""
        assumed = practice.assumptions
        fresh = assumed.arrivals.model_copy(
            update={"per_day": self.per_day, "source": "the scenario", "evidence": "planning"}
        )
        return practices.changed(
            practice, assumptions=assumed.model_copy(update={"arrivals": fresh})
        )

    def words(self) -> str:
        """What is changed."""
        week = sum(self.per_day.values())
        return f"Have {counted(round(week, 2), 'referral')} a week come in."


def _scaled(factors: dict[T, float], key: T, factor: float) -> dict[T, float]:
    return factors | {key: factors.get(key, 1.0) * factor}


def _under_way(known: Known, now: datetime) -> bool:
    return known.promise is not None and known.promise.start < now


def _draws(pool: tuple[T, ...], count: int, random: Random) -> Iterator[T]:
    """So many of a pool: each once before any twice."""
    while pool and count > 0:
        drawn = random.sample(pool, min(count, len(pool)))
        yield from drawn
        count -= len(drawn)


def _lost(pool: list[T], count: int, seed: int) -> list[T]:
    random = Random(seed)  # noqa: S311 - a seeded draw, no secret
    return random.sample(pool, min(count, len(pool)))
