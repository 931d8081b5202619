"""What a peer is: a name, whether it can run here, and a way from a problem to a plan."""

from collections.abc import Callable
from dataclasses import dataclass

from models.plan import Plan
from models.problem import PlanningProblem


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds of one run, everything after reading the file included; workers and seed."""

    seconds: float
    workers: int
    seed: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a peer found: no plan when it found none; `bound` where it proves one."""

    plan: Plan | None
    status: str
    bound: int | None = None
    bound_kind: str = ""


Offer = Callable[[int], None]
"""Told the cost of every better plan as soon as it is found."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A way to plan: this project's `own`, or another's.

    `missing` gives the reason why it cannot run here, or an empty text.
    """

    name: str
    says: str
    solve: Callable[[PlanningProblem, Limits, Offer], Answer]
    missing: Callable[[], str] = str
    own: bool = False
