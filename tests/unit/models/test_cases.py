from datetime import timedelta
from typing import Any

import pytest

from models.base import HoldStage, Priority
from models.cases import active_tags, needs_of, planning_case, procedure_minutes, sedation_level
from models.catalogue import shipped_catalogue
from models.errors import InputError
from models.problem import Booking, Need
from models.procedures import ProcedureType
from tests.unit.models.worlds import hold, local, readiness, referral, site

READY, LATER = local("11-25 08:00"), local("11-27 08:00")


@pytest.fixture(scope="module")
def vertebroplasty() -> ProcedureType:
    return shipped_catalogue().get("vertebroplasty-lumbosacral")


@pytest.fixture(scope="module")
def facet() -> ProcedureType:
    return shipped_catalogue().get("facet-injection-lumbar")


def needs(procedure: ProcedureType, **changes: Any) -> dict[str, Need]:
    asked = {k: v for k, v in changes.items() if k in {"needs", "extra_minutes"}}
    order = {k: v for k, v in changes.items() if k not in asked}
    found = needs_of(procedure, referral(**order), readiness(**asked), 5)
    return {need.role: need for need in found}


def spans(found: dict[str, Need]) -> dict[str, tuple[int, int]]:
    return {role: (need.offset, need.offset + need.minutes) for role, need in found.items()}


def test_phases_become_minutes_around_the_start(vertebroplasty: ProcedureType) -> None:
    # 60 min procedure, 15 turnover, 45 preparation, 120 recovery; sedation 10 before to 10 after;
    # the arrival slot is the first 15 of 45 + 15 minutes before
    assert spans(needs(vertebroplasty)) == {
        "suite": (0, 75),
        "proceduralist": (0, 60),
        "sedation": (-10, 70),
        "preparation": (-45, 0),
        "recovery": (60, 180),
        "arrival": (-60, -45),
    }


def test_kinds_and_tags_of_the_needs(vertebroplasty: ProcedureType) -> None:
    found = needs(vertebroplasty)
    assert {role: (need.kind, need.tags) for role, need in found.items()} == {
        "suite": ("suite", ("fluoroscopy",)),
        "proceduralist": ("proceduralist", ("spine",)),
        "sedation": ("sedation", ("moderate",)),
        "preparation": ("bay", ()),
        "recovery": ("bay", ()),
        "arrival": ("outpatient-slot", ()),
    }


def test_inpatients_are_not_received(vertebroplasty: ProcedureType) -> None:
    assert "arrival" not in needs(vertebroplasty, flags={"inpatient"})


def test_without_sedation_nobody_gives_it(facet: ProcedureType) -> None:
    assert "sedation" not in needs(facet)


def test_the_rules_may_ask_for_sedation(facet: ProcedureType) -> None:
    assert needs(facet, needs=("deep",))["sedation"].tags == ("deep",)


def test_the_deepest_level_asked_for_counts(vertebroplasty: ProcedureType) -> None:
    asked = readiness(needs=("anaesthesia", "deep"))
    assert sedation_level(vertebroplasty, asked) == "anaesthesia"
    found = needs(vertebroplasty, needs=("anaesthesia", "deep"))
    assert found["sedation"].tags == ("anaesthesia",)


def test_biplane_is_asked_of_the_suite_alone(vertebroplasty: ProcedureType) -> None:
    found = needs(vertebroplasty, needs=("biplane",))
    assert found["suite"].tags == ("biplane", "fluoroscopy")
    assert found["sedation"].tags == ("moderate",)


@pytest.mark.parametrize("changes", [{"needs": ("ct",)}, {"flags": {"ct-guidance"}}])
def test_ct_is_added_when_asked(vertebroplasty: ProcedureType, changes: dict[str, Any]) -> None:
    # 60 + 15 for guidance by CT
    assert spans(needs(vertebroplasty, **changes))["ct"] == (0, 75)


def test_ct_is_added_to_a_procedure_that_does_not_list_it(facet: ProcedureType) -> None:
    assert spans(needs(facet, needs=("ct",)))["ct"] == (0, 30)


def test_every_room_must_bear_a_heavy_patient(vertebroplasty: ProcedureType) -> None:
    found = needs(vertebroplasty, flags={"bariatric", "ct-guidance"})
    tagged = {role for role, need in found.items() if "bariatric" in need.tags}
    assert tagged == {"suite", "ct"}


def test_a_tag_that_nothing_serves_is_refused(facet: ProcedureType) -> None:
    with pytest.raises(
        InputError, match="case A: no need of facet-injection-lumbar can give 'laser'"
    ):
        needs(facet, needs=("laser",))


@pytest.mark.parametrize(
    ("order", "extra", "minutes"),
    [
        ({}, 0, 60),
        ({"levels": ("L1", "L2", "L3")}, 0, 100),  # 60 + 2 * 20
        ({"levels": ("L1", "L1")}, 0, 60),
        ({"levels": ()}, 0, 60),
        ({"flags": {"bilateral"}}, 0, 77),  # 60 + 17
        ({"levels": ("L1", "L2"), "flags": {"ct-guidance"}}, 15, 110),  # 60 + 20 + 15 + 15
    ],
)
def test_what_lengthens_a_procedure(
    vertebroplasty: ProcedureType, order: dict[str, Any], extra: int, minutes: int
) -> None:
    asked = readiness(extra_minutes=extra)
    assert procedure_minutes(vertebroplasty, referral(**order), asked) == minutes


