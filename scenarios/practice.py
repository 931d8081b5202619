"""A department as a scenario finds it: its site, what is known of each case, what is assumed.

It is frozen from the store or made up, kept as one JSON document, and edited by scenarios. Windows
are no part of it: they are made anew from facts and policies, so that a changed policy has effect.
"""

from functools import cached_property
from typing import Literal, Self

from pydantic import Field, NonNegativeFloat, model_validator

from models.base import Frozen, Id, Instant
from models.catalogue import Catalogue, shipped_catalogue
from models.clinical.facts import Decision
from models.clinical.policy import Policy, PolicyBook
from models.documents import parse_document
from models.patients import PatientFacts, Referral
from models.problem import Need
from models.site import Site
from scenarios.assumptions import Assumptions


class Promise(Frozen):
    """A booking, with what the patient was told of it."""

    start: Instant
    assigned: dict[Id, Id]
    needs: tuple[Need, ...]
    locked: bool = False
    placed_at: Instant
    """When the place was chosen: the hold was planned from there."""
    told_at: Instant | None = None
    stops_told_at: Instant | None = None
    """When the patient was told to stop drugs for an earlier start, if they were."""


class Known(Frozen):
    """One open case with all that is known of it."""

    patient: PatientFacts
    referral: Referral
    decisions: tuple[Decision, ...] = ()
    promise: Promise | None = None
    distance_km: NonNegativeFloat | None = None
    """How far the patient lives from the site; None: not known."""

    @property
    def id(self) -> str:
        """The case's id, which is its referral's."""
        return self.referral.id


class OutOfUse(Frozen):
    """A resource that cannot be used for a while, besides the site file's own closures."""

    resource: Id
    start: Instant
    end: Instant
    known_at: Instant | None = None
    """When it becomes known in a replay; None: from the beginning."""


class Practice(Frozen):
    """A department at one moment, with its open cases and the assumptions of what is to come."""

    format: Literal["holdfast-practice"] = "holdfast-practice"
    version: Literal[1] = 1
    site: Site
    now: Instant
    known: tuple[Known, ...] = ()
    out_of_use: tuple[OutOfUse, ...] = ()
    own_policies: tuple[Policy, ...] = ()
    """Policies of the site besides the shipped ones; `site.policies` may name them."""
    assumptions: Assumptions = Field(default_factory=Assumptions)
    drawn_from: tuple[Known, ...] | None = None
    """Whose likes are referred in a replay; None: those of the open cases."""

    @model_validator(mode="after")
    def _each_case_once(self) -> Self:
        seen: set[str] = set()
        for known in self.known:
            if known.id in seen:
                msg = f"case {known.id} is given twice"
                raise ValueError(msg)
            seen.add(known.id)
        return self

    @property
    def sources(self) -> tuple[Known, ...]:
        """The cases whose likes are referred in a replay: as many, and of these kinds.

        Edits that add or leave out open cases keep them, and say in the assumptions how much more
        or less is to come, so that nothing is counted twice and equal draws stay equal.
        """
        return self.known if self.drawn_from is None else self.drawn_from

    @cached_property
    def book(self) -> PolicyBook:
        """The policies in force.

        Raises:
            PolicyError: the site names one that is neither shipped nor its own.
        """
        return PolicyBook.of(self.site.policies, self.site.overrides, own=self.own_policies)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The procedures offered, with the site's own figures."""
        return self.site.offered(shipped_catalogue())

    def changed(self, **members: object) -> Self:
        """The same with some members changed, wholly checked again.

        Raises:
            ValidationError: the members contradict each other.
        """
        kept = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self).model_validate(kept | members)


def parse_practice(text: str | bytes, *, place: str) -> Practice:
    """The practice that a document holds.

    Raises:
        InputError: broken JSON, or a member that is missing, unknown or wrong.
    """
    return parse_document(text, Practice, place=place, kind="practice file")
