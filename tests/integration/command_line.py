"""The real command line, run in this process: exit code, stdout and stderr.

Commands answer on stdout, of patients too; stderr is where their logs go, and is watched.
"""

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any

from scheduler.cli import main
from tests import canaries


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # whatever the command printed
        """The answer of a `--json` command."""
        return json.loads(self.out)


def run(*args: object) -> Ran:
    """Run `holdfast` with these words."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main([str(arg) for arg in args])
    canaries.told(f"stderr of {' '.join(map(str, args))}", err.getvalue())
    return Ran(code, out.getvalue(), err.getvalue())
