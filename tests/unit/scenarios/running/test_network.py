"""Network files: what is refused, and how their sites are read."""

import json
from pathlib import Path
from typing import Any

import pytest

from models.base import Priority
from models.errors import InputError
from models.problem import PlanningProblem, dump_problem
from scenarios.practice import Practice
from scenarios.running.network import Network, Subjects, load_network, parse_network
from scheduler.cli.practice import read_subject
from tests.unit.models.worlds import local, site
from tests.unit.scenarios.running.fakes import a_subject

SITES = [{"name": "north", "file": "n.json"}, {"name": "south", "file": "s.json"}]
TRANSFER = {"from": "north", "to": "south"}


def text(**members: Any) -> str:
    whole = {"format": "holdfast-network", "version": 1, "name": "net", "sites": SITES}
    return json.dumps(whole | members)


@pytest.mark.parametrize(
    ("members", "fault"),
    [
        ({"sites": []}, "sites: is too short: at least 1"),
        ({"sites": [SITES[0], SITES[0]]}, "site 'north' is named twice"),
        ({"transfers": [TRANSFER | {"to": "west"}]}, "north to west: there is no site 'west'"),
        ({"transfers": [TRANSFER | {"to": "north"}]}, "it leads nowhere else"),
        ({"transfers": [TRANSFER, TRANSFER]}, "from north to south: it is given twice"),
        ({"transfers": [TRANSFER], "most_km": 5}, "km is not given, but most_km limits it"),
        ({"transfers": [TRANSFER | {"point": 5}]}, "there is no such member"),
        ({"format": "other"}, "format: must be holdfast-network"),
    ],
)
def test_wrong_network_is_refused_with_its_place(members: dict[str, Any], fault: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_network(text(**members), place="net.json")
    assert fault in str(caught.value)
    assert str(caught.value).startswith("net.json: ")


def loaded(folder: Path) -> tuple[Network, Subjects]:
    return load_network(folder / "net.json", text=Path.read_text, subject=read_subject)


def test_sites_are_read_from_the_folder_of_the_network(tmp_path: Path) -> None:
    practice = Practice(site=site(), now=local("11-23 08:00"))
    (tmp_path / "net.json").write_text(text())
    (tmp_path / "n.json").write_text(dump_problem(a_subject("any")))
    (tmp_path / "s.json").write_text(practice.model_dump_json())
    network, subjects = load_network(
        tmp_path / "net.json", text=Path.read_text, subject=read_subject
    )
    north, south = subjects["north"], subjects["south"]
    assert network.name == "net"
    assert isinstance(north, PlanningProblem)
    assert isinstance(south, Practice)
    # What the network calls a site is what its runs are named by.
    assert (north.site, south.site.id) == ("north", "south")


def test_practice_and_planning_file_exchange_nobody(tmp_path: Path) -> None:
    practice = Practice(site=site(), now=local("11-23 08:00"))
    (tmp_path / "net.json").write_text(text(transfers=[TRANSFER]))
    (tmp_path / "n.json").write_text(dump_problem(a_subject()))
    (tmp_path / "s.json").write_text(practice.model_dump_json())
    with pytest.raises(InputError, match="net: north to south: patients cannot move"):
        loaded(tmp_path)


def test_network_may_be_written_as_yaml() -> None:
    text = """
    name: net
    sites: [{name: north, file: n.json}, {name: south, file: s.json}]
    transfers:
      - {from: north, to: south, km: 20, priorities: [soon]}
    """
    (transfer,) = parse_network(text, place="net.yaml").transfers
    assert (transfer.home, transfer.to, transfer.km, transfer.priorities) == (
        "north",
        "south",
        20,
        (Priority.SOON,),
    )


@pytest.mark.parametrize("content", ["{", '{"format": "other"}', "[]"])
def test_broken_file_of_a_site_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "net.json").write_text(text())
    (tmp_path / "n.json").write_text(content)
    with pytest.raises(InputError) as caught:
        loaded(tmp_path)
    assert str(caught.value).startswith(str(tmp_path / "n.json"))
