"""Networks run: who is offered where, who is taken, and that it never gets dearer."""

from typing import Any

import pytest

from models.errors import InputError
from models.problem import Case, PlanningProblem
from scenarios.records import Run
from scenarios.running.crew import Here
from scenarios.running.network import Network
from scenarios.running.network_run import NetworkResult, run_network
from scenarios.running.offers import Sent
from scenarios.scenario import Plan, Replay, Settings
from scenarios.tasks import Task
from tests.builders import a_case, a_problem, a_resource, at, need
from tests.unit.models.worlds import FakeRules
from tests.unit.scenarios.running.planners import in_turn, one_a_suite


def a_site(name: str, cases: list[Case], suites: int = 1, tags: list[str] | None = None) -> Any:
    resources = [a_resource(f"suite-{n}", tags=tags or []) for n in range(suites)]
    return a_problem(cases, resources).model_copy(update={"site": name})


def a_network(*sites: PlanningProblem, transfers: list[dict[str, Any]], **more: Any) -> Network:
    listed = [{"name": site.site, "file": f"{site.site}.json"} for site in sites]
    return Network.model_validate({"name": "net", "sites": listed, "transfers": transfers} | more)


def run(
    *sites: PlanningProblem,
    transfers: list[dict[str, Any]],
    settings: Settings | None = None,
    work: Any = one_a_suite,
    **more: Any,
) -> NetworkResult:
    network = a_network(*sites, transfers=transfers, **more)
    subjects = {site.site: site for site in sites}
    way = settings or Settings(run=Plan())
    return run_network(network, subjects, way, FakeRules(), Here(), work=work)


FULL = [a_case("a", priority="soon"), a_case("b"), a_case("c")]
"""At one suite: a is treated; b and c, both routine, are left out at 4,000 points each."""
TO_SOUTH = {"from": "north", "to": "south", "points": 300, "km": 20}
TO_EAST = {"from": "north", "to": "east", "points": 500, "km": 70}


def moved(found: NetworkResult) -> list[tuple[str, str]]:
    return [(sent.case, sent.to) for sent in found.sent]


def test_case_without_a_place_goes_where_there_is_one() -> None:
    found = run(a_site("north", FULL), a_site("south", []), transfers=[TO_SOUTH])
    # South has one suite: b goes there for 300 points, c stays left out.
    assert found.sent == (Sent("b", "north", "south", 300, 20),)
    (alone,), (together,) = found.alone, found.together
    assert (alone.cases, alone.treated, alone.waiting, alone.points) == (3, 1, 2, 8_000)
    assert (together.cases, together.treated, together.waiting) == (3, 2, 1)
    assert (together.site_points, together.transfer_points, together.moved) == (4_000, 300, 1)
    north, south = found.sites
    assert (north.sent, south.received) == (("b",), ("north/b",))
    assert [[case.case for case in site.runs[0].cases] for site in found.sites] == [
        ["a", "c"],
        ["north/b"],
    ]
    assert [case.case for case in north.alone[0].cases] == ["a", "b", "c"]


def test_those_who_find_no_room_are_offered_to_the_next_site() -> None:
    sites = [a_site("north", FULL), a_site("south", []), a_site("east", [])]
    assert moved(run(*sites, transfers=[TO_SOUTH, TO_EAST])) == [("b", "south"), ("c", "east")]
    # With a single round nobody is offered twice.
    assert moved(run(*sites, transfers=[TO_SOUTH, TO_EAST], rounds=1)) == [("b", "south")]


