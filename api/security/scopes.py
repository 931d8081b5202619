"""What a system asked its token for: SMART scopes such as `system/Appointment.rs`, or our own.

A token never permits more than the roles of its account; scopes only narrow it.
"""

import re
from collections.abc import Iterable, Mapping

from api.security.permissions import Permission

OURS = "holdfast/"
"""Before a permission of ours: `holdfast/metrics:read`."""
_SMART = re.compile(r"system/([A-Z][A-Za-z]+|\*)\.(c?r?u?d?s?)")

_READ_FACTS = {"r": Permission.READ_CASES, "s": Permission.READ_CASES}
_WRITE_FACTS = {"c": Permission.WRITE_CASES, "u": Permission.WRITE_CASES}
RESOURCES: Mapping[str, Mapping[str, Permission]] = {
    "Appointment": {**_READ_FACTS, **dict.fromkeys("cud", Permission.BOOK)},
    "ServiceRequest": {**_READ_FACTS, **_WRITE_FACTS},
    "Patient": {**_READ_FACTS, **_WRITE_FACTS},
    "Condition": {**_READ_FACTS, **_WRITE_FACTS},
    "Observation": {**_READ_FACTS, "c": Permission.REPORT_HOLDS, "u": Permission.REPORT_HOLDS},
    "MedicationStatement": {
        **_READ_FACTS,
        "c": Permission.REPORT_HOLDS,
        "u": Permission.REPORT_HOLDS,
    },
    "MedicationRequest": {**_READ_FACTS, **_WRITE_FACTS},
    "Slot": {"r": Permission.PROPOSE, "s": Permission.PROPOSE},
    "Schedule": {"r": Permission.READ_BOARD, "s": Permission.READ_BOARD},
    "Location": {"r": Permission.READ_SITE, "s": Permission.READ_SITE},
}
"""What an interaction with a FHIR resource takes here."""


def is_scope(text: str) -> bool:
    """Whether we know what a scope means."""
    if text.startswith(OURS):
        return text.removeprefix(OURS) in set(Permission)
    found = _SMART.fullmatch(text)
    return found is not None and bool(found[2]) and found[1] in {*RESOURCES, "*"}


def permitted(scopes: Iterable[str]) -> frozenset[Permission]:
    """What scopes permit together; whatever we do not know permits nothing."""
    return frozenset(permission for scope in scopes for permission in _of(scope))


def _of(scope: str) -> Iterable[Permission]:
    if not is_scope(scope):
        return
    if scope.startswith(OURS):
        yield Permission(scope.removeprefix(OURS))
        return
    kind, letters = scope.removeprefix("system/").split(".")
    for resource in RESOURCES if kind == "*" else (kind,):
        meant = RESOURCES[resource]
        yield from (meant[letter] for letter in letters if letter in meant)


def given(asked: Iterable[str], allowed: Iterable[str]) -> tuple[str, ...]:
    """The scopes that are both asked for and allowed: all that they take must be allowed."""
    most = permitted(allowed)
    return tuple(
        scope for scope in dict.fromkeys(asked) if is_scope(scope) and permitted([scope]) <= most
    )