def test_needs_lie_on_ticks(vertebroplasty: ProcedureType) -> None:
    # 77 minutes: the proceduralist until 80, the suite (92) until 95, recovery from 75 to 200
    found = spans(needs(vertebroplasty, flags={"bilateral"}))
    assert (found["proceduralist"], found["suite"]) == ((0, 80), (0, 95))
    assert found["recovery"] == (75, 200)


def test_active_tags_name_setting_and_level(vertebroplasty: ProcedureType) -> None:
    tags = active_tags(vertebroplasty, referral(), readiness(needs=("biplane",)))
    assert tags == {"outpatient", "sedation", "moderate", "biplane"}


def test_a_case_carries_what_the_solver_may_know(vertebroplasty: ProcedureType) -> None:
    case = planning_case(referral(priority="asap"), readiness(), vertebroplasty, site())
    assert (case.id, case.priority, case.release) == ("A", Priority.URGENT, local("11-23 06:00"))
    # urgent: late after 4 days
    assert case.due == local("11-27 06:00")
    assert (case.hold, case.booking, case.mandatory) == (None, None, False)


def test_days_gone_by_are_not_counted_again(vertebroplasty: ProcedureType) -> None:
    # Authored 10 days and 2 h before the assessment: 10 whole days are gone. Urgent is late after
    # 4 days, that is 6 days and 2 h ago: 6 whole days are gone.
    old = referral(priority="asap", authored=local("11-13 06:00"))
    case = planning_case(old, readiness(), vertebroplasty, site())
    assert (case.release, case.due) == (local("11-23 06:00"), local("11-23 06:00"))


def test_an_unknown_priority_is_refused(vertebroplasty: ProcedureType) -> None:
    with pytest.raises(InputError, match="case A: priority 'now' is none of stat, asap, urgent"):
        planning_case(referral(priority="now"), readiness(), vertebroplasty, site())


def test_without_a_date_waiting_counts_from_the_assessment(vertebroplasty: ProcedureType) -> None:
    case = planning_case(referral(authored=None), readiness(), vertebroplasty, site())
    assert case.release == local("11-23 08:00")


def test_windows_end_with_the_horizon(vertebroplasty: ProcedureType) -> None:
    # 28 days of 24 h from Monday 08:00, cut at the midnight before
    case = planning_case(referral(), readiness(), vertebroplasty, site())
    assert case.windows == ((local("11-23 12:00"), local("12-21 00:00")),)


def test_a_blocked_case_has_no_window(vertebroplasty: ProcedureType) -> None:
    blocked = readiness(status="blocked", windows=())
    assert planning_case(referral(), blocked, vertebroplasty, site()).windows == ()


@pytest.mark.parametrize(
    ("stages", "stage", "ready_at"),
    [
        (("planned", "planned"), HoldStage.PLANNED, None),
        (("planned", "started"), HoldStage.STARTED, LATER),
        (("started", "drawn"), HoldStage.STARTED, LATER),
        (("none", "none"), HoldStage.NONE, None),
    ],
)
def test_holds_become_one(
    vertebroplasty: ProcedureType, stages: tuple[str, str], stage: HoldStage, ready_at: object
) -> None:
    holds = (
        hold(stage=stages[0], ready_at=READY, risk=3),
        hold(drug="aspirin", stage=stages[1], ready_at=LATER, risk=1),
    )
    found = planning_case(referral(), readiness(holds=holds), vertebroplasty, site()).hold
    assert found is not None
    assert (found.stage, found.ready_at, found.risk) == (stage, ready_at, 3)


def test_a_begun_hold_without_figure_has_no_end(vertebroplasty: ProcedureType) -> None:
    asked = readiness(holds=(hold(stage="started"),))
    found = planning_case(referral(), asked, vertebroplasty, site()).hold
    assert found is not None
    assert (found.stage, found.ready_at) == (HoldStage.STARTED, None)


BOOKED = Booking(
    start=local("11-24 09:00"),
    assigned={
        "suite": "suite-1",
        "proceduralist": "dr-1",
        "sedation": "rn-1",
        "preparation": "bay-1",
        "recovery": "bay-2",
        "arrival": "arrival-1",
    },
    locked=True,
)


@pytest.mark.parametrize(("stage", "weight"), [("none", 1), ("started", 3), ("drawn", 4)])
def test_the_stage_of_the_hold_weighs_a_move(
    vertebroplasty: ProcedureType, stage: str, weight: int
) -> None:
    asked = readiness(holds=(hold(stage=stage, ready_at=READY),))
    booked = planning_case(referral(), asked, vertebroplasty, site(), booking=BOOKED).booking
    assert booked is not None
    assert (booked.move_weight, booked.locked) == (weight, True)


def test_a_booking_of_other_roles_is_refused(vertebroplasty: ProcedureType) -> None:
    inpatient = referral(flags={"inpatient"})
    with pytest.raises(InputError, match=r"case A: .*role 'arrival' is unknown in its booking"):
        planning_case(inpatient, readiness(), vertebroplasty, site(), booking=BOOKED)


def test_every_procedure_of_the_catalogue_makes_a_case() -> None:
    for procedure in shipped_catalogue().procedures:
        case = planning_case(referral(), readiness(), procedure, site())
        assert all(need.minutes % 5 == need.offset % 5 == 0 for need in case.needs)
        assert min(need.offset for need in case.needs) >= -timedelta(hours=2) // timedelta(
            minutes=1
        )
