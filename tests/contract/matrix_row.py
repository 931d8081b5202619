"""One row of the matrix: a route, an example of its use that succeeds, and who may use it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


def may(letters: str) -> str:
    """Letters for the roles; blanks are for the reader."""
    return letters.replace(" ", "")


#         s n c a y u: scheduler, nurse, clinician, administrator, system, auditor
READ = may("y y y y y n")


@dataclass(frozen=True)
class Row:
    """One route, an example of its use that succeeds, and who may use it."""

    method: str
    path: str
    may: str
    """A letter for each role: `y` or `n`."""
    ids: Mapping[str, str] = field(default_factory=dict)
    """What stands in the path, as `arrange` has made it."""
    body: Any = None
    done: int = 200
    """The status when it succeeds."""
    fixed: Mapping[str, str] = field(default_factory=dict)
    """What else stands in the path, and is no id of anything that somebody owns."""
    seen: bool = False
    """Whether it changes something that was looked at."""
    version: str = "1"
    """Of what it changes, as `arrange` has left it."""
    shared: bool = False
    """Whether every site has what has these ids, such as the policies that are shipped."""
    nowhere: int = 404
    """The status where nothing has these ids; for a route without ids what it answers then."""

    @property
    def name(self) -> str:
        """The route as the application has it."""
        return f"{self.method} {self.path}"

    def url(self, ids: Mapping[str, str] | None = None) -> str:
        """The path with ids in it."""
        return self.path.format(**self.fixed, **(self.ids if ids is None else ids))
