"""An application with a route that does not say who may use it does not start."""

from typing import Annotated

import pytest
from fastapi import APIRouter, FastAPI

from api.caller import Caller, needs
from api.policy import check_policies, open_to_all
from api.security.permissions import Permission

Reader = Annotated[Caller, needs(Permission.READ_CASES)]
Booker = Annotated[Caller, needs(Permission.BOOK)]


def test_a_route_with_a_permission_or_a_reason_starts() -> None:
    app = FastAPI(docs_url=None, redoc_url=None)

    @app.get("/closed")
    def closed(caller: Reader) -> str:
        return caller.site_id

    @app.get("/open", dependencies=[open_to_all("it says nothing")])
    def opened() -> str:
        return ""

    check_policies(app)


def test_a_route_without_a_policy_does_not_start() -> None:
    app = FastAPI(docs_url=None, redoc_url=None)

    @app.get("/forgotten")
    def forgotten() -> str:
        return ""

    with pytest.raises(RuntimeError, match=r"\['GET'\] /forgotten must state one policy"):
        check_policies(app)


def test_a_forgetful_route_of_an_included_router_does_not_start() -> None:
    # included routers are not flattened into app.routes: a check of those alone sees nothing
    app, outer, inner = FastAPI(docs_url=None, redoc_url=None), APIRouter(), APIRouter()

    @inner.get("/forgotten")
    def forgotten() -> str:
        return ""

    outer.include_router(inner, prefix="/in")
    app.include_router(outer, prefix="/v1")
    with pytest.raises(RuntimeError, match=r"\['GET'\] /v1/in/forgotten must state one policy"):
        check_policies(app)


def test_a_route_with_two_policies_does_not_start() -> None:
    app = FastAPI(docs_url=None, redoc_url=None)

    @app.get("/torn", dependencies=[open_to_all("why not")])
    def torn(caller: Booker) -> str:
        return caller.site_id

    with pytest.raises(RuntimeError, match="states 2"):
        check_policies(app)


def test_something_that_is_no_route_of_the_api_does_not_start() -> None:
    app = FastAPI(docs_url=None, redoc_url=None)
    app.mount("/files", FastAPI())
    with pytest.raises(RuntimeError, match="cannot state a policy"):
        check_policies(app)
