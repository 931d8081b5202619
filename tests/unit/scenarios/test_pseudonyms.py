"""What a pseudonymous practice no longer says, and what the rules still read in it."""

from datetime import UTC, date, datetime

import pytest

from models.clinical.assess import assess
from models.clinical.facts import Decision, Facts
from models.patients import Exposure, Finding, PatientFacts, Referral
from scenarios.practice import Known, Practice
from scenarios.pseudonyms import pseudonymous
from scheduler.demo.practice import demo_practice
from scheduler.demo.run import demo_site

NOW = datetime(2026, 10, 26, 12, tzinfo=UTC)
SECRETS = (
    "Quellwood", "Dr. Lindqvist", "sister Maria", "herbal tea of Mrs Quellwood", "1951-07-13",
    "p-777", "r-888", "Riverside", "nurse Jane", "555-0100",
)  # fmt: skip


@pytest.fixture
def practice() -> Practice:
    """One patient whose facts are full of names."""
    exposures = (
        Exposure(drug="aspirin", prescriber="Dr. Lindqvist", reason="asked by sister Maria"),
        Exposure(drug="herbal tea of Mrs Quellwood", known=False),
    )
    patient = PatientFacts(
        id="p-777",
        birth_date=date(1951, 7, 13),
        exposures=exposures,
        conditions=(
            Finding(code="", system="", text="Haemophilia, known to Dr. Lindqvist"),
            Finding(code="Mrs Quellwood is kind", system="", text="Mrs Quellwood is kind"),
        ),
        unreadable=("Observation of Mrs Quellwood could not be read",),
    )
    referral = Referral(
        id="r-888", patient="p-777", code="22511", system="http://www.ama-assn.org/go/cpt",
        display="Vertebroplasty for Mrs Quellwood", authored=NOW,
    )  # fmt: skip
    decision = Decision(
        rule="r", kind="ask-clinician", drug="herbal tea of Mrs Quellwood", accepted=True,
        hold_hours=24, by="Dr. Lindqvist", at=NOW, reason="Mrs Quellwood agrees",
    )  # fmt: skip
    site = demo_site()
    resources = (site.resources[0].model_copy(update={"label": "nurse Jane"}), *site.resources[1:])
    named = site.model_copy(update={"contacts": {"en": ("555-0100",)}, "resources": resources})
    known = Known(patient=patient, referral=referral, decisions=(decision,))
    return Practice(site=named, now=NOW, known=(known,))


@pytest.mark.parametrize("secret", SECRETS)
def test_nothing_that_names_a_person_is_left(practice: Practice, secret: str) -> None:
    assert secret in practice.model_dump_json()
    assert secret not in pseudonymous(practice).model_dump_json()


@pytest.mark.parametrize("secret", SECRETS)
def test_nor_in_the_referrals_that_arrivals_are_drawn_from(practice: Practice, secret: str) -> None:
    drawn = practice.changed(known=(), drawn_from=practice.known)
    assert secret not in pseudonymous(drawn).model_dump_json()
    assert pseudonymous(drawn).sources == pseudonymous(practice).known


def test_age_and_the_words_that_rules_know_are_kept(practice: Practice) -> None:
    patient = pseudonymous(practice).known[0].patient
    # 75 on 26 October 2026, as one born on 13 July 1951
    assert patient.birth_date == date(1951, 1, 1)
    # the second one has neither a code nor a word that a rule knows
    assert [finding.text for finding in patient.conditions] == ["haemophilia"]
    assert len(patient.unreadable) == 1


def test_a_decision_follows_the_drug_it_is_about(practice: Practice) -> None:
    (known,) = pseudonymous(practice).known
    assert known.decisions[0].drug == known.patient.exposures[1].drug == "unknown-drug-000001"


def _assessed(practice: Practice) -> list[tuple[object, ...]]:
    found = []
    for known in practice.known:
        kind = practice.catalogue.find(known.referral.code, known.referral.system)
        assert kind
        facts = Facts(
            patient=known.patient,
            referral=known.referral,
            procedure=kind,
            setting=practice.site.setting,
            decisions=known.decisions,
        )
        said = assess(facts, practice.book, practice.now)
        kinds = sorted(requirement.kind for requirement in said.requirements)
        found.append((said.status, said.windows, said.needs, said.extra_minutes, kinds))
    return found


def test_the_rules_say_the_same_of_every_demo_patient() -> None:
    practice = demo_practice(cases=60)
    assert _assessed(pseudonymous(practice)) == _assessed(practice)


def test_twice_is_once(practice: Practice) -> None:
    hidden = pseudonymous(practice)
    assert pseudonymous(hidden) == hidden