def test_without_transfers_the_sites_only_sum_up() -> None:
    found = run(a_site("north", FULL), a_site("south", []), transfers=[])
    assert found.sent == ()
    assert found.alone == found.together
    assert found.computed == 2


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [("b", "south"), ("c", "south")]),
        ({"most": 1}, [("b", "south")]),
        ({"priorities": ["soon", "urgent"]}, []),
        ({"points": 4_000}, []),  # no cheaper than leaving out
        ({"points": 3_999}, [("b", "south"), ("c", "south")]),
    ],
)
def test_transfer_says_who_may_go_and_at_what_price(
    changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    sites = a_site("north", FULL), a_site("south", [], suites=2)
    assert moved(run(*sites, transfers=[TO_SOUTH | changes])) == expected


def test_nobody_is_sent_farther_than_the_limit() -> None:
    sites = a_site("north", FULL), a_site("east", [], suites=2)
    assert moved(run(*sites, transfers=[TO_EAST], most_km=69)) == []
    assert len(moved(run(*sites, transfers=[TO_EAST], most_km=70))) == 2


def test_case_that_needs_what_is_not_there_is_not_offered() -> None:
    case = a_case("b", need("suite", tags=["biplane"]))
    sites = a_site("north", [case]), a_site("south", []), a_site("east", [], tags=["biplane"])
    assert moved(run(*sites, transfers=[TO_SOUTH, TO_EAST])) == [("b", "east")]


def test_case_treated_too_late_may_go_where_it_is_treated_sooner() -> None:
    # In turn: a on Monday, b on Tuesday, c on Wednesday; all are due on Monday at 8:00.
    cases = [a_case(name, due=at("08:00")) for name in "abc"]
    sites = a_site("north", cases), a_site("south", [])
    for limit, expected in ((None, []), (2, []), (1, [("c", "south")])):
        found = run(*sites, transfers=[TO_SOUTH], work=in_turn, late_days=limit)
        assert moved(found) == expected


def test_pressing_guest_does_not_put_out_one_who_is_as_dear() -> None:
    # South would leave out its own c: 4,000 for 4,000, and the transfer on top.
    south = a_site("south", [a_case("own")])
    found = run(a_site("north", FULL), south, transfers=[TO_SOUTH])
    assert found.sent == ()
    assert found.together == found.alone


def dearer_with_guests(task: Task) -> Run:
    """Sites that are upset by guests: each costs more than two cases left out."""
    run = one_a_suite(task)
    guests = sum("/" in case.case for case in run.cases)
    members = {name: getattr(run, name) for name in Run.__slots__}
    return Run(**members | {"cost": run.cost + 8_001 * guests})


def test_exchange_that_is_dearer_is_undone_and_the_others_are_kept() -> None:
    north, west = a_site("north", FULL), a_site("west", FULL)
    rules = [TO_SOUTH, {"from": "west", "to": "east", "points": 10}]
    sites = north, west, a_site("south", []), a_site("east", [])
    found = run(*sites, transfers=rules)
    assert moved(found) == [("b", "south"), ("b", "east")]
    undone = run(*sites, transfers=rules, work=dearer_with_guests)
    assert undone.sent == ()
    assert undone.together == undone.alone


def test_replay_moves_nobody_and_says_so() -> None:
    replay = Settings(run=Replay(replications=3), seed=5)
    found = run(a_site("north", FULL), a_site("south", []), transfers=[TO_SOUTH], settings=replay)
    assert found.sent == ()
    # Replication n costs n points more at each of two sites: 8,000 + 2 n.
    assert [total.points for total in found.together] == [8_000, 8_002, 8_004]
    assert found.notes == ("a replay moves no patients between sites: each ran alone",)


def test_network_is_run_alike_whatever_the_order_of_subjects() -> None:
    sites = [a_site("north", FULL), a_site("south", []), a_site("east", [])]
    network = a_network(*sites, transfers=[TO_SOUTH, TO_EAST])
    one, other = (
        run_network(
            network,
            {site.site: site for site in ordered},
            Settings(run=Plan()),
            FakeRules(),
            Here(),
            work=one_a_suite,
        )
        for ordered in (sites, sites[::-1])
    )
    assert one == other


def test_stopped_network_shows_what_is_finished() -> None:
    sites = a_site("north", FULL), a_site("south", [])
    network = a_network(*sites, transfers=[TO_SOUTH])
    answers = iter([False, True])
    found = run_network(
        network,
        {site.site: site for site in sites},
        Settings(run=Plan()),
        FakeRules(),
        Here(),
        work=one_a_suite,
        should_stop=lambda: next(answers),
    )
    assert found.stopped
    assert [site.name for site in found.sites] == ["north"]


def test_site_without_a_subject_is_named() -> None:
    network = a_network(a_site("north", []), transfers=[])
    with pytest.raises(InputError, match="there is no subject for site north"):
        run_network(network, {}, Settings(), FakeRules(), Here(), work=one_a_suite)
