"""The one tree of errors. Each is a sentence that names the place and the remedy.

HoldfastError
├── InputError        a file, argument or message that cannot be used
│   └── PolicyError   a clinical policy that may not be used
├── NotFoundError     nothing has that id
├── RefusedError      a rule forbids it: blocked, not ready, no firm booking yet
├── ConflictError     somebody else holds what was wanted
│   ├── ExpiredError  a reservation that ended before it was used
│   └── StaleError    what was read has changed since
│       └── OvertakenError  another process has taken the work over
├── BusyError         other writers held the store through every retry
│   ├── AwayError     the store cannot be used now: its server or its disk is gone
│   └── FullError     the disk of the store is full
└── SolverError       the search died or answered with a plan that does not stand
    └── GaveUpError   the search had no plan when its time was over
"""


class HoldfastError(Exception):
    """Something Holdfast cannot do, in one sentence fit for a person."""

    code = "error"

    def __init__(self, problem: str, *, place: str = "", remedy: str = "") -> None:
        self.problem = problem
        self.place = place
        self.remedy = remedy
        super().__init__(problem)

    def __str__(self) -> str:
        head = f"{self.place}: {self.problem}" if self.place else self.problem
        return f"{head}; {self.remedy}" if self.remedy else head


class InputError(HoldfastError):
    """A file, argument or message that cannot be used."""

    code = "bad-input"


class PolicyError(InputError):
    """A clinical policy that may not be used."""

    code = "bad-policy"


class NotFoundError(HoldfastError):
    """Nothing has that id."""

    code = "not-found"


class RefusedError(HoldfastError):
    """A rule forbids it."""

    code = "refused"


class ConflictError(HoldfastError):
    """Somebody else holds what was wanted."""

    code = "conflict"


class ExpiredError(ConflictError):
    """A reservation that ended before it was used."""

    code = "expired"


class StaleError(ConflictError):
    """What was read has changed since."""

    code = "stale"


class OvertakenError(StaleError):
    """Another process has taken the work over."""

    code = "overtaken"


class BusyError(HoldfastError):
    """Other writers held the store through every retry."""

    code = "busy"


class AwayError(BusyError):
    """The store cannot be used now: its server or its disk is gone."""

    code = "store-away"


class FullError(BusyError):
    """The disk of the store is full; what it has can be read."""

    code = "store-full"


class SolverError(HoldfastError):
    """The search died or answered with a plan that does not stand."""

    code = "solver-failed"


class GaveUpError(SolverError):
    """The search had no plan when its time was over."""

    code = "gave-up"
