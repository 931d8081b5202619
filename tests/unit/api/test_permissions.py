"""What each role may do, stated here once more: a change of the grants has to be meant."""

import pytest

from api.security.permissions import EMERGENCY, GRANTS, Permission, Role, granted
from api.security.principal import Principal
from api.security.scopes import given, is_scope, permitted

#    scheduler, nurse, clinician, administrator, system, auditor
STATED = {
    Permission.READ_CASES: "yyyyyn",
    Permission.WRITE_CASES: "ynnyyn",
    Permission.PROPOSE: "yyyyyn",
    Permission.BOOK: "ynyyyn",
    Permission.OVERBOOK: "nnyynn",
    Permission.REPORT_HOLDS: "yyyyyn",
    Permission.APPROVE: "nnynnn",
    Permission.READ_BOARD: "yyyyyn",
    Permission.READ_REVISIONS: "yyyynn",
    Permission.DECIDE_REVISIONS: "ynnynn",
    Permission.READ_RUNS: "yyyyny",
    Permission.START_RUNS: "ynnynn",
    Permission.READ_ALERTS: "yyyyny",
    Permission.END_ALERTS: "yyyynn",
    Permission.READ_SITE: "yyyyyy",
    Permission.CLOSE_RESOURCES: "ynnynn",
    Permission.WRITE_SITE: "nnnynn",
    Permission.SIGN_POLICIES: "nnynnn",
    Permission.READ_AUDIT: "nnnyny",
    Permission.READ_METRICS: "nnnyyn",
    Permission.MANAGE_FEEDS: "ynnynn",
    Permission.MANAGE_ACCOUNTS: "nnnynn",
    Permission.BREAK_GLASS: "nyynnn",
    Permission.REVIEW_GLASS: "nnnyny",
    Permission.ACT_FOR: "nnnnyn",
    Permission.READ_SCENARIOS: "nnyyny",
    Permission.WRITE_SCENARIOS: "nnnynn",
}


@pytest.mark.parametrize("role", Role)
def test_every_role_states_every_permission(role: Role) -> None:
    assert set(STATED) == set(Permission)
    place = list(Role).index(role)
    assert GRANTS[role] == {p for p, letters in STATED.items() if letters[place] == "y"}


def test_roles_add_up_and_none_permits_nothing() -> None:
    assert granted([]) == frozenset()
    assert granted([Role.NURSE, Role.AUDITOR]) == GRANTS[Role.NURSE] | GRANTS[Role.AUDITOR]


def test_no_role_runs_everything() -> None:
    assert all(set(Permission) - GRANTS[role] for role in Role)


def test_an_emergency_decides_nothing() -> None:
    deciding = {
        Permission.APPROVE,
        Permission.SIGN_POLICIES,
        Permission.DECIDE_REVISIONS,
        Permission.MANAGE_ACCOUNTS,
        Permission.WRITE_SITE,
        Permission.REVIEW_GLASS,
    }
    assert not EMERGENCY & deciding


def test_a_role_counts_at_its_site_only() -> None:
    ann = Principal("ann", {"small": frozenset({Role.NURSE})})
    assert ann.may(Permission.READ_CASES, "small")
    assert not ann.may(Permission.READ_CASES, "north")


def test_scopes_narrow_what_roles_permit() -> None:
    within = permitted(["system/Appointment.rs", "holdfast/accounts:write"])
    ehr = Principal("ehr", {"small": frozenset({Role.SYSTEM})}, within=within)
    assert ehr.may(Permission.READ_CASES, "small")
    assert not ehr.may(Permission.BOOK, "small")  # not asked for
    assert not ehr.may(Permission.MANAGE_ACCOUNTS, "small")  # asked for, not the role's


@pytest.mark.parametrize(
    "text",
    ["system/Appointment.rs", "system/*.cruds", "system/Slot.s", "holdfast/metrics:read"],
)
def test_known_scopes(text: str) -> None:
    assert is_scope(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "system/Appointment.",
        "system/Appointment.sr",  # letters stand in the order of cruds
        "system/Appointment.*",
        "system/Device.rs",
        "user/Appointment.rs",
        "holdfast/everything",
        "system/Appointment.rs?status=booked",
    ],
)
def test_other_scopes_mean_nothing(text: str) -> None:
    assert not is_scope(text)
    assert permitted([text]) == frozenset()


def test_what_is_given_is_asked_for_and_allowed() -> None:
    allowed = ["system/Appointment.cruds"]
    asked = ["system/Appointment.rs", "system/Slot.rs", "nonsense", "system/Appointment.rs"]
    assert given(asked, allowed) == ("system/Appointment.rs",)
    assert given(["system/*.cruds"], allowed) == ()  # more than is allowed is not cut down
