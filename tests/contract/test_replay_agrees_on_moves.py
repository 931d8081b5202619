"""What becomes of the moves of one night is the same in a replay as in the service.

The service plans a night and leaves its moves; then something happens, and both sides carry out
what still can be. Two more nights are planned by both, with one search.
"""

import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
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


@pytest.fixture
def store(fresh_file: Path, tmp_path: Path) -> Iterator[Store]:
    path = tmp_path / "store.sqlite"
    shutil.copyfile(fresh_file, path)
    opened = Store.at(str(path))
    yield opened
    opened.close()


def to_these(places: Places) -> searches.Search:
    """A search that puts cases where it is told."""
    return searches.to_these(
        {
            case: Placement(case=case, start=place[1], assigned=seats(*place)) if place else None
            for case, place in places.items()
        }
    )


def left(store: Store, booked: Places, planned: Places, site: Site | None = None) -> Both:
    """Cases, some of them booked and told, and a night whose moves wait for a decision."""
    both = both_over(store, site or small_site(), to_these(planned))
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


def exchange(store: Store) -> Both:
    """A and C change places; E gets G's, which goes elsewhere; H is left unbooked."""
    booked = {"A": (1, TEN), "C": (1, ONE), "G": (1, FRIDAY), "H": (2, FRIDAY)}
    planned = {"A": (1, ONE), "C": (1, TEN), "E": (1, FRIDAY), "G": (2, FREE), "H": None}
    return left(store, booked, planned)


def test_what_nothing_forbids_is_carried_out(store: Store) -> None:
    assert accepted(exchange(store)) == "ACEGH"


def test_a_place_that_is_closed_since_is_given_to_nobody(store: Store) -> None:
    """G cannot go to suite 2, so E, who waits for its place, gets none."""
    both = exchange(store)
    both.close("suite-2", at("09:00", 3), at("12:00", 3))
    assert accepted(both) == "ACH"


def test_a_place_that_is_taken_since_is_given_to_nobody(store: Store) -> None:
    both = exchange(store)
    both.take_in("I")
    both.book("I", 2, FREE)
    assert accepted(both) == "ACH"


def limited(store: Store) -> Both:
    """Doctors work at most 100 minutes a day: C is moved to Friday, where G has taken 60 of dr-1.

    E is placed on Thursday, where nobody is.
    """
    resources = tuple(
        r.model_copy(update={"minutes_per_day": 100}) if r.kind == "proceduralist" else r
        for r in small_site().resources
    )
    site = small_site().model_copy(update={"resources": resources})
    both = left(store, {"C": (1, TEN)}, {"C": (1, FRIDAY), "E": (1, FREE)}, site)
    both.take_in("G")
    both.book("G", 1, at("09:00", 4))
    return both


def test_a_day_that_is_full_since_gets_no_more(store: Store) -> None:
    assert accepted(limited(store)) == "E"


def test_where_a_rule_is_broken_and_nobody_is_to_blame_nothing_is_done(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resulting, "_blamed", lambda *_: {})
    assert accepted(limited(store)) == ""


def on_apixaban(store: Store) -> Both:
    """B is told Friday at one, so the last apixaban is Wednesday's at 08:00; the night has Monday.

    Four doses are skipped, the first of them on Wednesday at 20:00.
    """
    both = left(store, {"B": (1, FRIDAY)}, {"B": (1, MONDAY_WEEK)})
    both.assess()
    both.same()
    return both


def test_before_a_hold_has_begun_the_move_is_made(store: Store) -> None:
    assert accepted(on_apixaban(store)) == "B"


def test_a_hold_begun_since_for_the_time_told_is_not_wasted(store: Store) -> None:
    both = on_apixaban(store)
    both.at(at("20:30", 2))
    assert accepted(both) == ""


def test_a_hold_begun_since_is_given_up_with_a_booking_that_cannot_stand(store: Store) -> None:
    both = on_apixaban(store)
    both.at(at("20:30", 2))
    both.close("suite-1", at("06:00", 4), at("20:00", 4))
    assert accepted(both) == "B"


def on_a_list(both: Both) -> Both:
    for case, start in ON_A_LIST.items():
        both.take_in(case)
        both.book(case, 1, start)
    return both


def test_fragile_cases_are_parted_where_the_site_minds_it(store: Store) -> None:
    """One of them gets the other suite at the same start, which costs nothing."""
    both = on_a_list(both_over(store, small_site(risk={"weight": WEIGHT})))
    assert both.night(at("02:00", 1), seed=5, everything=True) == 1
    both.same()


@pytest.mark.parametrize(("weight", "moved"), [(0, 0), (WEIGHT, 1)])
def test_what_a_search_takes_for_nothing_is_given_back(
    store: Store, monkeypatch: pytest.MonkeyPatch, weight: int, moved: int
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
    both = on_a_list(both_over(store, site, told))
    assert both.night(at("02:00", 1), seed=5, everything=True) == moved
    both.same()
    kept = both.office.files["F"].booked
    assert kept is not None
    # doctor and nurse are given back in any case
    assert kept.held.assigned["proceduralist"] == "dr-1"
    assert kept.held.assigned["suite"] == ("suite-2" if moved else "suite-1")
