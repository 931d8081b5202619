"""Clinical rules other than drug holds: rows with source, figures and a test that exists."""

import pytest

from models.clinical.conditions import TESTS
from models.clinical.preparation import STANDING
from models.clinical.rules import CodeList, RuleKind, parse_rules
from models.clinical.shipped import shipped_rules
from models.errors import PolicyError
from models.patients import Finding

READ_ELSEWHERE = {
    *("unknown-drug", "unlisted-drug", "no-row", "renal-unknown", "renal-old", "bridging"),
    *("last-dose-unknown", "last-dose-off-schedule", "milder-risk", "horizon", "commitments"),
    *("premedication", "spacing", "stent", "lab-validity", "lab-validity-after-stop"),
    *("pregnancy-test", "liquid-diet"),
}
LISTS = '[[list]]\nname = "x"\ncodes = ["A41*", "Z33.1"]\nsource = "s"\nevidence = "P"\n'
ROW = 'id = "r"\nkind = "block"\ntest = "deceased"\ntext = "t"\nsource = "s"\nevidence = "P"\n'


def refused(row: str, lists: str = LISTS) -> str:
    with pytest.raises(PolicyError) as caught:
        parse_rules(f'name = "n"\nversion = "1"\n[[rule]]\n{row}', lists, place="n.toml")
    return str(caught.value)


def test_every_shipped_row_is_read_by_a_test() -> None:
    known = {*TESTS, *STANDING, *READ_ELSEWHERE}
    assert {rule.test for rule in shipped_rules().rules} <= known


@pytest.mark.parametrize("test", sorted(READ_ELSEWHERE - {"spacing", "stent"}))
def test_tests_that_expect_one_row_have_it(test: str) -> None:
    assert len(shipped_rules().testing(test)) == 1


def test_every_list_is_used_or_read_by_name() -> None:
    rules = shipped_rules()
    used = {name for rule in rules.rules for name in (*rule.lists, *rule.unless)}
    by_name = {
        *("chronic-liver-disease", "renal-impairment", "acute-kidney-injury", "heart-valve"),
        "stent-not-coronary",
    }
    assert used | by_name == set(rules.lists)


def test_needs_name_a_tag() -> None:
    for rule in shipped_rules().rules:
        assert (rule.tag is not None) or rule.kind is not RuleKind.NEED


@pytest.mark.parametrize("member", ["source", "evidence", "id"])
def test_a_row_without_source_evidence_or_id_is_refused(member: str) -> None:
    row = "".join(line + "\n" for line in ROW.splitlines() if not line.startswith(member))
    assert member in refused(row)


@pytest.mark.parametrize(
    ("row", "word"),
    [
        (ROW.replace('"P"', '"X"'), "evidence tag"),
        (ROW.replace('"block"', '"wall"'), "kind"),
        (ROW + 'lists = ["y"]\n', "no list 'y'"),
        (ROW + "colour = 1\n", "colour"),
        (ROW + "[[rule]]\n" + ROW, "more than once"),
        (ROW.replace("deceased", "premedication"), "'hours' is missing"),
        ("id = \n", "not TOML"),
    ],
)
def test_a_bad_row_is_one_clear_error(row: str, word: str) -> None:
    told = refused(row)
    assert word in told
    assert told.startswith("n.toml")


def test_codes_match_whole_or_by_prefix_and_words_by_text() -> None:
    codes = CodeList(
        name="x",
        codes=("A41*", "Z33.1"),
        words=("dye",),
        unless=("history of",),
        source="s",
        evidence="P",
    )

    def has(code: str, text: str = "") -> bool:
        return codes.has(Finding(code=code, system="any", text=text))

    assert has("A41.9")
    assert has("z33.1")
    assert not has("Z33.10")
    assert not has("B41")
    assert has("1", "Radiographic DYE")
    assert not has("1", "Geodyed")
    assert not has("1", "History of a dye reaction")
    assert has("A41.9", "History of a dye reaction")
