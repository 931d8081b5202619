"""What a night of a replay does with moves, as far as no service is needed to tell."""

import pytest

from models.errors import RefusedError
from scenarios.replay.night import apply_moves
from scenarios.replay.office import Office
from solver.moves import Move, Moves
from solver.revision import Change
from tests.unit.scenarios.replay.departments import RULES, small_practice


def test_moves_are_not_carried_out_without_those_they_wait_for() -> None:
    moves = Moves(
        moves=(
            Move(case="C1", change=Change.PLACED, depends_on=("C2",)),
            Move(case="C2", change=Change.UNBOOKED),
        )
    )
    with pytest.raises(RefusedError, match="wait for those of C2"):
        apply_moves(Office(small_practice(), RULES), moves, ["C1"])
