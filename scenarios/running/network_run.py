"""Running a network: every site by itself, then offers of cases to other sites, round by round.

A case without a place at home, or too late there, is offered to the next site of its transfers that
has what it needs; those more pressing are offered first. Sites that send or receive are planned
again. A guest that gets no better place goes home. What a round changes is kept, for each group of
sites that exchanged patients, if all guests keep a better place and the group's costs and transfers
together come to fewer points than before; so transfers never make a network dearer. A replay moves
nobody: each site runs alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypedDict, Unpack

from models.calendars import DateRules
from models.errors import InputError
from scenarios.records import Run
from scenarios.running.cache import Cache
from scenarios.running.crew import Crew
from scenarios.running.errands import Work
from scenarios.running.fan_out import Results, run_all
from scenarios.running.network import Network, Subjects, check_subjects
from scenarios.running.network_totals import Totals, totals
from scenarios.running.offers import Desk, Sent
from scenarios.running.progress import Progress
from scenarios.scenario import Plan, Settings
from scenarios.tasks import Task


class Running(TypedDict, total=False):
    """What `run_all` takes besides tasks and crew."""

    cache: Cache | None
    work: Work
    retries: int
    on_progress: Callable[[Progress], None] | None
    should_stop: Callable[[], bool] | None


@dataclass(frozen=True, slots=True)
class SiteOutcome:
    """One site of a network."""

    name: str
    alone: tuple[Run, ...]
    """Its runs without transfers: one in plan mode, else one for each replication."""
    runs: tuple[Run, ...]
    """Its runs with them."""
    sent: tuple[str, ...]
    """Its own cases that are treated elsewhere."""
    received: tuple[str, ...]
    """Cases of others that are treated here, as `home/case`."""


@dataclass(frozen=True, slots=True)
class NetworkResult:
    """A network's sites, who moved, and the sums."""

    name: str
    sites: tuple[SiteOutcome, ...]
    """In the order of the network; those that were not run because it was stopped are absent."""
    sent: tuple[Sent, ...]
    alone: tuple[Totals, ...]
    """Sums over the sites without transfers, one for each replication."""
    together: tuple[Totals, ...]
    """With them."""
    computed: int
    kept: int
    stopped: bool
    notes: tuple[str, ...] = ()


def run_network(
    network: Network,
    subjects: Subjects,
    settings: Settings,
    rules: DateRules,
    crew: Crew,
    *,
    scenario: str = "",
    **running: Unpack[Running],
) -> NetworkResult:
    """Run a scenario over all sites of a network and sum up.

    Args:
        network: the sites and the transfers between them.
        subjects: by name of the site, with the scenario's edits made; sites are `renamed`.
        settings: how each site is run.
        rules: dates of public holidays and of recurrence rules.
        crew: who carries out the runs.
        scenario: its name, for messages; the network's when left out.
        running: as for `run_all`.

    Raises:
        InputError: a site of the network has no subject, or as `check_subjects`.
        HoldfastError: as `run_all`.
    """
    for site in network.sites:
        if site.name not in subjects:
            raise InputError(f"there is no subject for site {site.name}", place=network.name)
    check_subjects(network, subjects)
    named = scenario or network.name
    rounds = _Rounds(network, settings, crew, rules=rules, scenario=named, running=running)
    return rounds.run(subjects)


@dataclass(frozen=True, slots=True)
class _State:
    """Where the network stands: what each site has to do, and its run."""

    subjects: Subjects
    runs: dict[str, tuple[Run, ...]]
    sent: tuple[Sent, ...] = ()

    @property
    def first(self) -> dict[str, Run]:
        """The first run of each site: the only one in plan mode."""
        return {name: runs[0] for name, runs in self.runs.items()}

    def cost(self, names: Sequence[str]) -> int:
        """Points of some sites and of the transfers to them."""
        moved = sum(sent.points for sent in self.sent if sent.to in names)
        return moved + sum(self.runs[name][0].cost for name in names)


