"""Hold policies of a site: which are in force, who signed them, and what a change would touch."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from models.clinical.policy import (
    Policy,
    RowOverride,
    shipped_policy,
    shipped_policy_names,
)
from models.errors import NotFoundError, PolicyError, RefusedError, StaleError
from scenarios.touched import Trial, touched
from scheduler.records_plan import SignOff
from scheduler.services.desk import Desk
from scheduler.services.practices import practice_of


@dataclass(frozen=True, slots=True)
class Standing:
    """A policy as it stands at a site."""

    policy: Policy
    """With the site's own decisions in it, where it is in force."""
    digest: str
    rank: int | None
    """1 for the first that is asked; None where it is not in force."""
    overrides: tuple[RowOverride, ...]
    signatures: tuple[SignOff, ...]

    @property
    def signed(self) -> tuple[SignOff, ...]:
        """The signatures under the policy exactly as it is worded now."""
        return tuple(one for one in self.signatures if one.digest == self.digest)


def policy_digest(policy: Policy) -> str:
    """SHA-256 over all that a policy says."""
    content = json.dumps(policy.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def policies(desk: Desk) -> tuple[Standing, ...]:
    """The policies in force in their order, then the others that are known, by name."""
    in_force = [policy.name for policy in desk.department.book.policies]
    others = [name for name in shipped_policy_names() if name not in in_force]
    return tuple(policy(desk, name) for name in (*in_force, *others))


def policy(desk: Desk, name: str) -> Standing:
    """One policy: as the site has it if it is in force, else as it is shipped.

    Raises:
        NotFoundError: there is no such policy.
    """
    book, site = desk.department.book, desk.department.site
    for rank, found in enumerate(book.policies, start=1):
        if found.name == name:
            overrides = tuple(one for one in site.overrides if one.policy == name)
            return _standing(desk, found, rank, overrides)
    if name not in shipped_policy_names():
        raise NotFoundError(f"there is no policy {name}", remedy="list them")
    return _standing(desk, shipped_policy(name), None, ())


def _standing(
    desk: Desk, found: Policy, rank: int | None, overrides: tuple[RowOverride, ...]
) -> Standing:
    signatures = desk.uow.sign_offs.all(found.name)
    return Standing(found, policy_digest(found), rank, overrides, signatures)


def sign(desk: Desk, name: str, *, version: str, digest: str, comment: str) -> Standing:
    """Sign a policy as somebody has read it; the desk's actor is who signs.

    Raises:
        NotFoundError: there is no such policy.
        StaleError: it is worded otherwise by now.
        RefusedError: the actor has signed it already.
    """
    found = policy(desk, name)
    if (found.policy.version, found.digest) != (version, digest):
        raise StaleError("it is worded otherwise now", place=f"policy {name}", remedy="read it")
    if any(one.by == desk.actor for one in found.signed):
        raise RefusedError(f"{desk.actor} has signed it already", place=f"policy {name}")
    signed = SignOff(
        id=desk.ids.new("sign-off"),
        policy=name,
        version=version,
        digest=digest,
        by=desk.actor,
        at=desk.now,
        comment=comment,
    )
    desk.uow.sign_offs.add(signed)
    desk.audit("policy.sign", name, after=signed, detail=f"{version}, {digest[:16]}")
    return replace(found, signatures=(*found.signatures, signed))


def touched_by(
    desk: Desk, names: Iterable[str], overrides: Iterable[RowOverride] | None = None
) -> Trial:
    """Assess every booked case under another list of policies, at its booked start; keep nothing.

    Args:
        desk: the transaction.
        names: policies in order of precedence.
        overrides: the site's own decisions; those in force unless given.

    Raises:
        PolicyError: the policies cannot be in force like this.
    """
    before = practice_of(desk)
    site = before.site
    kept = site.overrides if overrides is None else tuple(overrides)
    asked = tuple(names)
    if len(set(asked)) != len(asked):
        raise PolicyError("a policy is named twice", place="policies", remedy="name each once")
    changed = site.model_copy(update={"policies": asked, "overrides": kept})
    after = before.changed(site=changed)
    _ = after.book  # refused here, rather than at the first case
    return touched(before, after)
