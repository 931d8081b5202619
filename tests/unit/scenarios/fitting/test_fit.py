"""From a file to fitted assumptions: a made-up department is found again; a real file is read."""

import json
from datetime import date
from pathlib import Path

import pytest

from models.catalogue import shipped_catalogue
from models.errors import InputError
from scenarios.assumptions import Assumptions
from scenarios.durations import expected_quantile, quantile
from scenarios.fitting.fit import Fitted, fit_history, parse_fitted
from scenarios.fitting.frames import COLUMNS, frames
from scenarios.fitting.synthetic import Truth, synthetic_history, truth_for
from scenarios.fitting.words import words
from tests.shared_data import shared
from tests.unit.models.worlds import site
from tests.unit.scenarios.fitting.files import CHICAGO, case, lost, write

TRUTH = truth_for(site(), shipped_catalogue(), seed=4, kinds=4)


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Fitted:
    path = tmp_path_factory.mktemp("history") / "made-up.csv"
    frame = synthetic_history(TRUTH, seed=4, first=date(2025, 1, 6), weeks=80)
    frame.to_csv(path, index=False)
    return fit_history(path, timezone=CHICAGO)


def test_the_same_seed_makes_the_same_history() -> None:
    one, two = (synthetic_history(TRUTH, seed=1, first=date(2025, 1, 6), weeks=3) for _ in range(2))
    assert one.equals(two)
    assert not one.equals(synthetic_history(TRUTH, seed=2, first=date(2025, 1, 6), weeks=3))


def test_every_row_of_a_made_up_history_can_be_used(fitted: Fitted) -> None:
    assert fitted.report.reading.bad == ()
    assert fitted.report.reading.not_offered == ()


def test_true_durations_are_found_again(fitted: Fitted) -> None:
    who = next(iter(TRUTH.by_proceduralist))
    for procedure in TRUTH.procedures:
        found = expected_quantile(fitted.assumptions.durations, (procedure.key,), 0.5)
        assert found == pytest.approx(TRUTH.ratio(procedure.key, who, 0.5), rel=0.1)


def test_true_rates_lie_in_their_intervals(fitted: Fitted) -> None:
    rates = fitted.report.arrivals.weekdays
    inside = [
        rate.low <= true <= rate.high for rate, true in zip(rates, TRUTH.per_weekday, strict=True)
    ]
    assert sum(inside) >= 6  # of seven intervals of 95 %, one may miss


def test_true_chances_lie_in_their_intervals(fitted: Fitted) -> None:
    found = {chance.name: chance for chance in fitted.report.chances}
    called_off = TRUTH.causes["patient"]
    assert found["called_off"].counted.low <= called_off <= found["called_off"].counted.high
    # on the day: of those who did not call off
    no_show = TRUTH.causes["no-show"] / (1 - called_off)
    assert found["no_show"].counted.low <= no_show <= found["no_show"].counted.high
    assert fitted.assumptions.no_show.evidence == "fitted"


def test_what_the_history_does_not_tell_stays_as_assumed(fitted: Fitted) -> None:
    assert fitted.assumptions.returns == Assumptions().returns
    assert fitted.assumptions.lab_failed == Assumptions().lab_failed


def test_true_turnover_and_lateness_are_found_again(fitted: Fitted) -> None:
    turnover = fitted.report.lateness.turnover
    assert turnover.mean == pytest.approx(sum(TRUTH.turnover) / 2, abs=0.5)
    first = fitted.assumptions.first_case_late
    assert quantile(first, TRUTH.on_time - 0.08) == 0.0
    assert quantile(first, 0.9) > 20


def test_fitted_assumptions_come_back_from_json_as_they_were(fitted: Fitted) -> None:
    assert parse_fitted(fitted.model_dump_json(), place="fitted.json") == fitted


def test_a_document_has_no_defaults_that_a_later_program_may_know_better(fitted: Fitted) -> None:
    kept = json.loads(fitted.model_dump_json())["assumptions"]
    assert {"durations", "arrivals", "no_show"} <= set(kept)
    assert "returns" not in kept


def test_a_document_of_another_kind_is_refused() -> None:
    with pytest.raises(InputError, match=r"fitted\.json"):
        parse_fitted('{"format": "holdfast-practice"}', place="fitted.json")


def test_words_name_the_gain_and_the_calibration(fitted: Fitted) -> None:
    said = words(fitted)
    assert "off by" in said
    assert "calibrated at every level" in said or "not calibrated at" in said
    assert "Referrals on Mondays" in said


def test_frames_have_a_row_for_each_finding(fitted: Fitted) -> None:
    made = frames(fitted)
    assert {name: tuple(frame.columns) for name, frame in made.items()} == COLUMNS
    assert len(made["accuracy"]) == 2
    assert len(made["coverage"]) == 14  # two splits, seven levels
    assert len(made["bookings"]) == 8  # as booked and at three quantiles
    assert len(made["arrivals"]) == 7


def test_frames_without_findings_have_their_columns(tmp_path: Path) -> None:
    made = frames(fit_history(write(tmp_path, [case()])))
    assert made["forms"].empty
    assert tuple(made["bad"].columns) == COLUMNS["bad"]


def test_codes_become_keys_of_the_catalogue(tmp_path: Path) -> None:
    rows = [case(procedure="22511"), case(procedure="99999")]
    fitted = fit_history(write(tmp_path, rows))
    assert set(fitted.booked_minutes) == {"vertebroplasty-lumbosacral", "99999"}
    assert fitted.report.reading.not_offered == ("99999",)


def test_a_history_of_nothing_but_cancellations_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no case was carried out"):
        fit_history(write(tmp_path, [lost("cancelled", "patient")]))


def test_bad_rows_are_said_and_kept(tmp_path: Path) -> None:
    fitted = fit_history(write(tmp_path, [case(), case(end_at="soon")]))
    assert "1 rows could not be used:\n  line 3: end_at 'soon' is no time" in words(fitted)
    assert [(line.line) for line in fitted.report.reading.bad] == [3]


@pytest.mark.shared
def test_a_file_of_another_format_is_read_by_its_map() -> None:
    path = shared("data/or_cases_q1_2022.csv")
    fitted = fit_history(path, "or-utilization", timezone=CHICAGO)
    reading, by_time = fitted.report.reading, fitted.report.accuracy[0]
    assert (reading.rows, reading.done, reading.bad) == (2172, 2172, ())
    assert by_time.cases == 543  # the last quarter
    assert by_time.booked_error is not None
    assert by_time.model_error is not None
    # known of the file: booked minutes are off by nearly 12, and its minutes repeat
    assert by_time.booked_error == pytest.approx(11.87, abs=0.01)
    assert by_time.model_error < 0.5 * by_time.booked_error
    assert "the minutes repeat" in words(fitted)


def test_truth_is_made_of_the_site(tmp_path: Path) -> None:
    assert isinstance(TRUTH, Truth)
    assert TRUTH.rooms == ("suite-1",)
    assert set(TRUTH.by_proceduralist) == {"dr-1"}
