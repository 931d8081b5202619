"""Whatever is damaged in a record, its patient does not become safer by it.

Every member of a resource is taken away or replaced by each of some odd values, one at a time.
"""

from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime
from typing import Any

import pytest

from models.patients import LabCode, PatientFacts, Pregnancy
from scheduler.demo.patients import generate
from scheduler.intake.intake import take_bundles, take_referrals
from tests.unit.scheduler.intake.resources import (
    ICD,
    SNOMED,
    TIMEZONE,
    Json,
    about,
    bundle,
    concept,
    condition,
    facts,
    order,
    patient,
    request,
    result,
)

ODD: tuple[Any, ...] = (
    None, 0, -1, 10**400, True, "", "x", "x" * 300, [], {}, [None], [{}], {"a": 1}, "2026-13-01",
)  # fmt: skip
GONE = object()


def places(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    members = (
        tree.items()
        if isinstance(tree, dict)
        else enumerate(tree)
        if isinstance(tree, list)
        else ()
    )
    for key, value in members:
        yield (*path, key)
        yield from places(value, (*path, key))


def damaged(resource: Json, *spared: str) -> Iterator[tuple[tuple[Any, ...], Json]]:
    """The resource with each member damaged in each way; members named by `spared` stay."""
    for path in places(resource):
        for odd in (GONE, *ODD):
            if path[0] in spared:
                continue
            copy = deepcopy(resource)
            within: Any = copy
            for step in path[:-1]:
                within = within[step]
            if odd is GONE:
                del within[path[-1]]
            else:
                within[path[-1]] = deepcopy(odd)
            yield path, copy


def told(resource: Json, *others: Json) -> PatientFacts:
    return facts(patient(), *others, resource)


def test_a_damaged_order_is_the_drug_itself_or_an_unknown_one() -> None:
    timing = {"repeat": {"timeOfDay": ["08:00:00"], "frequency": 1, "period": 1, "periodUnit": "d"}}
    dose = [{"doseQuantity": {"value": 5, "unit": "mg"}}]
    whole = order("warfarin 5 MG", dosageInstruction=[{"timing": timing, "doseAndRate": dose}])
    # Without its subject the order is the only patient's; with another it is somebody else's.
    for path, broken in damaged(whole, "subject"):
        found = told(broken).exposures
        assert any(e.drug == "warfarin" or not e.known for e in found), (path, broken)


def test_a_damaged_pregnancy_is_possible_or_told_to_the_rules() -> None:
    whole = condition("Normal pregnancy", (SNOMED, "72892002"))
    for path, broken in damaged(whole, "subject"):
        found = told(broken)
        known = found.pregnancy in (Pregnancy.POSITIVE, Pregnancy.POSSIBLE)
        assert known or found.unreadable, (path, broken)


def test_a_damaged_result_does_not_bring_back_an_older_good_one() -> None:
    older = result("6301-6", 1.0, id="old", effectiveDateTime="2026-11-01T08:00:00-06:00")
    # Another code is another result.
    for path, broken in damaged(result("6301-6", 4.0), "subject", "code"):
        latest = told(broken, older).latest(LabCode.INR)
        assert latest is None or latest.value != 1.0 or told(broken, older).unreadable, (
            path,
            broken,
        )


def test_a_damaged_death_is_a_death() -> None:
    for path, broken in damaged(patient(deceasedDateTime="2020-05-01"), "id", "resourceType"):
        if broken.get("deceasedDateTime") is None:
            continue  # nothing was said of a death
        assert facts(broken).deceased, (path, broken)


def _given(kind: str, text: str, when: str, **members: object) -> Json:
    member = "effectiveDateTime" if kind == "MedicationAdministration" else "whenHandedOver"
    given = {"id": "g1", "status": "completed", "medicationCodeableConcept": concept(text)}
    return about(kind, **{**given, member: when, **members})


@pytest.mark.parametrize("kind", ["MedicationAdministration", "MedicationDispense"])
def test_a_drug_given_lately_that_nobody_lists_is_told_to_the_rules(kind: str) -> None:
    found = facts(_given(kind, "Warfarin Sodium 5 MG Oral Tablet", "2026-11-23T06:00:00-06:00"))
    assert found.unreadable == (
        "warfarin was given or dispensed lately and is not among the drugs taken",
    )


@pytest.mark.parametrize(
    "resources",
    [
        # 35 days before 23 Nov 2026 is 19 Oct.
        [_given("MedicationAdministration", "Warfarin", "2026-10-18")],
        [_given("MedicationAdministration", "Warfarin", "2026-11-24")],
        [_given("MedicationDispense", "Warfarin", "2026-11-20", status="entered-in-error")],
        [_given("MedicationAdministration", "Warfarin", "2026-11-20", status="not-done")],
        [_given("MedicationDispense", "Warfarin", "2026-11-20"), order("Warfarin 5 MG")],
    ],
)
def test_a_drug_given_long_ago_in_error_or_on_an_order_is_not(resources: list[Json]) -> None:
    assert facts(*resources).unreadable == ()


@pytest.mark.parametrize(
    ("code", "drug", "said"),
    [
        ("Z79.01", "aspirin 81 MG", True),
        ("Z79.01", "warfarin 5 MG", False),
        ("Z79.02", "warfarin 5 MG", True),
        ("Z79.82", "aspirin 81 MG", False),
    ],
)
def test_a_drug_of_the_problem_list_that_nobody_lists_is_told_to_the_rules(
    code: str, drug: str, *, said: bool
) -> None:
    found = facts(condition("Long term use", (ICD, code)), order(drug, id="o1"))
    assert (found.unreadable != ()) is said


@pytest.mark.parametrize("number", range(0, 30, 6))
def test_no_damage_stops_the_reading(number: int) -> None:
    now = datetime.fromisoformat("2026-11-23T08:00:00-06:00")
    bundles, requests = generate(7, number + 1, now, TIMEZONE)
    resources = [entry["resource"] for entry in bundles[number]["entry"]]
    for resource in resources[:6]:
        variants = [broken for _, broken in damaged(resource)][:: max(1, len(resources))]
        take_bundles([bundle(*resources, *variants)], now=now, timezone=TIMEZONE)
    variants = [broken for _, broken in damaged(requests[number])]
    take_referrals(variants, timezone=TIMEZONE)


def test_a_damaged_referral_is_a_referral_or_a_fault() -> None:
    for path, broken in damaged(request(priority="urgent", authoredOn="2026-11-01")):
        given = take_referrals([broken], timezone=TIMEZONE)
        assert given.referrals or given.faults, (path, broken)
