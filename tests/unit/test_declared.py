"""The watch for undeclared answers finds them; without this its silence would mean nothing."""

from typing import Any

from fastapi import APIRouter, FastAPI, HTTPException
from fastapi.testclient import TestClient

from tests.declared import Surprises, statuses


def _app() -> FastAPI:
    app, router = FastAPI(), APIRouter(prefix="/v1")

    stated: dict[int | str, dict[str, Any]] = {
        404: {"description": "there is no such book"},
        500: {"description": "the shelf fell"},
    }

    @router.get("/shelf/{book}", responses=stated)
    def book(book: int) -> int:
        if book > 1:
            raise HTTPException(404 + book)
        return book

    app.include_router(router)
    return app


def test_an_answer_that_no_route_declares_is_found() -> None:
    surprises = Surprises()
    client = surprises.client(TestClient(_app()))
    client.get("/v1/shelf/1")
    assert surprises.found == []
    client.get("/v1/shelf/6")
    client.get("/v1/shelf/96")
    assert surprises.found == ["GET /v1/shelf/6: 410", "GET /v1/shelf/96: 500"]


def test_a_path_without_a_route_declares_nothing() -> None:
    app = _app()
    assert statuses(app, "GET", "/v1/shelf/1") == {200, 404}
    assert statuses(app, "PUT", "/v1/shelf/1") == statuses(app, "GET", "/v1/desk") == frozenset()
