"""`holdfast scenario`: the department frozen, edited, checked, run and compared."""

import json
import signal
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from models.catalogue import shipped_catalogue
from scenarios.fitting.fit import parse_fitted
from scenarios.fitting.synthetic import synthetic_history, truth_for
from scenarios.measures.exports import read_table
from scenarios.practice import parse_practice
from scheduler.demo.practice import demo_practice
from scheduler.demo.run import demo_site
from scheduler.files import read_bytes
from tests.integration.command_line import Ran, run

CASES = 6
FEW = ("--iterations", 20, "--processes", 1)


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up department with few referrals, frozen to a file."""
    out = tmp_path_factory.mktemp("practice") / "practice.json.gz"
    ran = run("scenario", "freeze", "--demo", "--demo-cases", CASES, "--out", out, "--json")
    assert ran.code == 0, ran.err
    assert (ran.json["cases"], ran.json["booked"]) == (CASES, 3)
    return out


@pytest.fixture
def scenario(tmp_path: Path) -> Any:
    """Writes a scenario file and gives its path."""

    def write(*edits: dict[str, Any], name: str = "mine", **more: Any) -> Path:
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps({"name": name, "edits": edits, **more}), encoding="utf-8")
        return path

    return write


def _ran(*words: object) -> Ran:
    ran = run("scenario", *words)
    assert ran.code == 0, ran.err
    return ran


def test_a_frozen_practice_is_the_department(practice: Path) -> None:
    assert parse_practice(read_bytes(practice), place="test") == demo_practice(cases=CASES)


def test_a_pseudonymous_file_names_nobody(tmp_path: Path) -> None:
    out = tmp_path / "practice.json"
    _ran("freeze", "--demo", "--demo-cases", 5, "--pseudonymous", "--out", out)
    text = out.read_text(encoding="utf-8")
    known = json.loads(text)["known"]
    assert [one["referral"]["id"] for one in known] == [f"case-{n:06}" for n in range(1, 6)]
    assert "Andrade" not in text  # who refers in the demo


def test_distances_are_read_before_anything_is_frozen(tmp_path: Path) -> None:
    out, file = tmp_path / "practice.json", tmp_path / "km.csv"
    first = demo_practice(cases=5).known[0]
    words = ("freeze", "--demo", "--demo-cases", 5, "--distances", file, "--out", out)
    file.write_text(f"id,km\n{first.id},far\n{first.patient.id},-3\n", encoding="utf-8")
    ran = run("scenario", *words)
    assert ran.code == 1
    assert "line 2: 'far' is no number; line 3: -3 km is no distance" in ran.err
    assert not out.exists()
    file.write_text(f"id,km\n{first.id},77.5\n", encoding="utf-8")
    _ran(*words)
    frozen = parse_practice(read_bytes(out), place="test")
    assert [one.distance_km for one in frozen.known if one.id == first.id] == [77.5]
    assert [one.distance_km for one in frozen.sources if one.id == first.id] == [77.5]


def test_a_store_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    out = tmp_path / "practice.json"
    ran = run("--store", tmp_path / "none.sqlite", "scenario", "freeze", "--out", out)
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert ran.err.startswith("error: ")
    assert not out.exists()


def test_every_library_scenario_is_listed_and_said_in_words() -> None:
    listed = _ran("list", "--json").json
    assert len(listed) >= 10
    for one in listed:
        shown = _ran("show", one["name"], "--json").json
        assert shown["title"] == one["title"]
        assert all(words.endswith(".") for words in shown["changes"])


def test_every_library_scenario_fits_the_made_up_department(practice: Path) -> None:
    for one in _ran("list", "--json").json:
        checked = _ran("check", one["name"], "--on", practice, "--json").json
        assert checked["touched"]


def test_a_changed_policy_lists_the_bookings_it_touches_before_a_run(practice: Path) -> None:
    (asra,) = _ran("touched", "holds-asra", "--on", practice, "--json").json
    (same,) = _ran("touched", "holds-sir", "--on", practice, "--json").json
    assert asra["assessed"] == same["assessed"] == 3
    assert same["bookings"] == []  # they are in force so already
    ran = _ran("touched", "holds-asra", "--on", practice)
    told = ran.out
    assert "whom longer procedures, daily limits, more referrals or prices move" in ran.err
    for booking in asra["bookings"]:
        assert booking["why"]
        assert booking["case"] in told


def test_a_lost_suite_lists_the_bookings_on_it_before_a_run(practice: Path, scenario: Any) -> None:
    lost = scenario({"kind": "lose-resource", "resource": "suite-2", "days": 28})
    (found,) = _ran("touched", lost, "--on", practice, "--json").json
    whole = parse_practice(read_bytes(practice), place="test")
    on_it = {
        known.id
        for known in whole.known
        if known.promise and "suite-2" in known.promise.assigned.values()
    }
    assert {one["case"] for one in found["bookings"] if one["falls"]} == on_it
    assert all(one["why"][0].startswith("suite-2 is not there ") for one in found["bookings"])


def test_an_unknown_name_and_a_bad_edit_are_named(practice: Path, scenario: Any) -> None:
    ran = run("scenario", "show", "second-biplane-suit")
    assert (ran.code, "nearest: second-biplane-suite" in ran.err) == (1, True)
    bad = scenario(
        {"kind": "notice", "hours": 24}, {"kind": "remove-resource", "resource": "suite-9"}
    )
    ran = run("scenario", "run", bad, "--on", practice, *FEW)
    assert ran.code == 1
    assert ran.err.startswith(f"error: {bad}: scenario mine, edit 2 (remove-resource): ")
    assert ran.out == ""


def test_a_run_tells_figures_and_goes_on_where_it_was(practice: Path, tmp_path: Path) -> None:
    words = ("run", "second-biplane-suite", "--on", practice, *FEW, "--cache", tmp_path / "kept")
    first = _ran(*words, "--json").json
    again = _ran(*words, "--json").json
    assert (first["runs"]["computed"], again["runs"]["computed"]) == (2, 0)
    assert again["intervals"] == first["intervals"]
    assert "mean waiting" in _ran(*words).out.lower()


def test_kept_runs_are_told_and_dropped(practice: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    assert _ran("cache", "--cache", kept, "--json").json["runs"] == 0
    _ran("run", "second-biplane-suite", "--on", practice, *FEW, "--cache", kept)
    assert _ran("cache", "--cache", kept, "--json").json["runs"] == 2
    young = _ran("cache", "--cache", kept, "--prune", "--older-than", 1, "--json").json
    assert (young["runs"], young["dropped"]) == (2, 0)
    gone = _ran("cache", "--cache", kept, "--prune", "--json").json
    assert (gone["runs"], gone["dropped"], gone["oldest"]) == (0, 2, None)
    assert run("scenario", "cache", "--keep", 5).code == 2  # without --prune


def test_one_command_runs_the_whole_library_and_it_makes_sense(practice: Path) -> None:
    """One night each, of six cases.

    A night draws nothing: half the no-shows change nothing, nor do policies or a notice that are
    in force anyhow. With a nurse away less time is idle; more suites are each used less.
    """
    ran = _ran("run", "--library", "--on", practice, *FEW, "--no-cache", "--json").json
    names = {one["name"] for one in ran["scenarios"]}
    assert len(names) >= 13  # the baseline, ten scenarios, and a sweep of three
    figures = {
        (row["scenario"], row["measure"]): row["mean"]
        for row in ran["intervals"]
        if row["group"] == ""
    }

    def all_of(name: str) -> dict[str, Any]:
        return {measure: mean for (scenario, measure), mean in figures.items() if scenario == name}

    before = all_of("baseline")
    for same in ("half-the-no-shows", "holds-sir", "notice@hours=24"):
        assert all_of(same) == before
    idle = "staff_idle"
    assert figures["nurse-fewer-wednesdays", idle] < before[idle]
    assert figures["second-biplane-suite", "suite_use"] < before["suite_use"]
    present = ("treated", "left_at_end")
    more = sum(figures["referrals-plus-20", name] for name in present)
    assert more >= sum(before[name] for name in present)


def test_no_edits_make_no_difference_at_all(practice: Path, scenario: Any) -> None:
    ran = _ran("compare", scenario(), "--on", practice, *FEW, "--no-cache", "--json").json
    judged = [row for row in ran["differences"] if row["difference"] is not None]
    assert judged
    assert {row["difference"] for row in judged} == {0.0}


def test_a_comparison_is_written_as_a_page_and_as_tables(practice: Path, tmp_path: Path) -> None:
    page, out = tmp_path / "page.html", tmp_path / "out"
    ran = _ran(
        "compare", "notice", "--on", practice, *FEW, "--no-cache",
        "--html", page, "--out", out, "--csv", "--parquet",
    )  # fmt: skip
    assert "notice@hours=48 against baseline" in ran.out
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert "notice@hours=72" in text
    tables = ("values", "intervals", "differences", "moved_after_stop")
    names = {f"{name}.{ending}" for name in tables for ending in ("csv", "parquet")}
    assert {path.name for path in out.iterdir()} == names
    assert "Who was moved after the stop date" in text


def test_what_a_plan_cannot_show_is_said_instead_of_no_difference(practice: Path) -> None:
    words = ("half-the-no-shows", "--on", practice, *FEW, "--no-cache")
    for command in ("run", "compare"):
        ran = _ran(command, *words)
        assert "this shows only in a replay" in ran.out
        assert "note: half-the-no-shows: this shows only in a replay" in ran.err
        assert "no difference" not in ran.out
    checked = _ran("check", "half-the-no-shows", "--on", practice)
    assert "this shows only in a replay" in checked.out


@pytest.mark.parametrize("day", ["2020-01-01", "2030-01-01"])
def test_a_day_outside_of_what_is_compared_is_refused_before_a_run(
    practice: Path, tmp_path: Path, day: str
) -> None:
    page, kept = tmp_path / "page.html", tmp_path / "kept"
    words = ("compare", "notice", "--on", practice, *FEW, "--cache", kept, "--day", day)
    ran = run("scenario", *words, "--html", page)
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    # the demo begins on 2026-10-26 and plans four weeks
    assert "is not among the days that are compared, 2026-10-26 to 2026-11-22" in ran.err
    assert not page.exists()
    assert not kept.exists()
    assert run("scenario", *words).code == 2  # no page to show it


def test_another_baseline_is_compared_with(practice: Path, scenario: Any) -> None:
    one, two = scenario(name="one"), scenario({"kind": "notice", "hours": 48}, name="two")
    words = ("compare", one, two, "--on", practice, *FEW, "--no-cache", "--json")
    ran = _ran(*words, "--baseline", "two").json
    assert ran["baseline"] == "two"
    assert {row["scenario"] for row in ran["differences"]} == {"one"}
    wrong = run("scenario", *words, "--baseline", "three")
    assert (wrong.code, "choose one of one, two" in wrong.err) == (1, True)


def test_a_network_is_edited_at_one_site_and_summed_up(practice: Path, tmp_path: Path) -> None:
    """Both sites are the same department; only at one of them anything is changed."""
    sites = [{"name": name, "file": str(practice)} for name in ("north", "south")]
    network = tmp_path / "network.json"
    document = {"format": "holdfast-network", "name": "valley", "sites": sites}
    network.write_text(json.dumps(document), encoding="utf-8")
    words = ("second-biplane-suite", "--on", network, "--at", "south", *FEW, "--no-cache")
    ran = _ran("compare", *words, "--out", tmp_path, "--json").json
    assert ran["runs"] == {"computed": 4, "kept": 0}
    table = read_table(tmp_path / "differences.csv")
    assert set(table["site"]) == {"all sites", "north", "south"}
    at_north = table[table["site"] == "north"]["difference"].dropna()
    assert set(at_north) == {0.0}
    at_south = table[table["site"] == "south"]["difference"].dropna()
    assert set(at_south) != {0.0}  # with one suite more, at least the share of use is another
    wrong = run("scenario", "compare", *words, "--at", "west")
    assert (wrong.code, "there is no site 'west'" in wrong.err) == (1, True)


def test_a_replay_needs_a_practice(scenario: Any) -> None:
    problem = Path(__file__).resolve().parents[2] / "examples" / "one-suite.json"
    ran = run("scenario", "run", scenario(), "--on", problem, "--mode", "replay", *FEW)
    assert (ran.code, "cannot be replayed" in ran.err) == (1, True)


def test_options_that_contradict_each_other_are_wrong_usage(practice: Path, scenario: Any) -> None:
    assert run("scenario", "run", "--demo").code == 2  # no scenario is named
    assert run("scenario", "run", scenario(), "--on", practice, "--demo").code == 2
    weeks = run("scenario", "run", scenario(), "--on", practice, "--weeks", 3, "--mode", "plan")
    assert (weeks.code, "--weeks goes with --mode replay" in weeks.err) == (2, True)


def test_assumptions_are_fitted_to_a_history(tmp_path: Path) -> None:
    site = demo_site()
    truth = truth_for(site, site.offered(shipped_catalogue()), seed=1, kinds=3)
    history, out = tmp_path / "history.csv", tmp_path / "fitted.json"
    made = synthetic_history(truth, seed=1, first=date(2026, 1, 5), weeks=6)
    made.to_csv(history, index=False)
    ran = _ran("fit", history, "--timezone", site.timezone, "--out", out)
    assert f"{len(made)} rows from 2026-01" in ran.out
    fitted = parse_fitted(out.read_bytes(), place="test")
    assert fitted.assumptions.no_show.evidence == "fitted"
    wrong = run("scenario", "fit", history, "--map", "or-utilization", "--out", out)
    assert (wrong.code, "history.csv" in wrong.err) == (1, True)


def test_ctrl_c_keeps_what_is_finished_and_says_what_is_missing(
    practice: Path, tmp_path: Path, scenario: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The signal comes with the first finished run: the second one is missing."""
    from scheduler.cli.runs_progress import RunsProgress

    def interrupt(_self: RunsProgress, progress: Any) -> None:
        if progress.done == 1:
            signal.raise_signal(signal.SIGINT)

    other = scenario({"kind": "notice", "hours": 48}, name="other")
    words = ("scenario", "run", other, "--on", practice, *FEW, "--cache", tmp_path / "kept")
    with monkeypatch.context() as patch:
        patch.setattr(RunsProgress, "update", interrupt)
        stopped = run(*words)
    assert stopped.code == 130
    assert "1 of 2 runs are missing" in stopped.err
    resumed = run(*words, "--json")
    assert resumed.code == 0
    assert resumed.json["runs"] == {"computed": 1, "kept": 1}
