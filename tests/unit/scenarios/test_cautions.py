"""What a reader must know before the figures: edits outside the days looked at, unsure arrivals.

The practice begins on Monday 2026-11-23. A replay with the two weeks of warm-up that are usual and
one week measured measures from Monday 2026-12-07 to Sunday 2026-12-13.
"""

from typing import Any

import pytest

from models.calendars import Weekday
from models.timegrid import local_day
from scenarios.assumptions import Arrivals, Assumptions
from scenarios.cautions import cautions
from scenarios.practice import Known, Practice
from scenarios.scenario import Plan, Replay, ScenarioDocument, Settings
from scenarios.study import Base, Study, prepare
from tests.unit.models.worlds import FakeRules
from tests.unit.scenarios.edits import worlds

WEEK = Replay(weeks=1)


def _near(name: str) -> Known:
    return worlds.known(name).model_copy(update={"distance_km": 5.0})


def _sure(count: int = 24, **changes: Any) -> Practice:
    """A practice whose arrivals were counted, of so many referrals."""
    cases = tuple(_near(f"C{number:02}") for number in range(count))
    arrivals = Arrivals(per_day={Weekday("mon"): 2.0})
    counted = {"assumptions": Assumptions(arrivals=arrivals), "drawn_from": cases}
    return worlds.practice(*cases).changed(**counted | changes)


def _study(
    *edits: dict[str, Any], run: Plan | Replay = WEEK, practice: Practice | None = None
) -> Study:
    document = ScenarioDocument.model_validate({"name": "x", "edits": edits})
    base = Base.alone(practice or _sure())
    return prepare(base, [document], Settings(run=run), rules=FakeRules())


def _said(study: Study) -> list[str]:
    return list(cautions(study, ["baseline", "x"]))


def _closed(first: str, last: str) -> dict[str, Any]:
    return {
        "kind": "close",
        "resources": "suite-1",
        "span": {"first_day": first, "last_day": last},
    }


def test_days_count_from_the_first_that_is_measured() -> None:
    """After 14 days of warm-up and 2 more; a plan has none."""
    lost = {"kind": "lose-resource", "resource": "suite-1", "after_days": 2, "days": 3}
    for run, first in ((WEEK, "2026-12-09"), (Plan(), "2026-11-25")):
        study = _study(lost, run=run)
        (out,) = study.compared[1].subjects["clinic"].out_of_use
        assert str(local_day(out.start, worlds.practice().site.tz)) == first
        assert _said(study) == []


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2026-11-30", "2026-12-06", "is over on 2026-12-06, before the first day that is"),
        ("2026-11-30", "2026-12-07", ""),
        ("2026-12-13", "2026-12-20", ""),
        ("2026-12-14", "2026-12-20", "begins on 2026-12-14, after the last day that is measured"),
    ],
)
def test_a_dated_edit_outside_the_weeks_measured_is_told(first: str, last: str, said: str) -> None:
    found = _said(_study(_closed(first, last)))
    assert len(found) == bool(said)
    assert all(sentence.startswith(f"x: edit 1 (close) {said}") for sentence in found)


def test_so_is_one_after_the_days_that_a_plan_has() -> None:
    (found,) = _said(_study(_closed("2027-03-01", "2027-03-05"), run=Plan()))
    assert "begins on 2027-03-01, after the last day that is planned" in found


def test_arrivals_by_what_is_still_open_are_too_low() -> None:
    (found,) = _said(_study(practice=worlds.practice(_near("A"))))
    assert "told by the cases that are still open, and is too low" in found


def test_a_mix_of_what_is_still_open_has_too_many_who_wait_long() -> None:
    (found,) = _said(_study(practice=_sure(drawn_from=None)))
    assert "drawn from the cases that are still open" in found


def test_a_mix_of_few_is_told() -> None:
    (found,) = _said(_study(practice=_sure(23)))
    assert (
        found == "clinic: referrals are drawn from 23 that came in: too few to rely on their mix."
    )


def test_a_plan_draws_nobody() -> None:
    assert _said(_study(run=Plan(), practice=worlds.practice(_near("A")))) == []


def test_distances_that_nobody_knows_are_told() -> None:
    practice = worlds.practice(worlds.known("A"), _near("B"))
    (found,) = _said(_study(run=Plan(), practice=practice))
    assert found.startswith("clinic: how far some patients live away is not known")
    assert "--distances" in found
