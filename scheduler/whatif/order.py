"""What the process of a study is given, and what it answers: one JSON line each."""

from typing import Any

from models.base import Frozen
from scenarios.practice import Practice
from scenarios.scenario import ScenarioDocument, Settings


class StudyOrder(Frozen):
    """Everything that a study rests on; its practice names nobody."""

    practice: Practice
    document: ScenarioDocument
    settings: Settings
    workers: int = 1
    memory_mb: int | None = None
    """Most data memory of each of its processes; None for no limit."""
    name: str = "scenario.json"
    """Of the scenario's file, in the command that the page shows."""


class StudyAnswer(Frozen):
    """What a study found."""

    measures: dict[str, Any]
    page: str
    """HTML, gzipped, in base64."""


class StudyProgress(Frozen):
    """How far it has come."""

    done: int
    total: int
    seconds: float
