"""The caller of a route: recognised, permitted, and at work in one site.

A route reaches a site's services through its caller and in no other way, so it cannot forget to
ask who calls. Which permission a route needs stands in its signature; an application with a route
that states none does not start (`api.policy`).
"""

from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.errors import ForbiddenError, UnauthorisedError
from api.security.permissions import EMERGENCY, Permission
from api.security.principal import Principal
from api.service import Service, service_of
from models.errors import InputError
from scheduler.bootstrap import Container
from scheduler.services import glass

PERSON = r"^[A-Za-z0-9][A-Za-z0-9._@:/+-]{0,99}$"
"""Ids of persons as directories have them; no room for a name with a space in it."""
_bearer = HTTPBearer(auto_error=False, description="An access token; see `/v1/oauth/token`")

Credentials = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
SiteHeader = Annotated[
    str | None,
    Header(
        alias="Holdfast-Site",
        description="Which site, for callers that belong to several.",
        max_length=200,
        examples=["demo"],
    ),
]


PersonHeader = Annotated[
    str | None,
    Header(
        alias="Holdfast-On-Behalf-Of",
        description=(
            "For systems with `people:act-for`: the id of the person on whose behalf they act. It"
            " stands in the audit beside the system, and permits nothing more."
        ),
        pattern=PERSON,
        examples=["ann@clinic.example"],
    ),
]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and the site's services acting in their name."""

    principal: Principal
    site: Container
    site_id: str

    def may(self, permission: Permission) -> bool:
        """Whether something more is permitted, by role or by an emergency that was declared."""
        return self.principal.may(permission, self.site_id) or self._in_emergency(permission)

    def _in_emergency(self, permission: Permission) -> bool:
        breaks = self.principal.may(Permission.BREAK_GLASS, self.site_id)
        if not breaks or permission not in EMERGENCY:
            return False
        grant = self.site.read(lambda desk: glass.open_for(desk, self.principal.subject))
        if grant is None:
            return False
        self.site.write(lambda desk: glass.used(desk, grant, permission))
        return True


@dataclass(frozen=True, slots=True)
class Needs:
    """A dependency that admits callers with one permission at the site."""

    permission: Permission

    def __call__(
        self,
        request: Request,
        credentials: Credentials,
        named: SiteHeader = None,
        person: PersonHeader = None,
    ) -> Caller:
        """The caller.

        Raises:
            UnauthorisedError: no valid token.
            ForbiddenError: not permitted at the site, or a site that is not the caller's.
            TooManyError: the caller has made too many requests.
        """
        service = service_of(request)
        principal = self._recognised(request, service, credentials)
        if service.limiter is not None:
            service.limiter.count_caller(principal.subject)
        site_id = _site_of(principal, named)
        if site_id in service.sites:
            request.state.site_id = site_id
        if site_id not in service.sites or site_id not in principal.roles:
            raise self.refusal()
        principal = replace(principal, on_behalf_of=person)
        request.state.person = person
        site = service.sites[site_id].acting(principal.subject, person)
        caller = Caller(principal, site, site_id)
        if not caller.may(self.permission):
            raise self.refusal()
        if person is not None and not caller.may(Permission.ACT_FOR):
            raise Needs(Permission.ACT_FOR).refusal()
        return caller

    def _recognised(
        self, request: Request, service: Service, credentials: Credentials
    ) -> Principal:
        """Whoever calls; what the audit is told of the request is noted with it."""
        state = request.state
        state.permission = self.permission
        try:
            state.principal = principal = recognised(service, credentials)
        except UnauthorisedError as error:
            state.site_id, state.subject = error.whose or (None, None)
            raise
        state.site_id, state.subject = next(iter(principal.roles), None), principal.subject
        return principal

    def refusal(self) -> ForbiddenError:
        """What a caller is told who may not."""
        return ForbiddenError(
            "this is not permitted to you", remedy=f"ask for {self.permission} at the site"
        )


def needs(permission: Permission) -> Any:
    """The dependency of a route that only callers with a permission may use."""
    return Depends(Needs(permission))


def recognised(service: Service, credentials: HTTPAuthorizationCredentials | None) -> Principal:
    """Whoever the token names.

    Raises:
        UnauthorisedError: there is no token, or it names nobody.
    """
    if credentials is None:
        raise UnauthorisedError("a bearer token is needed", remedy="see /v1/oauth/token")
    return service.authenticate(credentials.credentials)


def _site_of(principal: Principal, asked: str | None) -> str:
    if asked is not None:
        return asked
    if len(principal.roles) != 1:
        raise InputError(
            "you belong to several sites",
            place="Holdfast-Site",
            remedy="name one of yours in this header",
        )
    return next(iter(principal.roles))
