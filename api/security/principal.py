"""Who calls: named by a verified token, with roles at one or more sites."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from api.security.permissions import Permission, Role, granted

Authenticate = Callable[[str], "Principal"]
"""Turns a bearer token into whoever it names; `UnauthorisedError` if it names nobody."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody, or a system, whose token has been verified for this request."""

    subject: str
    """Unique, and named in the audit."""
    roles: Mapping[str, frozenset[Role]]
    """Roles by site."""
    on_behalf_of: str | None = None
    """The person for whom a system acts, where it says so."""
    within: frozenset[Permission] | None = None
    """What the token was given for; None for all that the roles permit."""

    def may(self, permission: Permission, site: str) -> bool:
        """Whether something is permitted at a site."""
        if self.within is not None and permission not in self.within:
            return False
        return permission in granted(self.roles.get(site, frozenset()))
