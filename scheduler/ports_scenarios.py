"""What the services ask of the store for what-if: scenarios, comparisons, and what came in."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from scheduler.records import CaseRecord
from scheduler.records_scenarios import ComparisonRecord, ScenarioRecord


class ReceivedCases(Protocol):
    """What came in, whatever became of it: what a replay draws referrals from."""

    def received_since(self, moment: datetime) -> tuple[CaseRecord, ...]:
        """The cases in any state that came in from a moment on, sorted by id."""
        ...

    def first_received(self) -> datetime | None:
        """When the first case of all came in; None: there is none."""
        ...


class Scenarios(Protocol):
    """Scenario files that were handed in."""

    def get(self, scenario: str) -> ScenarioRecord:
        """A scenario; NotFoundError if unknown."""
        ...

    def all(self) -> tuple[ScenarioRecord, ...]:
        """Every scenario, by id."""
        ...

    def add(self, scenario: ScenarioRecord) -> None:
        """Keep a new one."""
        ...

    def change(self, scenario: ScenarioRecord) -> ScenarioRecord:
        """Write one back with the next version; StaleError if somebody else did."""
        ...

    def remove(self, scenario: ScenarioRecord) -> None:
        """Drop one with its comparisons; StaleError if it is at another version."""
        ...


class Comparisons(Protocol):
    """What runs compare, and what came of it."""

    def get(self, run: str) -> ComparisonRecord:
        """That of a run; NotFoundError if the run compares nothing."""
        ...

    def of_scenario(self, scenario: str) -> tuple[str, ...]:
        """The runs that compare a scenario, by id."""
        ...

    def add(self, comparison: ComparisonRecord) -> None:
        """Keep what a run is asked to compare."""
        ...

    def keep_result(self, run: str, *, measures: str, page: str) -> None:
        """Keep what came of it."""
        ...

    def drop_pages(self, scenario: str, *, but: Collection[str]) -> int:
        """Drop the pages of a scenario's runs but some; how many there were."""
        ...


class WhatIfWork(Protocol):
    """The repositories of one transaction that know these."""

    @property
    def scenarios(self) -> Scenarios:
        """Scenario files that were handed in."""
        ...

    @property
    def comparisons(self) -> Comparisons:
        """What runs compare, and what came of it."""
        ...
