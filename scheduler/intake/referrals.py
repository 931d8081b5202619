"""ServiceRequests as referrals: procedure, levels, priority, reasons and the flags of the order.

Flags come from coded order details (`urn:holdfast:order-detail`) and from words in order details,
notes and reasons. Words that warn or ask for something count unless they are directly denied; words
that permit, such as failed conservative treatment, count only in a clause without any doubt.
"""

import re
from collections.abc import Iterable

from models.patients import Finding, Referral
from scheduler.intake import tables
from scheduler.intake.concepts import CPT, SNOMED, codings, findings, spoken, text_of
from scheduler.intake.jsontree import Json, child, children, words
from scheduler.intake.levels import levels_of
from scheduler.intake.reading import Reading
from scheduler.intake.records import MAX_ID, Record, identifier_key
from scheduler.intake.times import span_of

ORDER_DETAIL = "urn:holdfast:order-detail"
PRIORITIES = ("routine", "urgent", "asap", "stat")
ORDERS = frozenset(
    {"directive", "order", "original-order", "reflex-order", "filler-order", "instance-order"}
)
"""Intents that ask for something to be done; the others only speak of it."""
CLAUSES = re.compile(r"[.;:,\n]|\bbut\b|\balthough\b")
DENIED = re.compile(r"(?:\bno|\bwithout|\bno evidence of|\bdenies|\bnegative for|\bno sign of)\s*$")
DOUBT = re.compile(
    r"\b(?:no|not|never|without|if|unless|until|pending|awaiting|yet|denies|declined)\b|n't"
)
LATER_DOUBT = re.compile(r"\b(?:not|never|if|unless|pending|awaiting|yet|declined)\b|n't")
"""After the words: `no` and `without` there are about something else, such as no improvement."""


def referral_of(record: Record, reading: Reading) -> Referral | None:
    """A referral from a sound ServiceRequest; None, with a fault, when it cannot be one.

    Args:
        record: the ServiceRequest.
        reading: the zone, the references and the journal.
    """
    request = record.resource
    if not record.id:
        reading.fault(record, "no id: not a referral")
        return None
    code, system, display = _procedure(request)
    if not code:
        reading.fault(record, "no procedure code: the procedure is unknown")
    authored = span_of(words(request, "authoredOn"), reading.tz)
    return Referral(
        id=record.id,
        patient=_patient(record, reading),
        code=code,
        system=system,
        display=display,
        priority=_priority(record, reading),
        authored=authored.first if authored else None,
        levels=levels_of(children(request, "bodySite")),
        reasons=_reasons(record, reading),
        flags=_flags(request),
        active=_is_active(request),
    )


def _patient(record: Record, reading: Reading) -> str:
    """The patient's id; where nobody can be told, the words of the reference, which find nobody."""
    subject = child(record.resource, "subject")
    known = reading.references.patient_id(subject, record)
    if known and len(known) <= MAX_ID:
        return known
    reading.fault(record, "no patient can be told from its subject")
    key = identifier_key(child(subject, "identifier"))
    told = key or words(subject, "reference") or words(subject, "display") or "nobody"
    return told[:MAX_ID]


def _procedure(request: Json) -> tuple[str, str, str]:
    """Code, system and words; CPT before SNOMED CT before any other code."""
    concept = child(request, "code")
    coded = [coding for coding in codings(concept) if coding.code]
    ranked = sorted(coded, key=lambda c: (c.system != CPT, c.system != SNOMED))
    if not ranked:
        return "", "", text_of(concept)
    return ranked[0].code, ranked[0].system, text_of(concept) or ranked[0].code


def _priority(record: Record, reading: Reading) -> str:
    given = words(record.resource, "priority")
    if given and given not in PRIORITIES:
        reading.fault(record, f"priority {given!r} is not one of FHIR R4: taken as routine")
    return given if given in PRIORITIES else "routine"


def _is_active(request: Json) -> bool:
    """Whether anybody wants it done: ordered, not withdrawn, not over, and not a prohibition."""
    return (
        words(request, "status") == "active"
        and words(request, "intent") in ORDERS
        and request.get("doNotPerform") is not True
    )


def _reasons(record: Record, reading: Reading) -> tuple[Finding, ...]:
    """Reasons as findings; a reference that leads nowhere keeps its words or address."""
    found = [f for concept in children(record.resource, "reasonCode") for f in findings(concept)]
    for reference in children(record.resource, "reasonReference"):
        target = reading.references.find(words(reference, "reference"), record)
        told = findings(child(target.resource, "code")) if target else ()
        text = words(reference, "display") or words(reference, "reference")
        found += told or ((Finding(code="", system="", text=text),) if text else ())
    return tuple(dict.fromkeys(found))


def _flags(request: Json) -> frozenset[str]:
    details = children(request, "orderDetail")
    coded = {c.code for d in details for c in codings(d) if c.system == ORDER_DETAIL and c.code}
    members = ("reasonCode", "bodySite", "category")
    concepts = (*details, *(c for member in members for c in children(request, member)))
    texts = [
        *(text for concept in concepts for text in spoken(concept)),
        *(words(note, "text") for note in children(request, "note")),
    ]
    sites = (coding for site in children(request, "bodySite") for coding in codings(site))
    sided = {"bilateral"} if any("bilateral" in tables.kinds_of(c) for c in sites) else set()
    return frozenset(coded | sided | flags_in(texts))


def flags_in(texts: Iterable[str]) -> set[str]:
    """The flags that words mean."""
    clauses = [clause for text in texts for clause in CLAUSES.split(text.lower())]
    return {
        flag
        for flag, effect, phrase in tables.order_flags()
        for clause in clauses
        if _means(clause, phrase, effect)
    }


def _means(clause: str, phrase: str, effect: str) -> bool:
    at = re.search(rf"\b{re.escape(phrase)}", clause)
    if at is None:
        return False
    before, after = clause[: at.start()], clause[at.end() :]
    if effect == "permits":
        return not (DOUBT.search(before) or LATER_DOUBT.search(after))
    return not DENIED.search(before)
