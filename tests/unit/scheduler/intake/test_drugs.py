"""From codes and words to ingredients."""

import pytest

from scheduler.intake.drugs import Substance, substances
from tests.unit.scheduler.intake.resources import RXNORM, Json

ATC = "http://www.whocc.no/atc"


def medication(display: str = "", code: str = "", system: str = RXNORM) -> Json:
    coding = {"system": system, "code": code, "display": display}
    return {"coding": [{k: v for k, v in coding.items() if v}]} if code else {"text": display}


def names(concept: Json) -> list[str]:
    return [s.name for s in substances(concept) if s.known]


def unknown(concept: Json) -> list[str]:
    return [s.name for s in substances(concept) if not s.known]


@pytest.mark.parametrize(
    ("display", "ingredients"),
    [
        ("Warfarin Sodium 5 MG Oral Tablet", ["warfarin"]),
        ("Naproxen sodium 220 MG Oral Tablet", ["naproxen"]),
        ("dabigatran etexilate mesylate 150 MG Oral Capsule", ["dabigatran etexilate"]),
        ("heparin sodium, porcine 5000 UNT/ML Injectable Solution", ["heparin"]),
        ("0.4 ML enoxaparin sodium 100 MG/ML Prefilled Syringe [Lovenox]", ["enoxaparin"]),
        ("acetylsalicylic acid 100 mg", ["aspirin"]),
        ("Eliquis 5mg", ["apixaban"]),
        ("75 MG [Plavix]", ["clopidogrel"]),
        ("aspirin 25 MG / dipyridamole 200 MG Oral Capsule", ["aspirin", "dipyridamole"]),
        ("Acetaminophen/Hydrocodone", ["acetaminophen", "hydrocodone"]),
        ("Aggrenox", ["aspirin", "dipyridamole"]),
        ("Omega-3 fatty acids 1000 MG", ["fish oil"]),
        ("168 HR Ethinyl Estradiol 0.00146 MG/HR", ["ethinyl estradiol"]),
    ],
)
def test_words_name_ingredients(display: str, ingredients: list[str]) -> None:
    assert names(medication(display)) == ingredients
    assert unknown(medication(display)) == []


@pytest.mark.parametrize(
    ("system", "code", "ingredients"),
    [
        (RXNORM, "1364430", ["apixaban"]),  # an ingredient
        (RXNORM, "1364445", ["apixaban"]),  # a clinical product
        (RXNORM, "226716", ["aspirin", "dipyridamole"]),
        ("urn:oid:2.16.840.1.113883.6.88", "32968", ["clopidogrel"]),
        (ATC, "B01AC06", ["aspirin"]),
        (ATC, "N02BA01", ["aspirin"]),  # the analgesic is the same substance
        (ATC, "B01AF51", ["aspirin", "rivaroxaban"]),
    ],
)
def test_codes_name_ingredients(system: str, code: str, ingredients: list[str]) -> None:
    assert names(medication("", code, system)) == ingredients


@pytest.mark.parametrize(
    ("display", "code"),
    [
        ("rivaroxaban 20 MG Oral Tablet", "1037045"),  # dabigatran 150 mg
        ("edoxaban 60 MG Oral Tablet", "1593411"),
        ("edoxaban 30 MG Oral Tablet", "1537033"),
        ("enoxaparin", "1656055"),
        ("clopidogrel 75 MG", "42463"),
        ("rivaroxaban", "21821"),
        ("simvastatin 10 MG Oral Tablet", "855332"),  # warfarin 5 mg
        ("Foozumab 5 MG", "316672"),  # simvastatin; the words may mean something else
        ("Naproxen 500 MG Oral Tablet [Coumadin]", ""),  # the words contradict each other
    ],
)
def test_a_code_or_brand_against_the_words_is_an_unknown_drug(display: str, code: str) -> None:
    assert names(medication(display, code)) == []
    assert unknown(medication(display, code))[0].startswith(display)


def test_a_misspelt_display_keeps_the_drug_of_its_code() -> None:
    assert names(medication("Simvistatin 10 MG", "316672")) == ["simvastatin"]


def test_a_code_no_table_knows_leaves_the_words() -> None:
    assert names(medication("Warfarin 5 MG", "99999999")) == ["warfarin"]


@pytest.mark.parametrize(
    ("concept", "name"),
    [
        (medication("Foozumab 5 MG"), "Foozumab 5 MG"),
        (medication("", "99999999"), "RxNorm 99999999"),
        (medication("", "B01AF", ATC), "ATC B01AF"),  # a group is no drug
        (medication("low molecular weight heparin"), "low molecular weight heparin"),
        ({}, "no name given"),
    ],
)
def test_what_nothing_knows_is_an_unknown_drug(concept: Json, name: str) -> None:
    assert substances(concept) == (Substance(name, known=False),)


def test_an_unknown_part_stands_beside_the_known_one() -> None:
    found = medication("Foozumab 5 MG / aspirin 81 MG Oral Tablet")
    assert (names(found), unknown(found)) == (["aspirin"], ["Foozumab 5 MG"])


def test_a_product_code_vouches_for_all_parts_of_its_name() -> None:
    found = medication("aspirin 25 MG / dipyridamol 200 MG", "226716")
    assert (names(found), unknown(found)) == (["aspirin", "dipyridamole"], [])


def test_strengths_belong_to_their_ingredient() -> None:
    found = substances(medication("aspirin 25 MG / dipyridamole 0.2 G Oral Capsule"))
    assert [(s.name, s.strength_mg) for s in found] == [("aspirin", 25.0), ("dipyridamole", 200.0)]


def test_a_concentration_is_no_strength() -> None:
    (found,) = substances(medication("0.4 ML enoxaparin sodium 100 MG/ML Prefilled Syringe"))
    assert found.strength_mg is None
