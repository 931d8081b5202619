"""From a coded medication to its ingredients, by code and by words, trusting neither alone.

Codes come from RxNorm (ingredients and clinical products) and ATC through the shipped tables; words
from the display, substance or brand. Where a code and the words name different drugs, or a code is
one that public lists are known to mistake for the drug in the words, the drug is unknown: a person
must look. Part of a combination that no table knows is an unknown drug beside the known ones.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from scheduler.intake import tables
from scheduler.intake.concepts import ATC, RXNORM, Coding, clean, codings, spoken, word_list
from scheduler.intake.jsontree import Json

SEPARATOR = re.compile(
    r"\s/\s|(?<=[A-Za-z]{4})/(?=[A-Za-z]{4})|\s\+\s|\swith\s|\sand\s", re.IGNORECASE
)
BRACKETS = re.compile(r"\[([^\]]*)\]")
STRENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*(MCG|MG|G)\b(?!\s*/)", re.IGNORECASE)
MG = {"mcg": 0.001, "mg": 1.0, "g": 1000.0}


@dataclass(frozen=True, slots=True)
class Substance:
    """One ingredient of a medication, or a part that could not be told."""

    name: str
    """The ingredient as the policies write it; the words of the record when unknown."""
    known: bool
    strength_mg: float | None = None
    """In one tablet or capsule, where the words say it."""


def substances(concept: Json) -> tuple[Substance, ...]:
    """The ingredients of a medication's concept; at least one, unknown if nothing could be told.

    Args:
        concept: a FHIR CodeableConcept.
    """
    coded = codings(concept)
    by_code = {c: names for c in coded if (names := _ingredients_of_code(c))}
    said = spoken(concept)
    parts = [_parts(text) for text in said]
    label = _label(said, coded)
    brands = [_part(brand) for text in said for brand in BRACKETS.findall(text)]
    conflict = _conflict(coded, by_code, parts, brands)
    if conflict:
        return (Substance(f"{label} ({conflict})", known=False),)
    named = set().union(*by_code.values()) | {n for ps in parts for p in ps for n in p.names}
    if not named:
        return (Substance(label, known=False),)
    strengths = {n: p.strength_mg for ps in parts for p in ps for n in p.names if len(p.names) == 1}
    known = tuple(Substance(n, known=True, strength_mg=strengths.get(n)) for n in sorted(named))
    return known + tuple(_unknown_parts(by_code, parts))


def _label(said: tuple[str, ...], coded: tuple[Coding, ...]) -> str:
    """What a person calls the medication: its words, else its codes."""
    if said:
        return said[0]
    short = {RXNORM: "RxNorm", ATC: "ATC"}
    return ", ".join(f"{short.get(c.system, c.system)} {c.code}" for c in coded) or "no name given"


def _ingredients_of_code(coding: Coding) -> frozenset[str]:
    known = {RXNORM: tables.rxnorm, ATC: tables.atc}.get(coding.system)
    return frozenset(known().get(coding.code, ())) if known else frozenset()


@dataclass(frozen=True, slots=True)
class _Part:
    """One component of a product's name and the ingredients its words name."""

    text: str
    names: tuple[str, ...]
    strength_mg: float | None


def _parts(text: str) -> tuple[_Part, ...]:
    """The components of a display; a bracketed brand speaks only where the rest says nothing."""
    generic, brands = BRACKETS.sub(" ", text), BRACKETS.findall(text)
    pieces = [clean(piece) for piece in SEPARATOR.split(generic)]
    parts = tuple(_part(piece) for piece in pieces if _name_words(piece))
    if any(part.names for part in parts):
        return parts
    branded = tuple(_part(brand) for brand in brands)
    return branded if any(part.names for part in branded) else parts


def _part(text: str) -> _Part:
    strengths = STRENGTH.findall(text)
    mg = float(strengths[0][0]) * MG[strengths[0][1].lower()] if len(strengths) == 1 else None
    return _Part(text, tuple(dict.fromkeys(_named(word_list(text)))), mg)


def _name_words(text: str) -> list[str]:
    return [word for word in word_list(text) if word.isalpha() and word not in tables.form_words()]


def _named(spoken: list[str]) -> Iterator[str]:
    """Ingredients in a run of words, the longest name at each place winning."""
    known = tables.drug_words()
    longest = max(map(len, known))
    at = 0
    while at < len(spoken):
        for length in range(min(longest, len(spoken) - at), 0, -1):
            phrase = tuple(spoken[at : at + length])
            if phrase in known:
                yield from known[phrase]
                at += length
                break
        else:
            at += 1


def _conflict(
    coded: Iterable[Coding],
    by_code: dict[Coding, frozenset[str]],
    parts: list[tuple[_Part, ...]],
    brands: list[_Part],
) -> str:
    """Why codes, words and bracketed brands cannot mean one drug, or an empty text."""
    told = [frozenset(n for part in spoken_parts for n in part.names) for spoken_parts in parts]
    claims = [
        *((f"code {c.code} is {', '.join(sorted(names))}", names) for c, names in by_code.items()),
        *((f"words name {', '.join(sorted(names))}", names) for names in told if names),
        *(
            (f"brand {b.text} is {', '.join(b.names)}", frozenset(b.names))
            for b in brands
            if b.names
        ),
    ]
    for c in coded:
        wrong = [n for names in told for n in names if (c.code, n) in tables.miscodings()]
        if c.system == RXNORM and wrong:
            return f"code {c.code} is known not to be {wrong[0]}"
    for i, (first, names) in enumerate(claims):
        for second, others in claims[i + 1 :]:
            if not names & others:
                return f"{first}, {second}"
    strange = [part for spoken_parts in parts for part in spoken_parts]
    if by_code and strange and not any(told):
        coded_names = frozenset().union(*by_code.values())
        if not any(_resembles(part.text, coded_names) for part in strange):
            return claims[0][0]
    return ""


def _resembles(text: str, names: frozenset[str]) -> bool:
    """Whether a word is one of the names misspelt, such as simvistatin."""
    return any(
        SequenceMatcher(None, word, name_word).ratio() >= 0.8
        for word in _name_words(text)
        for name in names
        for name_word in word_list(name)
    )


def _unknown_parts(
    by_code: dict[Coding, frozenset[str]], parts: list[tuple[_Part, ...]]
) -> Iterator[Substance]:
    """Components without an ingredient, unless a code lists as many drugs as there are parts."""
    listed = max((len(names) for names in by_code.values()), default=0)
    seen: set[str] = set()
    for spoken_parts in parts:
        if listed >= len(spoken_parts) or not any(part.names for part in spoken_parts):
            continue
        for part in spoken_parts:
            if not part.names and part.text not in seen:
                seen.add(part.text)
                yield Substance(part.text, known=False)
