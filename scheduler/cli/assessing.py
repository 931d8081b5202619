"""Every referral of some files assessed: one answer each, also where there is nothing to assess."""

from collections.abc import Iterable, Iterator, Sized
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from models.catalogue import Catalogue, shipped_catalogue
from models.clinical.assess import assess
from models.clinical.facts import ClinicSetting
from models.clinical.policy import PolicyBook, RowOverride, parse_policy, shipped_rules
from models.clinical.readiness import (
    Block,
    HoldPlan,
    Readiness,
    Requirement,
    RuleRef,
    Status,
)
from models.errors import InputError
from models.patients import Referral
from models.timegrid import zone
from scheduler.files import read_text
from scheduler.intake.facts import FactsProblem, facts_for
from scheduler.intake.faults import IntakeFault
from scheduler.intake.intake import Intake, Progress, read_bundles, read_referrals
from scheduler.site_files import read_site

DEFAULT_POLICY = "clinic-page"
"""Without a site file the founding practice's own page speaks, alone."""
DEFAULT_ZONE = "UTC"


@dataclass(frozen=True, slots=True)
class Clinic:
    """What a site, or the options in its place, say about assessments."""

    setting: ClinicSetting
    book: PolicyBook
    catalogue: Catalogue

    @property
    def policies(self) -> str:
        """Names of the policies in force, first in precedence first."""
        return ", ".join(policy.name for policy in self.book.policies)


def clinic_of(
    site: Path | None,
    *,
    policies: Iterable[str] = (),
    notice_hours: float | None = None,
    timezone: str | None = None,
) -> Clinic:
    """The clinic of a site file, or of the defaults; what else is given takes their place.

    Raises:
        InputError: the site file, a policy or the zone cannot be used.
    """
    changes: dict[str, Any] = {"notice_hours": notice_hours, "timezone": timezone}
    given = {name: value for name, value in changes.items() if value is not None}
    if timezone is not None:
        zone(timezone)
    names = tuple(policies)
    if site is None:
        setting = ClinicSetting.model_validate({"timezone": DEFAULT_ZONE} | given)
        return Clinic(setting, book_of(names or (DEFAULT_POLICY,)), shipped_catalogue())
    found = read_site(site)
    setting = ClinicSetting.model_validate(found.setting.model_dump() | given)
    if names:
        book = book_of(names, found.overrides)
    else:
        book = PolicyBook.of(found.policies, found.overrides)
    return Clinic(setting, book, found.offered(shipped_catalogue()))


def book_of(policies: Iterable[str], decisions: Iterable[RowOverride] = ()) -> PolicyBook:
    """Policies by shipped name or file, the first that knows a drug speaks for it.

    Args:
        policies: names or files, in order of precedence.
        decisions: the site's decisions; those on policies that are not named are left out.

    Raises:
        PolicyError: one is unknown or cannot be used.
    """
    own = {
        name: parse_policy(read_text(Path(name)), place=name) for name in policies if _file(name)
    }
    names = [own[name].name if name in own else name for name in policies]
    spoken_of = {*names, shipped_rules().name}
    kept = [decision for decision in decisions if decision.policy in spoken_of]
    return PolicyBook.of(names, kept, own=own.values())


def _file(name: str) -> bool:
    return name.endswith(".csv") or "/" in name


def answers(
    intake: Intake, referrals: Iterable[Referral], clinic: Clinic, now: datetime
) -> Iterator[Readiness]:
    """One answer for each referral, in order."""
    for referral in referrals:
        facts = facts_for(intake, referral, clinic.catalogue, clinic.setting)
        if isinstance(facts, FactsProblem):
            yield _unanswerable(facts, now)
        else:
            yield assess(facts, clinic.book, now)


def _unanswerable(problem: FactsProblem, now: datetime) -> Readiness:
    ref = RuleRef(
        rule=f"intake/{problem.kind}",
        policy="intake",
        version="1",
        source="the files that were read",
        evidence="convention",
    )
    return Readiness(
        referral=problem.referral,
        patient=problem.patient,
        procedure=problem.procedure or "unknown",
        assessed_at=now,
        status=Status.BLOCKED,
        windows=(),
        blocks=(Block(kind=problem.kind, ref=ref, sentence=problem.sentence),),
    )


def read_intake(
    patients: Iterable[Path],
    referrals: Iterable[Path],
    *,
    now: datetime,
    timezone: str,
    progress: Progress,
) -> tuple[Intake, tuple[Referral, ...], tuple[IntakeFault, ...]]:
    """Patients, the referrals (those among the patients if no other file is named), the faults.

    Raises:
        InputError: a file cannot be read, or no patient or no referral could be.
    """
    intake = read_bundles(patients, now=now, timezone=timezone, progress=progress)
    _refuse_nothing(intake.patients, "patient", intake.faults)
    files = tuple(referrals)
    if not files:
        _refuse_nothing(intake.referrals, "referral", intake.faults)
        return intake, intake.referrals, intake.faults
    found = read_referrals(files, timezone=timezone, patients=intake)
    _refuse_nothing(found.referrals, "referral", found.faults)
    return intake, found.referrals, (*intake.faults, *found.faults)


def _refuse_nothing(read: Sized, what: str, faults: tuple[IntakeFault, ...]) -> None:
    if not read:
        why = f": {faults[0]}" if faults else ""
        raise InputError(f"no {what} could be read{why}", remedy="name files of FHIR R4 resources")


def answer_json(answer: Readiness, tz: ZoneInfo) -> dict[str, Any]:
    """An answer as plain data, instants by the site's clock."""

    def local(instant: datetime | None) -> str | None:
        return instant.astimezone(tz).isoformat() if instant else None

    def held(hold: HoldPlan) -> dict[str, Any]:
        return {
            "drug": hold.drug,
            **_source(hold.ref),
            "stage": hold.stage.value,
            "last_dose": local(hold.last_dose),
            "ready_at": local(hold.ready_at),
            "hours": hold.hours,
            "doses": hold.doses,
            "restart": restart_text(hold.restart_hours),
            "restart_hours": hold.restart_hours,
            "cap_at": local(hold.cap_at),
            "cap_hard": hold.cap_hard,
            "sentence": hold.sentence,
        }

    def wanted(asked: Requirement) -> dict[str, Any]:
        return {
            **_said(asked),
            "latest": local(asked.latest),
            "applies_from": local(asked.applies_from),
            "firm": asked.firm,
            "closes_windows": asked.closes_windows,
            "drug": asked.drug or None,
        }

    return {
        "referral": answer.referral,
        "patient": answer.patient,
        "procedure": answer.procedure,
        "status": answer.status.value,
        "windows": [[local(a), local(b)] for a, b in answer.windows],
        "holds": [held(hold) for hold in answer.holds],
        "requirements": [wanted(asked) for asked in answer.requirements],
        "blocks": [{**_said(block), "latest": None} for block in answer.blocks],
        "preparation": [_said(prepared) for prepared in answer.preparation],
        "needs": list(answer.needs),
        "extra_minutes": answer.extra_minutes,
        "assessed_at": local(answer.assessed_at),
    }


def _source(ref: RuleRef) -> dict[str, str]:
    return ref.model_dump()


def _said(statement: Requirement | Block) -> dict[str, Any]:
    return {
        "kind": statement.kind,
        **_source(statement.ref),
        "sentence": statement.sentence,
    }


def restart_text(hours: float | None) -> str:
    """When a drug may be taken again, in words."""
    return "ask the clinician" if hours is None else f"{hours:g} h after the procedure"
