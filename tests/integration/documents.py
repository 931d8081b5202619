"""Small planning files as plain JSON, to be bent by the tests that read them."""

import json
from pathlib import Path
from typing import Any


def a_need(role: str, kind: str, minutes: int, start: int = 0) -> dict[str, Any]:
    """One need without tags."""
    return {"role": role, "kind": kind, "tags": [], "from": start, "minutes": minutes}


def a_case(name: str, **members: Any) -> dict[str, Any]:  # JSON members
    """A routine case of one hour in a suite, on Monday 23 November 2026."""
    day = "2026-11-23T"
    return {
        "id": name,
        "priority": "routine",
        "release": day + "06:00:00-06:00",
        "windows": [[day + "08:00:00-06:00", day + "12:00:00-06:00"]],
        "needs": [a_need("suite", "suite", 60)],
        **members,
    }


def a_document(*cases: dict[str, Any]) -> dict[str, Any]:
    """A department of one suite, open on Monday from 8 to 12 in Chicago."""
    day = "2026-11-23T"
    per_priority = {"emergent": 8000, "urgent": 4000, "soon": 2000, "routine": 1000}
    return {
        "format": "holdfast-planning",
        "version": 1,
        "site": "one-suite",
        "timezone": "America/Chicago",
        "now": day + "06:00:00-06:00",
        "tick_minutes": 5,
        "horizon": {"start": day + "00:00:00-06:00", "end": "2026-11-24T00:00:00-06:00"},
        "objective": {
            "unscheduled": per_priority,
            "wait_per_day": dict.fromkeys(per_priority, 10),
            "late_per_day": dict.fromkeys(per_priority, 20),
            "off_drug_per_day": 60,
            "move": 150,
            "move_per_day": 40,
            "unbook": 3000,
        },
        "resources": [
            {
                "id": "suite-1",
                "kind": "suite",
                "tags": [],
                "open_cost": 40,
                "available": [[day + "08:00:00-06:00", day + "12:00:00-06:00"]],
            }
        ],
        "cases": list(cases) or [a_case("A"), a_case("B")],
    }


def booked_at(clock: str, *, locked: bool = False) -> dict[str, Any]:
    """A booking in the one suite on Monday."""
    start = f"2026-11-23T{clock}:00-06:00"
    return {"start": start, "assigned": {"suite": "suite-1"}, "locked": locked}


def write(path: Path, document: object) -> Path:
    """Write a document as JSON and hand back its path."""
    path.write_text(json.dumps(document), encoding="utf-8")
    return path
