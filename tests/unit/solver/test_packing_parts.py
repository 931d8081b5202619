"""The parts of a packing: filling bins by length, ordering blocks, dealing and timing."""

from itertools import chain, combinations, permutations
from random import Random

import numpy as np
import pytest

from models.problem import PlanningProblem
from solver.cpsat.packing_blocks import Block, laid_in, lay
from solver.cpsat.packing_deal import deal
from solver.cpsat.packing_full import Item, Room, fill, full_packings, rooms_of, some_that_fill
from solver.cpsat.packing_order import ordered
from solver.improve_compile import compile_arrays
from tests.builders import a_case, a_problem, a_resource, between, need

HOURS = [between("08:00", "11:00")]


def never() -> bool:
    return False


def item(number: int, length: int, *bins: int) -> Item:
    return Item(number, length, frozenset(bins))


@pytest.mark.parametrize("seed", range(40))
def test_some_that_fill_agrees_with_all_subsets(seed: int) -> None:
    rng = Random(seed)
    items = [item(n, rng.randint(1, 30), 0) for n in range(7)]
    least = rng.randint(1, 120)
    most = least + rng.randint(0, 2)
    subsets = chain.from_iterable(combinations(items, k) for k in range(8))
    possible = any(least <= sum(i.length for i in subset) <= most for subset in subsets)
    chosen = some_that_fill(items, least, most, rng)
    assert (chosen is not None) == possible
    assert chosen is None or least <= sum(i.length for i in chosen) <= most


def test_bins_without_slack_are_filled() -> None:
    # 60 = 31 + 29, 40 = 23 + 17 and 50 = 50; the 50 may go to the last bin alone.
    items = (
        item(0, 31, 0, 1, 2),
        item(1, 29, 0, 1),
        item(2, 23, 0, 1, 2),
        item(3, 17, 0, 1, 2),
        item(4, 50, 2),
    )
    room = Room({0: 60, 1: 40, 2: 50}, items)
    assert room.slack == 0
    assert fill(room, Random(0)) == {0: 0, 1: 0, 2: 1, 3: 1, 4: 2}


def test_lengths_that_fit_no_bin_have_no_filling() -> None:
    # Two bins of 30 for 3 x 20: the sum fits, the third does not.
    room = Room({0: 30, 1: 30}, tuple(item(n, 20, 0, 1) for n in range(3)))
    assert fill(room, Random(0)) is None


def a_block(length: int, resources: tuple[int, ...], end: int) -> Block:
    return Block(((0, 0),), length, resources, ((0, end - length + 1),))


@pytest.mark.parametrize("seed", range(12))
def test_lay_finds_the_order_of_least_lateness(seed: int) -> None:
    rng = Random(seed)
    blocks = [
        a_block(rng.randint(1, 9), tuple(sorted(rng.sample(range(3), rng.randint(1, 2)))), 14)
        for _ in range(5)
    ]
    least = min(laid_in(blocks, list(order)).late for order in permutations(range(5)))
    assert min(lay(blocks, Random(s), never).late for s in range(3)) == least


def test_a_block_waits_for_its_resources_and_its_next_permitted_begin() -> None:
    # The second wants 0 and 1, free at 4; it may begin in 0..2 or 6..8, so at 6.
    first = a_block(4, (0,), 14)
    second = Block(((1, 0),), 3, (0, 1), ((0, 3), (6, 9)))
    assert laid_in([first, second], [0, 1]).begins == [0, 6]
    # The other way round it has ended at 3 and nothing is late.
    assert laid_in([first, second], [1, 0]).begins == [3, 0]


def two_suites(*lengths: int, device: tuple[int, ...] = ()) -> PlanningProblem:
    resources = [a_resource(name, available=HOURS) for name in ("suite-1", "suite-2")]
    resources.append(a_resource("device", "device", available=HOURS))
    cases = [
        a_case(
            f"case-{n}",
            need("suite", length),
            *([need("device", length)] if n in device else []),
        )
        for n, length in enumerate(lengths)
    ]
    return a_problem(cases, resources)


def test_suites_that_are_all_but_full_are_filled_and_ordered() -> None:
    # 105 + 75 and 120 + 60 of 180 each; the device has 75 + 60 of its 180 minutes, never at once.
    compiled = compile_arrays(two_suites(105, 75, 120, 60, device=(1, 3)))
    (room,) = rooms_of(compiled)
    assert room.slack == 0
    (standing,) = full_packings(compiled, Random(0), workers=1, should_stop=never)
    assert (standing.start >= 0).all()
    suite = {case: int(standing.res[compiled.data.need_first[case]]) for case in range(4)}
    assert suite[0] == suite[1] != suite[2] == suite[3]
    lengths = compiled.data.need_len[compiled.data.need_first[[1, 3]]]
    early = int(np.argmin(standing.start[[1, 3]]))
    assert abs(standing.start[1] - standing.start[3]) >= lengths[early]


def test_suites_with_room_to_spare_are_not_filled() -> None:
    # 300 of 360 minutes: the search needs no help.
    compiled = compile_arrays(two_suites(105, 75, 60, 60))
    assert not list(full_packings(compiled, Random(0), workers=1, should_stop=never))


def test_a_dealing_that_no_order_can_keep_has_no_starts() -> None:
    # 100 + 90 minutes of one suite of 180.
    compiled = compile_arrays(two_suites(100, 90))
    assert ordered(compiled, np.array([0, 0]), workers=1, should_stop=never) is None
    assert ordered(compiled, np.array([0, 1]), workers=1, should_stop=never) is not None


def test_who_has_no_choice_is_dealt_first() -> None:
    # Both at 08:00: A may have either suite, B only the one that A would be given first.
    resources = [a_resource(name, available=HOURS) for name in ("suite-1", "suite-2")]
    for lone, other in (("suite-1", 1), ("suite-2", 0)):
        cases = [a_case("A", need("suite")), a_case("B", need("suite", among=[lone]))]
        compiled = compile_arrays(a_problem(cases, resources))
        begin = int(np.flatnonzero(compiled.feasible[0])[0])
        standing = deal(compiled, np.full(2, begin))
        assert standing.res.tolist() == [other, 1 - other]
