"""The proofs of the service in short: every fault of `benchmarks/faults`, each with its control."""

from pathlib import Path
from random import Random

import pytest

from benchmarks.faults import (
    backups,
    contended,
    database_kills,
    fuzz,
    hot_slot,
    kills,
    lost_updates,
    retries,
    servers,
    states,
    world,
)
from benchmarks.faults.contended import cells_of
from benchmarks.faults.history import Tenure, violations
from benchmarks.faults.sown import SOWN
from benchmarks.load import hold, ratio
from scheduler.store.engine import Store
from tests import canaries
from tests.contract.conftest import postgres_server

__all__ = ["postgres_server"]


@pytest.fixture(params=servers.ENGINES)
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "postgresql":
        monkeypatch.setenv(servers.POSTGRES, request.getfixturevalue("postgres_server"))
    return str(request.param)


def test_nothing_is_booked_twice(engine: str) -> None:
    found = contended.run(engine, attempts=60, clients=8)
    assert found.kept, found
    assert found.attempts == 60


def test_the_history_knows_every_cell_of_a_booking(tmp_path: Path) -> None:
    store = Store.at(str(tmp_path / "store.sqlite"))
    store.migrate()
    site = world.services(store)
    (case,) = world.fill(site, 1)
    place = world.placement(Random(1), world.starts([1])[10])
    site.book(case, world.moment(place["start"]), place["assigned"])
    (claimed,) = store.read(lambda uow: uow.claims.owned()).values()
    store.close()
    assert cells_of(place["start"], place["assigned"]) == claimed


def test_control_without_the_guard_much_is_booked_twice() -> None:
    assert contended.run("sqlite", attempts=60, clients=8, kind="no-guard").doubles > 0


def test_control_a_server_that_logs_a_patient_is_found_out() -> None:
    found = contended.run("sqlite", attempts=8, clients=2, kind="talkative")
    assert found.logs.leaks
    assert not found.kept


def test_one_of_many_gets_a_hot_slot(engine: str) -> None:
    found = hot_slot.run(engine, rounds=2, clients=16)
    assert (found.told, found.kept, found.faults) == ([1, 1], [1, 1], 0)


def test_a_request_counts_once_however_often_it_is_sent(engine: str) -> None:
    assert retries.run(engine, keys=24, clients=4).kept


def test_control_without_kept_answers_requests_count_twice() -> None:
    assert retries.run("sqlite", keys=24, clients=4, kind="no-keys").duplicates > 0


def test_no_edit_overwrites_one_that_its_editor_had_not_seen(engine: str) -> None:
    found = lost_updates.run(engine, attempts=40, editors=8)
    assert found.kept, found
    assert found.edits > 0


def test_control_where_every_version_is_the_right_one_edits_are_lost() -> None:
    assert lost_updates.run("sqlite", attempts=40, editors=8, kind="no-versions").lost > 0


def test_what_was_acknowledged_outlives_a_kill(engine: str) -> None:
    found = kills.run(engine, kills=2, days=4)
    assert found.kept, found
    assert found.acknowledged > 0


def test_control_what_is_acknowledged_before_the_commit_is_lost() -> None:
    assert any(
        kills.run("sqlite", kills=2, kind="ack-first", seed=s, days=4).lost for s in range(6)
    )


def test_what_was_acknowledged_outlives_a_kill_of_the_database() -> None:
    found = database_kills.run(count=2, days=2, wishes=24)
    assert found.kept, found
    assert found.acknowledged == 2 * 24
    assert found.told_to_come_again > 0


def test_control_what_is_acknowledged_before_the_commit_is_lost_with_the_database() -> None:
    assert database_kills.run(count=2, days=2, wishes=24, kind="ack-first").lost


def test_copies_taken_while_bookings_move_are_moments_of_the_past() -> None:
    found = backups.run(rounds=2, control=0)
    assert found.wrong == []
    assert found.moves > 0


def test_control_careless_copies_of_the_file_are_found_out() -> None:
    assert backups.run(rounds=0, control=8).torn > 0


def test_both_engines_answer_alike(postgres_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(servers.POSTGRES, postgres_server)
    with states.prepared() as pair:
        assert states.run(pair, sequences=6, steps=10)["steps"] > 0


def test_control_a_fault_sown_into_one_engine_is_found() -> None:
    with (
        states.prepared(sown=True, engines=("sqlite", "sqlite")) as pair,
        pytest.raises(states.DivergenceError),
    ):
        states.run(pair, sequences=100, steps=10)


def test_generated_requests_find_nothing() -> None:
    found = fuzz.run(cases=300)
    assert found.faults == {}
    assert found.cases >= 300
    assert found.records >= 300  # each leaves a line in the log of requests


def test_control_faults_sown_into_the_application_are_found() -> None:
    """Open doors, failures, and patients in a log, in the metrics and in a refusal."""
    found = fuzz.run(
        cases=300,
        only=[fault.operation for fault in SOWN.values()],
        sow=[*SOWN],
    )
    kinds = {fault.split(":")[0] for fault in found.faults}
    assert kinds >= {fault.found_as for fault in SOWN.values()}
    assert canaries.end()  # the watch over all tests hears the same log; it has been sown


def test_a_history_in_which_two_had_the_same_cell_is_impossible() -> None:
    cells = frozenset({("suite-1", 7)})
    first, later = Tenure("A", cells, 1.0, 5.0), Tenure("B", cells, 5.5)
    assert violations([first, later]) == []
    # B was told that it is booked before A had begun to give up
    assert violations([first, Tenure("B", cells, 4.0)]) == ["suite-1 at 7: A and B"]


def test_the_load_is_sent_and_measured() -> None:
    found = ratio.run("sqlite", rounds=1, each=4, rate=40, booked=6)
    assert found.faults == []
    assert len(found.ratios["book"]) == len(found.ratios["propose"]) == 1


def test_a_steady_load_is_answered_without_an_error() -> None:
    """Two seconds at ten a second: four in five look or ask, one books or gives up."""
    load = hold.run("sqlite", seconds=2, rate=10, processes=1)
    assert (len(load.latencies), load.lost) == (20, 0)
    assert set(load.statuses) <= hold.SUCCESSES
