"""Ctrl-C is heard by the command also while, and after, an exact solver has run."""

import subprocess
import sys

SCRIPT = """
import signal
from ortools.sat.python import cp_model
from solver.cpsat.days import solved

heard = []
signal.signal(signal.SIGINT, lambda *_: heard.append("heard"))
program = cp_model.CpModel()
program.maximize(program.new_int_var(0, 5, "x"))
solved(cp_model.CpSolver(), program, lambda: False)
signal.raise_signal(signal.SIGINT)
print(*heard)
"""


def test_an_exact_solver_leaves_ctrl_c_to_the_command() -> None:
    # in a process of its own: without a handler the signal would end it
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, done.stdout.strip()) == (0, "heard")
