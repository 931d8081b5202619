"""Edits of the hold policies. A practice holds facts, so windows are made anew from them."""

from typing import Literal, Self

from pydantic import Field, model_validator

from models.clinical.policy import RowOverride, parse_policy
from models.errors import InputError
from scenarios.edits import practices
from scenarios.edits.base import Edit
from scenarios.edits.naming import Names, joined, unknown
from scenarios.practice import Practice


def _in_force(practice: Practice) -> Practice:
    """The practice, once its policies have been seen to be fit to be in force together."""
    names = {policy.name for policy in practice.book.policies}
    for name in practice.site.policies:
        if name not in names:
            raise unknown("policy", name, names)
    return practice


class SetPolicies(Edit):
    """Other policies, in order of precedence: the first that knows a drug speaks for it."""

    kind: Literal["set-policies"] = "set-policies"
    policies: Names = Field(min_length=1)

    def on_practice(self, practice: Practice) -> Practice:
        """The practice under them; the site's decisions on rows of policies left out go too."""
        rules = practice.book.rules.name
        kept = tuple(
            change for change in practice.site.overrides if change.policy in (*self.policies, rules)
        )
        return _in_force(practices.with_site(practice, policies=self.policies, overrides=kept))

    def words(self) -> str:
        """What is changed."""
        first, *rest = self.policies
        after = f", then by {joined(rest)}" if rest else ""
        return f"Hold drugs by {first} first{after}."


class OverrideRow(Edit):
    """A decision of the site on one row of a policy, with who took it, why and when."""

    kind: Literal["override-row"] = "override-row"
    override: RowOverride

    def on_practice(self, practice: Practice) -> Practice:
        """The practice with it, after the decisions it has."""
        overrides = (*practice.site.overrides, self.override)
        return _in_force(practices.with_site(practice, overrides=overrides))

    def words(self) -> str:
        """What is changed."""
        change = self.override
        cells = ", ".join(f"{name} {value}" for name, value in sorted(change.row.items()))
        return f"In {change.policy}, hold {change.drug} otherwise: {cells} ({change.reason})."


class OwnPolicy(Edit):
    """A policy of the site, as the text of a policy file; first in precedence unless said."""

    kind: Literal["own-policy"] = "own-policy"
    csv: str = Field(min_length=1)
    """Comment lines that name it, then one row per rule."""
    first: bool = True
    """False: last in precedence."""

    @model_validator(mode="after")
    def _readable(self) -> Self:
        try:
            self.name  # noqa: B018 - read to be checked
        except InputError as error:
            raise ValueError(str(error)) from error
        return self

    @property
    def name(self) -> str:
        """What the file calls the policy."""
        return parse_policy(self.csv, place="csv").name

    def on_practice(self, practice: Practice) -> Practice:
        """The practice with it in force; it takes the place of one of the same name."""
        policy = parse_policy(self.csv, place="csv")
        own = tuple(p for p in practice.own_policies if p.name != policy.name)
        others = tuple(name for name in practice.site.policies if name != policy.name)
        names = (policy.name, *others) if self.first else (*others, policy.name)
        known = practices.changed(practice, own_policies=(*own, policy))
        return _in_force(practices.with_site(known, policies=names))

    def words(self) -> str:
        """What is changed."""
        place = "first" if self.first else "last"
        return f"Hold drugs by the site's own policy {self.name}, {place} in precedence."
