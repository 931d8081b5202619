"""Compiling the inner loop: numba behind one typed decorator, results cached beside the module."""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Compiled = TypeVar("Compiled", bound=Callable[..., object])


def compiled(function: Compiled) -> Compiled:
    """The function as machine code, compiled on its first call and cached on disk.

    It runs without the interpreter's lock, so that two searches can run in two threads.
    """
    return cast("Compiled", numba.njit(cache=True, nogil=True, error_model="numpy")(function))
