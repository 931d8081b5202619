"""How fragile a case is: by what is open about it, never less for more, and most when unknown."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.clinical.readiness import Block, Requirement
from models.errors import InputError
from models.fragility import (
    Doubts,
    RiskRule,
    doubts_of,
    parse_fragility_figures,
    shipped_fragility,
)
from tests.unit.models.worlds import REF, hold, local, readiness, site

COUNTS = st.integers(0, 6)
DOUBTS = st.builds(Doubts, COUNTS, COUNTS, COUNTS, COUNTS)
NAMES = ("drugs", "approvals", "results", "questions")


def chance(permille: int) -> str:
    return f'{{permille = {permille}, source = "made up", evidence = "planning"}}'


def figures_text(**changed: str) -> str:
    causes = {"always": 20, "held_drug": 100, "approval": 200, "result": 50, "question": 0}
    lines = {name: chance(value) for name, value in {**causes, "most": 500}.items()} | changed
    return 'version = "1"\n' + "\n".join(f"{name} = {value}" for name, value in lines.items())


FIGURES = parse_fragility_figures(figures_text(), place="own.toml")


def asked(kind: str, **changes: object) -> Requirement:
    return Requirement.model_validate({"kind": kind, "ref": REF, "sentence": "do it"} | changes)


def test_each_cause_fails_a_case_by_itself() -> None:
    # 1 - 0.98 * 0.9^2 * 0.8 * 0.95 = 0.3967..., rounded up to thousandths
    assert FIGURES.permille(Doubts(drugs=2, approvals=1, results=1)) == 397


def test_nothing_open_is_the_chance_of_every_case() -> None:
    assert FIGURES.permille(Doubts()) == 20


def test_no_case_counts_for_more_than_the_highest_class() -> None:
    # 1 - 0.98 * 0.8^9 is 0.87
    assert FIGURES.permille(Doubts(approvals=9)) == 500


def test_what_is_not_known_is_the_highest_class() -> None:
    assert FIGURES.permille(None) == 500


@given(DOUBTS, st.sampled_from(NAMES))
def test_more_that_is_open_never_makes_a_case_less_fragile(doubts: Doubts, name: str) -> None:
    more = replace(doubts, **{name: getattr(doubts, name) + 1})
    for figures in (FIGURES, shipped_fragility()):
        assert figures.permille(doubts) <= figures.permille(more) <= figures.permille(None)


def test_every_shipped_figure_says_what_it_rests_on() -> None:
    shipped = shipped_fragility()
    told = {n: getattr(shipped, n) for n in type(shipped).model_fields if n != "version"}
    assert all(one.source for one in told.values())
    # only what was read somewhere may claim so; the rest is named an assumption
    assert all(("assumption" in c.source) == (c.evidence == "planning") for c in told.values())


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"approval": chance(501)}, "approval is more than most (500 permille)"),
        ({"approval": chance(-1)}, "approval.permille"),
        ({"approval": '{permille = 1, source = "", evidence = "planning"}'}, "approval.source"),
        ({"approval": '{permille = 1, source = "s"}'}, "approval.evidence"),
        ({"approval": "]"}, "not TOML"),
    ],
)
def test_bad_figures_are_one_error_with_their_place(changed: dict[str, str], words: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_fragility_figures(figures_text(**changed), place="own.toml")
    assert str(caught.value).startswith("own.toml: ")
    assert words in str(caught.value)


def test_drugs_to_be_held_are_counted_once_each() -> None:
    held = readiness(holds=(hold(), hold(), hold(drug="aspirin")))
    assert doubts_of(held) == Doubts(drugs=2)


def test_what_is_open_is_counted_by_what_it_is() -> None:
    open_ = ("approval", "lab", "renal", "unknown-drug", "review")
    found = doubts_of(readiness(requirements=tuple(asked(kind) for kind in open_)))
    assert found == Doubts(approvals=1, results=2, questions=2)


def test_a_block_is_a_question() -> None:
    block = Block(kind="pregnant", ref=REF, sentence="no")
    assert doubts_of(readiness(blocks=(block,))) == Doubts(questions=1)


def test_what_comes_after_the_procedure_fails_nobody() -> None:
    assert doubts_of(readiness(requirements=(asked("restart"),))) == Doubts()


def test_a_result_is_missing_only_for_starts_that_need_a_new_one() -> None:
    # windows open on Monday at noon; the result is good until Wednesday
    again = asked("lab", applies_from=local("11-25 08:00"))
    waiting = readiness(requirements=(again,))
    assert doubts_of(waiting) == Doubts()
    assert doubts_of(waiting, local("11-25 08:00")) == Doubts(results=1)


def test_without_any_permitted_start_everything_counts() -> None:
    again = asked("lab", applies_from=local("11-25 08:00"))
    assert doubts_of(readiness(requirements=(again,), windows=())) == Doubts(results=1)


def test_a_site_looks_at_no_risk_unless_it_says_so() -> None:
    assert site().risk == RiskRule(weight=0)


def test_a_site_puts_its_own_figures_in_place_with_their_source() -> None:
    own = {"approval": {"permille": 33, "source": "own log of 2025"}}
    rule = site(risk={"weight": 2000, **own}).risk
    figures = rule.apply(shipped_fragility())
    assert (figures.approval.permille, figures.approval.evidence) == (33, "site")
    assert figures.held_drug == shipped_fragility().held_drug


@pytest.mark.parametrize(
    ("risk", "words"),
    [
        ({"approval": {"permille": 33}}, "source"),
        ({"approval": {"permille": 999, "source": "own log"}}, "approval is more than most"),
        ({"weight": -1}, "weight"),
        ({"wait": 1}, "wait"),
    ],
)
def test_a_site_may_not_give_figures_that_cannot_be(risk: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        site(risk=risk)
