"""What becomes of the moves of one night is the same in a replay as in the service.

The service plans a night and leaves its moves; then something happens, and both sides carry out
what still can be. Two more nights are planned by both, with one search.
"""

from collections.abc import Mapping
from datetime import datetime
from types import SimpleNamespace

import pytest

from models import resulting
from models.plan import Placement
from models.problem import PlanningProblem
from models.risk import Risk
from models.site import AutoApply, Site
from scenarios.replay import night
from scheduler.services.night import Answer
from scheduler.store.engine import Store
from solver.optimize import Settings
from tests.contract import searches
from tests.contract.both import Both, both_over
from tests.contract.department import at, seats, small_site

TEN, ONE, FREE = at("10:00", 2), at("13:00", 2), at("10:00", 3)
FRIDAY, MONDAY_WEEK = at("13:00", 4), at("13:00", 7)
ON_A_LIST = {"B": at("09:00", 10), "F": at("13:00", 10)}
"""Two who must stop a drug, by agreement of a prescriber, in one suite on one day."""
WEIGHT = 50_000
Places = Mapping[str, tuple[int, datetime] | None]
"""By case: the number of suite, doctor and nurse, and the start; None: left unbooked."""


def to_these(places: Places) -> searches.Search:
    """A search that puts cases where it is told."""
    return searches.to_these(
        {
            case: Placement(case=case, start=place[1], assigned=seats(*place)) if place else None
            for case, place in places.items()
        }
    )


def left(file_store: Store, booked: Places, planned: Places, site: Site | None = None) -> Both:
    """Cases, some of them booked and told, and a night whose moves wait for a decision."""
    both = both_over(file_store, site or small_site(), to_these(planned))
    for case in sorted({*booked, *planned}):
        both.take_in(case)
    for case, place in booked.items():
        if place:
            both.book(case, *place, told=True)
    both.container.night(apply=False)
    return both


def accepted(both: Both) -> str:
    """The cases whose moves are carried out on both sides, which leaves the same bookings."""
    made = both.accept()
    both.assess()
    both.same()
    return "".join(made)


def exchange(file_store: Store) -> Both:
    """A and C change places; E gets G's, which goes elsewhere; H is left unbooked."""
    booked = {"A": (1, TEN), "C": (1, ONE), "G": (1, FRIDAY), "H": (2, FRIDAY)}
    planned = {"A": (1, ONE), "C": (1, TEN), "E": (1, FRIDAY), "G": (2, FREE), "H": None}
    return left(file_store, booked, planned)


def test_what_nothing_forbids_is_carried_out(file_store: Store) -> None:
    assert accepted(exchange(file_store)) == "ACEGH"


def test_a_place_that_is_closed_since_is_given_to_nobody(file_store: Store) -> None:
    """G cannot go to suite 2, so E, who waits for its place, gets none."""
    both = exchange(file_store)
    both.close("suite-2", at("09:00", 3), at("12:00", 3))
    assert accepted(both) == "ACH"


def test_a_place_that_is_taken_since_is_given_to_nobody(file_store: Store) -> None:
    both = exchange(file_store)
    both.take_in("I")
    both.book("I", 2, FREE)
    assert accepted(both) == "ACH"


def hours_of_doctors(minutes: int) -> Site:
    """A site whose doctors work so many minutes a day at most."""
    site = small_site()
    resources = tuple(
        r.model_copy(update={"minutes_per_day": minutes}) if r.kind == "proceduralist" else r
        for r in site.resources
    )
    return site.model_copy(update={"resources": resources})


def limited(file_store: Store) -> Both:
    """C is moved to Friday, where G has taken 60 of dr-1's 100 minutes; E to an empty Thursday."""
    booked, planned = {"C": (1, TEN)}, {"C": (1, FRIDAY), "E": (1, FREE)}
    both = left(file_store, booked, planned, hours_of_doctors(100))
    both.take_in("G")
    both.book("G", 1, at("09:00", 4))
    return both


