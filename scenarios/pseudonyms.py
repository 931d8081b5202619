"""A practice without the words that name people: what leaves the department for a simulation.

Ids are counted, free texts give way to the words that the clinical rules know, a birth date to the
first of January that gives the same age on the day of freezing. Times stay, so that it is
pseudonymous and not anonymous: who knows when a patient was booked may still recognise them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from models.clinical.facts import Decision
from models.clinical.rules import CodeList
from models.patients import Exposure, Finding, PatientFacts, Referral
from models.site import Site
from models.timegrid import local_day
from scenarios.practice import Known, Practice

UNREADABLE = "a record of this patient could not be read"
BY = "a clinician"
REASON = "kept by the site"


def pseudonymous(practice: Practice) -> Practice:
    """The practice under counted ids, without names, contacts, free texts and birth dates."""
    names = _Names.of(practice)
    drawn = practice.drawn_from
    return practice.changed(
        site=_site(practice.site),
        known=names.all_known(practice.known),
        drawn_from=None if drawn is None else names.all_known(drawn),
    )


def _site(site: Site) -> Site:
    """The site without its name, contact lines, labels of resources and who decided."""
    decided = {"approver": BY, "reason": REASON}
    overrides = tuple(one.model_copy(update=decided) for one in site.overrides)
    resources = tuple(one.model_copy(update={"label": ""}) for one in site.resources)
    kept = {name: getattr(site, name) for name in type(site).model_fields}
    hidden = {"name": "", "contacts": {}, "overrides": overrides, "resources": resources}
    return Site.model_validate(kept | hidden)


@dataclass(frozen=True)
class _Names:
    """What each id becomes, and what is needed to take the words out of facts."""

    cases: Mapping[str, str]
    patients: Mapping[str, str]
    drugs: Mapping[str, str]
    """Drugs that no policy knows, by their words."""
    lists: tuple[CodeList, ...]
    today: date

    @classmethod
    def of(cls, practice: Practice) -> "_Names":
        """Names in the order of the ids, as long as each other, so that they sort like them."""
        known = (*practice.known, *practice.sources)
        rules = practice.book.rules
        unlisted = (e.drug for one in known for e in one.patient.exposures if not e.known)
        return cls(
            cases=_counted("case", (one.id for one in known)),
            patients=_counted("patient", (one.patient.id for one in known)),
            drugs=_counted("unknown-drug", unlisted),
            lists=tuple(rules.lists[name] for name in sorted(rules.lists)),
            today=local_day(practice.now, practice.site.tz),
        )

    def all_known(self, known: Iterable[Known]) -> tuple[Known, ...]:
        """Cases, by their new ids."""
        return tuple(sorted(map(self.known, known), key=lambda one: one.id))

    def known(self, known: Known) -> Known:
        """One case."""
        decisions = tuple(self._decision(one) for one in known.decisions)
        return known.model_copy(
            update={
                "patient": self._patient(known.patient),
                "referral": self._referral(known.referral),
                "decisions": decisions,
            }
        )

    def _patient(self, facts: PatientFacts) -> PatientFacts:
        age = facts.age_on(self.today)
        return facts.model_copy(
            update={
                "id": self.patients[facts.id],
                "birth_date": None if age is None else date(self.today.year - age, 1, 1),
                "exposures": tuple(self._exposure(one) for one in facts.exposures),
                "conditions": self._findings(facts.conditions),
                "allergies": self._findings(facts.allergies),
                "unreadable": (UNREADABLE,) if facts.unreadable else (),
            }
        )

    def _referral(self, referral: Referral) -> Referral:
        return referral.model_copy(
            update={
                "id": self.cases[referral.id],
                "patient": self.patients[referral.patient],
                "display": "",
                "reasons": self._findings(referral.reasons),
            }
        )

    def _decision(self, decision: Decision) -> Decision:
        drug = self.drugs.get(decision.drug or "", decision.drug)
        return decision.model_copy(update={"by": BY, "reason": REASON, "drug": drug})

    def _exposure(self, exposure: Exposure) -> Exposure:
        drug = exposure.drug if exposure.known else self.drugs[exposure.drug]
        return exposure.model_copy(update={"drug": drug, "prescriber": None, "reason": None})

    def _findings(self, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """Those that a rule could know by code or word; a text without a code is no code."""
        told = (self._finding(one) for one in findings)
        return tuple(one for one in told if one.code or one.text)

    def _finding(self, finding: Finding) -> Finding:
        text = f"{finding.text} {finding.words}".lower()
        words = (word for kept in self.lists for word in (*kept.words, *kept.unless))
        said = sorted({word for word in words if re.search(rf"\b{re.escape(word)}", text)})
        code = finding.code if finding.system else ""
        return finding.model_copy(update={"code": code, "text": "; ".join(said), "words": ""})


def _counted(kind: str, ids: Iterable[str]) -> dict[str, str]:
    return {name: f"{kind}-{n:06}" for n, name in enumerate(sorted(set(ids)), start=1)}
