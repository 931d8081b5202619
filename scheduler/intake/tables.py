"""The shipped code tables, each row with its source; loaded once, when first asked for."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from models.patients import LabCode
from scheduler.intake.concepts import Coding, word_list


@dataclass(frozen=True, slots=True)
class Ingredient:
    """A drug substance under the name the policies use, with its codes where they are known."""

    name: str
    rxcui: str | None
    atc: str | None


@dataclass(frozen=True, slots=True)
class Measure:
    """The unit a quantity is kept in, and which direction is the worse one for the patient."""

    unit: str
    grams_per_mole: float | None
    worse: str
    """`high`, `low`, or empty where neither is."""


def _rows(name: str) -> list[dict[str, str]]:
    text = files("scheduler.intake").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split(";") if part)


@lru_cache(maxsize=1)
def ingredients() -> Mapping[str, Ingredient]:
    """Every known ingredient by its name."""
    return MappingProxyType(
        {
            row["ingredient"]: Ingredient(
                row["ingredient"],
                row["rxcui"] or None,
                next(iter(_split(row["atc"])), None),
            )
            for row in _rows("ingredients.csv")
        }
    )


@lru_cache(maxsize=1)
def rxnorm() -> Mapping[str, tuple[str, ...]]:
    """Ingredient names by RxCUI, of ingredients and of clinical products."""
    known: dict[str, tuple[str, ...]] = {}
    known |= {
        row["rxcui"]: (row["ingredient"],) for row in _rows("ingredients.csv") if row["rxcui"]
    }
    known |= {row["rxcui"]: _split(row["ingredients"]) for row in _rows("products.csv")}
    return MappingProxyType(known)


@lru_cache(maxsize=1)
def atc() -> Mapping[str, tuple[str, ...]]:
    """Ingredient names by complete ATC code; groups and open combinations are not listed."""
    known: dict[str, tuple[str, ...]] = {
        code: (row["ingredient"],)
        for row in _rows("ingredients.csv")
        for code in _split(row["atc"])
        if len(code) == 7
    }
    return MappingProxyType({**known, "B01AF51": ("rivaroxaban", "aspirin")})


@lru_cache(maxsize=1)
def miscodings() -> frozenset[tuple[str, str]]:
    """Pairs of an RxCUI and an ingredient it is known to be mistaken for."""
    return frozenset((row["rxcui"], row["not_ingredient"]) for row in _rows("miscodings.csv"))


@lru_cache(maxsize=1)
def drug_words() -> Mapping[tuple[str, ...], tuple[str, ...]]:
    """Ingredient names by the words of a substance or brand name; a class of drugs gives none."""
    known: dict[tuple[str, ...], tuple[str, ...]] = {}
    for row in _rows("ingredients.csv"):
        for name in (row["ingredient"], *_split(row["other_names"])):
            known[tuple(word_list(name))] = (row["ingredient"],)
    for row in _rows("brands.csv"):
        known[tuple(word_list(row["brand"]))] = _split(row["ingredients"])
    known[("low", "molecular", "weight", "heparin")] = ()
    return MappingProxyType(known)


@lru_cache(maxsize=1)
def form_words() -> frozenset[str]:
    """Words of a product's name that name no drug: units, dose forms, common salts."""
    return frozenset(row["word"] for row in _rows("form_words.csv"))


@lru_cache(maxsize=1)
def resource_types() -> frozenset[str]:
    """The resource types of FHIR R4 and R4B."""
    return frozenset(row["type"] for row in _rows("resource_types.csv"))


@lru_cache(maxsize=1)
def lab_codes() -> Mapping[str, str]:
    """What a LOINC code measures: a `LabCode` value, `weight` or `height`."""
    return MappingProxyType({row["loinc"]: row["lab"] for row in _rows("labs.csv")})


@lru_cache(maxsize=1)
def measures() -> Mapping[str, Measure]:
    """The unit of every quantity."""
    return MappingProxyType(
        {
            row["lab"]: Measure(
                row["unit"],
                float(row["grams_per_mole"]) if row["grams_per_mole"] else None,
                row["worse"],
            )
            for row in _rows("lab_units.csv")
        }
    )


@lru_cache(maxsize=1)
def unit_spellings() -> Mapping[str, str]:
    """UCUM units by the ways laboratories write them, in lower case without spaces."""
    return MappingProxyType({row["spelling"]: row["ucum"] for row in _rows("unit_spellings.csv")})


@lru_cache(maxsize=1)
def vertebrae() -> Mapping[str, str]:
    """Vertebral levels such as T12 by SNOMED CT body structure."""
    return MappingProxyType({row["snomed"]: row["level"] for row in _rows("vertebrae.csv")})


@lru_cache(maxsize=1)
def regimens() -> Mapping[tuple[str, float, float], str]:
    """Intent by drug, dose in mg and hours between doses, where the label gives one."""
    return MappingProxyType(
        {
            (row["drug"], float(row["dose_mg"]), float(row["interval_hours"])): row["intent"]
            for row in _rows("regimens.csv")
        }
    )


@lru_cache(maxsize=1)
def order_flags() -> tuple[tuple[str, str, str], ...]:
    """Flag, effect (`needs`, `warns` or `permits`) and the words that mean it."""
    return tuple((row["flag"], row["effect"], row["phrase"]) for row in _rows("order_flags.csv"))


@lru_cache(maxsize=1)
def _kinds() -> Mapping[tuple[str, str], frozenset[str]]:
    known: dict[tuple[str, str], set[str]] = {}
    for row in _rows("findings.csv"):
        known.setdefault((row["system"], row["code"]), set()).add(row["kind"])
    return MappingProxyType({key: frozenset(kinds) for key, kinds in known.items()})


def kinds_of(coding: Coding) -> frozenset[str]:
    """What a code means to the intake; an ICD-10 code means what its longest listed prefix does."""
    system, code = coding.table_system, coding.code
    if system != "icd":
        return _kinds().get((system, code), frozenset())
    prefixes = (code[:length] for length in range(len(code), 0, -1))
    return next((k for p in prefixes if (k := _kinds().get((system, p)))), frozenset())


def lab_code(name: str) -> LabCode | None:
    """The laboratory code of a measure's name; None for weight and height."""
    return LabCode(name) if name in set(LabCode) else None
