from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from models.base import HoldStage, Priority
from models.catalogue import shipped_catalogue
from models.errors import InputError
from models.site import Site
from tests.unit.models.worlds import PRICES, local, site, utc

OVERRIDE = {
    "policy": "clinic-page",
    "drug": "aspirin",
    "row": {"hold_hours_min": 168},
    "approver": "Dr A",
    "reason": "local evidence",
    "decided_on": "2026-09-01",
}


def test_a_small_site_has_every_default() -> None:
    made = site()
    assert made.prices.model_dump(mode="json") == PRICES
    assert made.priorities == {
        "stat": Priority.EMERGENT,
        "asap": Priority.URGENT,
        "urgent": Priority.SOON,
        "routine": Priority.ROUTINE,
    }
    assert made.move_weights[HoldStage.DRAWN] == 4
    assert not made.auto_apply.permits(moves=0, started_moves=0, gain=1)


def test_a_price_given_changes_only_itself() -> None:
    made = site(prices={"move": 200, "unscheduled": {"soon": 1}})
    assert made.prices.model_dump(mode="json") == PRICES | {
        "move": 200,
        "unscheduled": PRICES["unscheduled"] | {"soon": 1},  # type: ignore[operator]  # a dict
    }


def test_a_default_is_replaced_member_by_member() -> None:
    made = site(due_days={"routine": None}, priorities={"urgent": "urgent"})
    assert made.due(Priority.ROUTINE, utc("11-23 08:00")) is None
    assert made.due(Priority.SOON, utc("11-23 08:00")) == utc("12-03 08:00")
    assert (made.priorities["urgent"], made.priorities["asap"]) == ("urgent", "urgent")


def test_half_days_of_due_time_are_hours() -> None:
    made = site(due_days={"emergent": 0.5})
    assert made.due(Priority.EMERGENT, utc("11-23 08:00")) == utc("11-23 20:00")


def test_a_site_is_written_and_read_alike() -> None:
    made = site(
        overrides=[OVERRIDE],
        holidays={"country": "US", "also": ["2026-11-27"]},
        procedures={"port-placement": {"base": 50, "source": "own log"}},
        arrivals=[{"calendar": "long", "first": "07:00", "last": "09:00"}],
    )
    assert Site.model_validate_json(made.model_dump_json()) == made


