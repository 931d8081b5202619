"""How long procedures are: by the catalogue, as they are planned, and as they really go."""

from dataclasses import dataclass
from typing import NamedTuple

from models.cases import procedure_minutes, sedation_level
from models.clinical.facts import Facts
from models.clinical.readiness import Readiness
from scenarios.assumptions import Durations
from scenarios.durations import duration_key, minutes, planned_minutes


class Minutes(NamedTuple):
    """The procedure phase of a case."""

    catalogue: int
    planned: int


@dataclass(frozen=True, slots=True)
class Lengths:
    """The lengths of procedures under a duration model."""

    durations: Durations

    def planned(self, facts: Facts, readiness: Readiness) -> Readiness:
        """The readiness with as many minutes more as the planned quantile adds to the catalogue."""
        extra = self._extra(facts, readiness)
        if not extra:
            return readiness
        return readiness.model_copy(update={"extra_minutes": readiness.extra_minutes + extra})

    def _extra(self, facts: Facts, readiness: Readiness) -> int:
        if self.durations.planned_quantile is None:
            return 0
        booked = procedure_minutes(facts.procedure, facts.referral, readiness)
        key = (facts.procedure.key, *self._key(facts, readiness)[1:2])
        return max(1, round(planned_minutes(self.durations, key, booked))) - booked

    def minutes(self, facts: Facts, readiness: Readiness) -> Minutes:
        """The catalogue's minutes and the planned ones.

        Args:
            facts: of the case.
            readiness: as `planned` gives it.
        """
        planned = procedure_minutes(facts.procedure, facts.referral, readiness)
        if self.durations.planned_quantile is None:
            return Minutes(planned, planned)
        return Minutes(self._before(facts, readiness, planned), planned)

    def _before(self, facts: Facts, readiness: Readiness, planned: int) -> int:
        """The catalogue's minutes of a readiness whose minutes are the planned ones."""
        key = (facts.procedure.key, *self._key(facts, readiness)[1:2])
        ratio = planned_minutes(self.durations, key, 1.0)
        return max(1, round(planned / ratio)) if ratio > 0 else planned

    def actual(
        self, facts: Facts, readiness: Readiness, doctor: str, booked: int, level: float
    ) -> float:
        """Minutes that a procedure really takes.

        Args:
            facts: of the case.
            readiness: of the case.
            doctor: id of the proceduralist.
            booked: the catalogue's minutes.
            level: of the distribution, from 0 to 1.
        """
        procedure, levels, _, sedation = self._key(facts, readiness)
        key = (procedure, levels, doctor, sedation)
        return minutes(self.durations, key, float(booked), level)

    def _key(self, facts: Facts, readiness: Readiness) -> tuple[str, str, str, str]:
        sedation = sedation_level(facts.procedure, readiness)
        levels = len(set(facts.referral.levels))
        return duration_key(facts.procedure.key, levels, "", sedation)
