"""Edits of how long procedures and the turnover of rooms take."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, NonNegativeInt, ValidationError, model_validator

from models.base import Id
from models.documents import first_fault
from models.errors import InputError
from models.problem import PlanningProblem
from models.procedures import ProcedureType
from models.site import ProcedureOverride
from scenarios.assumptions import DurationGroup, Durations, Share
from scenarios.edits import lengths, practices
from scenarios.edits.base import Edit
from scenarios.edits.naming import counted, longer, unknown
from scenarios.practice import Practice

LENGTHS = ("base", "per_extra_level", "bilateral", "ct_guidance", "thoracic")
Stretch = Annotated[float, Field(gt=0, le=20, allow_inf_nan=False)]


def _meant(practice: Practice, key: str | None) -> tuple[ProcedureType, ...]:
    known = practice.catalogue.by_key
    if key is None:
        return practice.catalogue.procedures
    if key not in known:
        raise unknown("procedure", key, known)
    return (known[key],)


def _with_figures(
    practice: Practice,
    procedures: Iterable[ProcedureType],
    figures: Mapping[str, Mapping[str, int]],
) -> Practice:
    """The practice with the site's own figures for procedures, over those that it has."""
    own = dict(practice.site.procedures)
    for procedure in procedures:
        before = own.get(procedure.key)
        kept = {} if before is None else before.model_dump(exclude_none=True)
        given = kept | dict(figures[procedure.key]) | {"source": "scenario"}
        own[procedure.key] = ProcedureOverride.model_validate(given)
    return practices.with_site(practice, procedures=own)


class ScaleDurations(Edit):
    """Procedures so many times as long: planned so and lasting so, or lasting so unforeseen."""

    kind: Literal["scale-durations"] = "scale-durations"
    factor: Stretch
    procedure: Id | None = None
    """All when left out."""
    planned: bool = True
    """False: only the actual minutes of a replay change, and the plan does not know."""

    def on_practice(self, practice: Practice) -> Practice:
        """The practice with other minutes in its catalogue, or other actual ones."""
        found = _meant(practice, self.procedure)
        if not self.planned:
            return self._unforeseen(practice)
        figures = {p.key: self._figures(p) for p in found}
        return practice if self.factor == 1 else _with_figures(practice, found, figures)

    def _figures(self, procedure: ProcedureType) -> dict[str, int]:
        """The figures of its length, halves rounded up; at least a minute."""
        minutes = procedure.procedure_minutes
        scaled = {name: int(getattr(minutes, name) * self.factor + 0.5) for name in LENGTHS}
        return scaled | {"base": max(1, scaled["base"])}

    def _unforeseen(self, practice: Practice) -> Practice:
        durations = practice.assumptions.durations
        if self.procedure is None:
            fresh = durations.model_copy(update={"scale": durations.scale * self.factor})
        else:
            groups = _scaled_groups(durations.groups, self.procedure, self.factor)
            fresh = durations.model_copy(update={"groups": groups})
        return _with_durations(practice, fresh)

    def on_problem(self, problem: PlanningProblem) -> PlanningProblem:
        """The problem with the procedures stretched, on whole ticks."""
        if self.procedure is not None or not self.planned:
            raise InputError(
                "a planning file names no procedures and has no actual minutes",
                remedy="scale all planned durations, or run it on a practice",
            )
        return lengths.each_case(
            problem, lambda case: lengths.stretched(case, self.factor, problem.tick_minutes)
        )

    def words(self) -> str:
        """What is changed."""
        which = "Procedures" if self.procedure is None else f"Procedures {self.procedure}"
        known = "" if self.planned else ", and nobody plans for it"
        if self.factor == 1:
            return f"{which} are as long as now."
        return f"{which} are {longer(self.factor)}{known}."


def _scaled_groups(
    groups: tuple[DurationGroup, ...], procedure: str, factor: float
) -> tuple[DurationGroup, ...]:
    """The groups of a procedure scaled; one made like the general where it has none."""
    if all(group.key[:1] != (procedure,) for group in groups):
        groups = (*groups, groups[0].model_copy(update={"key": (procedure,), "cases": 0}))
    return tuple(_longer(g, factor) if g.key[:1] == (procedure,) else g for g in groups)


def _longer(group: DurationGroup, factor: float) -> DurationGroup:
    ratio = group.ratio
    scaled = {
        "values": tuple(value * factor for value in ratio.values),
        "source": f"{factor:g} times {ratio.source}",
    }
    return group.model_copy(update={"ratio": ratio.model_copy(update=scaled)})


def _with_durations(practice: Practice, durations: Durations) -> Practice:
    try:
        checked = Durations.model_validate(durations.model_dump())
    except ValidationError as error:
        raise InputError(first_fault(error), remedy="give other durations") from error
    assumed = practice.assumptions.model_copy(update={"durations": checked})
    return practices.changed(practice, assumptions=assumed)


class SetDurations(Edit):
    """Actual durations as fitted from a history; and the quantile of them that is booked."""

    kind: Literal["set-durations"] = "set-durations"
    durations: Durations | None = None
    """Ratios to the catalogue's minutes, as it has them at this edit."""
    planned_quantile: Share | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.durations is None and self.planned_quantile is None:
            msg = "give durations or planned_quantile"
            raise ValueError(msg)
        return self

    def on_practice(self, practice: Practice) -> Practice:
        """The practice with them."""
        fresh = self.durations or practice.assumptions.durations
        if self.planned_quantile is not None:
            fresh = fresh.model_copy(update={"planned_quantile": self.planned_quantile})
        return _with_durations(practice, fresh)

    def words(self) -> str:
        """What is changed."""
        said = []
        if self.durations is not None:
            cases = self.durations.groups[0].cases
            said.append(f"procedures last as {counted(cases, 'case')} of a history did")
        if self.planned_quantile is not None:
            said.append(f"plans book the {100 * self.planned_quantile:g} % quantile of durations")
        text = " and ".join(said)
        return f"{text[0].upper()}{text[1:]}."


class Turnover(Edit):
    """So many minutes to turn a room over."""

    kind: Literal["turnover"] = "turnover"
    minutes: NonNegativeInt = Field(le=1440)
    procedure: Id | None = None
    """After this procedure; after all when left out."""

    def on_practice(self, practice: Practice) -> Practice:
        """The practice with it."""
        found = _meant(practice, self.procedure)
        figures = {p.key: {"turnover_minutes": self.minutes} for p in found}
        return _with_figures(practice, found, figures)

    def on_problem(self, problem: PlanningProblem) -> PlanningProblem:
        """The problem whose rooms are held so long after each procedure, on whole ticks."""
        if self.procedure is not None:
            raise InputError(
                "a planning file names no procedures", remedy="leave the procedure out"
            )
        return lengths.each_case(
            problem, lambda case: lengths.with_turnover(case, self.minutes, problem.tick_minutes)
        )

    def words(self) -> str:
        """What is changed."""
        after = f" after {self.procedure}" if self.procedure else ""
        return f"Turn rooms over in {counted(self.minutes, 'minute')}{after}."
