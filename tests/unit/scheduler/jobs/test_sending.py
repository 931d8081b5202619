"""What is sent: signed, whole, without redirects; and who may be told."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from models.errors import InputError
from scheduler.jobs.destinations import Destination, read_notices
from scheduler.jobs.sending import Sender, payload
from scheduler.records_notices import Message

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEY = b"k" * 24
ENVIRONMENT = {"SECRET": "whsec_" + base64.b64encode(KEY).decode()}
HOOK = Destination(name="hook", url="https://example.org/hook", secret_env="SECRET")
MOVED = Message(id="message-1", kind="booking.move", subject="A", body='{"n":1}', created_at=NOON)


def sender(answer: int | Exception) -> tuple[Sender, list[httpx2.Request]]:
    """A sender to somebody who gives one answer, and what it has sent."""
    requests = []

    def handle(request: httpx2.Request) -> httpx2.Response:
        requests.append(request)
        if isinstance(answer, Exception):
            raise answer
        return httpx2.Response(answer, headers={"location": "https://elsewhere.example"})

    client = httpx2.Client(transport=httpx2.MockTransport(handle))
    return Sender("small", client, ENVIRONMENT), requests


def test_a_request_carries_a_signature_over_id_time_and_body() -> None:
    send, requests = sender(204)
    assert send(HOOK, MOVED, NOON) is None
    (request,) = requests
    stamp = str(int(NOON.timestamp()))
    signed = f"message-1.{stamp}.".encode() + request.content
    expected = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert request.headers["webhook-signature"] == f"v1,{expected}"
    assert (request.headers["webhook-id"], request.headers["webhook-timestamp"]) == (
        "message-1",
        stamp,
    )


def test_a_message_is_the_same_bytes_each_time() -> None:
    assert json.loads(payload("small", MOVED)) == {
        "id": "message-1",
        "site": "small",
        "kind": "booking.move",
        "subject": "A",
        "at": "2026-11-23T12:00:00+00:00",
        "data": {"n": 1},
    }
    assert payload("small", MOVED) == payload("small", MOVED)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (500, "answered 500"),
        (302, "answered 302"),  # a redirect is not followed
        (httpx2.ConnectError("to https://example.org/?token=x"), "ConnectError"),
    ],
)
def test_what_went_wrong_is_said_without_secrets(answer: int | Exception, said: str) -> None:
    send, requests = sender(answer)
    assert send(HOOK, MOVED, NOON) == said
    assert len(requests) == 1


def test_a_file_gets_one_line_per_message(tmp_path: Path) -> None:
    send, _ = sender(204)
    lines = Destination(name="lines", file=tmp_path / "told.jsonl")
    assert [send(lines, MOVED, NOON) for _ in range(2)] == [None, None]
    told = (tmp_path / "told.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["id"] for line in told] == ["message-1", "message-1"]
    gone = Destination(name="gone", file=tmp_path / "no" / "folder")
    assert send(gone, MOVED, NOON) == "FileNotFoundError"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("destinations: [{name: a, url: 'http://example.org/x', secret_env: S}]", "https"),
        ("destinations: [{name: a, url: 'https://u:p@example.org', secret_env: S}]", "secret"),
        ("destinations: [{name: a, url: 'https://example.org'}]", "secret_env"),
        ("destinations: [{name: a}]", "either url or file"),
        ("destinations: [{name: a, file: x}, {name: a, file: y}]", "one name"),
        ("destinations: [{name: a, url: 'https://example.org', secret_env: UNSET}]", "usable"),
        ("destinations: [", "cannot be read"),
    ],
)
def test_destinations_that_cannot_be_used_are_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "notices.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_notices(path)


def test_nobody_is_told_without_a_file() -> None:
    assert read_notices(None).of_site("small") == ()


def test_a_destination_may_be_of_some_sites_only(tmp_path: Path) -> None:
    path = tmp_path / "notices.yaml"
    path.write_text("destinations: [{name: a, file: x, sites: [north]}, {name: b, file: y}]")
    told = read_notices(path)
    assert [d.name for d in told.of_site("north")] == ["a", "b"]
    assert [d.name for d in told.of_site("south")] == ["b"]
