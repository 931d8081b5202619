"""Log lines have allowed fields only, whoever writes them."""

import json
import logging
from typing import Any

import pytest

from scheduler.logs import PlainFormatter
from tests.canaries import BORN, MRN, NAME


def _line(name: str, msg: object, *args: object, **extra: object) -> dict[str, Any]:
    record = logging.LogRecord(name, logging.INFO, __file__, 1, msg, args, None)
    record.__dict__.update(extra)
    found: dict[str, Any] = json.loads(PlainFormatter().format(record))
    return found


def test_a_line_has_what_is_allowed() -> None:
    line = _line("holdfast.access", "request", route="/v1/cases/{case}", status=200, ms=3.5)
    assert (line["event"], line["route"], line["status"], line["ms"]) == (
        "request",
        "/v1/cases/{case}",
        200,
        3.5,
    )


def test_other_fields_are_left_out() -> None:
    assert NAME not in str(_line("holdfast.api", "saved", patient=NAME))


def test_what_is_filled_into_a_message_is_left_out() -> None:
    for name in ("holdfast.api", "some.library"):
        line = _line(name, "patient %s of %s", NAME, BORN)
        assert line["event"] == "patient %s of %s"


@pytest.mark.parametrize("value", [f"Smith {NAME}", f"{MRN} and more", "a\nb", "x" * 201])
def test_an_allowed_field_holds_plain_words_only(value: str) -> None:
    assert _line("holdfast.api", "saved", caller=value)["caller"] == "?"


def test_of_an_error_only_the_kind_is_kept() -> None:
    error = (ValueError, ValueError(NAME), None)
    record = logging.LogRecord("uvicorn.error", logging.ERROR, "x", 1, "failed", None, error)
    text = PlainFormatter().format(record)
    assert json.loads(text)["kind"] == "ValueError"
    assert NAME not in text


def test_a_line_break_makes_no_second_line() -> None:
    assert "\n" not in PlainFormatter().format(
        logging.LogRecord("x", logging.INFO, __file__, 1, "a\n2026 forged", None, None)
    )
