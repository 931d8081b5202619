"""What an application serves: the sites by id, and how callers are recognised."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

from fastapi import FastAPI, Request

from api.accesses import Accesses
from api.edge.limiting import Limiter
from api.metrics import Metrics
from api.security.jwks import KeySets
from api.security.principal import Authenticate
from api.security.recognise import Recogniser
from api.settings import ApiSettings
from models.errors import InputError
from scheduler.bootstrap import Container

UNLIMITED = ApiSettings(limits=None)


@dataclass(frozen=True)
class Service:
    """Everything the routes need; one store for each site."""

    sites: Mapping[str, Container]
    authenticate: Authenticate
    settings: ApiSettings = UNLIMITED
    keys: KeySets = field(default_factory=KeySets)
    limiter: Limiter | None = None
    metrics: Metrics = field(default_factory=Metrics)

    @cached_property
    def accesses(self) -> Accesses:
        """What the audit has still to be told of."""
        return Accesses(self.sites)

    def site(self, named: str | None) -> tuple[str, Container]:
        """The site of a name, or the only one.

        Raises:
            InputError: no such site, or none was named and there are several.
        """
        if named is None and len(self.sites) == 1:
            return next(iter(self.sites.items()))
        if named is None or named not in self.sites:
            raise InputError("which site is not said", place="site", remedy="name one")
        return named, self.sites[named]


def serve_sites(
    containers: Iterable[Container], settings: ApiSettings, *, keys: KeySets | None = None
) -> Service:
    """A service over the stores of one or more sites, by the tokens that it gives and trusts.

    Raises:
        InputError: two stores of one site, or settings that speak of a site that is not there.
    """
    sites: dict[str, Container] = {}
    for container in containers:
        site_id = container.read(lambda desk: desk.uow.sites.get()).id
        if site_id in sites:
            raise InputError(f"two stores are of site {site_id}", remedy="name each once")
        sites[site_id] = container
    _check_grants(settings, sites)
    known = keys or KeySets()
    return Service(
        sites=sites,
        authenticate=Recogniser(sites, settings.issuers, known),
        settings=settings,
        keys=known,
        limiter=Limiter(settings.limits) if settings.limits else None,
    )


def _check_grants(settings: ApiSettings, sites: Mapping[str, Container]) -> None:
    named = {
        site
        for issuer in settings.issuers
        for by_site in issuer.grants.values()
        for site in by_site
    }
    for site in sorted(named - sites.keys()):
        raise InputError(f"grants name the site {site}", place="issuers", remedy="give its store")


def install(app: FastAPI, service: Service) -> None:
    """Give an application its service."""
    app.state.service = service


def service_of(request: Request) -> Service:
    """The service of the application that a request came to."""
    return cast("Service", request.app.state.service)
