"""The demonstration: two weeks of a made-up department, booked, broken and planned anew.

Everything goes through the same services as real work. The clock is set and the ids are counted, so
that the same seed tells the same story on every machine.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from typing import Protocol

from models.clinical.permitted import permitted
from models.clinical.readiness import HoldPlan
from models.problem import PlanningProblem
from models.risk import Risk
from models.site import Site
from models.timegrid import at_local, local_day
from scheduler.bootstrap import Container, FixedClock, open_container
from scheduler.demo.pages import write_board, write_revision, write_sheets
from scheduler.demo.patients import generate
from scheduler.files import write_lines
from scheduler.intake.intake import read_bundles, read_referrals
from scheduler.records import CaseState, Note
from scheduler.services.case_files import CaseFile
from scheduler.services.night import Answer, RunReport
from scheduler.settings import Settings
from scheduler.site_files import read_site
from solver.optimize import Settings as Search
from solver.worker import solve_in_child

MONDAY = "2026-10-26T07:00:00-05:00"
"""The clocks of the demo's site go back on the Sunday between its two weeks."""
PRIORITIES = ("stat", "asap", "urgent", "routine")
"""Of referrals, the most pressing first."""
SEARCH_SECONDS = 240
"""Never reached: the steps are counted. The first search of an installation is compiled first."""
SHEETS = 4
"""Patients for whom instructions are written."""
STORE = "holdfast.sqlite"


class Screen(Protocol):
    """Where the story is told."""

    def say(self, text: str = "") -> None:
        """One line."""
        ...

    def counting(self, what: str) -> AbstractContextManager[Callable[[int, int], None]]:
        """Shows how many of how many are done while something takes its time."""
        ...


@dataclass
class CountedIds:
    """Ids in the order in which they are asked for. Fit for a demonstration only."""

    last: int = field(default=0)

    def new(self, kind: str) -> str:
        """The next id."""
        self.last += 1
        return f"{kind}-{self.last:04d}"

    def token(self) -> str:
        """The next token, which anybody could guess."""
        return self.new("token")


@dataclass(frozen=True, slots=True)
class Demo:
    """How large a demonstration is."""

    folder: Path
    cases: int = 150
    seed: int = 1
    iterations: int = 4000
    """Steps of the nightly search, so that it does not depend on the machine's speed."""
    now: datetime = field(default=datetime.fromisoformat(MONDAY))

    def search(
        self, problem: PlanningProblem, seconds: int, seed: int, risk: Risk | None = None
    ) -> Answer:
        """The night's search: one worker and counted steps."""
        settings = Search(seconds=seconds, seed=seed, workers=1, max_iterations=self.iterations)
        result = solve_in_child(problem, settings, risk=risk)
        return Answer(plan=result.plan, cost=result.cost, bound=result.bound, note=result.note)


def demo_site() -> Site:
    """The department that comes with Holdfast."""
    with as_file(files("scheduler.demo") / "data" / "demo-site.yaml") as path:
        return read_site(path)


def run_demo(demo: Demo, screen: Screen) -> tuple[Path, ...]:
    """Tell the whole story; the pages it has written, in order."""
    site = demo_site()
    monday = _opened(demo, site)
    _take_in(demo, monday, screen)
    _book(monday, screen)
    evening = at_local(local_day(demo.now, site.tz) + timedelta(days=1), time(17), site.tz)
    tuesday = replace(monday, clock=FixedClock(evening))
    busy = local_day(evening, site.tz) + timedelta(days=1)
    pages = [write_board(tuesday, busy, demo.folder / "board-before.html")]
    _break(tuesday, screen)
    night_at = at_local(busy, site.night_at, site.tz)
    night = replace(monday, clock=FixedClock(night_at), search=demo.search)
    held = night.board_data().placements
    report = _replan(night, demo, screen)
    pages.append(write_board(night, busy, demo.folder / "board-after.html"))
    pages += write_revision(night, report, held, demo.folder / "revision.html")
    pages += write_sheets(night, _to_be_told(night, report), demo.folder)
    return tuple(pages)


def _opened(demo: Demo, site: Site) -> Container:
    """A new store in the demo's folder; one from an earlier run gives way."""
    demo.folder.mkdir(parents=True, exist_ok=True)
    store = demo.folder / STORE
    store.unlink(missing_ok=True)
    opened = open_container(
        Settings(store=str(store), actor="demo"), clock=FixedClock(demo.now), create=True
    )
    container = replace(opened, ids=CountedIds())
    container.init(site)
    return container


def _take_in(demo: Demo, container: Container, screen: Screen) -> None:
    """Patients and referrals made up, written as FHIR, read back as from any sender, assessed."""
    zone = container.department().site.timezone
    bundles, requests = generate(demo.seed, demo.cases, demo.now, zone)
    sent = demo.folder / "patients.ndjson.gz", demo.folder / "referrals.ndjson"
    write_lines(sent[0], bundles)
    write_lines(sent[1], requests)
    with screen.counting("reading patients") as progress:
        intake = read_bundles(sent[0], now=demo.now, timezone=zone, progress=progress)
    referred = read_referrals(sent[1], timezone=zone, patients=intake)
    imported = container.import_intake(intake.patients, referred.referrals)
    found = container.assess_all()
    shown = f"{container.department().site.name}, {_day(demo.now)}"
    screen.say(f"{shown}: {imported.cases_added} referrals come in, as FHIR.")
    screen.say(
        f"The rules say: {found.ready} ready, {found.conditional} conditional on something that "
        f"a person or a laboratory must still do, {found.blocked} blocked."
    )


