"""Who may do what, route by route and role by role: the table that the application is held against.

One row for every route of the application; `may` has a letter for each role in the order of
`ROLES`: `y` may, `n` may not. A route without a row, or a row without a letter for each role,
fails the tests. Rows of new routes are added here, or in a table of their own that joins `ROWS`.

What is asked for exists in the store that `arrange` prepares at the site `small`, and does not
exist at the site `north`, where every role has a namesake.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from api.security.permissions import Role
from scheduler.bootstrap import Container, RandomIds
from scheduler.services import glass
from tests.contract import matrix_cases
from tests.contract.department import at, seats, with_cases
from tests.contract.matrix_row import Row
from tests.unit.api import identity
from tests.unit.api.identity import assertion, form

ROLES = tuple(Role)
"""scheduler, nurse, clinician, administrator, system, auditor."""
NINE, TEN = at("09:00", 1), at("10:00", 2)


@dataclass(frozen=True)
class OpenRow:
    """One route that needs no token, and an example of its use."""

    method: str
    path: str
    done: int
    request: Callable[[], Mapping[str, Any]] = dict

    @property
    def name(self) -> str:
        """The route as the application has it."""
        return f"{self.method} {self.path}"


class _KnownEmergency(RandomIds):
    """Names the emergency that the examples speak of, and leaves all else to chance."""

    def new(self, kind: str) -> str:
        return "glass-1" if kind == "glass" else super().new(kind)


def arrange(site: Container) -> Container:
    """What the examples speak of."""
    with_cases(site, "free", "booked")
    site.book("booked", NINE, seats(1, NINE))
    matrix_cases.arrange(site)
    identity.add_user(site, "bob", Role.SCHEDULER, password=identity.PASSWORD)
    identity.add_client(site)
    known = replace(site, ids=_KnownEmergency())
    known.write(lambda desk: glass.break_glass(desk, "zoe", "nobody else was to be reached"))
    return site


FREE, BOOKED = {"case": "free"}, {"case": "booked"}
PLACE = {"start": TEN.isoformat(), "assigned": seats(1, TEN)}
BOOKING = "/v1/cases/{case}/booking"
#         s n c a y u: scheduler, nurse, clinician, administrator, system, auditor
_READ = "y y y y y n".replace(" ", "")
_BOOK = "y n y y y n".replace(" ", "")
_ADMIN = "n n n y n n".replace(" ", "")

BOOKINGS = (
    Row("GET", BOOKING, _READ, BOOKED),
    Row("POST", BOOKING, _BOOK, FREE, {"placement": PLACE}, done=201),
    Row("PUT", BOOKING, _BOOK, BOOKED, PLACE, seen=True),
    Row("POST", BOOKING + "/cancel", _BOOK, BOOKED, {"reason": "ill"}, seen=True),
)

USER, CLIENT = {"name": "bob"}, {"name": "ehr"}
_PUBLIC = identity.key_set(identity.key())
ACCOUNTS = (
    Row("GET", "/v1/accounts", _ADMIN, nowhere=200),
    Row("POST", "/v1/accounts", _ADMIN, body={"name": "eve", "roles": ["nurse"]}, done=201),
    Row("GET", "/v1/accounts/{name}", _ADMIN, USER),
    Row("PUT", "/v1/accounts/{name}/roles", _ADMIN, USER, {"roles": ["nurse"]}, seen=True),
    Row("PUT", "/v1/accounts/{name}/state", _ADMIN, USER, {"state": "disabled"}, seen=True),
    Row(
        "PUT",
        "/v1/accounts/{name}/password",
        _ADMIN,
        USER,
        {"password": "another long secret"},
        done=204,
        seen=True,
    ),
    Row("GET", "/v1/clients", _ADMIN, nowhere=200),
    Row(
        "POST",
        "/v1/clients",
        _ADMIN,
        body={"name": "ris", "scopes": ["system/Slot.rs"], "keys": {"jwks": _PUBLIC}},
        done=201,
    ),
    Row("GET", "/v1/clients/{name}", _ADMIN, CLIENT),
    Row("PUT", "/v1/clients/{name}/keys", _ADMIN, CLIENT, {"jwks": _PUBLIC}, seen=True),
    Row("PUT", "/v1/clients/{name}/state", _ADMIN, CLIENT, {"state": "disabled"}, seen=True),
)

GLASS = (
    Row(
        "POST",
        "/v1/break-glass",
        "n y y n n n".replace(" ", ""),
        body={"reason": "cord compression at night"},
        done=201,
    ),
    Row("GET", "/v1/break-glass", "n n n y n y".replace(" ", ""), nowhere=200),
    Row(
        "POST",
        "/v1/break-glass/{grant}/review",
        "n n n y n y".replace(" ", ""),
        {"grant": "glass-1"},
        {"finding": "justified, nobody was there"},
        seen=True,
    ),
)

OPEN = (
    OpenRow("GET", "/v1/.well-known/smart-configuration", 200),
    OpenRow("POST", "/v1/oauth/revoke", 200, lambda: {"data": {"token": "of nobody"}}),
    OpenRow(
        "POST",
        "/v1/oauth/token",
        200,
        lambda: {"data": form(assertion(at("09:00")))},
    ),
    OpenRow(
        "POST",
        "/v1/session",
        201,
        lambda: {"json": {"name": "bob", "password": identity.PASSWORD}},
    ),
    OpenRow(
        "POST",
        "/v1/session/password",
        204,
        lambda: {
            "json": {
                "name": "bob",
                "password": identity.PASSWORD,
                "new_password": "eight wooden spoons",
            }
        },
    ),
)

ROWS: tuple[Row, ...] = (*BOOKINGS, *matrix_cases.ROWS, *ACCOUNTS, *GLASS)
