import pytest

from models.errors import InputError
from models.problem import Case
from scenarios.assumptions import DurationGroup, Durations, Quantiles
from scenarios.practice import Practice
from tests.builders import a_case, at, booked, need
from tests.unit.scenarios.edits.worlds import edit, practice, problem

LUMBAR = "vertebroplasty-lumbosacral"
FITTED = Durations(
    groups=(
        DurationGroup(
            key=(),
            cases=212,
            ratio=Quantiles(levels=(0, 1), values=(0.5, 1.5), source="own log", evidence="fitted"),
        ),
    )
)


def base(found: Practice, key: str = LUMBAR) -> int:
    return found.catalogue.by_key[key].procedure_minutes.base


def spans(case: Case) -> dict[str, tuple[int, int]]:
    return {n.role: (n.offset, n.offset + n.minutes) for n in case.needs}


def a_stay(**changes: object) -> Case:
    """Prepared for 45 minutes, treated for 60, the room turned over in 15, recovering for 120."""
    return a_case(
        "A",
        need("prep", 45, kind="bay", offset=-45),
        need("suite", 75),
        need("doctor", 60),
        need("nurse", 80, offset=-10),
        need("recovery", 120, kind="bay", offset=60),
        **changes,  # type: ignore[arg-type]
    )


def test_procedures_are_planned_longer() -> None:
    # the catalogue says 60 minutes; 60 x 1.25 = 75
    after = edit("scale-durations", factor=1.25).on_practice(practice())
    assert (base(practice()), base(after)) == (60, 75)


def test_scaling_twice_multiplies() -> None:
    # 60 x 1.5 x 0.5 = 45
    once = edit("scale-durations", factor=1.5).on_practice(practice())
    assert base(edit("scale-durations", factor=0.5).on_practice(once)) == 45


def test_only_the_procedure_named_is_scaled() -> None:
    after = edit("scale-durations", factor=2, procedure=LUMBAR).on_practice(practice())
    assert base(after) == 120
    assert base(after, "kyphoplasty-thoracic") == base(practice(), "kyphoplasty-thoracic")


def test_what_nobody_plans_for_changes_the_actual_minutes_only() -> None:
    after = edit("scale-durations", factor=1.25, planned=False).on_practice(practice())
    assert base(after) == 60
    assert after.assumptions.durations.scale == 1.25


def test_one_procedure_gets_a_distribution_of_its_own() -> None:
    change = edit("scale-durations", factor=2, planned=False, procedure=LUMBAR)
    after = change.on_practice(practice())
    general, own = after.assumptions.durations.groups
    assert own.key == (LUMBAR,)
    assert own.ratio.values == tuple(2 * value for value in general.ratio.values)


def test_a_fitted_history_is_taken() -> None:
    raw = FITTED.model_dump(mode="json")
    after = edit("set-durations", durations=raw, planned_quantile=0.7).on_practice(practice())
    assert after.assumptions.durations.groups == FITTED.groups
    assert after.assumptions.durations.planned_quantile == 0.7


def test_needs_stretch_with_the_procedure() -> None:
    # 60 x 1.2 = 72, on ticks of 15: 75. What ends at 60 or later ends 15 minutes later.
    after = edit("scale-durations", factor=1.2).on_problem(problem(a_stay(), tick=15))
    assert spans(after.case_by_id["A"]) == {
        "prep": (-45, 0),
        "suite": (0, 90),
        "doctor": (0, 75),
        "nurse": (-10, 85),
        "recovery": (75, 195),
    }


def test_a_procedure_lasts_at_least_a_tick() -> None:
    after = edit("scale-durations", factor=0.01).on_problem(problem(a_stay(), tick=15))
    assert spans(after.case_by_id["A"])["doctor"] == (0, 15)


def test_a_case_under_way_is_not_stretched() -> None:
    roles = ("prep", "suite", "doctor", "nurse", "recovery")
    running = a_stay(booking=booked(at("08:00"), dict.fromkeys(roles, "suite-1")))
    before = problem(running, now=at("08:30"))
    after = edit("scale-durations", factor=2).on_problem(before)
    assert after.case_by_id["A"] == running


def test_of_two_locks_that_come_to_overlap_the_later_is_opened() -> None:
    # an hour each from 9 and from 10; an hour and a half from 9 runs into the second
    both = [
        a_case(
            name,
            need("suite"),
            booking=booked(at(clock), {"suite": "suite-1"}, locked=True),
        )
        for name, clock in (("A", "10:00"), ("B", "09:00"))
    ]
    after = edit("scale-durations", factor=1.5).on_problem(problem(*both))
    locks = {case.id: case.booking.locked for case in after.cases if case.booking is not None}
    assert locks == {"A": False, "B": True}


def test_turnover_is_the_same_after_every_procedure() -> None:
    after = edit("turnover", minutes=30).on_practice(practice())
    assert {p.turnover_minutes for p in after.catalogue.procedures} == {30}


def test_turnover_after_one_procedure() -> None:
    after = edit("turnover", minutes=30, procedure=LUMBAR).on_practice(practice())
    other = "kyphoplasty-thoracic"
    assert after.catalogue.by_key[LUMBAR].turnover_minutes == 30
    assert after.catalogue.by_key[other] == practice().catalogue.by_key[other]


def test_turnover_in_a_planning_file_is_what_rooms_are_held_for_afterwards() -> None:
    # the procedure ends at 60; 20 minutes are two ticks of 15
    after = edit("turnover", minutes=20).on_problem(problem(a_stay(), tick=15))
    assert spans(after.case_by_id["A"])["suite"] == (0, 90)
    assert spans(after.case_by_id["A"])["recovery"] == (60, 180)


def test_a_planning_file_names_no_procedures() -> None:
    for change in (
        edit("scale-durations", factor=2, procedure=LUMBAR),
        edit("scale-durations", factor=2, planned=False),
        edit("turnover", minutes=5, procedure=LUMBAR),
    ):
        with pytest.raises(InputError, match="names no procedures"):
            change.on_problem(problem(a_stay()))


def test_an_unknown_procedure_is_refused() -> None:
    with pytest.raises(InputError, match="no procedure 'vertebroplasty-lumbar'; nearest: vert"):
        edit("turnover", minutes=5, procedure="vertebroplasty-lumbar").on_practice(practice())