def _book(container: Container, screen: Screen) -> None:
    """The best slot for each, the most pressing and longest waiting first."""
    waiting = [f for f in container.list_cases(state=CaseState.OPEN) if f.readiness.windows]
    waiting.sort(key=lambda f: (PRIORITIES.index(f.referral.priority), _asked(f), f.id))
    states: dict[str, int] = {}
    with screen.counting("proposing and booking") as progress:
        for number, file in enumerate(waiting, 1):
            offered = container.propose(file.id, top=1).proposals
            if offered:
                container.book(file.id, offered[0].start, offered[0].assigned)
                booked = container.tell(file.id)
                states[booked.state] = states.get(booked.state, 0) + 1
            progress(number, len(waiting))
    total = sum(states.values())
    screen.say(
        f"{len(waiting)} have a window; {total} get their best slot, are booked and told: "
        f"{states.get('confirmed', 0)} firmly, {states.get('provisional', 0)} provisionally, "
        "until what is open for them is settled."
    )


def _asked(file: CaseFile) -> datetime:
    return file.referral.authored or file.record.received_at


def _break(container: Container, screen: Screen) -> None:
    """A suite, a nurse and two holds."""
    site, now = container.department().site, container.clock.now()
    tomorrow = local_day(now, site.tz) + timedelta(days=1)
    begin = at_local(tomorrow, time(), site.tz)
    screen.say()
    screen.say(f"{_day(now.astimezone(site.tz))}, evening. Things break:")
    nurse = busiest(container, "sedation", begin, begin + timedelta(days=3))
    for resource, days, reason in (("suite-1", 2, "tube failed"), (nurse, 3, "ill")):
        end = at_local(tomorrow + timedelta(days=days), time(), site.tz)
        found = container.close_resource(resource, begin, end, reason=reason)
        screen.say(f"  {found.what}, {days} days: {_count(len(found.troubled), 'booking')} in it.")
    taken = now - timedelta(hours=9)
    for case, drug in missed_holds(container, taken, 2):
        found = container.record_missed_hold(case, drug, taken)
        clock = taken.astimezone(site.tz)
        screen.say(f"  {case} took {drug} today at {clock:%H:%M} after all:")
        for booking in found.troubled:
            screen.say(f"    {'; '.join(dict.fromkeys(booking.trouble))}.")


def busiest(container: Container, kind: str, begin: datetime, end: datetime) -> str:
    """The resource of a kind that serves most bookings starting in `[begin, end)`."""
    resources = container.department().site.resources
    served = {resource.id: 0 for resource in resources if resource.kind == kind}
    for placement in container.board_data().placements.values():
        for name in placement.assigned.values():
            if name in served and begin <= placement.start < end:
                served[name] += 1
    return max(sorted(served), key=lambda name: served[name])


def missed_holds(container: Container, taken: datetime, count: int) -> tuple[tuple[str, str], ...]:
    """The first cases and drugs for which one more dose would make the booking illegal."""
    found: dict[str, tuple[str, str]] = {}
    files = [f for f in container.list_cases(state=CaseState.OPEN) if f.readiness.holds]
    for file in sorted(files, key=_start):
        start = _start(file)
        if file.patient.id in found or start <= container.clock.now():
            continue
        for hold in file.readiness.holds:
            if (
                hold.ready_at
                and hold.ready_at <= start
                and _illegal(container, file.id, hold, taken)
            ):
                found[file.patient.id] = file.id, hold.drug
    return tuple(found.values())[:count]


def _start(file: CaseFile) -> datetime:
    return file.booking.held.start if file.booking else file.record.received_at


def _illegal(container: Container, case: str, hold: HoldPlan, taken: datetime) -> bool:
    """Whether a dose taken then leaves too little time before the booking."""
    told, now = container.instructions_data(case), container.clock.now()
    noted = Note(at=now, by="demo", drug=hold.drug, last_dose=taken).add_to(told.facts.patient)
    facts = told.facts.model_copy(update={"patient": noted})
    start = told.booking.held.start
    refusals = permitted(facts, container.department().book, now, start)
    return any(hold.drug in refusal.sentence for refusal in refusals)


def _replan(container: Container, demo: Demo, screen: Screen) -> RunReport:
    """The night, applied."""
    site, now = container.department().site, container.clock.now()
    with screen.counting("planning anew"):
        report = container.night(seconds=SEARCH_SECONDS, seed=demo.seed, apply=True)
    screen.say()
    screen.say(f"{now.astimezone(site.tz):%A %H:%M}. The night plans anew: {report.run.outcome}.")
    forced = sum(move.forced for move in report.moves.moves)
    troubled = container.assess_all().troubled
    left = f"still in trouble: {', '.join(troubled)}" if troubled else "none is in trouble any more"
    screen.say(
        f"  {_count(forced, 'booking')} could no longer stand; {left}. "
        f"{_count(report.moves.started_moves, 'hold')} that had begun had to move."
    )
    return report


def _to_be_told(container: Container, report: RunReport) -> tuple[str, ...]:
    """Whose instructions to write: moved patients with a hold first, in either language."""
    moved = {move.case for move in report.moves.moves}
    files = [f for f in container.list_cases() if f.booking and f.readiness.holds]
    files.sort(key=lambda f: (f.id not in moved, f.id))
    spanish = [f.id for f in files if f.patient.facts.language.startswith("es")]
    others = [f.id for f in files if f.id not in spanish]
    half = SHEETS // 2
    return (*others[:half], *spanish[:half])


def _day(instant: datetime) -> str:
    return f"{instant:%A} {instant.day} {instant:%B %Y}"


def _count(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