def test_counted_resources_are_spread() -> None:
    assert [r.id for r in site().resources][-2:] == ["bay-1", "bay-2"]
    assert site().resource_by_id["bay-2"].count == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"timezone": "Mars/Olympus"}, "'Mars/Olympus' is not a time zone"),
        ({"tick_minutes": 12}, "tick_minutes: 12 is none of 5, 10, 15, 20, 30, 60"),
        (
            {"procedures": {"picc": {"sedation": "some", "source": "own log"}}},
            "procedures.picc.sedation",
        ),
        ({"policies": []}, "policies"),
        ({"policies": ["a", "a"]}, "policy 'a' is used 2 times"),
        ({"prices": {"colour": 1}}, "prices: there is no price 'colour'"),
        ({"prices": {"unscheduled": {"later": 1}}}, "prices.unscheduled"),
        ({"prices": {"move": 1.5}}, "prices.move"),
        ({"prices": [1]}, "prices"),
        ({"priorities": {"now": "emergent"}}, "priorities: 'now' is none of stat, asap"),
        ({"priorities": {"stat": "fast"}}, "priorities.stat"),
        ({"due_days": {"soon": 0}}, "due_days.soon"),
        ({"move_weights": {"begun": 3}}, "move_weights"),
        ({"contacts": {"es": ["555"]}}, "contacts: there are no lines in English"),
        ({"night_at": "25:00"}, "night_at"),
        ({"calendars": {}}, "calendars"),
        ({"overrides": [OVERRIDE | {"approver": ""}]}, "approver"),
        ({"overrides": [{k: v for k, v in OVERRIDE.items() if k != "reason"}]}, "reason"),
        ({"colour": "blue"}, "colour"),
        (
            {"resources": [{"id": "a", "kind": "bay", "calendar": "night"}]},
            "a: there is no calendar 'night'",
        ),
        (
            {"arrivals": [{"calendar": "night", "first": "07:00", "last": "08:00"}]},
            "arrival: there is no calendar 'night'",
        ),
        (
            {"resources": [{"id": "a", "kind": "bay", "calendar": "day"}] * 2},
            "resource id 'a' is used 2 times",
        ),
        (
            {
                "resources": [
                    {"id": "a", "kind": "bay", "calendar": "day", "count": 2},
                    {"id": "a-1", "kind": "bay", "calendar": "day"},
                ]
            },
            "resource id 'a-1' is used 2 times",
        ),
    ],
)
def test_a_faulty_member_is_named(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        site(**changes)
    fault = caught.value.errors()[0]
    where = ".".join(str(step) for step in fault["loc"])
    assert said in f"{where}: {fault['msg']}"


@pytest.mark.parametrize("member", ["id", "timezone", "policies", "calendars", "resources"])
def test_what_has_no_default_must_be_given(member: str) -> None:
    data = site().model_dump()
    del data[member]
    with pytest.raises(ValidationError, match=f"{member}\n  Field required"):
        Site.model_validate(data)


SKIPPED = {"start": "2026-03-08T02:30", "end": "2026-03-08T05:00"}


@pytest.mark.parametrize("member", ["openings", "closures", "absences"])
def test_a_nonexistent_local_time_of_a_resource_is_refused(member: str) -> None:
    resource = {"id": "dr-1", "kind": "proceduralist", "calendar": "day", member: [SKIPPED]}
    with pytest.raises(ValidationError, match="dr-1: 2026-03-08 02:30 does not exist in America"):
        site(resources=[resource])


@pytest.mark.parametrize("member", ["openings", "closures"])
def test_a_nonexistent_local_time_of_a_calendar_is_refused(member: str) -> None:
    with pytest.raises(ValidationError, match="calendar day: 2026-03-08 02:30 does not exist"):
        site(calendars={"day": {member: [SKIPPED]}, "long": {}})


def test_the_horizon_is_whole_local_days() -> None:
    # Monday 23 November 22:00 in Chicago is Tuesday in UTC; 28 days from Monday midnight
    span = site().horizon(local("11-23 22:00"))
    assert (span.start, span.end) == (local("11-23 00:00"), local("12-21 00:00"))


def test_a_horizon_over_a_clock_change_ends_at_midnight() -> None:
    span = site(horizon_days=2).horizon(local("10-31 12:00"))
    assert span.length == timedelta(hours=49)


def test_the_clinical_setting_is_the_sites() -> None:
    made = site(notice_hours=48, approval_lead_hours=6, horizon_days=14).setting
    assert (made.notice_hours, made.approval_lead_hours, made.horizon_days) == (48, 6, 14)
    assert made.timezone == "America/Chicago"


def test_contact_lines_fall_back_to_english() -> None:
    made = site(contacts={"en": ["call 1"], "es": ["llame 1"]})
    lines = [made.contact_lines(language) for language in ("es", "de")]
    assert lines == [("llame 1",), ("call 1",)]
    assert site().contact_lines("es") == ()


@pytest.mark.parametrize(
    ("moves", "started", "gain", "permitted"),
    [(3, 1, 100, True), (4, 1, 100, False), (3, 2, 100, False), (3, 1, 99, False)],
)
def test_auto_apply_has_limits(moves: int, started: int, gain: int, *, permitted: bool) -> None:
    rule = {"enabled": True, "max_moves": 3, "max_started_moves": 1, "min_gain": 100}
    applied = site(auto_apply=rule).auto_apply
    assert applied.permits(moves=moves, started_moves=started, gain=gain) is permitted


def test_a_site_offers_what_is_enabled_with_its_own_figures() -> None:
    made = site(
        enabled=["port-placement", "picc"],
        procedures={
            "port-placement": {
                "base": 50,
                "recovery_minutes": 20,
                "sedation": "none",
                "source": "own log of 2025",
            }
        },
    )
    offered = made.offered(shipped_catalogue())
    port = offered.get("port-placement")
    assert sorted(offered.by_key) == ["picc", "port-placement"]
    figures = (port.procedure_minutes.base, port.recovery_minutes, port.sedation)
    assert figures == (50, 20, "none")
    assert port.procedure_minutes.evidence_of == {"base": "site"}
    assert port.procedure_minutes.source.endswith("; site: own log of 2025")
    assert offered.find("36561", "cpt") == port
    assert offered.find("22511", "cpt") is None


@pytest.mark.parametrize(
    "changes",
    [
        {"enabled": ["portt"]},
        {"procedures": {"portt": {"base": 50, "source": "own log"}}},
    ],
)
def test_an_unknown_procedure_is_named(changes: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="there is no procedure 'portt' in the catalogue"):
        site(**changes).offered(shipped_catalogue())


def test_days_off_are_dates() -> None:
    made = site(holidays={"country": "US", "also": ["2026-11-27"]})
    assert made.holidays is not None
    assert made.holidays.also == (date(2026, 11, 27),)
