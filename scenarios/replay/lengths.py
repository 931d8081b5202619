"""How long procedures are: by the catalogue, as they are planned, and as they really go."""

from dataclasses import dataclass
from typing import NamedTuple

from models.cases import procedure_minutes, sedation_level
from models.clinical.facts import Facts
from models.clinical.readiness import Readiness
from models.clinical.spacing import extra_minutes
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
        if self.durations.planned_quantile is None:
            return readiness
        catalogue = _by_catalogue(facts, readiness)
        # Who will carry it out is not known yet.
        key = _key(facts, readiness, doctor="")[:-1]
        added = max(1, round(planned_minutes(self.durations, key, catalogue))) - catalogue
        return readiness.model_copy(update={"extra_minutes": readiness.extra_minutes + added})

    def minutes(self, facts: Facts, readiness: Readiness) -> Minutes:
        """The catalogue's minutes and the planned ones.

        Args:
            facts: of the case.
            readiness: as `planned` gives it.
        """
        planned = procedure_minutes(facts.procedure, facts.referral, readiness)
        return Minutes(_by_catalogue(facts, readiness), planned)

    def actual(
        self, facts: Facts, readiness: Readiness, doctor: str, catalogue: int, level: float
    ) -> float:
        """Minutes that a procedure really takes.

        Args:
            facts: of the case.
            readiness: of the case.
            doctor: id of the proceduralist.
            catalogue: its minutes.
            level: of the distribution, from 0 to 1.
        """
        key = _key(facts, readiness, doctor=doctor)
        return minutes(self.durations, key, float(catalogue), level)


def _by_catalogue(facts: Facts, readiness: Readiness) -> int:
    """The minutes of a case before any of a planned quantile were added."""
    assessed = readiness.model_copy(update={"extra_minutes": extra_minutes(facts)})
    return procedure_minutes(facts.procedure, facts.referral, assessed)


def _key(facts: Facts, readiness: Readiness, *, doctor: str) -> tuple[str, str, str, str]:
    sedation = sedation_level(facts.procedure, readiness)
    levels = len(set(facts.referral.levels))
    return duration_key(facts.procedure.key, levels, sedation, doctor)
