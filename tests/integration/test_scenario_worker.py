"""A run of a scenario that was asked for, carried out by `holdfast worker` in a real process."""

import base64
import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from scenarios.scenario import Plan, Settings
from scenarios.scenario_files import scenario_of
from scheduler.bootstrap import Container
from scheduler.records_nights import RunState
from scheduler.records_scenarios import StudyLimits
from scheduler.services import scenarios
from scheduler.store.engine import Store
from tests import canaries
from tests.contract.conftest import fresh_file
from tests.contract.department import APIXABAN, department_at, patient, with_cases
from tests.integration.command_line import run

__all__ = ["fresh_file"]


@pytest.fixture
def site(tmp_path: Path, fresh_file: Path) -> Iterator[Container]:
    """Two cases in a store on a file, with the canaries in their facts."""
    path = tmp_path / "store.sqlite"
    path.write_bytes(fresh_file.read_bytes())
    opened = Store.at(str(path))
    yield with_cases(department_at(opened), "A", "B", facts=patient("p", APIXABAN))
    opened.close()


def test_the_worker_carries_out_a_run_of_a_scenario(site: Container, tmp_path: Path) -> None:
    edits = [{"kind": "clone-resource", "resource": "suite-1"}]
    document = scenario_of({"name": "one-suite-more", "edits": edits}, "test")
    kept = site.write(lambda desk: scenarios.add(desk, document))
    asked = site.write(
        lambda desk: scenarios.ask(
            desk, kept.id, lambda _: Settings(run=Plan(iterations=20)), limits=StudyLimits()
        )
    )
    ran = run("worker", "--once", "--store", tmp_path / "store.sqlite")
    assert ran.code == 0, ran.err
    ended = site.read(lambda desk: scenarios.ended_well(desk, kept.id, asked.run.id))
    assert site.read(lambda desk: desk.uow.runs.get(asked.run.id)).state == RunState.DONE
    assert ended.measures["runs"]["computed"] == 2
    assert ended.page is not None
    page = gzip.decompress(base64.b64decode(ended.page)).decode()
    assert "one-suite-more" in page
    told = json.dumps(ended.measures) + page
    assert not [word for word in canaries.CANARIES if word in told]
