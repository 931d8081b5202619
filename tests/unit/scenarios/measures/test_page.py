"""The page of measures says what the registry says."""

from pathlib import Path

import pytest

from scenarios.measures.measure import Measure
from scenarios.measures.registry import MEASURES

PAGE = Path(__file__).parents[4] / "docs" / "measures.md"


@pytest.mark.parametrize("measure", MEASURES, ids=lambda m: m.name)
def test_every_measure_is_on_the_page(measure: Measure) -> None:
    cells = (f"`{measure.name}`", measure.title, measure.unit, measure.better.value, measure.words)
    assert f"| {' | '.join(cells)} |" in PAGE.read_text(encoding="utf-8")


def test_the_page_has_no_measure_that_is_gone() -> None:
    rows = [row for row in PAGE.read_text(encoding="utf-8").splitlines() if row.startswith("| `")]
    assert len(rows) == len(MEASURES)
