"""Every command says what it does, answers as JSON, and stands in the documentation."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from api.cli import build_app

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))


def _commands(group: Any, *before: str) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, *before, name)
        else:
            yield " ".join((*before, name)), command


COMMANDS = dict(_commands(typer.main.get_command(build_app())))


def test_the_commands_are_found() -> None:
    # an empty list would let every check below pass
    assert {"plan", "assess", "policy diff", "case book", "night", "demo", "serve"} <= set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_command_is_explained_and_answers_as_json(name: str) -> None:
    command = COMMANDS[name]
    assert command.help
    options = {option for parameter in command.params for option in parameter.opts}
    assert "--json" in options
    silent = [p.name for p in command.params if not getattr(p, "help", "")]
    assert silent == []


@pytest.mark.parametrize("name", COMMANDS)
def test_command_is_documented(name: str) -> None:
    said = "\n".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)
    assert re.search(rf"\bholdfast {name}\b", said), f"`holdfast {name}` stands in no document"


def test_no_document_names_a_command_that_is_gone() -> None:
    groups = {name.split()[0] for name in COMMANDS if " " in name}
    for path in DOCUMENTS:
        for line in re.findall(
            r"(?m)^(?:\$ )?holdfast ([a-z]+(?: [a-z][a-z-]*)?)", path.read_text("utf-8")
        ):
            words = line.split()
            name = line if words[0] in groups else words[0]
            assert name in COMMANDS, f"{path.name}: holdfast {line}"
