from datetime import timedelta

from models.windows import Window, WindowSet
from tests.unit.models.worlds import utc

A, B, C, D, E = (utc(f"11-23 {hour:02}:00") for hour in (8, 9, 10, 11, 12))


def spans(found: WindowSet) -> list[tuple[int, int]]:
    return [(w.start.hour, w.end.hour) for w in found]


def test_a_window_holds_its_start_and_not_its_end() -> None:
    assert A in Window(A, B)
    assert B not in Window(A, B)


def test_touching_windows_become_one() -> None:
    assert spans(WindowSet([Window(B, C), Window(A, B)])) == [(8, 10)]


def test_windows_a_second_apart_stay_two() -> None:
    assert len(WindowSet([Window(A, B), Window(B + timedelta(seconds=1), C)])) == 2


def test_an_empty_or_backward_window_vanishes() -> None:
    assert not WindowSet([Window(A, A), Window(C, B)])


def test_a_window_inside_another_vanishes_in_it() -> None:
    assert spans(WindowSet([Window(A, D), Window(B, C)])) == [(8, 11)]


def test_union_joins_what_touches() -> None:
    assert spans(WindowSet.between(A, B) | WindowSet.between(B, D)) == [(8, 11)]


def test_intersection_of_touching_windows_is_empty() -> None:
    assert not WindowSet.between(A, B) & WindowSet.between(B, C)


def test_intersection_keeps_the_common_part_of_each_pair() -> None:
    left = WindowSet([Window(A, B), Window(C, E)])
    assert spans(left & WindowSet.between(A, D)) == [(8, 9), (10, 11)]


def test_a_cut_in_the_middle_leaves_two_pieces() -> None:
    assert spans(WindowSet.between(A, E) - WindowSet.between(B, C)) == [(8, 9), (10, 12)]


def test_a_cut_that_only_touches_takes_nothing() -> None:
    assert spans(WindowSet.between(A, B) - WindowSet.between(B, C)) == [(8, 9)]


def test_clip_keeps_what_lies_within() -> None:
    assert spans(WindowSet.between(A, E).clip(B, C)) == [(9, 10)]


def test_gaps_lie_between_the_windows() -> None:
    assert spans(WindowSet([Window(A, B), Window(C, D)]).gaps()) == [(9, 10)]


def test_shift_moves_by_elapsed_time() -> None:
    assert spans(WindowSet.between(A, B).shift(timedelta(hours=1))) == [(9, 10)]


def test_total_adds_the_lengths() -> None:
    # 1 h + 2 h
    assert WindowSet([Window(A, B), Window(C, E)]).total == timedelta(hours=3)


def test_equal_sets_are_equal_values() -> None:
    assert WindowSet([Window(A, B), Window(B, C)]) == WindowSet.between(A, C)
