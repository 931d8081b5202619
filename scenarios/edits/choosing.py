"""Edits that change several resources alike: named, or all of a kind that have some tags."""

from collections.abc import Iterable
from typing import Protocol, Self

from pydantic import model_validator

from models.base import Id
from models.errors import InputError
from scenarios.edits.base import Edit
from scenarios.edits.naming import Names, joined, unknown


class HasRole(Protocol):
    """A resource of a site or of a planning file, as far as it is chosen by."""

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def kind(self) -> str:
        """What it is."""
        ...

    @property
    def tags(self) -> tuple[str, ...]:
        """What it can."""
        ...


class ChosenResources(Edit):
    """An edit of `resources`, or of all `of_kind` that have all tags of `with_tags`."""

    resources: Names = ()
    of_kind: Id | None = None
    with_tags: Names = ()

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = self._ways()
        if sum(ways.values()) != 1:
            msg = f"give one of {joined(ways)}"
            raise ValueError(msg)
        if self.with_tags and self.of_kind is None:
            msg = "with_tags narrows of_kind, which is not given"
            raise ValueError(msg)
        return self

    def _ways(self) -> dict[str, bool]:
        return {"resources": bool(self.resources), "of_kind": self.of_kind is not None}

    def chosen(self, known: Iterable[HasRole]) -> tuple[str, ...]:
        """Ids of the resources meant, in order.

        Raises:
            InputError: one is not known, or none is of the kind with the tags.
        """
        every = {resource.id: resource for resource in known}
        if self.of_kind is None:
            for name in self.resources:
                if name not in every:
                    raise unknown("resource", name, every)
            return self.resources
        return of_role(every.values(), self.of_kind, self.with_tags)

    def whom(self) -> str:
        """The resources meant, in words."""
        if self.of_kind is None:
            return joined(self.resources)
        return f"every {role_words(self.of_kind, self.with_tags)}"


def of_role(known: Iterable[HasRole], kind: str, tags: Iterable[str]) -> tuple[str, ...]:
    """Ids of the resources of a kind that have all tags, sorted.

    Raises:
        InputError: there is none.
    """
    alike = [resource for resource in known if resource.kind == kind]
    if not alike:
        raise unknown("kind of resource", kind, {resource.kind for resource in known})
    able = sorted(r.id for r in alike if set(tags) <= set(r.tags))
    if not able:
        raise InputError(
            f"no {kind} has the tags {joined(tags)}",
            remedy=f"their tags are {joined(sorted({tag for r in alike for tag in r.tags}))}",
        )
    return tuple(able)


def role_words(kind: str, tags: Iterable[str]) -> str:
    """A role in words: `suite (biplane)`."""
    able = tuple(tags)
    return f"{kind} ({joined(able)})" if able else kind
