"""Seeded families of planning problems, for benchmarks that anybody can run.

The same figures give the same problem on every machine; what they are is said in each module.
"""

from benchmarks.families.disrupted import disrupted
from benchmarks.families.machine_tests import machine_tests
from benchmarks.families.surgery import surgery
from benchmarks.families.waiting import waiting
from models.problem import dump_problem

__all__ = ["department", "disrupted", "machine_tests", "surgery", "waiting"]


def department(cases: int, *, seed: int) -> str:
    """The planning file of a waiting list over two weeks at the usual load."""
    return dump_problem(waiting(cases, suites=max(1, round(cases / 50)), days=10, seed=seed))
