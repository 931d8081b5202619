"""What can be permitted, and which role is permitted what."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from scheduler.records_identity import Role

__all__ = ["EMERGENCY", "GRANTS", "Permission", "Role", "granted"]


class Permission(StrEnum):
    """One kind of thing that a caller may be allowed to do at a site."""

    READ_CASES = "cases:read"
    WRITE_CASES = "cases:write"
    PROPOSE = "proposals:ask"
    BOOK = "bookings:write"
    OVERBOOK = "bookings:overbook"
    REPORT_HOLDS = "holds:report"
    APPROVE = "holds:approve"
    READ_BOARD = "board:read"
    READ_REVISIONS = "revisions:read"
    DECIDE_REVISIONS = "revisions:decide"
    READ_RUNS = "runs:read"
    START_RUNS = "runs:start"
    READ_ALERTS = "alerts:read"
    END_ALERTS = "alerts:end"
    READ_SITE = "site:read"
    CLOSE_RESOURCES = "resources:close"
    WRITE_SITE = "site:write"
    SIGN_POLICIES = "policies:sign"
    READ_AUDIT = "audit:read"
    READ_METRICS = "metrics:read"
    MANAGE_FEEDS = "feeds:write"
    MANAGE_ACCOUNTS = "accounts:write"
    BREAK_GLASS = "glass:break"
    REVIEW_GLASS = "glass:review"
    READ_SCENARIOS = "scenarios:read"
    WRITE_SCENARIOS = "scenarios:write"
    ACT_FOR = "people:act-for"


_LOOK = frozenset(
    {
        Permission.READ_CASES,
        Permission.READ_BOARD,
        Permission.READ_REVISIONS,
        Permission.READ_RUNS,
        Permission.READ_SITE,
        Permission.READ_ALERTS,
    }
)

GRANTS: Mapping[Role, frozenset[Permission]] = {
    Role.SCHEDULER: _LOOK
    | {
        Permission.WRITE_CASES,
        Permission.PROPOSE,
        Permission.BOOK,
        Permission.REPORT_HOLDS,
        Permission.DECIDE_REVISIONS,
        Permission.START_RUNS,
        Permission.CLOSE_RESOURCES,
        Permission.MANAGE_FEEDS,
        Permission.END_ALERTS,
    },
    Role.NURSE: _LOOK
    | {
        Permission.REPORT_HOLDS,
        Permission.PROPOSE,
        Permission.BREAK_GLASS,
        Permission.END_ALERTS,
    },
    Role.CLINICIAN: _LOOK
    | {
        Permission.PROPOSE,
        Permission.REPORT_HOLDS,
        Permission.APPROVE,
        Permission.OVERBOOK,
        Permission.BOOK,
        Permission.SIGN_POLICIES,
        Permission.BREAK_GLASS,
        Permission.READ_SCENARIOS,
        Permission.END_ALERTS,
    },
    Role.ADMINISTRATOR: frozenset(Permission)
    - {
        Permission.APPROVE,
        Permission.SIGN_POLICIES,
        Permission.BREAK_GLASS,
        Permission.ACT_FOR,
    },
    Role.SYSTEM: frozenset(
        {
            Permission.READ_CASES,
            Permission.WRITE_CASES,
            Permission.REPORT_HOLDS,
            Permission.PROPOSE,
            Permission.BOOK,
            Permission.READ_BOARD,
            Permission.READ_SITE,
            Permission.READ_METRICS,
            Permission.ACT_FOR,
        }
    ),
    Role.AUDITOR: frozenset(
        {
            Permission.READ_AUDIT,
            Permission.READ_RUNS,
            Permission.READ_SITE,
            Permission.READ_ALERTS,
            Permission.REVIEW_GLASS,
            Permission.READ_SCENARIOS,
        }
    ),
}
"""Every role states what it may do; whatever is not stated is refused."""

EMERGENCY = frozenset(
    {
        Permission.READ_CASES,
        Permission.WRITE_CASES,
        Permission.BOOK,
        Permission.OVERBOOK,
        Permission.CLOSE_RESOURCES,
    }
)
"""What whoever may break the glass can do for half an hour after they did: get a patient onto a
table, and nothing that decides (approvals, policies, accounts)."""


def granted(roles: Iterable[Role]) -> frozenset[Permission]:
    """What somebody with these roles may do."""
    return frozenset[Permission]().union(*(GRANTS[role] for role in roles))
