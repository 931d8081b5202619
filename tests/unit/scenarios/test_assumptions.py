"""The figures assumed by default agree with the sources that they name."""

import pytest

from scenarios.assumptions import Assumptions, Chance, Quantiles
from scenarios.durations import mean, quantile, share_below

DEFAULT = Assumptions()


def figures() -> dict[str, Chance | Quantiles]:
    values = {name: getattr(DEFAULT, name) for name in Assumptions.model_fields}
    return {name: value for name, value in values.items() if isinstance(value, Chance | Quantiles)}


def test_patients_call_off_as_often_as_the_source_says() -> None:
    # 22.3 % cancelled, 70 % of these by the patient
    assert DEFAULT.called_off.share == pytest.approx(0.223 * 0.7, abs=0.0005)


def test_first_cases_are_late_as_the_source_says() -> None:
    # 35 % on time; mean: 0.15 * 5 + 0.25 * 17.5 + 0.15 * 32.5 + 0.1 * 60 = 16 = 8:31 - 8:15
    assert share_below(DEFAULT.first_case_late, 0.0) == 0.35
    assert mean(DEFAULT.first_case_late) == pytest.approx(16.0)


def test_the_catalogue_is_taken_to_be_right_in_the_median() -> None:
    assert quantile(DEFAULT.durations.groups[0].ratio, 0.5) == 1.0


@pytest.mark.parametrize("name", sorted(figures()))
def test_what_nobody_measured_is_tagged_as_planning_value(name: str) -> None:
    figure = figures()[name]
    assert figure.source.startswith("planning value") == (figure.evidence == "planning")
