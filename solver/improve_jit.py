"""Compiling the inner loop: numba behind one typed decorator, results cached on disk.

numba looks only at a function's own file to see whether its cached code is stale, not at the files
of the functions it calls. So the cache lies in a folder named after all compiled sources.
"""

import os
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])

HERE = Path(__file__).parent


@lru_cache(maxsize=1)
def cache_folder() -> Path:
    """Beside the modules where that can be written, else in the user's own cache."""
    files = sorted([*HERE.glob("improve*.py"), *HERE.glob("bound_*.py")])
    sources = [source.read_bytes() for source in files]
    shapes_and_code = [text for text in sources if b"@compiled" in text or b"NamedTuple" in text]
    digest = sha256(b"".join(shapes_and_code)).hexdigest()[:16]
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    if chosen:
        return Path(chosen) / digest
    if os.access(HERE, os.W_OK):
        return HERE / "__pycache__" / f"compiled-{digest}"
    return Path.home() / ".cache" / "holdfast" / f"compiled-{digest}"


def compiled(function: Function) -> Function:
    """The function as machine code, compiled on its first call.

    It runs without the interpreter's lock, so that two searches can run in two threads.
    """
    config: Any = numba.config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(cache_folder())
    try:
        made = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    finally:
        config.CACHE_DIR = before
    return cast("Function", made)
