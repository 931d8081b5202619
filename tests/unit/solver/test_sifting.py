"""Moves that can be made are sifted from those that cannot, with all that waits for these."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pytest

from models.errors import ConflictError, RefusedError
from models.held import Held
from models.problem import Case
from solver.moves import Move, Moves
from solver.revision import Change
from solver.sifting import Sifted, Step, sift, step_of
from tests.builders import a_case, at

NINE, TEN = at("09:00"), at("10:00")
WAITS = "it waits for the move of {}, which can no longer be made"
Placed = Mapping[str, tuple[Case, Held]]


@dataclass(frozen=True)
class File:
    """A case, as far as a sift asks about it."""

    case: str
    off_drug: bool = False
    troubled: bool = False


@dataclass
class Ground:
    """A department that answers as the test says, and notes what it was asked."""

    changed: Mapping[str, str] = field(default_factory=dict)
    off_drug: Collection[str] = ()
    troubled: Collection[str] = ()
    closed: Mapping[str, str] = field(default_factory=dict)
    taken: Mapping[str, str] = field(default_factory=dict)
    """By case: who holds the place that its move wants."""
    judge: Callable[[frozenset[str]], Mapping[str, str]] = lambda _placed: {}
    """The guilty, by the cases placed."""
    asked: list[str] = field(default_factory=list)
    moved: list[frozenset[str]] = field(default_factory=list)

    def file(self, move: Move) -> File:
        if move.case in self.changed:
            raise RefusedError(self.changed[move.case])
        return File(move.case, move.case in self.off_drug, move.case in self.troubled)

    def planned(self, file: File) -> Case:
        self.asked.append(f"planned {file.case}")
        return a_case(file.case)

    def faults(self, file: File, planned: Case, held: Held) -> Iterator[str]:
        self.asked.append(f"faults {planned.id} on {held.assigned['suite']}")
        if file.case in self.closed:
            yield self.closed[file.case]

    def blocked(self, standing: Mapping[str, Step[File]]) -> dict[str, str]:
        return {
            case: f"{self.taken[case]} holds it"
            for case in standing
            if case in self.taken and self.taken[case] not in standing
        }

    def guilty(self, placed: Placed, moved: Collection[str]) -> Mapping[str, str]:
        self.moved.append(frozenset(moved))
        return self.judge(frozenset(placed))


def to_ten(case: str, *waits_for: str, change: Change = Change.MOVED) -> Move:
    """From nine to ten o'clock, in the suite."""
    return Move(
        case=case,
        change=change,
        before=NINE,
        after=TEN,
        assigned={"suite": "s1"},
        depends_on=waits_for,
    )


def unbooked(case: str) -> Move:
    return Move(case=case, change=Change.UNBOOKED, before=NINE)


def sifted(
    moves: Iterable[Move], ground: Ground, *, chosen: str = "", undecided: str = ""
) -> Sifted[File]:
    """What becomes of moves; all of them are chosen and undecided, unless they are named."""
    whole = Moves(moves=tuple(moves))
    return sift(whole, chosen or whole.by_case, undecided or whole.by_case.keys(), ground)


def test_moves_that_nothing_forbids_are_made_in_the_order_of_their_cases() -> None:
    ground = Ground()
    found = sifted([to_ten("B"), unbooked("C"), to_ten("A")], ground)
    assert [step.case for step in found.steps] == ["A", "B", "C"]
    assert [step.held and step.held.start for step in found.steps] == [TEN, TEN, None]
    assert found.stale == {}
    # who is left unbooked gives up a place, though nothing of it is judged
    assert ground.moved == [frozenset("ABC")]


def test_a_stale_move_takes_with_it_what_waits_for_it() -> None:
    """C waits for B, and B for A, whose case has changed; D waits for nobody."""
    moves = [to_ten("A"), to_ten("B", "A"), to_ten("C", "B"), to_ten("D")]
    found = sifted(moves, Ground(changed={"A": "it has changed"}))
    assert set(found.standing) == {"D"}
    assert found.stale == {"A": "it has changed", "B": WAITS.format("A"), "C": WAITS.format("A")}


def test_what_waits_goes_stale_unless_it_was_decided_before() -> None:
    """B and C wait for A, which alone is chosen; C was put aside before."""
    moves = [to_ten("A"), to_ten("B", "A"), to_ten("C", "A")]
    found = sifted(moves, Ground(changed={"A": "it has changed"}), chosen="A", undecided="AB")
    assert found.stale == {"A": "it has changed", "B": WAITS.format("A")}


def test_a_group_stays_whole() -> None:
    """A and B change places: where B cannot, neither does."""
    moves = [to_ten("A", "B"), to_ten("B", "A"), to_ten("C")]
    found = sifted(moves, Ground(closed={"B": "s1 is closed"}))
    assert set(found.standing) == {"C"}
    assert found.stale == {"A": WAITS.format("B"), "B": "s1 is closed"}


def test_a_place_is_free_only_as_long_as_its_holder_goes() -> None:
    """B wants A's place and C wants B's; somebody from outside holds what A wants."""
    moves = [to_ten("A"), to_ten("B"), to_ten("C")]
    held_by_others = {"A": "Z", "B": "A", "C": "B"}
    found = sifted(moves, Ground(taken=held_by_others))
    assert found.stale == {"A": "Z holds it", "B": "A holds it", "C": "B holds it"}
    assert sifted(moves, Ground(taken={"B": "A", "C": "B"})).stale == {}


def test_moves_that_break_a_rule_together_are_refused_until_none_does() -> None:
    """Three at once break a rule by A, and two at once by C; one alone breaks none."""
    guilty = {3: {"A": "too many"}, 2: {"C": "still too many"}}
    ground = Ground(judge=lambda placed: guilty.get(len(placed), {}))
    found = sifted([to_ten("A"), to_ten("B"), to_ten("C")], ground)
    assert set(found.standing) == {"B"}
    assert found.stale == {"A": "too many", "C": "still too many"}
    assert ground.moved == [frozenset("ABC"), frozenset("BC"), frozenset("B")]


def test_a_rule_broken_by_nobody_ends_it() -> None:
    def nobody(_placed: frozenset[str]) -> Mapping[str, str]:
        raise ConflictError("the plan would break a rule")

    with pytest.raises(ConflictError, match="would break a rule"):
        sifted([to_ten("A")], Ground(judge=nobody))


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        (Ground(changed={"A": "changed"}, off_drug="A", closed={"A": "closed"}), "changed"),
        (Ground(off_drug="A", closed={"A": "closed"}), "has stopped a drug"),
        (Ground(closed={"A": "closed"}), "closed"),
    ],
    ids=["its case", "a hold for nothing", "rules"],
)
def test_questions_about_one_move_have_an_order(told: Ground, asked: str) -> None:
    with pytest.raises(RefusedError, match=asked):
        step_of(to_ten("A"), told)
    assert told.asked == (["planned A", "faults A on s1"] if asked == "closed" else [])


def test_a_hold_is_no_reason_to_keep_a_booking_that_cannot_stand() -> None:
    assert step_of(to_ten("A"), Ground(off_drug="A", troubled="A")).held is not None


def test_nothing_is_asked_of_the_place_of_a_case_that_is_left_unbooked() -> None:
    ground = Ground(closed={"A": "closed"})
    assert step_of(unbooked("A"), ground).held is None
    assert ground.asked == []


def test_a_move_made_for_other_needs_is_refused() -> None:
    move = to_ten("A").model_copy(update={"assigned": {"suite": "s1", "ct": "ct-1"}})
    with pytest.raises(RefusedError, match="its needs have changed"):
        step_of(move, Ground())
