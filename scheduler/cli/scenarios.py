"""`scenario`: look at scenarios, check them, and see which bookings they touch before a run."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scheduler.cli import practice, scenario_cache, scenario_network, scenario_runs
from scheduler.cli.context import ActorOption, NowOption, StoreOption
from scheduler.cli.options import AsJson, Commands
from scheduler.cli.output import local, note, say, say_json, table
from scheduler.cli.practice import ON_DEMO, DemoCases, OnDemo, OnFile
from scheduler.cli.scenario_options import Named, base_of, document_of, study_of
from scheduler.cli.studying import on_study

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from scenarios.scenario import ScenarioDocument
    from scenarios.study import Base, Study
    from scenarios.touched import Touched, Trial


def list_library(*, as_json: AsJson = False) -> None:
    """List the scenarios that come with Holdfast; they fit the made-up department."""
    from scenarios.library.shipped import library_names, library_scenario

    found = [library_scenario(name) for name in library_names()]
    if as_json:
        say_json([{"name": d.name, "title": d.title, "about": d.about} for d in found])
    else:
        table(("name", "title"), [(d.name, d.title) for d in found])


def show(named: Named, *, as_json: AsJson = False) -> None:
    """Say in words what a scenario asks and changes."""
    document = document_of(named)
    if as_json:
        say_json(_described(document) | {"document": document.model_dump(mode="json")})
        return
    _tell(document)


def _described(document: "ScenarioDocument") -> dict[str, Any]:
    return {
        "name": document.name,
        "title": document.title,
        "about": document.about,
        "changes": list(document.scenario.words()),
        "points": _points(document),
    }


def _points(document: "ScenarioDocument") -> list[str]:
    from scenarios.sweeps import expand

    return [point.label for point in expand(document) if point.label]


def _tell(document: "ScenarioDocument") -> None:
    say(f"{document.name}: {document.title or document.name}")
    if document.about:
        say(document.about)
    for number, words in enumerate(document.scenario.words(), start=1):
        say(f"  {number}. {words}")
    points = _points(document)
    if points:
        say(f"  in turn with {'; '.join(points)}")


def check(
    context: typer.Context,
    named: Named,
    *,
    on: OnFile = None,
    demo: OnDemo = False,
    demo_cases: DemoCases = ON_DEMO,
    store: StoreOption = None,
    now: NowOption = None,
    actor: ActorOption = None,
    as_json: AsJson = False,
) -> None:
    """Read a scenario wholly, apply it, and run nothing; list the bookings that it touches."""
    from scenarios.cautions import cautions
    from scenarios.scenario import Settings

    document = document_of(named)
    base = base_of(context, on, demo=demo, demo_cases=demo_cases, store=store, now=now, actor=actor)
    study = study_of(base, [document], Settings(), named=[named])
    trials = _trials(study)
    if as_json:
        say_json(_described(document) | {"touched": [_trial(n, t) for n, t in trials.items()]})
        return
    _tell(document)
    say("it can be applied")
    for sentence in cautions(study, [one.name for one in study.compared]):
        say(sentence)
    _tell_touched(trials, base)


def touched(
    context: typer.Context,
    named: Named,
    *,
    on: OnFile = None,
    demo: OnDemo = False,
    demo_cases: DemoCases = ON_DEMO,
    store: StoreOption = None,
    now: NowOption = None,
    actor: ActorOption = None,
    as_json: AsJson = False,
) -> None:
    """List the bookings that a scenario touches: that would no longer stand, or get other windows.

    Nothing is run. Holds, notice, resources, their hours and what they can are judged; whom longer
    procedures, more referrals or other prices move, a run shows.
    """
    from scenarios.scenario import Settings

    base = base_of(context, on, demo=demo, demo_cases=demo_cases, store=store, now=now, actor=actor)
    trials = _trials(study_of(base, [document_of(named)], Settings(), named=[named]))
    if as_json:
        say_json([_trial(name, trial) for name, trial in trials.items()])
    else:
        _tell_touched(trials, base)


def _trials(study: "Study") -> "dict[str, Trial]":
    """What each point of a scenario does to the bookings."""
    from scenarios.study_touched import trials

    return trials(study)


def _zone(base: "Base") -> "ZoneInfo":
    """The zone of the first site."""
    from models.problem import PlanningProblem
    from models.timegrid import zone

    first = next(iter(base.subjects.values()))
    return zone(first.timezone) if isinstance(first, PlanningProblem) else first.site.tz


def _trial(name: str, trial: "Trial") -> dict[str, Any]:
    return {
        "scenario": name,
        "assessed": trial.assessed,
        "falling": trial.falling,
        "bookings": [
            {
                "case": one.case,
                "start": one.start.isoformat(),
                "falls": one.falls,
                "why": list(_why(one)),
            }
            for one in trial.touched
        ],
    }


def _tell_touched(trials: "dict[str, Trial]", base: "Base") -> None:
    from models.problem import PlanningProblem

    tz = _zone(base)
    for name, trial in trials.items():
        say(
            f"{name}: of {trial.assessed} bookings {len(trial.touched)} are touched, "
            f"{trial.falling} no longer stand"
        )
        if trial.touched:
            rows = [_row(one, tz) for one in trial.touched]
            table(("case", "booked for", "stands", "why"), rows)
    if any(isinstance(subject, PlanningProblem) for subject in base.subjects.values()):
        note("a planning file has no clinical rules: only resources, hours and windows are judged")
    note("whom longer procedures, daily limits, more referrals or prices move, a run shows")


def _row(one: "Touched", tz: "ZoneInfo") -> tuple[str, str, str, str]:
    stands = "no" if one.falls else "yes"
    return one.case, local(one.start, tz), stands, "; ".join(_why(one))


def _why(one: "Touched") -> tuple[str, ...]:
    """What is other than before, a sentence each."""
    before, after = one.before, one.after
    if before is None or after is None:
        return one.lost
    found = list(one.lost)
    found += [sentence for sentence in after.against if sentence not in before.against]
    found += [f"waits for: {s}" for s in after.waiting_for if s not in before.waiting_for]
    found += [f"hold by {hold}" for hold in after.holds if hold not in before.holds]
    if not found and after.windows != before.windows:
        found.append("may begin at other times")
    return tuple(found) or ("less is asked than before",)


def fit(
    history: Annotated[Path, typer.Argument(metavar="HISTORY", help="Case history, .csv.")],
    *,
    out: Annotated[Path, typer.Option(help="Where to write the assumptions, .json.")],
    columns: Annotated[
        str, typer.Option("--map", help="Column map by name, or a YAML file of one.")
    ] = "holdfast",
    timezone: Annotated[str, typer.Option(help="IANA zone of its times.")] = "UTC",
    as_json: AsJson = False,
) -> None:
    """Fit durations, arrivals and chances to a history of cases, with what they are worth."""
    from scenarios.fitting.fit import fit_history
    from scenarios.fitting.words import words
    from scheduler.files import check_writable, write_text

    check_writable(out)
    fitted = fit_history(history, columns, timezone=timezone)
    write_text(out, fitted.model_dump_json(indent=1) + "\n")
    if as_json:
        say_json({"file": str(out), "report": fitted.report.model_dump(mode="json")})
        return
    say(words(fitted))
    note(f"wrote {out}")


COMMANDS: Commands = {
    "list": list_library,
    "show": show,
    "check": check,
    "touched": touched,
    "run": on_study(scenario_runs.run),
    "compare": on_study(scenario_runs.compare),
    "network": scenario_network.network,
    "cache": scenario_cache.cache,
    "fit": fit,
    "freeze": practice.freeze,
}
