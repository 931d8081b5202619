"""Reference data that lies beside the checkout on some machines; tests skip where it does not."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared(relative: str) -> Path:
    """The path of a reference file, or skip the test with the reason."""
    path = SHARED / relative
    if not path.exists():
        pytest.skip(f"reference data {relative} is not beside this checkout")
    return path
