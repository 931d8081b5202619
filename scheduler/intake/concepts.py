"""Coded concepts: systems under one name each, codes in one spelling, text without odd spaces."""

import re
import unicodedata
from dataclasses import dataclass

from models.patients import Finding
from scheduler.intake.jsontree import Json, children, words

WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)?")

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ATC = "http://www.whocc.no/atc"
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
CPT = "http://www.ama-assn.org/go/cpt"

SYSTEMS = {
    "urn:oid:2.16.840.1.113883.6.88": RXNORM,
    "urn:oid:2.16.840.1.113883.6.73": ATC,
    "urn:oid:2.16.840.1.113883.6.96": SNOMED,
    "urn:oid:2.16.840.1.113883.6.1": LOINC,
    "urn:oid:2.16.840.1.113883.6.3": ICD10,
    "urn:oid:2.16.840.1.113883.6.90": ICD10CM,
    "urn:oid:2.16.840.1.113883.6.12": CPT,
    "http://fhir.de/codesystem/bfarm/atc": ATC,
}
"""Other addresses of the same code systems, in lower case."""

TABLE_SYSTEMS = {
    RXNORM: "rxnorm",
    ATC: "atc",
    SNOMED: "snomed",
    LOINC: "loinc",
    ICD10: "icd",
    ICD10CM: "icd",
    CPT: "cpt",
}
"""How the shipped tables name a system; both editions of ICD-10 share their rows."""


@dataclass(frozen=True, slots=True)
class Coding:
    """One code of one system, with the words that came with it."""

    system: str
    code: str
    display: str

    @property
    def table_system(self) -> str:
        """The system as the shipped tables write it, empty when they have none."""
        return TABLE_SYSTEMS.get(self.system, "")


def codings(concept: Json) -> tuple[Coding, ...]:
    """The codings of a CodeableConcept that carry a code or words, in their order."""
    return tuple(
        coding
        for coding in map(_coding, children(concept, "coding"))
        if coding.code or coding.display
    )


def _coding(raw: Json) -> Coding:
    given = words(raw, "system")
    system = SYSTEMS.get(given.lower(), given).removesuffix("/") if given else ""
    code = words(raw, "code")
    if system in (ICD10, ICD10CM):
        code = _dotted(code)
    return Coding(system, code, clean(words(raw, "display")))


def _dotted(code: str) -> str:
    """ICD-10 codes with their dot, so that M8008XA and M80.08XA are one."""
    bare = code.upper()
    return bare if "." in bare or len(bare) <= 3 else f"{bare[:3]}.{bare[3:]}"


def clean(text: str) -> str:
    """Text with compatible characters folded, invisible ones dropped and single spaces."""
    folded = unicodedata.normalize("NFKC", text)
    visible = "".join(sign for sign in folded if unicodedata.category(sign) != "Cf")
    return " ".join(visible.split())


def word_list(text: str) -> list[str]:
    """The words and numbers of a text, in lower case and without accents."""
    plain = unicodedata.normalize("NFKD", text.lower())
    return WORD.findall("".join(sign for sign in plain if not unicodedata.combining(sign)))


def text_of(concept: Json) -> str:
    """What a person reads: the concept's own text, else the first display, else the first code."""
    own = clean(words(concept, "text"))
    if own:
        return own
    coded = codings(concept)
    return next((c.display for c in coded if c.display), "") or next(
        (c.code for c in coded if c.code), ""
    )


def spoken(concept: Json) -> tuple[str, ...]:
    """The words of a concept: its text and its displays, each once."""
    said = [clean(words(concept, "text")), *(coding.display for coding in codings(concept))]
    return tuple(dict.fromkeys(text for text in said if text))


def all_words(concept: Json) -> str:
    """Everything a concept says, in lower case."""
    return " ".join(spoken(concept)).lower()


def findings(concept: Json, **more: object) -> tuple[Finding, ...]:
    """A concept as findings, one for each code; one without code when it has only words."""
    text = text_of(concept)
    besides = "; ".join(said for said in spoken(concept) if said.lower() != text.lower())
    coded = [(coding.code, coding.system) for coding in codings(concept) if coding.code]
    if not coded and not text:
        return ()
    return tuple(
        Finding(code=code, system=system, text=text or code, words=besides, **more)
        for code, system in coded or [("", "")]
    )
