"""A case of a replay with all that is known of it, and what the rules said of it last."""

from dataclasses import dataclass, replace
from datetime import datetime

from models.clinical.facts import Decision, Facts
from models.clinical.readiness import Readiness
from models.held import Held
from models.night_cases import Standing, off_drug_as_told
from models.patients import PatientFacts, Referral
from models.procedures import ProcedureType
from scenarios.practice import Promise


@dataclass(frozen=True, slots=True)
class Booked:
    """A placement that has been promised."""

    held: Held
    placed_at: datetime
    told_at: datetime | None = None
    stops_told_at: datetime | None = None
    locked: bool = False
    trouble: tuple[str, ...] = ()
    """Why it can no longer stand as it is; empty when all is well."""

    @classmethod
    def of(cls, promise: Promise) -> "Booked":
        """A booking as a practice has it."""
        return cls(
            held=Held(start=promise.start, assigned=promise.assigned, needs=promise.needs),
            placed_at=promise.placed_at,
            told_at=promise.told_at,
            stops_told_at=promise.stops_told_at,
            locked=promise.locked,
        )

    @property
    def start(self) -> datetime:
        """When the procedure is booked for."""
        return self.held.start


@dataclass(frozen=True, slots=True)
class File:
    """An open case."""

    patient: PatientFacts
    referral: Referral
    kind: ProcedureType | None
    """None: the site does not offer what was asked for."""
    facts: Facts | None
    """What the rules look at; None when the procedure is not offered."""
    readiness: Readiness
    booked: Booked | None = None
    decisions: tuple[Decision, ...] = ()

    @property
    def id(self) -> str:
        """The case's id."""
        return self.referral.id

    @property
    def told(self) -> bool:
        """Whether the patient was told a time, or to stop drugs for one."""
        return bool(self.booked and (self.booked.told_at or self.booked.stops_told_at))

    @property
    def troubled(self) -> bool:
        """Whether the booking can no longer stand as it is."""
        return bool(self.booked and self.booked.trouble)

    @property
    def off_drug(self) -> bool:
        """Whether the patient was told a time, and the hold for it has begun."""
        return off_drug_as_told(self.readiness, told=self.told)

    def standing(self) -> Standing | None:
        """How the case stands, for planning problems; None when the procedure is not offered."""
        if self.kind is None:
            return None
        booked = self.booked
        return Standing(
            referral=self.referral,
            readiness=self.readiness,
            kind=self.kind,
            booked=booked.held if booked else None,
            locked=bool(booked and booked.locked),
            told=self.told,
            troubled=self.troubled,
        )

    def with_booked(self, booked: Booked | None) -> "File":
        """The same file with another booking."""
        return replace(self, booked=booked)
