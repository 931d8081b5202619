"""Kept results: whole or not at all, damaged ones found out, keys that follow what runs rest on."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args, get_origin

import pytest
from pydantic import BaseModel

import scenarios
from models.errors import InputError
from models.patients import PatientFacts
from models.problem import PlanningProblem
from scenarios.practice import Known, Practice
from scenarios.running import digests
from scenarios.running.cache import Cache, default_folder
from scenarios.running.crew import Here
from scenarios.running.digests import Keys, deciding_sources, digest
from scenarios.running.fan_out import run_all
from scenarios.running.pruning import amount, drop, kept_runs, to_drop
from scenarios.scenario import Plan
from scenarios.tasks import Task
from tests.builders import a_case
from tests.unit.models.worlds import FakeRules, referral, site
from tests.unit.scenarios.running.fakes import BEGIN, a_subject, counted, easy, tasks_of

KEY = "ab" * 32
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def test_run_comes_back_as_it_was(tmp_path: Path) -> None:
    cache, run = Cache(tmp_path), easy(tasks_of(2)[1])
    cache.put(KEY, run)
    back = cache.get(KEY)
    assert back == run
    assert back is not None
    assert back.begin.tzinfo is UTC
    assert [path.name for path in tmp_path.rglob("*.*")] == [f"{KEY}.json.gz"]


def test_nothing_is_kept_under_another_key(tmp_path: Path) -> None:
    assert Cache(tmp_path).get(KEY) is None


@pytest.mark.parametrize("damage", ["cut", "bit", "empty", "other"])
def test_damaged_result_is_computed_again_and_said(tmp_path: Path, damage: str) -> None:
    cache, tasks = Cache(tmp_path / "kept"), tasks_of(2)
    first = run_all(tasks, Here(), cache=cache, work=easy)
    path, other = (cache.path(Keys.of_this_code().task(task)) for task in tasks)
    whole = path.read_bytes()
    flipped = whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:]
    spoiled = {"cut": whole[:-20], "bit": flipped, "empty": b"", "other": other.read_bytes()}
    path.write_bytes(spoiled[damage])
    again = run_all(tasks, Here(), cache=cache, work=counted(tmp_path))
    assert again.runs == first.runs
    assert (again.kept, again.computed) == (1, 1)
    assert again.notes == (f"{path}: a kept result is damaged: it is computed again",)
    assert path.read_bytes() == whole


def test_result_that_cannot_be_kept_is_said_and_returned(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    (key,) = (Keys.of_this_code().task(task) for task in tasks_of(1))
    (tmp_path / key[:2]).write_text("in the way")
    found = run_all(tasks_of(1), Here(), cache=cache, work=easy)
    assert found.finished == (easy(tasks_of(1)[0]),)
    # The first note is that what is in the way is no kept result.
    assert found.notes[-1].startswith(f"a result is not kept: {tmp_path / key[:2]}: cannot be used")


def test_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="name another folder"):
        Cache(tmp_path / "file" / "runs")


def test_results_are_kept_in_the_cache_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/home/ann/cache")
    assert default_folder() == Path("/home/ann/cache/holdfast/runs")


def changed(task: Task, what: str) -> Task:
    subject = a_subject()
    more = (*subject.cases, a_case("c9"))
    changes: dict[str, dict[str, object]] = {
        "scenario": {"scenario": "other"},
        "equal subject": {"subject": subject},
        "subject": {"subject": subject.model_copy(update={"cases": more})},
        "seed": {"seed": 8},
        "number": {"number": 1},
        "iterations": {"run": Plan(iterations=6)},
    }
    return replace(task, **changes[what])  # type: ignore[arg-type]  # members of Task


@pytest.mark.parametrize(
    ("what", "same"),
    [
        ("scenario", True),
        ("equal subject", True),
        ("subject", False),
        ("seed", False),
        ("number", False),
        ("iterations", False),
    ],
)
def test_key_follows_what_a_run_rests_on(what: str, *, same: bool) -> None:
    keys, task = Keys.of_this_code(), tasks_of(1)[0]
    assert (keys.task(changed(task, what)) == keys.task(task)) is same


def test_key_follows_the_code() -> None:
    task = tasks_of(1)[0]
    assert Keys("one", {}).task(task) != Keys("two", {}).task(task)


LOADED = """
import sys
import scenarios.plan_run, scenarios.tasks, scenarios.replay.simulate
for name, module in sys.modules.items():
    if name.split(".")[0] in ("models", "solver", "scenarios", "scheduler", "api"):
        print(name, module.__file__)
