"""The ready scenarios and the examples of the documentation fit the demo department."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models.errors import InputError, NotFoundError
from models.freezing import freeze
from scenarios.applying import apply
from scenarios.documents import load_document
from scenarios.edits.kinds import KINDS
from scenarios.library.shipped import library_names, library_scenario, library_text
from scenarios.practice import Known, Practice
from scenarios.scenario import Scenario, ScenarioDocument
from scenarios.scenario_files import parse_scenario, scenario_of
from scenarios.sweeps import expand
from scheduler.site_files import LibraryDates, read_site
from tests.builders import a_case, need
from tests.unit.models.worlds import local
from tests.unit.scenarios.edits.worlds import known

ROOT = Path(__file__).parents[3]
NOW = local("11-23 08:00")
BLOCKS = re.findall(
    r"(?ms)^```yaml\n(.*?)^```", (ROOT / "docs" / "scenario-files.md").read_text("utf-8")
)


def orders() -> tuple[Known, ...]:
    """Ten orders of the last ten days, each second of them urgent."""
    sent = ("routine", "asap")
    return tuple(
        known(f"R{n}", priority=sent[n % 2], authored=NOW - timedelta(days=n, hours=1))
        for n in range(10)
    )


@pytest.fixture(scope="module")
def demo() -> Practice:
    return Practice(site=read_site(ROOT / "examples" / "demo-site.yaml"), now=NOW, known=orders())


def of_block(text: str) -> ScenarioDocument:
    raw: Any = load_document(text, place="docs", remedy="correct it")
    return scenario_of({"name": "example", "edits": raw} if isinstance(raw, list) else raw, "docs")


def changed(name: str, demo: Practice) -> list[Practice]:
    points = expand(library_scenario(name))
    return [apply(point.scenario, demo, rules=LibraryDates()) for point in points]


def test_the_library_has_what_was_asked_for() -> None:
    assert library_names() == (
        "ct-block-moved",
        "half-the-no-shows",
        "holds-asra",
        "holds-clinic-page",
        "holds-sir",
        "notice",
        "nurse-fewer-wednesdays",
        "referrals-plus-20",
        "second-biplane-suite",
        "suite-down-a-week",
    )


@pytest.mark.parametrize("name", library_names())
def test_a_ready_scenario_fits_the_demo_department(name: str, demo: Practice) -> None:
    document = library_scenario(name)
    assert document.name == name
    assert document.title
    assert document.about
    found = changed(name, demo)
    # the demo holds by SIR first, and gives 24 hours of notice
    same = [practice == demo for practice in found]
    assert same == {"holds-sir": [True], "notice": [True, False, False]}.get(name, [False])


def test_ready_scenarios_change_what_they_say(demo: Practice) -> None:
    (suite,) = changed("second-biplane-suite", demo)
    assert "biplane" in suite.site.resource_by_id["suite-5"].tags
    (more,) = changed("referrals-plus-20", demo)
    assert len(more.known) == 12  # 10 x 1.2
    (down,) = changed("suite-down-a-week", demo)
    assert down.out_of_use[0].end - down.out_of_use[0].start == timedelta(days=7)
    (fewer,) = changed("half-the-no-shows", demo)
    assert fewer.assumptions.no_show.share == demo.assumptions.no_show.share / 2


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(NotFoundError, match="'second-biplan'; nearest: second-biplane-suite"):
        library_text("second-biplan")


def test_the_documentation_has_an_example_of_each_kind() -> None:
    shown = {edit.kind for block in BLOCKS for edit in of_block(block).edits}
    assert shown == set(KINDS)


def test_the_documentation_lists_every_kind_and_every_ready_scenario() -> None:
    text = (ROOT / "docs" / "scenario-files.md").read_text("utf-8")
    assert [name for name in (*KINDS, *library_names()) if f"`{name}`" not in text] == []


@pytest.mark.parametrize("block", BLOCKS)
def test_an_example_of_the_documentation_fits_the_demo_department(
    block: str, demo: Practice
) -> None:
    for point in expand(of_block(block)):
        assert apply(point.scenario, demo, rules=LibraryDates()) != demo


def _table() -> dict[str, bool]:
    """By kind: whether the documentation says that a planning file can take it."""
    text = (ROOT / "docs" / "scenario-files.md").read_text("utf-8").split("## Edits", 1)[1]
    rows = re.findall(r"(?m)^\| (`.+?) \|.*\| (.+?) \|$", text.split("###", 1)[0])
    return {kind: said != "no" for names, said in rows for kind in re.findall(r"`([\w-]+)`", names)}


def test_the_documentation_says_what_a_planning_file_can_take(demo: Practice) -> None:
    cases = [
        a_case(f"C{n}", need("suite"), windows=[(NOW, NOW + timedelta(days=9))], priority=p)
        for n, p in enumerate(("urgent", "routine"))
    ]
    problem = freeze(demo.site, cases, NOW, LibraryDates())
    taken = dict.fromkeys(KINDS, False)
    for edit in (edit for block in BLOCKS for edit in of_block(block).edits):
        try:
            edit.on_problem(problem)
        except InputError:
            continue
        taken[edit.kind] = True
    assert taken == _table()


def test_an_example_goes_through_json_unchanged() -> None:
    for block in BLOCKS:
        document = of_block(block)
        assert parse_scenario(document.model_dump_json(), "again.json") == document


def test_every_kind_says_one_sentence_of_itself() -> None:
    for block in BLOCKS:
        for sentence in of_block(block).scenario.words():
            assert re.fullmatch(r"[A-Z].+\.", sentence), sentence
            assert "None" not in sentence


def test_edits_leave_what_they_are_given_untouched(demo: Practice) -> None:
    before = demo.model_dump_json()
    for block in BLOCKS:
        scenario = of_block(block).scenario
        again = Scenario.model_validate_json(scenario.model_dump_json())
        assert apply(scenario, demo) == apply(again, demo)
    assert demo.model_dump_json() == before