class _Rounds:
    """One run of a network."""

    def __init__(
        self,
        network: Network,
        settings: Settings,
        crew: Crew,
        *,
        rules: DateRules,
        scenario: str,
        running: Running,
    ) -> None:
        self.network = network
        self.settings = settings
        self.rules = rules
        self.crew = crew
        self.scenario = scenario
        self.running = running
        self.results: list[Results] = []

    def run(self, subjects: Subjects) -> NetworkResult:
        names = [site.name for site in self.network.sites]
        alone = _State(subjects, self.solved(subjects, names))
        planned = isinstance(self.settings.run, Plan)
        if self.stopped or not planned or not self.network.transfers:
            return self.result(alone, alone)
        return self.result(alone, self.exchanged(alone))

    def exchanged(self, state: _State) -> _State:
        """The network after all rounds of offers."""
        desk = Desk(self.network, state.subjects)
        for _ in range(self.network.rounds):
            offers = desk.offers(state.first, state.sent)
            if not offers or self.stopped:
                break
            state = self.round(desk, state, offers)
        return state

    def round(self, desk: Desk, state: _State, offers: tuple[Sent, ...]) -> _State:
        """The network after one round; as before where it would be dearer, or was stopped."""
        tried = self.replanned(desk, state, offers)
        if tried is None:
            return state
        taken = desk.taken(offers, tried.first)
        if taken != offers and taken:
            tried = self.replanned(desk, state, taken)
        if tried is None or not taken:
            return state
        for group in _groups(taken):
            guests = tuple(sent for sent in tried.sent if sent.to in group)
            stands = desk.taken(guests, tried.first) == guests
            if not stands or tried.cost(group) >= state.cost(group):
                tried = _undone(tried, state, group)
        return tried

    def replanned(self, desk: Desk, state: _State, offers: tuple[Sent, ...]) -> _State | None:
        """The network with these cases elsewhere; None if it was stopped meanwhile."""
        sent = (*state.sent, *offers)
        changed = sorted({name for offer in offers for name in (offer.home, offer.to)})
        subjects = {**state.subjects, **{name: desk.subject(name, sent) for name in changed}}
        runs = self.solved(subjects, changed)
        return None if self.stopped else _State(subjects, state.runs | runs, sent)

    def solved(self, subjects: Subjects, names: Sequence[str]) -> dict[str, tuple[Run, ...]]:
        """The runs of some sites; a site of which a run is missing is left out."""
        way = self.settings.run
        numbers = range(1 if isinstance(way, Plan) else way.replications)
        tasks = [
            Task(self.scenario, subjects[name], way, self.settings.seed, number, self.rules)
            for name in names
            for number in numbers
        ]
        found = run_all(tasks, self.crew, **self.running)
        self.results.append(found)
        whole = {
            name: found.runs[len(numbers) * place : len(numbers) * (place + 1)]
            for place, name in enumerate(names)
        }
        return {
            name: tuple(run for run in runs if run is not None)
            for name, runs in whole.items()
            if None not in runs
        }

    @property
    def stopped(self) -> bool:
        """Whether the last fan-out was stopped."""
        return self.results[-1].stopped

    def result(self, alone: _State, together: _State) -> NetworkResult:
        """All of it, summed up."""
        notes = [note for found in self.results for note in found.notes]
        if self.network.transfers and not isinstance(self.settings.run, Plan):
            notes.append("a replay moves no patients between sites: each ran alone")
        return NetworkResult(
            name=self.network.name,
            sites=tuple(
                _outcome(site.name, alone, together)
                for site in self.network.sites
                if site.name in alone.runs
            ),
            sent=together.sent,
            alone=totals(alone.runs.values(), ()),
            together=totals(together.runs.values(), together.sent),
            computed=sum(found.computed for found in self.results),
            kept=sum(found.kept for found in self.results),
            stopped=self.stopped,
            notes=tuple(dict.fromkeys(notes)),
        )


def _outcome(name: str, alone: _State, together: _State) -> SiteOutcome:
    return SiteOutcome(
        name=name,
        alone=alone.runs[name],
        runs=together.runs[name],
        sent=tuple(sent.case for sent in together.sent if sent.home == name),
        received=tuple(sent.guest_id for sent in together.sent if sent.to == name),
    )


def _groups(taken: Sequence[Sent]) -> list[tuple[str, ...]]:
    """Sites joined by transfers, however indirectly, in sorted groups."""
    groups: list[set[str]] = []
    for sent in taken:
        joined = {sent.home, sent.to}
        apart = [group for group in groups if not group & joined]
        groups = [*apart, joined.union(*(group for group in groups if group & joined))]
    return sorted(tuple(sorted(group)) for group in groups)


def _undone(tried: _State, before: _State, group: tuple[str, ...]) -> _State:
    """The group as it was before, the others as tried."""
    return replace(
        tried,
        subjects={**tried.subjects, **{name: before.subjects[name] for name in group}},
        runs=tried.runs | {name: before.runs[name] for name in group},
        sent=tuple(s for s in tried.sent if s.home not in group or s in before.sent),
    )
