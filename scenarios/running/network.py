"""Networks: sites that are run together, and which patients may go from one to another.

    name: valley
    sites:
      - {name: north, file: north.json}
      - {name: south, file: south.json.gz}
    transfers:
      - {from: north, to: south, km: 35, points: 200, most: 10}
    most_km: 60
    late_days: 7

Files are named from the folder of the network file; each is a practice or a planning file.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, NonNegativeFloat, PositiveInt, ValidationError, model_validator

from models.base import Frozen, Id, Priority
from models.documents import first_fault
from models.errors import InputError
from models.problem import PlanningProblem, Points
from scenarios.documents import load_document
from scenarios.practice import Practice
from scenarios.running.digests import Subject

REMEDY = "correct the network file"
Subjects = Mapping[str, Subject]
"""Subjects by the name of their site in the network."""


class NetworkSite(Frozen):
    """One site: what it is called in the network, and the file that holds it."""

    name: Id
    file: str = Field(min_length=1)


class Transfer(Frozen):
    """Leave for patients of one site to be treated at another."""

    home: Id = Field(alias="from")
    to: Id
    km: NonNegativeFloat | None = None
    """How far it is."""
    points: Points = 0
    """Price of one patient's transfer."""
    priorities: tuple[Priority, ...] = tuple(Priority)
    """Of the cases that may go; all when left out."""
    most: PositiveInt | None = None
    """Most patients who may go."""


class Network(Frozen):
    """Sites and the transfers between them."""

    format: Literal["holdfast-network"] = "holdfast-network"
    version: Literal[1] = 1
    name: Id
    sites: tuple[NetworkSite, ...] = Field(min_length=1)
    transfers: tuple[Transfer, ...] = ()
    """In order of preference: a case is offered to the first that has room for it."""
    most_km: NonNegativeFloat | None = None
    """No patient is sent farther; None: no limit."""
    late_days: NonNegativeFloat | None = None
    """Who would be treated more days after the due date may go; None: only who has no place."""
    rounds: PositiveInt = 3
    """How often cases are offered, each time to the next site that may take them."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for fault in _faults(self):
            raise ValueError(fault)
        return self


def _faults(network: Network) -> Iterator[str]:
    names = Counter(site.name for site in network.sites)
    yield from (f"site {name!r} is named twice" for name, n in names.items() if n > 1)
    pairs = Counter((transfer.home, transfer.to) for transfer in network.transfers)
    for (home, to), count in pairs.items():
        where = f"transfer from {home} to {to}"
        yield from (f"{where}: there is no site {n!r}" for n in (home, to) if n not in names)
        if home == to:
            yield f"{where}: it leads nowhere else"
        if count > 1:
            yield f"{where}: it is given twice"
    if network.most_km is not None:
        for transfer in network.transfers:
            if transfer.km is None:
                where = f"transfer from {transfer.home} to {transfer.to}"
                yield f"{where}: km is not given, but most_km limits it"


def parse_network(text: str, *, place: str) -> Network:
    """The network that a YAML or JSON document holds.

    Raises:
        InputError: neither YAML nor JSON, or a member that is missing, unknown or wrong.
    """
    raw = load_document(text, place=place, remedy=REMEDY)
    try:
        return Network.model_validate(raw)
    except ValidationError as error:
        raise InputError(first_fault(error, raw), place=place, remedy=REMEDY) from error


def load_network(
    path: Path, *, text: Callable[[Path], str], subject: Callable[[Path], Subject]
) -> tuple[Network, Subjects]:
    """A network with the practices or planning problems of its sites.

    Args:
        path: of the network file.
        text: gives the text of a file.
        subject: gives the practice or planning problem of a file.

    Raises:
        InputError: a file cannot be read or is none of ours, or sites between which patients may
            move are of two kinds; it names the file.
    """
    network = parse_network(text(path), place=str(path))
    subjects = {
        site.name: renamed(subject(path.parent / site.file), site.name) for site in network.sites
    }
    check_subjects(network, subjects)
    return network, subjects


def renamed(subject: Subject, name: str) -> Subject:
    """The subject with its site called as the network calls it, so that runs can be told apart."""
    if isinstance(subject, PlanningProblem):
        return subject.model_copy(update={"site": name})
    return subject.changed(site=subject.site.model_copy(update={"id": name}))


def check_subjects(network: Network, subjects: Subjects) -> None:
    """See that transfers are between sites of one kind.

    Raises:
        InputError: one is between a practice and a planning file, which has no facts to move.
    """
    for transfer in network.transfers:
        kinds = {isinstance(subjects[name], Practice) for name in (transfer.home, transfer.to)}
        if len(kinds) > 1:
            raise InputError(
                "patients cannot move between a practice and a planning file",
                place=f"network {network.name}: {transfer.home} to {transfer.to}",
                remedy="give both as practices, or both as planning files",
            )