def test_a_day_that_is_full_since_gets_no_more(file_store: Store) -> None:
    assert accepted(limited(file_store)) == "E"


@pytest.mark.parametrize("start", ["10:00", "15:00"], ids=["taken", "closed"])
def test_who_cannot_go_there_anyway_takes_no_minutes_from_others(
    file_store: Store, start: str
) -> None:
    """G and E are to fill dr-2's 120 minutes of Thursday, of which I has taken 60.

    G cannot go: I holds its place, or its suite is closed. So there are 60 minutes for E.
    """
    planned = {"G": (2, FREE), "E": (2, at("13:00", 3))}
    both = left(file_store, {}, planned, hours_of_doctors(120))
    both.take_in("I")
    both.book("I", 2, at(start, 3))
    if start == "15:00":
        both.close("suite-2", at("09:00", 3), at("12:00", 3))
    assert accepted(both) == "E"


def test_where_a_rule_is_broken_and_nobody_is_to_blame_nothing_is_done(
    file_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resulting, "_blamed", lambda *_: {})
    assert accepted(limited(file_store)) == ""


def on_apixaban(file_store: Store) -> Both:
    """B is told Friday at one, so the last apixaban is Wednesday's at 08:00; the night has Monday.

    Four doses are skipped, the first of them on Wednesday at 20:00.
    """
    both = left(file_store, {"B": (1, FRIDAY)}, {"B": (1, MONDAY_WEEK)})
    both.assess()
    both.same()
    return both


def test_before_a_hold_has_begun_the_move_is_made(file_store: Store) -> None:
    assert accepted(on_apixaban(file_store)) == "B"


def test_a_hold_begun_since_for_the_time_told_is_not_wasted(file_store: Store) -> None:
    both = on_apixaban(file_store)
    both.at(at("20:30", 2))
    assert accepted(both) == ""


def test_a_hold_begun_since_is_given_up_with_a_booking_that_cannot_stand(file_store: Store) -> None:
    both = on_apixaban(file_store)
    both.at(at("20:30", 2))
    both.close("suite-1", at("06:00", 4), at("20:00", 4))
    assert accepted(both) == "B"


def on_a_list(both: Both) -> Both:
    for case, start in ON_A_LIST.items():
        both.take_in(case)
        both.book(case, 1, start)
    return both


def test_fragile_cases_are_parted_where_the_site_minds_it(file_store: Store) -> None:
    """One of them gets the other suite at the same start, which costs nothing."""
    both = on_a_list(both_over(file_store, small_site(risk={"weight": WEIGHT})))
    assert both.night(at("02:00", 1), seed=5, everything=True) == 1
    both.same()


@pytest.mark.parametrize(("weight", "moved"), [(0, 0), (WEIGHT, 1)])
def test_what_a_search_takes_for_nothing_is_given_back(
    file_store: Store, monkeypatch: pytest.MonkeyPatch, weight: int, moved: int
) -> None:
    """F is put with the second of everyone and gets all back, but where the site keeps it apart."""
    once = to_these({"F": (2, ON_A_LIST["F"])})

    def told(problem: PlanningProblem, s: int, seed: int, _risk: Risk | None = None) -> Answer:
        return once(problem, s, seed)

    def mine(problem: PlanningProblem, _risk: Risk, settings: Settings) -> SimpleNamespace:
        return SimpleNamespace(result=once(problem, 0, settings.seed))

    monkeypatch.setattr(night, "optimize_robust", mine)
    rule = AutoApply(enabled=True, max_moves=0, max_started_moves=0, min_gain=0)
    site = small_site(risk={"weight": weight}, auto_apply=rule)
    both = on_a_list(both_over(file_store, site, told))
    assert both.night(at("02:00", 1), seed=5, everything=True) == moved
    both.same()
    kept = both.office.files["F"].booked
    assert kept is not None
    # doctor and nurse are given back in any case
    assert kept.held.assigned["proceduralist"] == "dr-1"
    assert kept.held.assigned["suite"] == ("suite-2" if moved else "suite-1")
