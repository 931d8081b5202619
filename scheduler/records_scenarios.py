"""What the store keeps of what-if: scenarios, and the comparisons that were asked for."""

from pydantic import Field, PositiveInt

from models.base import Frozen, Id, Instant


class ScenarioRecord(Frozen):
    """A scenario file that somebody has handed in, wholly checked."""

    id: Id
    name: Id
    """As the document calls it."""
    title: str
    document: str
    """The scenario file as JSON."""
    created_at: Instant
    created_by: Id
    updated_at: Instant
    version: int = 1


class ComparisonRecord(Frozen):
    """What a run compares with the department as it is, and what came of it."""

    run: Id
    """The run of the job `scenario` that carries it out."""
    scenario: Id
    version: int
    """Of the scenario when the run was asked for."""
    document: str
    """The scenario file as it was then."""
    settings: str
    """How it is run, as JSON."""
    measures: str | None = None
    """The comparison as JSON; None before the run has ended well."""
    page: str | None = None
    """The page for people: HTML, gzipped, in base64."""


class StudyLimits(Frozen):
    """How much one run of a scenario may ask for."""

    replications: PositiveInt = 20
    weeks: PositiveInt = 26
    """Measured ones and those before them together."""
    iterations: PositiveInt = 20_000
    """Steps of one search."""
    points: PositiveInt = 50
    """Of a sweep."""
    seconds: int = Field(default=3600, ge=1, le=86_400)
    """After which its process is ended."""
    waiting: PositiveInt = 5
    """Runs that may wait at a time."""
