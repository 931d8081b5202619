"""Taking over what a fit has found in a history."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from models.calendars import Weekday
from models.errors import InputError
from scenarios.assumptions import Arrivals, Assumptions
from scenarios.durations import minutes
from scenarios.edits.history import FittedFigures
from scenarios.fitting.fit import fit_history
from scenarios.scenario_files import parse_scenario
from tests.unit.scenarios.edits.worlds import edit, practice
from tests.unit.scenarios.fitting.files import case, lost, write

KEY = "vertebroplasty-lumbosacral"


def fitted_text(folder: Path) -> str:
    """Booked 80, taken 100; of 50 bookings 10 are called off, and 10 of the other 40 ill."""
    done = case(procedure=KEY, booked_minutes="80", end_at="2026-03-02T10:50")
    rows = [done, done, done, lost("cancelled", "patient"), lost("cancelled", "illness")]
    return fit_history(write(folder, rows * 10)).model_dump_json()


def test_cases_are_booked_and_last_as_in_the_history(tmp_path: Path) -> None:
    after = edit("from-history", fitted=json.loads(fitted_text(tmp_path))).on_practice(practice())
    assert after.catalogue.get(KEY).procedure_minutes.base == 80
    assert minutes(after.assumptions.durations, (KEY,), 80, 0.5) == pytest.approx(100)


def test_chances_that_were_fitted_are_taken_and_others_stay(tmp_path: Path) -> None:
    before = practice()
    after = edit("from-history", fitted=json.loads(fitted_text(tmp_path))).on_practice(before)
    assert after.assumptions.called_off.share == 0.2  # 10 of 50
    assert after.assumptions.illness.share == 0.25  # 10 of the 40 left
    assert after.assumptions.returns == before.assumptions.returns
    assert after.assumptions.arrivals == before.assumptions.arrivals


def test_only_what_is_meant_is_taken(tmp_path: Path) -> None:
    figures = json.loads(fitted_text(tmp_path))
    before = practice()
    after = edit("from-history", fitted=figures, take=["chances"]).on_practice(before)
    assert after.assumptions.called_off.share == 0.2
    assert after.assumptions.durations == before.assumptions.durations
    assert after.site == before.site


def test_numbers_of_referrals_are_taken_and_factors_are_kept() -> None:
    assumed = Assumptions(
        arrivals=Arrivals(per_day={Weekday.MON: 3.0}, scale=9.0, source="log", evidence="fitted")
    )
    before = edit("scale-demand", factor=1.2).on_practice(practice())
    change = edit("from-history", fitted=FittedFigures(assumptions=assumed).model_dump())
    after = change.on_practice(before).assumptions.arrivals
    assert after.per_day == {Weekday.MON: 3.0}
    assert after.scale == before.assumptions.arrivals.scale


def test_a_history_that_tells_nothing_of_it_is_refused() -> None:
    with pytest.raises(ValidationError, match="nothing was fitted of: chances"):
        edit("from-history", fitted={"assumptions": {}}, take=["chances"])


def test_a_scenario_may_name_the_file_of_the_fit(tmp_path: Path) -> None:
    text = fitted_text(tmp_path)
    document = parse_scenario(
        "name: own\nedits: [{kind: from-history, fitted_file: fit.json}]",
        "own.yaml",
        read={"fit.json": text}.__getitem__,
    )
    assert document.edits[0].words() == (
        "As in the department's own history: durations, 3 chances."
    )


def test_a_file_that_no_fit_has_written_is_refused() -> None:
    with pytest.raises(InputError, match=r"edit 1 \(from-history\)"):
        parse_scenario(
            "name: own\nedits: [{kind: from-history, fitted_file: fit.json}]",
            "own.yaml",
            read=lambda _: '{"groups": []}',
        )