"""
PREPARING = ("scenarios.edits", "scenarios.fitting")
"""Loaded for the form of scenarios; carried out before a run, whose subject tells what they did."""


def test_code_digest_is_of_all_that_a_run_loads() -> None:
    told = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )
    loaded = dict(line.split(maxsplit=1) for line in told.stdout.splitlines())
    ours = {path for name, path in loaded.items() if not name.startswith(PREPARING)}
    assert len(ours) > 60
    digested = {str(path) for _, path in deciding_sources()}
    assert ours - digested == {scenarios.__file__}  # the package itself, which is empty


def test_code_digest_does_not_follow_what_only_shows_runs() -> None:
    names = {name for name, _ in deciding_sources()}
    assert {"models/problem.py", "solver/optimize.py", "scenarios/replay/office.py"} <= names
    shows = ("report", "measures", "library", "running", "edits", "fitting", "study.py")
    assert not {name for name in names if name.startswith(tuple(f"scenarios/{s}" for s in shows))}


def test_key_follows_the_source_of_the_rules_of_dates(monkeypatch: pytest.MonkeyPatch) -> None:
    keys, task = Keys.of_this_code(), replace(tasks_of(1)[0], rules=FakeRules())
    before = keys.task(task)
    monkeypatch.setattr(digests, "_source", lambda _kind: "another")
    assert keys.task(task) != before


def test_key_follows_the_rules_of_dates() -> None:
    keys, task = Keys.of_this_code(), tasks_of(1)[0]
    holiday = FakeRules(frozenset({BEGIN.date()}))
    assert keys.task(replace(task, rules=FakeRules())) == keys.task(task)
    assert keys.task(replace(task, rules=holiday)) != keys.task(task)


def test_digest_does_not_follow_the_order_of_sets_and_members() -> None:
    names = [f"flag-{n}" for n in range(20)]
    one = {"flags": frozenset(names), "a": 1, "b": (1, 2)}
    two = {"b": [1, 2], "a": 1, "flags": frozenset(reversed(names))}
    assert digest(one) == digest(two)


def test_value_without_a_canonical_form_is_refused() -> None:
    with pytest.raises(TypeError, match="object has no canonical form"):
        digest({"a": object()})


def sets_in(model: type[BaseModel], seen: set[type[BaseModel]]) -> set[str]:
    """Members of a model, and of the models in it, that are sets."""
    seen.add(model)
    found = set()
    for name, member in model.model_fields.items():
        for part in parts_of(member.annotation):
            if part in {set, frozenset}:
                found.add(f"{model.__name__}.{name}")
            if isinstance(part, type) and issubclass(part, BaseModel) and part not in seen:
                found |= sets_in(part, seen)
    return found


def parts_of(annotation: object) -> list[object]:
    return [get_origin(annotation) or annotation] + [
        part for inner in get_args(annotation) for part in parts_of(inner)
    ]


def test_flags_of_referrals_are_the_only_set_of_any_subject() -> None:
    # Their digest sorts just these; another set would give another key in each process.
    seen: set[type[BaseModel]] = set()
    assert sets_in(Practice, seen) | sets_in(PlanningProblem, seen) == {"Referral.flags"}
    assert len(seen) > 20


def test_key_of_a_practice_follows_its_facts_and_not_the_order_of_flags() -> None:
    class Ordered(frozenset[str]):
        """A set that is read in the order it is told."""

        def __iter__(self) -> Iterator[str]:
            return iter(sorted(frozenset.__iter__(self), reverse=backwards))

    def key() -> str:
        sent = referral().model_copy(update={"flags": Ordered({"bilateral", "ct-guidance"})})
        known = (Known.model_construct(patient=PatientFacts(id="pat"), referral=sent),)
        practice = Practice.model_construct(site=site(), now=BEGIN, known=known, drawn_from=known)
        return Keys("code", {}).subject(practice)

    backwards = False
    first = key()
    backwards = True
    assert key() == first
    practice = Practice(site=site(), now=BEGIN)
    assert Keys("code", {}).subject(practice) != first


def _kept(folder: Path, *ages: int) -> Cache:
    """Runs that were last used so many days ago, 30 bytes each."""
    cache = Cache(folder)
    for number, days in enumerate(ages):
        path = cache.path(f"{number:02}" * 32)
        path.parent.mkdir(parents=True)
        path.write_bytes(b"x" * 30)
        then = NOON - timedelta(days=days)
        os.utime(path, (then.timestamp(), then.timestamp()))
    return cache


def test_what_is_kept_is_counted_the_longest_unused_first(tmp_path: Path) -> None:
    found = kept_runs(_kept(tmp_path, 1, 9, 5).folder)
    assert [one.used for one in found] == [NOON - timedelta(days=days) for days in (9, 5, 1)]
    told = amount(found)
    assert (told.runs, told.size, told.oldest) == (3, 90, NOON - timedelta(days=9))
    assert amount(kept_runs(tmp_path / "none")).runs == 0


def test_what_was_not_used_for_long_goes_first(tmp_path: Path) -> None:
    found = kept_runs(_kept(tmp_path, 1, 9, 5).folder)
    assert to_drop(found, unused_since=NOON - timedelta(days=4)) == found[:2]
    # 60 bytes may stay of 90: one of 30 goes
    assert to_drop(found, most=60) == found[:1]
    assert to_drop(found) == ()
    drop(found[:2])
    assert kept_runs(tmp_path) == found[2:]


def test_a_run_that_is_read_was_used(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put(KEY, easy(tasks_of(1)[0]))
    os.utime(cache.path(KEY), (0, 0))
    assert cache.get(KEY) is not None
    (one,) = kept_runs(tmp_path)
    assert one.used > NOON
