"""What an application serves: the sites by id, and how callers are recognised."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from fastapi import FastAPI, Request

from api.security.principal import Authenticate
from scheduler.bootstrap import Container


@dataclass(frozen=True)
class Service:
    """Everything the routes need; one store for each site."""

    sites: Mapping[str, Container]
    authenticate: Authenticate


def install(app: FastAPI, service: Service) -> None:
    """Give an application its service."""
    app.state.service = service


def service_of(request: Request) -> Service:
    """The service of the application that a request came to."""
    return cast("Service", request.app.state.service)
