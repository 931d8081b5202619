"""The shipped code tables hold together, and know every drug the policies speak of."""

from models.clinical.shipped import shipped_policy, shipped_policy_names
from scheduler.intake import tables
from scheduler.intake.concepts import ICD10CM, SNOMED, Coding


def test_every_drug_of_every_policy_is_an_ingredient_with_the_same_codes() -> None:
    for name in shipped_policy_names():
        for row in shipped_policy(name).holds:
            found = tables.ingredients()[row.drug]
            assert found.rxcui == (row.rxcui or None), row.ref.rule
            if row.atc:
                assert tables.atc()[row.atc] == (row.drug,)


def test_products_and_brands_name_known_ingredients() -> None:
    named = {n for names in tables.rxnorm().values() for n in names}
    named |= {n for names in tables.drug_words().values() for n in names}
    assert named <= tables.ingredients().keys()


def test_wrong_codes_are_not_in_the_product_table_as_that_drug() -> None:
    for code, drug in tables.miscodings():
        assert drug not in tables.rxnorm().get(code, ())


def test_every_lab_has_a_unit_or_is_a_presence() -> None:
    assert set(tables.lab_codes().values()) - {"hCG"} == tables.measures().keys()


def test_an_icd_code_takes_the_meaning_of_its_longest_prefix() -> None:
    assert tables.kinds_of(Coding(ICD10CM, "O09.90", "")) == {"pregnancy"}
    assert tables.kinds_of(Coding(ICD10CM, "O90.1", "")) == {"possible-pregnancy"}
    assert tables.kinds_of(Coding(ICD10CM, "I10", "")) == frozenset()


def test_a_snomed_code_means_only_itself() -> None:
    assert tables.kinds_of(Coding(SNOMED, "72892002", "")) == {"pregnancy"}
    assert tables.kinds_of(Coding(SNOMED, "728920021", "")) == frozenset()
