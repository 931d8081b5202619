"""Which department a scenario is run on: a file, the store, or the made-up one; and freezing it."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.cli.context import ActorOption, NowOption, StoreOption, open_department
from scheduler.cli.options import AsJson
from scheduler.cli.output import note, pairs, say_json, shown

if TYPE_CHECKING:
    from models.problem import PlanningProblem
    from scenarios.practice import Practice
    from scenarios.study import Base

_PLANNING = re.compile(rb'"format"\s*:\s*"holdfast-planning"')
_NETWORK = re.compile(rb'"format"\s*:\s*"holdfast-network"')
YAML = (".yaml", ".yml")
"""Of the files that scenarios are run on, only networks are written in it."""
ON_DEMO = 120
"""Referrals of the made-up department."""

OnFile = Annotated[
    Path | None,
    typer.Option("--on", metavar="FILE", help="Practice, planning or network file."),
]
OnDemo = Annotated[bool, typer.Option("--demo", help="Take the made-up department.")]
DemoCases = Annotated[
    int, typer.Option("--demo-cases", min=1, max=2000, help="Referrals of --demo.")
]
Distances = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.csv", help="Kilometres (km) by id of patient or referral, which none says."
    ),
]
Pseudonymous = Annotated[
    bool,
    typer.Option(
        "--pseudonymous", help="Count ids; leave out names, contacts, free texts, birth dates."
    ),
]


def freeze(
    context: typer.Context,
    *,
    out: Annotated[Path, typer.Option(help="Where to write it, .json or .json.gz.")],
    demo: OnDemo = False,
    demo_cases: DemoCases = ON_DEMO,
    distances: Distances = None,
    pseudonymous: Pseudonymous = False,
    store: StoreOption = None,
    now: NowOption = None,
    actor: ActorOption = None,
    as_json: AsJson = False,
) -> None:
    """Write the department as a practice file: site, open cases with facts, bookings, closures."""
    from scenarios.inflow import unsure
    from scenarios.pseudonyms import pseudonymous as hidden
    from scheduler.files import check_writable, write_text

    check_writable(out)
    practice = practice_at(context, demo=demo, cases=demo_cases, store=store, now=now, actor=actor)
    if distances:
        practice = with_distances_of(practice, distances)
    if pseudonymous:
        practice = hidden(practice)
    write_text(out, practice.model_dump_json(indent=1) + "\n")
    figures = {
        "file": str(out),
        "site": practice.site.id,
        "now": practice.now.astimezone(practice.site.tz).isoformat(),
        "cases": len(practice.known),
        "booked": sum(known.promise is not None for known in practice.known),
        "out_of_use": len(practice.out_of_use),
        "referrals_a_week": round(sum(practice.assumptions.arrivals.per_day.values()), 2),
        "counted_by": practice.assumptions.arrivals.source,
        "drawn_from": len(practice.sources),
        "pseudonymous": pseudonymous,
    }
    if why := unsure(practice):
        note(f"note: in a replay, {why}.")
    if as_json:
        say_json(figures)
    else:
        pairs({name.replace("_", " "): shown(value) for name, value in figures.items()})


def practice_at(
    context: typer.Context,
    *,
    demo: bool,
    cases: int = ON_DEMO,
    store: str | None = None,
    now: str | None = None,
    actor: str | None = None,
) -> "Practice":
    """The made-up department, or the one of the store at this moment.

    Raises:
        InputError: there is no store there.
    """
    if demo:
        from scheduler.demo.practice import demo_practice

        return demo_practice(cases=cases)
    from scheduler.services.practices import practice_of

    return open_department(context, store=store, now=now, actor=actor).read(practice_of)


def with_distances_of(practice: "Practice", path: Path) -> "Practice":
    """The practice with how far its patients live, by a file of theirs.

    Raises:
        InputError: the file cannot be read, or has bad lines; each is told.
    """
    from scenarios.distances import parse_distances, with_distances
    from scheduler.files import read_text

    return with_distances(practice, parse_distances(read_text(path), place=str(path)))


def read_base(path: Path) -> "Base":
    """What a practice, planning or network file holds, told apart by its `format`.

    Raises:
        InputError: it cannot be read, or is none of them.
    """
    from scenarios.study import Base
    from scheduler.files import read_bytes

    if path.suffix in YAML or _NETWORK.search(read_bytes(path)):
        return read_network(path)
    return Base.alone(read_subject(path))


def read_network(path: Path) -> "Base":
    """A network with what the files of its sites hold.

    Raises:
        InputError: a file cannot be read, or is none of ours; it names the file.
    """
    from scenarios.running.network import load_network
    from scenarios.study import Base
    from scheduler.files import read_text

    network, subjects = load_network(path, text=read_text, subject=read_subject)
    return Base(subjects, network)


def read_subject(path: Path) -> "Practice | PlanningProblem":
    """What a practice file or a planning file holds, told apart by its `format`.

    Raises:
        InputError: it cannot be read, or is neither.
    """
    from models.problem import parse_problem
    from scenarios.practice import parse_practice
    from scheduler.files import read_bytes

    content = read_bytes(path)
    if _PLANNING.search(content):
        return parse_problem(content, place=str(path))
    return parse_practice(content, place=str(path))
